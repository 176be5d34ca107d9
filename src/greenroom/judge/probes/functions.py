"""SQL functions that drivers add to SQLite, for a project whose driver leads here: Django's, which its querysets need.

They mean what Django's own mean (`django/db/backends/sqlite3/_functions.py`), without Django. NULL gives NULL. What
would come to more than `MOST_TEXT` characters fails.
"""

from __future__ import annotations

import math
import random
import re
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

MOST_TEXT = 1 << 20

_OFFSET = re.compile(r"(.*)([+-])(\d{1,2}):?(\d{2})?")
_MICROSECOND = timedelta(microseconds=1)


def register(connection: sqlite3.Connection) -> sqlite3.Connection:
    """*connection*, with the functions."""
    for name, (arity, function) in _FUNCTIONS.items():
        connection.create_function(name, arity, function, deterministic=True)
    if not connection.execute("SELECT sqlite_compileoption_used('ENABLE_MATH_FUNCTIONS')").fetchone()[0]:
        for name, (arity, function) in _MATHS.items():
            connection.create_function(name, arity, function, deterministic=True)
    connection.create_function("RAND", 0, random.random)
    for name, aggregate in _AGGREGATES.items():
        connection.create_aggregate(name, 1, aggregate)  # type: ignore[arg-type]  # finalize may give NULL
    return connection


# Dates and times


def _day_or_moment(text: Any) -> date | None:
    """A day, or a moment without its zone; None for what is neither. Raises TypeError and ValueError."""
    if not text:
        return None
    return datetime.fromisoformat(text).replace(tzinfo=None) if " " in text else date.fromisoformat(text)


def _local(text: Any, zone: str | None, stored_in: str | None) -> Any:
    """The day or moment *text*, which is stored in one zone, in another one."""
    try:
        found: Any = _day_or_moment(text)
    except (TypeError, ValueError):
        return None
    if found is None or not stored_in:
        return found
    found = found.replace(tzinfo=_zone(stored_in))
    if zone is None or zone == stored_in:
        return found
    parted = _OFFSET.fullmatch(zone)
    if parted is not None:
        zone, sign, hours, minutes = parted.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        found += offset if sign == "+" else -offset
    return found.astimezone(_zone(zone or stored_in))


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415 (a few milliseconds that hardly an examination needs)

    return ZoneInfo(name)


def _time(text: Any) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None


def _first_day(unit: str, day: Any) -> date:
    if unit == "year":
        return date(day.year, 1, 1)
    if unit == "quarter":
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    if unit == "month":
        return date(day.year, day.month, 1)
    if unit == "week":
        day -= timedelta(days=day.weekday())
    elif unit != "day":
        raise ValueError(f"no unit of dates: {unit}")
    return date(day.year, day.month, day.day)


def _first_second(unit: str, at: Any) -> str:
    if unit not in ("hour", "minute", "second"):
        raise ValueError(f"no unit of times: {unit}")
    minute = 0 if unit == "hour" else at.minute
    return f"{at.hour:02d}:{minute:02d}:{at.second if unit == 'second' else 0:02d}"


def _date_trunc(unit: str, text: Any, zone: str | None, stored_in: str | None) -> str | None:
    at = _local(text, zone, stored_in)
    return None if at is None else _first_day(unit, at).isoformat()


def _time_trunc(unit: str, text: Any, zone: str | None, stored_in: str | None) -> str | None:
    at = _local(text, zone, stored_in) or _time(text)
    return None if at is None else _first_second(unit, at)


def _datetime_trunc(unit: str, text: Any, zone: str | None, stored_in: str | None) -> str | None:
    at = _local(text, zone, stored_in)
    if at is None:
        return None
    if unit in ("hour", "minute", "second"):
        return f"{_first_day('day', at).isoformat()} {_first_second(unit, at)}"
    return f"{_first_day(unit, at).isoformat()} 00:00:00"


def _cast_date(text: Any, zone: str | None, stored_in: str | None) -> str | None:
    at = _local(text, zone, stored_in)
    return None if at is None else str(at.date().isoformat())


def _cast_time(text: Any, zone: str | None, stored_in: str | None) -> str | None:
    at = _local(text, zone, stored_in)
    return None if at is None else str(at.time().isoformat())


_PARTS: dict[str, Callable[[Any], int]] = {
    "week_day": lambda at: at.isoweekday() % 7 + 1,
    "iso_week_day": lambda at: at.isoweekday(),
    "week": lambda at: at.isocalendar().week,
    "quarter": lambda at: (at.month + 2) // 3,
    "iso_year": lambda at: at.isocalendar().year,
}


def _datetime_extract(part: str, text: Any, zone: str | None = None, stored_in: str | None = None) -> int | None:
    at = _local(text, zone, stored_in)
    if at is None:
        return None
    return _PARTS[part](at) if part in _PARTS else int(getattr(at, part))


def _time_extract(part: str, text: Any) -> int | None:
    at = _time(text)
    return None if at is None else int(getattr(at, part))


