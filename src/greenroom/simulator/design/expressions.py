"""Arithmetic in `n`: numbers, + - * /, brackets, `min` and `max`. Parsed here, never evaluated as code."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

MOST_CHARACTERS = 200
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d{1,2})?|\.\d+)|(min|max|n)\b|([-+*/(),]))")
_DEEPEST = 20

Curve = Callable[[float], float]


class ExpressionError(ValueError):
    """The text is no expression; the message says at which character."""


@dataclass(frozen=True)
class Expression:
    """A function of `n`, and the text that it was read from."""

    text: str
    curve: Curve

    def __call__(self, n: float) -> float:
        """The value for *n*; infinite where it is not a number."""
        try:
            value = self.curve(n)
        except ArithmeticError:
            return math.inf
        return math.inf if math.isnan(value) else value


def parse(text: str) -> Expression:
    """The expression that *text* is; raises ExpressionError."""
    if len(text) > MOST_CHARACTERS:
        raise ExpressionError(f"longer than {MOST_CHARACTERS} characters")
    parser = _Parser(_tokens(text))
    curve = parser.sum(0)
    if parser.peek():
        raise ExpressionError(f"{parser.peek()!r} is not expected there")
    return Expression(text, curve)


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionError(f"{text[place:].strip()[:12]!r} is not a number, `n`, `min`, `max` or a sign")
        found.append(match.group(match.lastindex or 0))
        place = match.end()
    return found


class _Parser:
    """Recursive descent: a sum of products of atoms."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.place = tokens, 0

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise ExpressionError(f"{expected or 'a number'} is expected, and found is {token or 'the end'}")
        self.place += 1
        return token

    def sum(self, depth: int) -> Curve:
        if depth > _DEEPEST:
            raise ExpressionError(f"nested deeper than {_DEEPEST}")
        found = self.product(depth)
        while self.peek() in ("+", "-"):
            found = _combined(self.take(), found, self.product(depth))
        return found

    def product(self, depth: int) -> Curve:
        found = self.atom(depth)
        while self.peek() in ("*", "/"):
            found = _combined(self.take(), found, self.atom(depth))
        return found

    def atom(self, depth: int) -> Curve:
        sign = self.take()
        if sign == "(":
            found = self.sum(depth + 1)
            self.take(")")
            return found
        if sign == "-":
            return _combined("-", _constant(0.0), self.atom(depth + 1) if depth <= _DEEPEST else self.sum(depth + 1))
        if sign == "n":
            return lambda n: n
        if sign in ("min", "max"):
            return self.choice(sign, depth)
        if not sign[0].isdigit() and sign[0] != ".":
            raise ExpressionError(f"a number is expected, and found is {sign}")
        return _constant(float(sign))

    def choice(self, name: str, depth: int) -> Curve:
        self.take("(")
        left = self.sum(depth + 1)
        self.take(",")
        right = self.sum(depth + 1)
        self.take(")")
        return _combined(name, left, right)


def _constant(value: float) -> Curve:
    return lambda _n: value


def _combined(sign: str, left: Curve, right: Curve) -> Curve:
    ways: dict[str, Curve] = {
        "+": lambda n: left(n) + right(n),
        "-": lambda n: left(n) - right(n),
        "*": lambda n: left(n) * right(n),
        "/": lambda n: left(n) / right(n),
        "min": lambda n: min(left(n), right(n)),
        "max": lambda n: max(left(n), right(n)),
    }
    return ways[sign]
