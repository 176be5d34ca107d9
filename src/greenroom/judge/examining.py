"""The examiner's sandbox as the supervisor asks it: for cases, and for its judgement."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from greenroom.bank.loader import load_cases
from greenroom.bank.models import Case, CodeSpec, Item, Limits
from greenroom.bank.source import PackError, read_text
from greenroom.judge import reading
from greenroom.judge.box import Box
from greenroom.judge.faults import JudgeFaultError, judge_faults
from greenroom.judge.inside import values
from greenroom.judge.signature import TypeSyntaxError, parse_type

LIMITS = Limits(cpu_s=60, wall_s=120, memory_mb=2048, processes=64, disk_mb=16)
"""What a pack's own files may use in one run."""

_ANSWER_S = 120.0
_SOURCES = ("generate.py", "oracle.py", "checker.py")


class Examination:
    """The examiner's sandbox, asked for one case after the other; it works ahead by one."""

    def __init__(self, box: Box, item: Item, *, visible_only: bool) -> None:
        self._box = box
        self._next = {"op": "next", "visible_only": visible_only}
        self._asked = False
        self._brief = values.encode(_brief(item))

    def begin(self) -> None:
        """Hand over the item and ask for the first case."""
        with judge_faults("the examiner"):
            self._box.ready()
            self._box.send({"op": "open"}, self._brief)
        self.ask()

    def ask(self) -> None:
        """Ask for the next case without waiting for it."""
        with judge_faults("the examiner"):
            self._box.send(self._next)
        self._asked = True

    def case(self, on_tick: Callable[[], None]) -> tuple[dict[str, Any], bytes] | None:
        """The case that was asked for; None after the last."""
        self._asked = False
        head, body = self._receive(on_tick)
        return (head["case"], body) if "case" in head else None

    def judge(self, index: int, answer: bytes | None, on_tick: Callable[[], None]) -> dict[str, Any]:
        """What the examiner says of *answer*; None where there is none and only what is expected matters."""
        with judge_faults("the examiner"):
            self._box.send({"op": "judge", "index": index, "answered": answer is not None}, answer or b"")
        return self._receive(on_tick)[0]

    def forget(self, index: int) -> None:
        """No judgement is needed of the case *index*."""
        with judge_faults("the examiner"):
            self._box.send({"op": "forget", "index": index})

    def rest(self, on_tick: Callable[[], None]) -> Counter[str]:
        """How many cases of each group were not asked for."""
        with judge_faults("the examiner"):
            self._box.send({"op": "rest"})
        return Counter(map(str, self._receive(on_tick)[0]["groups"]))

    def _receive(self, on_tick: Callable[[], None]) -> tuple[dict[str, Any], bytes]:
        with judge_faults("the examiner"):
            head, body = self._box.receive(time.monotonic() + _ANSWER_S, on_tick)
        if "fault" in head:
            raise JudgeFaultError(reading.clean(str(head["fault"]), 600))
        return head, body


def _brief(item: Item) -> dict[str, Any]:
    """All that the examiner is told of *item*. Raises JudgeFaultError when the item cannot be read."""
    spec = item.head.code
    assert spec is not None
    try:
        cases = [_written(case) for case in load_cases(item)]
        sources = {
            name: read_text(item.judge_folder / name, item.folder)
            for name in _SOURCES
            if (item.judge_folder / name).exists()
        }
        return {"spec": _described(spec), "cases": cases, "sources": sources, "seed": str(item.head.uuid)}
    except (PackError, TypeSyntaxError, OSError) as error:
        raise JudgeFaultError(f"the item cannot be read: {error}") from None


def _described(spec: CodeSpec) -> dict[str, Any]:
    return {
        "form": spec.form,
        "parameters": [[parameter.name, parse_type(parameter.type)] for parameter in spec.parameters],
        "returns": parse_type(spec.returns) if spec.returns is not None else None,
        "compare": spec.compare,
        "tolerance": spec.tolerance,
    }


def _written(case: Case) -> dict[str, Any]:
    """The case as its author wrote it: no `expect` where there was none, which is not the same as `expect: null`."""
    given: dict[str, Any] = {"name": case.name, "group": case.group, "visible": case.visible}
    if case.args is not None:
        given["args"] = list(case.args)
    if case.stdin is not None:
        given["stdin"] = case.stdin
    if "expect" in case.model_fields_set:
        given["expect"] = case.expect
    return given
