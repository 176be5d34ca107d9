"""Responses beside those of an oracle: a reference project, or a function, that is asked the same.

What differs is said by its place, such as `$.items[3].total: 12, expected 15`, the first one in the order of the
expected answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from greenroom.judge.probes.seats import FailedError
from greenroom.judge.probes.service import Response

_TEXT = 80
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Expected:
    """A response as it should be: *headers* by name, None for one that must not be there; *body* is JSON,
    None for null or for no body at all."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str | None] = field(default_factory=dict)


def difference(found: Any, expected: Any, at: str = "$") -> str | None:
    """The first place where the JSON values differ, as a sentence; None where they are the same.

    Numbers are the same when they are equal (1 and 1.0), true is no number, and the order of an object's keys does not
    matter.
    """
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return _objects(found, expected, at)
    if isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        return _arrays(found, expected, at)
    if _sort(found) == _sort(expected) and found == expected:
        return None
    return f"{at}: {_shown(found)}, expected {_shown(expected)}"


def _objects(found: Mapping[str, Any], expected: Mapping[str, Any], at: str) -> str | None:
    for key, wanted in expected.items():
        place = at + (f".{key}" if _NAME.fullmatch(key) else f"[{json.dumps(key)}]")
        if key not in found:
            return f"{place}: missing, expected {_shown(wanted)}"
        if (told := difference(found[key], wanted, place)) is not None:
            return told
    more = next((key for key in found if key not in expected), None)
    return None if more is None else f"{at}: has {_shown(more)} besides, with {_shown(found[more])}"


def _arrays(found: Iterable[Any], expected: Iterable[Any], at: str) -> str | None:
    ours, theirs = list(found), list(expected)
    for number, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        if (told := difference(one, other, f"{at}[{number}]")) is not None:
            return told
    return None if len(ours) == len(theirs) else f"{at}: {len(ours)} items, expected {len(theirs)}"


def _sort(value: Any) -> str:
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def _shown(value: Any) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False, default=str)
    except RecursionError:
        return "something nested deeply"
    return text if len(text) <= _TEXT else text[: _TEXT - 1] + "…"


def response_difference(
    found: Response, expected: Response | Expected, headers: Iterable[str] = ("content-type",)
) -> str | None:
    """The first difference in status, then in *headers* (for a Response; an Expected names its own), then in the body.

    A body is compared as JSON where the expected one is JSON, else byte by byte.
    """
    if found.status != expected.status:
        return f"status {found.status}, expected {expected.status}: {_shown(found.text)}"
    if isinstance(expected, Expected):
        wanted: Mapping[str, str | None] = expected.headers
    else:
        wanted = {name: expected.header(name) for name in headers}
    for name, value in wanted.items():
        if found.header(name) != value:
            return f"header {name} {_shown(found.header(name))}, expected {_shown(value)}"
    if isinstance(expected, Expected):
        return None if expected.body is None and not found.body else difference(found.json(), expected.body)
    return _body_difference(found, expected)


def _body_difference(found: Response, expected: Response) -> str | None:
    try:
        wanted = json.loads(expected.body)
    except ValueError:
        pass
    else:
        return difference(found.json(), wanted)
    if found.body == expected.body:
        return None
    at = next(
        (n for n, (one, other) in enumerate(zip(found.body, expected.body, strict=False)) if one != other),
        min(len(found.body), len(expected.body)),
    )
    ours, theirs = found.body[at : at + 40], expected.body[at : at + 40]
    return f"byte {at} of the body: {ours!r}, expected {theirs!r}"


def expect_same(found: Response, expected: Response | Expected, headers: Iterable[str] = ("content-type",)) -> None:
    """Raises FailedError with the first difference, if there is one."""
    told = response_difference(found, expected, headers)
    if told is not None:
        raise FailedError(f"{found.asked}: {told}")
