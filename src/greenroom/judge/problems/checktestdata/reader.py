"""The input of a script: what has been read of it, and the values that were named."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NoReturn

Value = int | Decimal | str
Formula = Callable[["Reader"], Value]
Command = Callable[["Reader"], None]
Index = tuple[Value, ...]


class ScriptError(Exception):
    """The script is none, or asks for what cannot be."""


class MismatchError(Exception):
    """The input is not what the script asks for."""


class EndError(Exception):
    """The end of the input was asked for, and is there."""


class Reader:
    """The input with the place that the script has come to, and the values that it has named."""

    def __init__(self, data: str) -> None:
        self.data, self.at = data, 0
        self.values: dict[str, dict[Index, Value]] = {}

    @property
    def ended(self) -> bool:
        """Whether all has been read."""
        return self.at >= len(self.data)

    def refuse(self, why: str) -> NoReturn:
        """Say that the input is wrong here."""
        line = self.data.count("\n", 0, self.at) + 1
        column = self.at - (self.data.rfind("\n", 0, self.at) + 1) + 1
        raise MismatchError(f"line {line}, character {column}: {why}, found {self.data[self.at : self.at + 30]!r}")

    def expect(self, text: str) -> None:
        """Read *text*."""
        if not self.data.startswith(text, self.at):
            self.refuse(f"expected {text[:30]!r}")
        self.at += len(text)

    def match(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        """Read what *pattern* fits from here on."""
        found = pattern.match(self.data, self.at)
        if found is None:
            self.refuse(f"expected {what}")
        self.at = found.end()
        return found


def number(value: Value) -> int | Decimal:
    """*value*, which must be a number. Raises ScriptError."""
    if isinstance(value, str):
        raise ScriptError("a text stands where a number must be")
    return value


def whole(value: Value) -> int:
    """*value*, which must be an integer of at least 0. Raises ScriptError."""
    if not isinstance(value, int) or value < 0:
        raise ScriptError(f"{str(value)[:30]} stands where an integer of at least 0 must be")
    return value


def text(value: Value) -> str:
    """*value*, which must be a text. Raises ScriptError."""
    if not isinstance(value, str):
        raise ScriptError("a number stands where a text must be")
    return value
