"""A YAML map taken apart key by key: each value of its sort, every mistake with its line, unknown keys named."""

from __future__ import annotations

import difflib
import math
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from greenroom.bank.kattis.files import Files
from greenroom.bank.source import Document, Location

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_LARGEST = 10**15


def read_keys(files: Files, path: Path, text: str | None = None) -> Keys:
    """The map in *path*, or in *text*, which was made of it; an empty one, and a problem, for a file that has none."""
    document = files.document(path, text)
    return Keys(files, path, document, (), document.value)


def number_of(value: Any) -> float | None:
    """The finite number that *value* is or spells; None for anything else."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _LARGEST or math.isnan(value):
        return None
    return float(value)


def text_of(value: Any) -> str | None:
    """The text that a scalar is; None for a map, a list or nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) > _LARGEST:
        return None
    return str(value).strip() if isinstance(value, (str, int, float)) else None


def _split(text: str) -> list[str]:
    if "'" in text or '"' in text:
        try:
            return shlex.split(text)
        except ValueError:  # a quote that is none
            pass
    return text.split()


class Keys:
    """One map of a YAML file. Asking for a key of the wrong sort is a problem and gives the default."""

    def __init__(self, files: Files, path: Path, document: Document, at: Location, value: Any) -> None:
        self.files, self.path = files, path
        self._document, self._at = document, at
        self._asked: set[str] = set()
        self._values: dict[str, Any] = {}
        if isinstance(value, dict):
            self._values = {str(key): one for key, one in value.items()}
        elif value is not None:
            self.broken(None, "must be a map", "write `key: value` lines")

    @classmethod
    def none(cls, files: Files, path: Path) -> Keys:
        """The map of a file that is not there."""
        return cls(files, path, Document(value=None), (), None)

    def renamed(self, names: Mapping[str, str]) -> Keys:
        """The same map with other names for some keys."""
        keys = Keys(self.files, self.path, self._document, self._at, None)
        keys._values = {names.get(name, name): value for name, value in self._values.items()}
        return keys

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    def broken(self, name: str | None, message: str, mend: str) -> None:
        """Collect a problem with the value of *name*, or with the whole map."""
        self.files.broken(self.path, self._said(name, message), mend, self._line(name))

    def leave_out(self, name: str | None, message: str, mend: str = "") -> None:
        """Name the value of *name*, or the whole map, as something that cannot be used."""
        self.files.leave_out(self.path, self._said(name, message), mend, self._line(name))

    def names(self) -> Iterator[str]:
        """Every key."""
        yield from self._values

    def has_map(self, name: str) -> bool:
        """Whether the value of *name* is a map; does not count as asking for it."""
        return isinstance(self._values.get(name), dict)

    def line(self, name: str) -> int | None:
        """The line of *name*."""
        return self._line(name)

    def raw(self, name: str) -> Any:
        """The value of *name* as YAML has it."""
        self._asked.add(name)
        return self._values.get(name)

    def text(self, name: str, default: str = "") -> str:
        """A text; numbers are taken as they are written."""
        value = self.raw(name)
        text = default if value is None else text_of(value)
        if text is None:
            self.broken(name, "must be text", "write one line of text")
            return default
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        value = self.raw(name)
        several = value if isinstance(value, list) else [] if value is None else [value]
        texts = [text_of(one) for one in several]
        if None in texts:
            self.broken(name, "must be a list of texts", "write `[one, two]`")
        return tuple(text for text in texts if text is not None)

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words; a text is split at its spaces."""
        return tuple(word for text in self.texts(name) for word in text.split())

    def arguments(self, name: str) -> tuple[str, ...]:
        """Command-line arguments: a list as it is, a text split at its spaces, those in quotes kept together."""
        texts = self.texts(name)
        return (
            texts
            if isinstance(self._values.get(name), list)
            else tuple(word for text in texts for word in _split(text))
        )

    def number(self, name: str, default: float, *, least: float = -math.inf, above: float = -math.inf) -> float:
        """A finite number, at least *least* and greater than *above*; digits in quotes count."""
        value = self.raw(name)
        if value is None:
            return default
        number = number_of(value)
        if number is None or number < least or number <= above:
            bound = f" of at least {least:g}" if math.isfinite(least) else ""
            bound = bound or (f" greater than {above:g}" if math.isfinite(above) else "")
            self.broken(name, f"must be a number{bound}", "write it in digits")
            return default
        return number

    def integer(self, name: str, default: int, *, least: int) -> int:
        """A whole number of at least *least*; `512.0` and digits in quotes count."""
        number = self.number(name, default, least=least)
        if not float(number).is_integer():
            self.broken(name, "must be a whole number", "round it")
            return default
        return int(number)

    def flag(self, name: str, default: bool) -> bool:
        """True or false; `yes`, `no`, `on` and `off` count."""
        value = self.raw(name)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        flag = _FLAGS.get(str(value).lower())
        if flag is None:
            self.broken(name, "must be true or false", "write `true` or `false`")
            return default
        return flag

    def choice(self, name: str, default: str, choices: Sequence[str]) -> str:
        """One of some words."""
        value = self.text(name, default)
        if value not in choices:
            self.broken(name, f"{value[:60]!r} is not known", f"use one of: {', '.join(choices)}")
            return default
        return value

    def map(self, name: str) -> Keys:
        """The map under *name*; an empty one where there is none."""
        return Keys(self.files, self.path, self._document, (*self._at, name), self.raw(name))

    def name_the_rest(self, known: Sequence[str] = ()) -> None:
        """Name every key that nothing asked for, and the key of *known*, or of those asked for, that it resembles."""
        for name in self._values:
            if name not in self._asked:
                close = difflib.get_close_matches(name[:40], known or sorted(self._asked), n=1)
                mend = f"did you mean {close[0]!r}?" if close else ""
                self.files.leave_out(self.path, f"the key {self._dotted(name)} is not known", mend, self._line(name))

    def _line(self, name: str | None) -> int | None:
        return self._document.line_of(self._at if name is None else (*self._at, name))

    def _dotted(self, name: str | None) -> str:
        parts = [*self._at] if name is None else [*self._at, name]
        return ".".join(str(part)[:80] for part in parts)

    def _said(self, name: str | None, message: str) -> str:
        dotted = self._dotted(name)
        return f"{dotted}: {message}" if dotted else message
