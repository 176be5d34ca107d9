"""The commands of a script, and the check of an input against them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, DecimalException, setcontext

from .grammar import Grammar
from .reader import Command, EndError, Formula, Reader, ScriptError, Value, number, whole
from .reader import text as text_of

_DIGITS = 100
_INTEGER = re.compile(r"0(?![0-9])|-?[1-9][0-9]*")
_FLOATS = {
    "": re.compile(r"-?[0-9]+(?:\.([0-9]+))?(?:[eE][+-]?[0-9]+)?"),
    "FIXED": re.compile(r"-?[0-9]+(?:\.([0-9]+))?(?![0-9eE])"),
    "SCIENTIFIC": re.compile(r"-?[0-9]+(?:\.([0-9]+))?[eE][+-]?[0-9]+"),
}
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s",
    "xdigit": "0-9a-fA-F", "punct": r"!-/:-@\[-`{-~", "print": " -~", "graph": "!-~", "blank": r" \t",
}  # fmt: skip


def check(script: str, data: str) -> None:
    """Hold *data* against *script*. Raises MismatchError, and ScriptError for a script that is wrong itself."""
    setcontext(Context(prec=_DIGITS))
    reader = Reader(data)
    try:
        run(Parser(script).program(), reader)
        if not reader.ended:
            reader.refuse("expected the end")
    except EndError:
        return
    except (ArithmeticError, DecimalException, RecursionError, re.error) as error:
        raise ScriptError(f"{type(error).__name__}: {error}") from None


def run(commands: list[Command], reader: Reader) -> None:
    """Run *commands* one after the other."""
    for command in commands:
        command(reader)


class Parser(Grammar):
    """Makes functions of the commands of a script."""

    def program(self) -> list[Command]:
        """The script's commands. Raises ScriptError."""
        commands = self._block()
        if self._kind != "end":
            self._complain("a command")
        return commands

    def _block(self) -> list[Command]:
        commands = []
        while self._kind == "word" and not self._has("END", "ELSE"):
            commands.append(self._command())
        return commands

    def _command(self) -> Command:
        word = self._text
        build = {
            "SPACE": lambda: lambda reader: reader.expect(" "),
            "NEWLINE": lambda: lambda reader: reader.expect("\n"),
            "EOF": lambda: _end,
            "INT": self._int,
            "FLOAT": lambda: self._float(with_decimals=False),
            "FLOATP": lambda: self._float(with_decimals=True),
            "STRING": self._string,
            "REGEX": self._regex,
            "ASSERT": self._assert,
            "SET": self._set,
            "UNSET": self._unset,
            "REP": lambda: self._loop(counted=True, indexed=False),
            "REPI": lambda: self._loop(counted=True, indexed=True),
            "WHILE": lambda: self._loop(counted=False, indexed=False),
            "WHILEI": lambda: self._loop(counted=False, indexed=True),
            "IF": self._if,
        }.get(word)
        if build is None or self._kind != "word":
            self._complain("a command")
        self._take()
        return build()

    def _bounds(self) -> tuple[Formula, Formula]:
        self._need("(")
        low = self._formula()
        self._need(",")
        return low, self._formula()

    def _named(self) -> Callable[[Reader, Value], None]:
        """The variable that a value read is kept in, where there is one."""
        return self._variable() if self._try(",") else lambda _reader, _value: None

    def _int(self) -> Command:
        low, high = self._bounds()
        keep = self._named()
        self._need(")")

        def command(reader: Reader) -> None:
            start = reader.at
            value = _int_of(reader.match(_INTEGER, "an integer").group())
            if not number(low(reader)) <= value <= number(high(reader)):
                reader.at = start
                reader.refuse(f"expected an integer from {low(reader)} to {high(reader)}")
            keep(reader, value)

        return command

    def _float(self, *, with_decimals: bool) -> Command:
        low, high = self._bounds()
        least: Formula = lambda _reader: 0  # noqa: E731
        most: Formula | None = None
        if with_decimals:
            self._need(",")
            least = self._formula()
            self._need(",")
            most = self._formula()
        keep = self._named()
        form = self._take() if self._try(",") else ""
        if form not in _FLOATS:
            raise ScriptError(f"{form[:20]!r} is no form of numbers")
        self._need(")")
        pattern = _FLOATS[form]

        def command(reader: Reader) -> None:
            start = reader.at
            found = reader.match(pattern, "a number")
            value, decimals = Decimal(found.group()), len(found[1] or "")
            fits = number(low(reader)) <= value <= number(high(reader)) and decimals >= number(least(reader))
            if not fits or (most is not None and decimals > number(most(reader))):
                reader.at = start
                reader.refuse(f"expected a number from {low(reader)} to {high(reader)}")
            keep(reader, value)

        return command

    def _string(self) -> Command:
        self._need("(")
        text = self._formula()
        self._need(")")
        return lambda reader: reader.expect(text_of(text(reader)))

    def _regex(self) -> Command:
        self._need("(")
        text = self._formula()
        keep = self._named()
        self._need(")")

        def command(reader: Reader) -> None:
            pattern = text_of(text(reader))
            keep(reader, reader.match(_compiled(pattern), f"what /{pattern[:60]}/ fits").group())

        return command

    def _assert(self) -> Command:
        line = self._tokens[self._next][2]
        self._need("(")
        test = self._formula()
        self._need(")")

        def command(reader: Reader) -> None:
            if not test(reader):
                reader.refuse(f"the ASSERT in line {line} does not hold")

        return command

    def _set(self) -> Command:
        self._need("(")
        commands: list[Command] = []
        while not commands or self._try(","):
            keep = self._variable()
            self._need("=")
            value = self._formula()
            commands.append(lambda reader, keep=keep, value=value: keep(reader, value(reader)))  # type: ignore[misc]
        self._need(")")
        return lambda reader: run(commands, reader)

    def _unset(self) -> Command:
        self._need("(")
        names = self._names()
        self._need(")")

        def command(reader: Reader) -> None:
            for name in names:
                reader.values.pop(name, None)

        return command

    def _loop(self, *, counted: bool, indexed: bool) -> Command:
        self._need("(")
        keep: Callable[[Reader, Value], None] = lambda _reader, _value: None  # noqa: E731
        if indexed:
            keep = self._variable()
            self._need(",")
        condition = self._formula()
        between = self._command() if self._try(",") else None
        self._need(")")
        body = self._block()
        self._need("END")

        def command(reader: Reader) -> None:
            place, times = 0, whole(condition(reader)) if counted else 0
            keep(reader, 0)
            while place < times if counted else condition(reader):
                if place and between is not None:
                    between(reader)
                run(body, reader)
                place += 1
                keep(reader, place)

        return command

    def _if(self) -> Command:
        self._need("(")
        test = self._formula()
        self._need(")")
        then = self._block()
        otherwise = self._block() if self._try("ELSE") else []
        self._need("END")
        return lambda reader: run(then if test(reader) else otherwise, reader)


def _int_of(digits: str) -> int:
    return int(Decimal(digits)) if len(digits) > 4000 else int(digits)


def _end(reader: Reader) -> None:
    if not reader.ended:
        reader.refuse("expected the end")
    raise EndError


_patterns: dict[str, re.Pattern[str]] = {}


def _compiled(pattern: str) -> re.Pattern[str]:
    if pattern not in _patterns:
        plain = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found[1], found[0]), pattern)
        _patterns[pattern] = re.compile(plain, re.MULTILINE)
    return _patterns[pattern]
