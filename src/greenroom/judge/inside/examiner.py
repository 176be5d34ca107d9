"""The examiner's side: makes the cases, knows what is expected, decides. It never meets the candidate's code.

It is walled like the examinee because packs may come from strangers. Requests arrive and are answered in order
(`template.py` serves them):

    next            -> {case: {index, name, group, visible, args}} + args or stdin | {end}
    judge {index, answered}  body: what the examinee answered -> {ok, sort, reason, expected, actual}
    rest            -> {groups: […]}: the groups of the cases that were not asked for

What is expected is computed between the answer to `next` and the following request, while the candidate's code runs.
"""

from __future__ import annotations

import json
import random
import reprlib
from types import ModuleType

from . import comparing, typed, values
from .terms import MOST_ON_SHEET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_SHOWN = 1000
_KEYS = frozenset({"name", "group", "visible", "args", "stdin", "expect"})


class PackFaultError(Exception):
    """The item's own files are wrong; the message names file and line."""


class Examiner:
    """The cases of one item, in order, and what is expected of each.

    *given* has `spec` (form, parameters as [[name, type], …], returns, compare, tolerance), `cases` (as written in
    cases.yaml), `sources` (text by file name) and `seed`. Cases are made when they are asked for, or ahead of that by
    `prepare`; a process that is forked finds those that were.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self.spec = given["spec"]
        self.ambiguous = _ambiguous(self.spec["returns"])
        self.given = given
        self.modules: dict[str, ModuleType] = {}
        self.source = self._cases()
        self.made: list[_Case] = []
        self.broken: str | None = None
        self.at = 0

    def prepare(self) -> bool:
        """Make one more case and compute what it expects; False when there is no more to do."""
        if self.broken is not None or not self._make():
            return False
        self.made[-1].settle(self)
        return True

    @property
    def size(self) -> int:
        """Bytes of the cases that are made, encoded."""
        return sum(len(case.question) for case in self.made)

    def answer(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer to one request. Raises PackFaultError."""
        if head["op"] == "next":
            return self._next(visible_only=bool(head.get("visible_only")))
        if head["op"] == "judge":
            while len(self.made) <= head["index"] and self._make():
                pass
            return self._judge(self.made[head["index"]], body, answered=head["answered"]), b""
        while self._make():
            pass
        return {"groups": [case.raw["group"] for case in self.made[self.at :]]}, b""

    def sheet(self) -> tuple[dict[str, Any], bytes]:
        """All cases with their right answers, for who compares bytes; `{never}` when they are too large, or broken."""
        try:
            while self._make():
                if self.size > MOST_ON_SHEET:
                    return {"sheet": "never"}, b""
        except PackFaultError:
            return {"sheet": "never"}, b""
        rows, parts = [], []
        for index, case in enumerate(self.made):
            case.settle(self)
            if case.fault is not None:
                return {"sheet": "never"}, b""
            parts += [case.question, case.answer or b""]
            rows.append(
                {
                    "head": self._head(case, index),
                    "question": len(case.question),
                    "answer": len(case.answer) if case.answer is not None else None,
                    "shown": self._shown_answer(case) if case.raw["visible"] else None,
                }
            )
        described = json.dumps(rows).encode("ascii")
        body = b"".join((described, *parts))
        if len(body) > MOST_ON_SHEET:
            return {"sheet": "never"}, b""
        return {"sheet": "here", "described": len(described)}, body

    def _head(self, case: _Case, index: int) -> dict[str, Any]:
        head = {key: case.raw[key] for key in ("name", "group", "visible")} | {"index": index}
        if case.raw["visible"]:
            head["args"] = self._shown_question(case)
        return head

    def _shown_answer(self, case: _Case) -> str:
        return _cut(case.expected) if self.spec["form"] == "program" else shown(case.expected)

    def work_ahead(self) -> None:
        """Compute what is expected of the case that was handed out last."""
        if self.at:
            self.made[self.at - 1].settle(self)

    def _make(self) -> bool:
        """Make one more case; False after the last. Raises PackFaultError, and the same one whenever it is called."""
        if self.broken is not None:
            raise PackFaultError(self.broken)
        try:
            raw = next(self.source, None)
            if raw is not None:
                self.made.append(_Case(raw, self._question(raw)))
        except PackFaultError as error:
            self.broken = str(error)
            raise
        return raw is not None

    def _next(self, *, visible_only: bool) -> tuple[dict[str, Any], bytes]:
        while self.at < len(self.made) or self._make():
            case, index = self.made[self.at], self.at
            self.at += 1
            if visible_only and not case.raw["visible"]:
                continue
            return {"case": self._head(case, index)}, case.question
        return {"end": True}, b""

    def _cases(self) -> Iterator[dict[str, Any]]:
        for raw in self.given["cases"]:
            yield _checked(raw, "judge/cases.yaml")
        if "generate.py" in self.given["sources"]:
            rng = random.Random(self.given["seed"])
            with blaming("judge/generate.py"):
                generated = self.function("generate.py", "cases")(rng)
                for raw in generated:
                    yield _checked(raw, "judge/generate.py")

    def _question(self, raw: dict[str, Any]) -> bytes:
        if self.spec["form"] == "program":
            stdin = raw.get("stdin")
            if not isinstance(stdin, str):
                raise PackFaultError(f"case {raw['name']!r} has no stdin")
            return stdin.encode("utf-8", "surrogateescape")
        given, declared = raw.get("args"), self.spec["parameters"]
        if not isinstance(given, list | tuple) or len(given) != len(declared):
            raise PackFaultError(f"case {raw['name']!r} needs args with {len(declared)} values")
        try:
            arguments = [typed.coerce(value, spec) for value, (_, spec) in zip(given, declared, strict=True)]
            return values.encode(tuple(arguments))
        except (typed.MismatchError, values.NotPlainError) as error:
            raise PackFaultError(f"case {raw['name']!r}: args: {error}") from None

    def _shown_question(self, case: _Case) -> str:
        if self.spec["form"] == "program":
            return _cut(case.question.decode("utf-8", "replace"))
        named = zip(self.spec["parameters"], values.decode(case.question), strict=True)
        return _cut(", ".join(f"{name}={shown(value)}" for (name, _), value in named))

    def expected(self, case: _Case) -> Any:
        """What the case expects, as declared. Raises PackFaultError."""
        if "expect" in case.raw:
            value, source = case.raw["expect"], f"case {case.raw['name']!r}: expect"
        elif "oracle.py" in self.given["sources"]:
            source = "judge/oracle.py"
            with blaming(source, case.raw["name"]):
                value = self.function("oracle.py", "oracle")(*self.arguments(case))
        elif self.spec["compare"] == "checker":
            return None
        else:
            raise PackFaultError(f"case {case.raw['name']!r} has no expect, and there is no judge/oracle.py")
        return value if self.spec["compare"] == "checker" else self._as_declared(value, source)

    def _as_declared(self, value: Any, source: str) -> Any:
        if self.spec["form"] == "program":
            if not isinstance(value, str):
                raise PackFaultError(f"{source}: a text is needed, not {type(value).__name__}")
            return value
        try:
            try:
                return typed.coerce(value, self.spec["returns"])
            except typed.MismatchError:  # a Counter, say: what would a candidate's become?
                return typed.coerce(values.decode(values.encode(value)), self.spec["returns"])
        except (typed.MismatchError, values.NotPlainError) as error:
            raise PackFaultError(f"{source}: {error}; declared {typed.describe(self.spec['returns'])}") from None

    def arguments(self, case: _Case) -> tuple[Any, ...]:
        """The case's arguments, made anew: whoever gets them may change them. A program has one, its stdin."""
        if self.spec["form"] == "program":
            return (case.question.decode("utf-8", "surrogateescape"),)
        return tuple(values.decode(case.question))

    def function(self, file: str, name: str) -> Any:
        """The function *name* of the pack's *file*, loaded once."""
        if file not in self.modules:
            module = ModuleType(file.removesuffix(".py"))
            exec(compile(self.given["sources"][file], f"judge/{file}", "exec"), module.__dict__)
            self.modules[file] = module
        function = self.modules[file].__dict__.get(name)
        if not callable(function):
            raise PackFaultError(f"judge/{file} has no function {name}")
        return function

    def _judge(self, case: _Case, body: bytes, *, answered: bool) -> dict[str, Any]:
        case.settle(self)
        if case.fault is not None:
            raise PackFaultError(case.fault)
        verdict = self._decide(case, body) if answered else {"ok": False, "sort": "none"}
        if case.raw["visible"] and self.spec["compare"] != "checker":
            verdict["expected"] = self._shown_answer(case)
        return verdict

    def _decide(self, case: _Case, body: bytes) -> dict[str, Any]:
        if self.spec["form"] == "program":
            actual: Any = body.decode("utf-8", "replace")
            verdict: dict[str, Any] = {"actual": _cut(actual)}
        elif body == case.answer:
            return {"ok": True, "actual": shown(case.expected)} if case.raw["visible"] else {"ok": True}
        else:
            try:
                raw = values.decode(body)
                verdict = {"actual": shown(raw)}
                actual = typed.check(raw, self.spec["returns"])
            except values.ValueFormatError:
                return {"ok": False, "sort": "garbled"}
            except typed.MismatchError as error:
                wanted = typed.describe(self.spec["returns"])
                at = f" at {error.path}" if error.path else ""
                return verdict | {"ok": False, "sort": "type", "reason": f"{error.found}{at}, declared {wanted}"}
        ok, reason = self._matches(case, actual)
        return verdict | {"ok": ok, "sort": "value", "reason": reason}

    def _matches(self, case: _Case, actual: Any) -> tuple[bool, str]:
        mode, tolerance = self.spec["compare"], self.spec["tolerance"]
        if mode == "checker":
            with blaming("judge/checker.py", case.raw["name"]):
                said = self.function("checker.py", "check")(self.arguments(case), case.expected, actual)
            return said is True, _cut(said, 500) if isinstance(said, str) else ""
        if self.spec["form"] == "program":
            return comparing.same_texts(case.expected, actual, mode, tolerance), ""
        if mode == "exact" and not self.ambiguous and case.expected == actual:
            return True, ""
        return comparing.same_values(case.expected, actual, mode, tolerance), ""


