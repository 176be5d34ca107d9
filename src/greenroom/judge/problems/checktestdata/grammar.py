"""The words and the formulas of a script, as functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NoReturn

from .formulas import combined, unique, values_of
from .reader import Formula, Reader, ScriptError, Value, number
from .reader import text as text_of

_TOKEN = re.compile(
    r"(?P<blank>\s+|\#[^\n]*)"
    r'|(?P<text>"(?:\\.|[^"\\])*")'
    r"|(?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[a-z][a-z0-9]*)"
    r"|(?P<word>[A-Z]+)"
    r"|(?P<sign><=|>=|==|!=|&&|\|\||[-+*/%^<>!()\[\],=])",
    re.DOTALL,
)
_ESCAPE = re.compile(r'\\([0-7]{1,3}|[ntrbf"\\]|\n)')
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "\n": ""}
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+", "-"), ("*", "/", "%"))


def _tokens(script: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    while at < len(script):
        found = _TOKEN.match(script, at)
        line = script.count("\n", 0, at) + 1
        if found is None:
            raise ScriptError(f"line {line}: what is {script[at : at + 20]!r}?")
        at = found.end()
        if found.lastgroup != "blank":
            yield str(found.lastgroup), found.group(), line
    yield "end", "", script.count("\n") + 1


def _unescaped(found: re.Match[str]) -> str:
    escaped = found[1]
    return _ESCAPED[escaped] if escaped in _ESCAPED else chr(int(escaped, 8) & 255)


class Grammar:
    """Makes functions of the formulas of a script, token by token."""

    def __init__(self, script: str) -> None:
        self._tokens = list(_tokens(script))
        self._next = 0

    @property
    def _kind(self) -> str:
        return self._tokens[self._next][0]

    @property
    def _text(self) -> str:
        return self._tokens[self._next][1]

    def _complain(self, wanted: str) -> NoReturn:
        _, text, line = self._tokens[self._next]
        raise ScriptError(f"line {line}: expected {wanted}, found {text[:20]!r}")

    def _take(self) -> str:
        self._next += 1
        return self._tokens[self._next - 1][1]

    def _has(self, *texts: str) -> bool:
        return self._kind != "text" and self._text in texts

    def _try(self, text: str) -> bool:
        if self._has(text):
            self._next += 1
            return True
        return False

    def _need(self, text: str) -> None:
        if not self._try(text):
            self._complain(repr(text))

    def _formula(self, level: int = 0) -> Formula:
        if level == len(_LEVELS):
            return self._signed()
        left = self._formula(level + 1)
        while self._kind == "sign" and self._has(*_LEVELS[level]):
            left = combined(self._take(), left, self._formula(level + 1))
        return left

    def _signed(self) -> Formula:
        if self._try("-"):
            inner = self._signed()
            return lambda reader: -number(inner(reader))
        if self._try("!"):
            inner = self._signed()
            return lambda reader: not inner(reader)
        base = self._simple()
        while self._try("^"):
            exponent = self._signed() if self._has("-", "!") else self._simple()
            base = combined("^", base, exponent)
        return base

    def _simple(self) -> Formula:
        if self._try("("):
            inner = self._formula()
            self._need(")")
            return inner
        kind = self._kind
        if kind == "text":
            text = _ESCAPE.sub(_unescaped, self._take()[1:-1])
            return lambda _reader: text
        if kind == "number":
            word = self._take()
            number: Value = int(word) if word.isdigit() else Decimal(word)
            return lambda _reader: number
        if kind == "name":
            return self._value()
        return self._function()

    def _function(self) -> Formula:
        word = self._take() if self._kind == "word" else self._complain("a value")
        if word == "ISEOF":
            return lambda reader: reader.ended
        if word not in ("MATCH", "STRLEN", "UNIQUE", "INARRAY"):
            self._next -= 1
            self._complain("a value")
        self._need("(")
        if word == "UNIQUE":
            names = self._names()
            self._need(")")
            return lambda reader: unique(reader, names)
        inner = self._formula()
        if word == "INARRAY":
            self._need(",")
            (name,) = self._names()
            self._need(")")
            return lambda reader: inner(reader) in values_of(reader, name).values()
        self._need(")")
        if word == "STRLEN":
            return lambda reader: len(text_of(inner(reader)))
        return lambda reader: not reader.ended and reader.data[reader.at] in text_of(inner(reader))

    def _names(self) -> list[str]:
        names: list[str] = []
        while not names or self._try(","):
            if self._kind != "name":
                self._complain("a name")
            names.append(self._take())
        return names

    def _place(self) -> tuple[str, list[Formula]]:
        if self._kind != "name":
            self._complain("a name")
        name, index = self._take(), list[Formula]()
        if self._try("["):
            index.append(self._formula())
            while self._try(","):
                index.append(self._formula())
            self._need("]")
        return name, index

    def _value(self) -> Formula:
        name, index = self._place()

        def value(reader: Reader) -> Value:
            place = tuple(one(reader) for one in index)
            try:
                return reader.values[name][place]
            except KeyError:
                raise ScriptError(f"{name} has no value{f' at {place}' if place else ''}") from None

        return value

    def _variable(self) -> Callable[[Reader, Value], None]:
        name, index = self._place()

        def keep(reader: Reader, value: Value) -> None:
            reader.values.setdefault(name, {})[tuple(one(reader) for one in index)] = value

        return keep
