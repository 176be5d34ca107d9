"""Answers to `design` items: what is committed to, runs before anything is handed in, and the answer itself."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from greenroom.bank.findings import Finding
from greenroom.bank.models import Item
from greenroom.bank.source import parse_yaml
from greenroom.bank.specs import DesignSpec
from greenroom.bank.verification import Outcome
from greenroom.grading.service import Grader
from greenroom.interview.engine import Engine
from greenroom.interview.service import Interviews
from greenroom.interview.turns import Job, Turn
from greenroom.kernel.errors import ConflictError, GreenroomError
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.design.drawing import drawn
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.judging import Simulated, judged
from greenroom.simulator.rehearsing import rehearsed
from greenroom.simulator.rounds import PRESET, asked
from greenroom.simulator.runs.course import Course
from greenroom.simulator.runs.running import Progress, Stopped, check_size

STOPPED = "Stopped. Nothing was counted."
SAY_EVERY_S = 0.2
"""How often a run says how far it is, at most."""


@dataclass(frozen=True)
class Answered:
    """The findings in the order of the rubric, with what was to be said of them; and the run as JSON, if any."""

    outcome: Outcome
    run: dict[str, Any] | None


def answered(
    item: Item, text: str, grader: Grader, progress: Progress | None = None, committed: Commitment | None = None
) -> Answered:
    """*text* simulated, with what was *committed* to, and read. Raises Stopped when *progress* says so."""
    found = judged(item, text, progress, committed)
    return joined(item, found, grader.grade(item, found.reasons))


def joined(item: Item, found: Simulated, read: Sequence[Finding]) -> Answered:
    """What was *found* by a simulation, with what was *read* in the reasons."""
    by_point = {one.point: one for one in (*found.findings, *read)}
    findings = tuple(by_point[point.id] for point in item.head.rubric if point.id in by_point)
    return Answered(Outcome(findings, message=found.message), found.run)


def words_of(item: Item, text: str) -> str:
    """What is read as words of something handed in to *item*: of a design its reasons, of anything else all of it."""
    if item.head.design is None:
        return text
    try:
        return "\n\n".join(asked(text, item.head.design).reasons.values()) or text
    except GreenroomError:  # the answer to a follow-up is no design
        return text


def spec_of(item: Item | None) -> DesignSpec:
    """The round of a `design` item. Raises ConflictError for any other."""
    if item is None or item.head.design is None:
        raise ConflictError("this round is not answered by a design", mend="go to the interview's current round")
    return item.head.design


def pictured(item: Item | None, text: str) -> dict[str, Any]:
    """*text* as a drawing, or what is wrong with it line by line. Parsing takes time: not for an event loop."""
    try:
        design = asked(text, spec_of(item))
    except DesignError as error:
        return {"drawing": None, "problems": [_problem(one.message, one.mend, one.line) for one in error.problems]}
    declared = parse_yaml(text, "your design").value
    return {"drawing": drawn(design, declared, PRESET), "problems": []}


def _problem(message: str, mend: str, line: int | None) -> dict[str, Any]:
    return {"message": message, "mend": mend, "line": line}


def proposed(item: Item | None, text: str) -> Commitment:
    """What *text* commits to. Raises DesignError or InputError for what could not be run."""
    spec = spec_of(item)
    design = asked(text, spec)
    check_size(design, spec.seconds)
    return Commitment.of(design)


async def committed_for(
    interviews: Interviews, user_id: str | None, round_id: str, item: Item | None, text: str
) -> Commitment | None:
    """What holds in the round: what was committed to before, else what *text* says, which is kept from now on.

    None where nothing was, and *text* cannot be run.
    """
    try:
        return await commit(interviews, user_id, round_id, item, text)
    except GreenroomError:
        return None


async def commit(
    interviews: Interviews, user_id: str | None, round_id: str, item: Item | None, text: str
) -> Commitment:
    """As `committed_for`; raises DesignError or InputError instead."""
    before = await interviews.commitment(user_id, round_id)
    if before is None:
        new = await asyncio.to_thread(proposed, item, text)
        before = await interviews.commit(user_id, round_id, asdict(new))
    return Commitment(**before)


def rehearsal(
    engine: Engine,
    item: Item | None,
    text: str,
    committed: Commitment,
    changes: Mapping[str, Any] | None = None,
    *,
    quick: bool = False,
) -> Job:
    """A run of *text* that counts for nothing; its last event has the `run`, or a message.

    While it goes on, `progress` says which `part` is done and, unless it is *quick*, the `course` so far.
    """
    spec = spec_of(item)

    def run(turn: Turn) -> dict[str, Any]:
        course = None if quick else Course()
        progress = _Progress(turn, course)

        try:
            if not engine.ready:
                turn.say("preparing", {})
                engine.make_ready(progress.on)
            if not progress.on():
                raise Stopped
            found = rehearsed(spec, text, committed, changes=changes, quick=quick, progress=progress, course=course)
        except Stopped:
            return {"run": None, "message": STOPPED}
        except GreenroomError as error:
            return {"run": None, "message": error.line()}
        return {"run": found, "message": None}

    return run


class _Progress:
    """Says how far a run is, a few times a second at most; False when it is to stop."""

    def __init__(self, turn: Turn, course: Course | None) -> None:
        self._turn, self._course = turn, course
        self._said = -math.inf

    def __call__(self, part: float) -> bool:
        now = time.monotonic()
        if now - self._said >= SAY_EVERY_S:
            self._said = now
            self._turn.say("progress", {"part": round(part, 3), "course": self._course and self._course.told()})
        return self.on()

    def on(self) -> bool:
        return not self._turn.cancel.is_set()
