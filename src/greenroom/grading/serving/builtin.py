"""The model that comes with Greenroom, and those that were trained from snapshots, as scorers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from greenroom.bank.findings import Finding, State
from greenroom.grading.registry import claims
from greenroom.grading.registry.errors import ArtefactRefused
from greenroom.grading.registry.protocols import Row, Score, Scorer
from greenroom.grading.service import Grader, probability_of


class Builtin:
    """The embedded grader. It always loads, so that somebody answers whatever happens to other models."""

    def __init__(self, grader: Grader) -> None:
        self._grader = grader

    @property
    def version(self) -> str:
        """Its version, with the encoder that it uses."""
        return f"{self._grader.version}-{self._grader.encoder}"[:64]

    def score(self, rows: Sequence[Row]) -> list[Score]:
        """One score for each row; the points of one answer are read together."""
        known: dict[tuple[str, str], dict[str, Finding]] = {}
        return [_score(row, self._finding(row, known), self.version) for row in rows]

    def _finding(self, row: Row, known: dict[tuple[str, str], dict[str, Finding]]) -> Finding:
        if row.question:
            return self._grader.grade_follow_up(row.item, row.point, row.answer, question=row.question)
        key = (row.item.slug, row.answer)
        if key not in known:
            known[key] = {one.point: one for one in self._grader.grade(row.item, row.answer)}
        return known[key][row.point.id]


class TrainedHere(Builtin):
    """A model of claims behind the same guards, with the same quotes as evidence."""

    def __init__(self, model: claims.ClaimModel, grader: Grader) -> None:
        super().__init__(grader.with_model(model))
        self._version = model.version

    @property
    def version(self) -> str:
        """The model's version."""
        return self._version


def load_claims(grader: Grader, content: bytes) -> Scorer:
    """The scorer of a model of claims. Raises ArtefactRefused where the encoder is not the one of its fit."""
    model = claims.from_bytes(content)
    if model.encoder != grader.encoder:
        raise ArtefactRefused(f"model {model.version} needs the encoder {model.encoder}, and {grader.encoder} is here")
    return TrainedHere(model, grader)


def _score(row: Row, finding: Finding, version: str) -> Score:
    parts = (version, row.item.slug, str(row.item.head.version), row.point.id, row.question, row.answer)
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return Score(
        finding.state,
        finding.confidence,
        probability_of(finding),
        finding.state is State.unsure,
        finding.evidence,
        digest,
    )