def _microseconds(text: Any) -> int:
    at = time.fromisoformat(text)
    return ((at.hour * 60 + at.minute) * 60 + at.second) * 1_000_000 + at.microsecond


def _time_diff(left: Any, right: Any) -> int | None:
    return None if left is None or right is None else _microseconds(left) - _microseconds(right)


def _timestamp_diff(left: Any, right: Any) -> int | None:
    if left is None or right is None:
        return None
    one: Any = _day_or_moment(left)
    return int((one - _day_or_moment(right)) // _MICROSECOND)


def _duration_arithmetic(operator: Any, left: Any, right: Any) -> Any:
    """Of moments (text) and durations (microseconds): sum and difference; of durations and numbers: also the others."""
    if operator is None or left is None or right is None:
        return None
    operator = operator.strip()
    if operator == "*":
        return left * right
    if operator not in ("+", "-"):
        return left / right
    try:
        one, other = (
            timedelta(0, 0, side) if isinstance(side, int) else _day_or_moment(side) for side in (left, right)
        )
    except (TypeError, ValueError):
        return None
    return str(one + other if operator == "+" else one - other)  # type: ignore[operator]  # else it fails, as it should


# Text and numbers


def _unless_null(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *given: None if None in given else function(*given)


def _short(length: int) -> int:
    if length > MOST_TEXT:
        raise OverflowError(f"a text of {length} characters")
    return length


def _left_padded(text: str, length: int, fill: str) -> str:
    missing = _short(length) - len(text)
    return text[:length] if missing <= 0 else (fill * missing)[:missing] + text


def _right_padded(text: str, length: int, fill: str) -> str:
    return (text + fill * max(0, _short(length) - len(text)))[:length]


def _digest(name: str) -> Callable[..., Any]:
    def digest(text: str) -> str:
        import hashlib  # noqa: PLC0415 (as above)

        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    return _unless_null(digest)


_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "django_date_extract": (2, _datetime_extract),
    "django_date_trunc": (4, _date_trunc),
    "django_datetime_cast_date": (3, _cast_date),
    "django_datetime_cast_time": (3, _cast_time),
    "django_datetime_extract": (4, _datetime_extract),
    "django_datetime_trunc": (4, _datetime_trunc),
    "django_time_extract": (2, _time_extract),
    "django_time_trunc": (4, _time_trunc),
    "django_time_diff": (2, _time_diff),
    "django_timestamp_diff": (2, _timestamp_diff),
    "django_format_dtdelta": (3, _duration_arithmetic),
    "BITXOR": (2, _unless_null(lambda one, other: one ^ other)),
    "COT": (1, _unless_null(lambda angle: 1 / math.tan(angle))),
    "LPAD": (3, _unless_null(_left_padded)),
    "REPEAT": (2, _unless_null(lambda text, times: text * (times if _short(len(text) * times) else 0))),
    "REVERSE": (1, _unless_null(lambda text: text[::-1])),
    "RPAD": (3, _unless_null(_right_padded)),
    "SIGN": (1, _unless_null(lambda number: (number > 0) - (number < 0))),
    **{name.upper(): (1, _digest(name)) for name in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")},
}

_MATHS: dict[str, tuple[int, Callable[..., Any]]] = {
    "CEILING": (1, _unless_null(math.ceil)),
    "FLOOR": (1, _unless_null(math.floor)),
    "LN": (1, _unless_null(math.log)),
    "LOG": (2, _unless_null(lambda base, number: math.log(number, base))),
    "MOD": (2, _unless_null(math.fmod)),
    "PI": (0, lambda: math.pi),
    "POWER": (2, _unless_null(lambda number, exponent: number**exponent)),
    **{
        name.upper(): (1, _unless_null(getattr(math, name)))
        for name in ("acos", "asin", "atan", "cos", "degrees", "exp", "radians", "sin", "sqrt", "tan")
    },
    "ATAN2": (2, _unless_null(math.atan2)),
}
"""For an SQLite that was built without them."""


class _Spread:
    """Variance of a population or of a sample, or its root; NULL where there are too few values."""

    def __init__(self, *, fewest: int, root: bool) -> None:
        self._values: list[float] = []
        self._fewest, self._root = fewest, root

    def step(self, value: float) -> None:
        self._values.append(value)

    def finalize(self) -> float | None:
        count = len(self._values)
        if count < self._fewest:
            return None
        mean = math.fsum(self._values) / count
        variance = math.fsum((value - mean) ** 2 for value in self._values) / (count + 1 - self._fewest)
        return math.sqrt(variance) if self._root else variance


_AGGREGATES: dict[str, Callable[[], _Spread]] = {
    "STDDEV_POP": lambda: _Spread(fewest=1, root=True),
    "STDDEV_SAMP": lambda: _Spread(fewest=2, root=True),
    "VAR_POP": lambda: _Spread(fewest=1, root=False),
    "VAR_SAMP": lambda: _Spread(fewest=2, root=False),
}
