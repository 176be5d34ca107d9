"""From a stored submission to its result: picks judge or grader, and writes the result once.

A submission is on disk before anything runs. If the process dies in the middle, the next start finds it
queued and answers it then; the result is written under the condition that none is there, so that two
attempts have the effect of one.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from greenroom.bank.findings import Finding
from greenroom.bank.models import Item, Kind
from greenroom.grading.registry.protocols import Row, Score
from greenroom.grading.service import Grader
from greenroom.grading.serving.builtin import Builtin
from greenroom.grading.serving.service import Desk, Reference, finding_of
from greenroom.interview import queries
from greenroom.interview.baselines import Baselines, compared
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.claims import Claims
from greenroom.interview.designs import committed_for, joined
from greenroom.interview.engine import Engine
from greenroom.interview.rules import MAX_ATTEMPTS, Submission
from greenroom.interview.service import Interviews
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.languages import named as language_named
from greenroom.judge.places import Place
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.service import Judge
from greenroom.kernel.clock import Clock
from greenroom.kernel.errors import CapacityError
from greenroom.platform.database import Database
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.judging import Simulated, judged

log = structlog.get_logger(__name__)

OnCase = Callable[[CaseResult], None]


@dataclass(frozen=True)
class Result:
    """What a submission got: a verdict for what was run, and plain JSON with findings (and cases)."""

    verdict: str | None
    body: dict[str, Any]


def judge_error(message: str) -> Result:
    """A result that costs nothing: the fault is ours."""
    return Result(Verdict.judge_error.value, {"findings": [], "message": message})


class Answering:
    """Runs and reads submissions with one judge and one grader."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        judge: Judge,
        grader: Grader,
        clock: Clock,
        claims: Claims | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._database = database
        self._claims = claims or Claims(database, clock)
        self._catalogue = catalogue
        self._interviews = Interviews(database, catalogue)
        self.judge = judge
        self.grader = grader
        self._shipped = Builtin(grader)
        self._clock = clock
        self._desk = desk
        self._baselines = Baselines(judge)
        self.engine = Engine()

    async def answer(
        self, submission_id: str, on_case: OnCase | None = None, place: Place | None = None
    ) -> Result | None:
        """Answer a queued submission in a *place* of the judge; None when it was done already, or is another's."""
        with self._claims.in_hand(submission_id):
            submission = await self._claims.begin(submission_id)
            if submission is None:
                return None
            result = await self._result(submission, on_case, place)
            won = await self._interviews.record(
                submission, verdict=result.verdict, result=result.body, now=self._clock.now()
            )
            return result if won else None

    async def _result(self, submission: Submission, on_case: OnCase | None, place: Place | None) -> Result:
        if submission.attempts > MAX_ATTEMPTS:
            return judge_error("this answer could not be judged in three attempts; it costs no points")
        try:
            async with self._database.read() as connection:
                interview = await queries.interview_of_round(connection, submission.round_id, None)
            one = next(one for one in interview.rounds if one.id == submission.round_id) if interview else None
            item = self._catalogue.get(one.item) if one else None
            if item is None or interview is None:
                return judge_error("the item's pack is not installed any more; this costs no points")
            where = Reference(submission.id, submission.round_id, interview.id)
            if _is_words(item, submission):
                findings, grader = await self._read(_rows(item, submission), where)
                return Result(None, {"findings": _as_json(findings), "grader": grader})
            if item.kind is Kind.design:
                return await self._design(item, submission, where)
            return await asyncio.to_thread(self._run, item, submission, on_case, place)
        except Exception:
            log.exception("a submission could not be answered", submission=submission.id)
            return judge_error("something went wrong on our side; it costs no points")

    def _run(self, item: Item, submission: Submission, on_case: OnCase | None, place: Place | None) -> Result:
        language = language_named(submission.language)
        run = self.judge.run(item, submission.text, language=language, on_case=on_case, place=place)
        if item.kind.is_lab and run.findings:
            run = compared(run, self._baselines.of(item, place))
        return Result(run.verdict.value, run.model_dump(mode="json"))

    async def _design(self, item: Item, submission: Submission, where: Reference) -> Result:
        """A design: simulated, and its reasons read. The run is kept with the findings, for the debrief."""
        committed = await committed_for(self._interviews, None, submission.round_id, item, submission.text)
        simulated = await asyncio.to_thread(self._simulated, item, submission.text, committed)
        read, grader = await self._read(_claim_rows(item, simulated.reasons), where)
        found = joined(item, simulated, read)
        body = {"findings": _as_json(found.outcome.findings), "grader": grader, "message": found.outcome.message}
        return Result(None, {**body, "run": found.run})

    def _simulated(self, item: Item, text: str, committed: Commitment | None) -> Simulated:
        self.engine.make_ready()
        return judged(item, text, committed=committed)

    async def _read(self, rows: list[Row], where: Reference) -> tuple[list[Finding], dict[str, str]]:
        """What the served model says of *rows*, and who that is. Where nothing is written there is nothing to log."""
        told = self._grader_json()
        if self._desk is None or not any(row.answer.strip() for row in rows):
            scores = await asyncio.to_thread(self._shipped.score, rows)
            return _findings(rows, scores), told
        reading = await asyncio.to_thread(self._desk.read, rows, where, self._clock.now())
        await self._desk.note(reading)
        if reading.version != self._desk.models.shipped.version:
            told["version"] = reading.version
        return _findings(rows, reading.scores), told

    def _grader_json(self) -> dict[str, str]:
        return {"version": self.grader.version, "encoder": self.grader.encoder}

    def make_ready(self, item: Item) -> None:
        """Have the judge make the cases of *item*, and measure a lab's starter, while the candidate reads. Blocks.

        For a design it is the simulator's engine that is loaded.
        """
        if item.kind is Kind.design:
            self.engine.make_ready()
        if not item.kind.is_judged:
            return
        with contextlib.suppress(JudgeFaultError, CapacityError):  # who runs it is told
            self.judge.prepare(item)
            if item.kind.is_lab:
                self._baselines.make_ready(item)

    def run_visible(
        self,
        item: Item,
        source: str,
        on_case: OnCase | None = None,
        *,
        language: str | None = None,
        place: Place | None = None,
        cancel: threading.Event | None = None,
    ) -> RunResult:
        """Run the visible cases alone: nothing is stored and nothing counts. Blocks."""
        return self.judge.run(
            item,
            source,
            language=language_named(language),
            visible_only=True,
            on_case=on_case,
            place=place,
            cancel=cancel,
        )


def _is_words(item: Item, submission: Submission) -> bool:
    return submission.sort == "follow-up" or item.kind is Kind.concept


def _rows(item: Item, submission: Submission) -> list[Row]:
    """The points that a submission in words is read for."""
    if submission.sort == "follow-up":
        point = item.point_by_id[str(submission.point)]
        return [Row(item, point, submission.text, point.follow_up.ask)]
    return _claim_rows(item, submission.text)


def _claim_rows(item: Item, words: str) -> list[Row]:
    return [Row(item, point, words) for point in item.head.rubric if point.claim]


def _findings(rows: Sequence[Row], scores: Sequence[Score]) -> list[Finding]:
    return [finding_of(row.point, score) for row, score in zip(rows, scores, strict=True)]


def _as_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in findings]