def _ambiguous(returns: Any) -> bool:
    """Whether values of the type can be equal to Python and yet differ in type: True and 1, where both may stand."""
    names = repr(returns)
    return "'any'" in names or ("'bool'" in names and ("'int'" in names or "'float'" in names))


class _Case:
    """One case: as it was written, what is asked as bytes, and what is expected once that is settled.

    `answer` is what is expected as bytes, where an answer of those very bytes is right.
    """

    def __init__(self, raw: dict[str, Any], question: bytes) -> None:
        self.raw = {key: value for key, value in raw.items() if key not in ("args", "stdin")}  # `question` has it
        self.question = question
        self.expected: Any = None
        self.answer: bytes | None = None
        self.fault: str | None = None
        self.settled = False

    def settle(self, examiner: Examiner) -> None:
        if self.settled:
            return
        self.settled = True
        try:
            self.expected = examiner.expected(self)
            if examiner.spec["form"] == "function" and examiner.spec["compare"] == "exact":
                self.answer = values.encode(self.expected)
            elif examiner.spec["form"] == "program" and examiner.spec["compare"] != "checker":
                self.answer = self.expected.encode("utf-8", "surrogateescape")
        except PackFaultError as error:
            self.fault = str(error)


def _checked(raw: Any, source: str) -> dict[str, Any]:
    if not isinstance(raw, dict) or not isinstance(raw.get("name"), str) or not isinstance(raw.get("group"), str):
        raise PackFaultError(f"{source}: a case is a mapping with name, group and args or stdin")
    unknown = sorted(map(str, set(raw) - _KEYS))
    if unknown:
        raise PackFaultError(f"{source}: case {raw['name']!r} has unknown keys: {', '.join(unknown)}")
    return raw | {"name": raw["name"][:120], "visible": raw.get("visible") is True}


class blaming:
    """Turn whatever the pack's code raises into a PackFaultError that names its file and line."""

    def __init__(self, file: str, case: str | None = None) -> None:
        self.file, self.case = file, case

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if error is None or isinstance(error, PackFaultError | GeneratorExit):
            return
        line = None
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename == self.file:
                line = traceback.tb_lineno
            traceback = traceback.tb_next
        at = f", line {line}" if line else ""
        on = f" on case {self.case!r}" if self.case else ""
        raise PackFaultError(f"{self.file}{at}: {type(error).__name__}: {error}"[:500] + on) from None


class _Shortener(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 8
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = 40
        self.maxstring = self.maxother = 400
        self.maxlong = 200

    def repr_int(self, value: int, _level: int) -> str:
        return repr(value) if abs(value) < 1 << 640 else f"{hex(value)[:60]}…"


_shortener = _Shortener()


def shown(value: Any) -> str:
    """*value* for a person: its repr, shortened where it is long."""
    return _cut(_shortener.repr(value))


def _cut(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
