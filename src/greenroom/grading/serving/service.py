"""Reading answers with the models that are served, and writing down what they said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from greenroom.bank.findings import CLAIM_STATES, Finding, State
from greenroom.bank.models import Item
from greenroom.bank.rubric import Point
from greenroom.grading.monitoring.metrics import Metrics
from greenroom.grading.monitoring.queries import note_vector
from greenroom.grading.monitoring.rules import BASE_AUDIT_RATE, share_of
from greenroom.grading.registry.protocols import Row, Score, Scorer
from greenroom.grading.serving import labels, queries
from greenroom.grading.serving.batching import Batches
from greenroom.grading.serving.loading import Loaded, Models
from greenroom.grading.serving.routing import roles
from greenroom.kernel.errors import GreenroomError, InputError, NotFoundError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reference:
    """Where an answer lies, and what was drawn together with it (its interview)."""

    submission_id: str
    round_id: str
    cluster: str


@dataclass(frozen=True)
class Reading:
    """The scores of an answer's points, which model gave them, the rows for the log, and where the answer lies."""

    scores: tuple[Score, ...]
    version: str
    rows: tuple[dict[str, Any], ...] = ()
    vector: dict[str, Any] | None = None


class Desk:
    """Where answers are read. *canary* and `audit_rate` are shares of submissions, 0..1."""

    def __init__(
        self, database: Database, models: Models, *, metrics: Metrics | None = None, canary: float = 0.0,
        most_waiting: int = 256, vector: Callable[[str], bytes | None] | None = None,
    ) -> None:  # fmt: skip
        self._vector = vector
        self._database, self.models, self._canary = database, models, canary
        self.metrics = metrics or Metrics()
        self.audit_rate = BASE_AUDIT_RATE
        self._failed: set[str] = set()
        self.batches = Batches(self._batch, most_waiting=most_waiting, at_once=self._at_once)
        self.metrics.watch_queue(lambda: self.batches.waiting)

    async def score(self, item: Item, points: Sequence[Point], answer: str) -> Reading:
        """What the champion says of somebody's own text; nothing is stored. Raises GraderBusy."""
        found = await self.batches.score([Row(item, point, answer) for point in points])
        return Reading(tuple(score for score, _ in found), found[0][1] if found else self.models.now.champion.version)

    def read(self, rows: Sequence[Row], where: Reference, now: datetime) -> Reading:
        """What is said of a submission that was handed in: it never waits behind others' trials. Blocks.

        A model that fails is replaced for this answer by the one that comes with Greenroom, and that is written down.
        """
        answering, beside, role = roles(self.models.now, where.submission_id, self._canary)
        began = time.perf_counter()
        scores, failed = self._answer(answering, rows)
        took = (time.perf_counter() - began) * 1000 / max(len(rows), 1)
        shadow = self._beside(beside, rows)
        audit = share_of(where.submission_id, "audit") < self.audit_rate
        logged = [
            _logged(row, None if failed else score, answering, role, took, where, now)
            | _shadow(beside, shadow[at] if shadow else None, role)
            | {"audit": audit}
            for at, (row, score) in enumerate(zip(rows, scores, strict=True))
        ]
        version = self.models.shipped.version if failed else answering.version
        place = self._place(answering, rows, where, now)
        return Reading(tuple(scores), version, tuple(logged), place)

    async def note(self, reading: Reading) -> None:
        """Write down what was said. A database in trouble loses the log's rows and not the answer."""
        if not reading.rows:
            return
        try:
            async with self._database.write() as connection:
                await queries.note(connection, reading.rows)
                if reading.vector is not None:
                    await note_vector(connection, reading.vector)
        except GreenroomError as error:
            log.warning("predictions were not written down", reason=error.line())

    async def label(self, submission_id: str, point: str, source: labels.Source, state: State, now: datetime) -> None:
        """Write down what a person said of a point, whenever that comes."""
        if state not in CLAIM_STATES:
            raise InputError(
                f"{state.value} is no judgement", mend=f"use {', '.join(one.value for one in CLAIM_STATES)}"
            )
        async with self._database.write() as connection:
            if not any(row.point == point for row in await queries.of_submission(connection, submission_id)):
                raise NotFoundError("nothing was said of that point", mend="see `greenroom grader audits`")
            await labels.note(connection, submission_id, point, source, state, now)

    async def waiting_audits(self, limit: int = 50) -> list[dict[str, str]]:
        """Points that a person is to read: without what the model said, which would lead them."""
        async with self._database.read() as connection:
            rows = await queries.waiting_audits(connection, limit)
        return [dict(row._mapping) for row in rows]

    async def last(self, limit: int, after: str | None = None) -> list[dict[str, Any]]:
        """What was said of points last, the newest first, with what people said of them, as plain JSON.

        *after* is the id of a row: those come that are older.
        """
        async with self._database.read() as connection:
            rows = await queries.last(connection, limit, after)
            said = await queries.labels_of(connection, [row.submission_id for row in rows])
        return [
            {**row._mapping, "created_at": row.created_at.isoformat(timespec="seconds")}
            | {"labels": said.get((row.submission_id, row.point), {})}
            for row in rows
        ]

    async def keep(self, every_s: float) -> None:
        """Follow the aliases until cancelled: another server may have moved them."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.models.refresh()
            except GreenroomError as error:
                log.warning("the grader's aliases could not be read", reason=error.line())

    async def close(self) -> None:
        """Finish what waits."""
        await self.batches.close()

    def _place(self, model: Loaded, rows: Sequence[Row], where: Reference, now: datetime) -> dict[str, Any] | None:
        """Where the answer lies among others. It is for the watch alone: what goes wrong with it is only logged."""
        if self._vector is None or not rows:
            return None
        try:
            found = self._vector(rows[0].answer)
        except Exception as error:
            log.warning("an answer has no place among others", reason=repr(error)[:200])
            return None
        about = {"submission_id": where.submission_id, "version": model.version, "created_at": now}
        return about | {"vector": found} if found is not None else None

    def _at_once(self, rows: Sequence[Row]) -> list[tuple[Score, str]] | None:
        """What the champion says, where that takes no thread; None where it does, or where it fails."""
        champion = self.models.now.champion
        if champion.quick is None or not champion.quick.is_quick(rows):
            return None
        began = time.perf_counter()
        try:
            scores = _checked(champion.quick, rows)
        except Exception:
            return None  # the thread meets it again, tells of it, and has the time to read with another model
        self.metrics.read(champion.version, len(rows), time.perf_counter() - began, _abstained(scores))
        return [(one, champion.version) for one in scores]

    def _batch(self, rows: Sequence[Row]) -> list[tuple[Score, str]]:
        champion = self.models.now.champion
        scores, failed = self._answer(champion, rows)
        version = self.models.shipped.version if failed else champion.version
        return [(one, version) for one in scores]

    def _answer(self, model: Loaded, rows: Sequence[Row]) -> tuple[list[Score], bool]:
        with self.metrics.reading(model.version, len(rows)) as outcome:
            try:
                scores = _checked(model.scorer, rows)
            except Exception as error:
                if model.shipped:
                    raise
                self._tell(model, error)
                outcome.failed = True
            else:
                outcome.abstained = _abstained(scores)
                return scores, False
        return _checked(self.models.shipped.scorer, rows), True

    def _beside(self, model: Loaded | None, rows: Sequence[Row]) -> list[Score] | None:
        if model is None:
            return None
        try:
            return _checked(model.scorer, rows)
        except Exception as error:
            self._tell(model, error)
            return None

    def _tell(self, model: Loaded, error: Exception) -> None:
        """Log a failure; with where it happened at the first one of a version alone, for that is slow to write."""
        first = model.version not in self._failed
        self._failed.add(model.version)
        log.error("a model failed", version=model.version, reason=repr(error)[:200], exc_info=error if first else None)


def _abstained(scores: Sequence[Score]) -> int:
    return sum([one.abstained for one in scores])


def _checked(scorer: Scorer, rows: Sequence[Row]) -> list[Score]:
    found = scorer.score(rows)
    if len(found) != len(rows) or not all(0 <= one.score <= 1 and 0 <= one.confidence <= 1 for one in found):
        raise ValueError(f"model {scorer.version} gave {len(found)} scores for {len(rows)} rows, or values beyond 0..1")
    return found


def _logged(
    row: Row, score: Score | None, model: Loaded, role: str, took: float, where: Reference, now: datetime
) -> dict[str, Any]:
    said = score and {"state": score.state.value, "score": score.score, "confidence": score.confidence}
    return {
        "id": new_id(now),
        "submission_id": where.submission_id,
        "round_id": where.round_id,
        "cluster": where.cluster,
        "item": row.item.slug,
        "point": row.point.id,
        "version": model.version,
        "snapshot": model.snapshot,
        "role": role,
        "features": score.features if score else "",
        **(said or {"state": None, "score": None, "confidence": None}),
        "abstained": bool(score and score.abstained),
        "latency_ms": round(took, 3),
        "created_at": now,
    }


def _shadow(model: Loaded | None, score: Score | None, role: str) -> dict[str, Any]:
    """What the challenger said beside the champion; what the champion says beside a canary is no trial of anybody."""
    if model is None or role == "canary":
        return {"shadow_version": None, "shadow_state": None, "shadow_score": None}
    state, value = (score.state.value, score.score) if score else (None, None)
    return {"shadow_version": model.version, "shadow_state": state, "shadow_score": value}


def finding_of(point: Point, score: Score) -> Finding:
    """A score as a finding: only what is present earns."""
    return Finding(
        point=point.id,
        earned=1.0 if score.state is State.present else 0.0,
        of=point.points,
        confidence=round(min(0.99, score.confidence), 3),
        state=score.state,
        evidence=dict(score.evidence),
    )
