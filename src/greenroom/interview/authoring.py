"""What an author sees of a rubric: marked answers beside findings, and trials that nobody keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import select

from greenroom.bank.findings import Finding
from greenroom.bank.models import Item, Kind
from greenroom.grading.registry.protocols import Row
from greenroom.grading.rubrics import Marked, RubricReview, declared, review
from greenroom.grading.service import Grader, Read
from greenroom.grading.serving.service import Desk, finding_of
from greenroom.grading.serving.tables import labels
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.tables import rounds, submissions
from greenroom.kernel.errors import InputError, NotFoundError
from greenroom.platform.database import Database

MOST_TRIAL_CHARACTERS = 20_000
_MOST_DECIDED, _MOST_KEPT = 200, 2_000
_decided = (
    select(labels.c.point, labels.c.state, labels.c.source, submissions.c.text, submissions.c.id)
    .join(submissions, submissions.c.id == labels.c.submission_id)
    .join(rounds, rounds.c.id == submissions.c.round_id)
    .where(submissions.c.sort == "answer", labels.c.source.in_(("audit", "override", "dispute")))
    .order_by(labels.c.labelled_at.desc())
    .limit(_MOST_DECIDED)
)


class Authoring:
    """The rubrics of one bank, as the model reads them that answers now. A declared answer is read once for a model."""

    def __init__(self, database: Database, catalogue: Catalogue, desk: Desk, grader: Grader) -> None:
        self._database, self._catalogue, self._desk, self._grader = database, catalogue, desk, grader
        self._known: dict[tuple[str, int, str, str], Sequence[Read]] = {}

    @property
    def items(self) -> list[Item]:
        """The items that are answered in words."""
        return [one for one in self._catalogue.every if one.kind is Kind.concept]

    def get(self, slug: str) -> Item:
        """One of them. Raises NotFoundError."""
        item = self._catalogue.get(slug)
        if item is None or item.kind is not Kind.concept:
            raise NotFoundError("there is no such item that is answered in words", mend="see the list of rubrics")
        return item

    async def review(self, item: Item, *, with_decided: bool) -> RubricReview:
        """The item's declared answers, and *with_decided* those of candidates that a person has decided on."""
        decided = await self._decided(item) if with_decided else []
        return await asyncio.to_thread(self._review, item, decided)

    async def trial(self, item: Item, text: str) -> list[Read]:
        """What would be found in *text*; nothing is stored. Raises InputError and GraderBusy."""
        if not 0 < len(text.strip()) <= MOST_TRIAL_CHARACTERS:
            mend = f"write an answer of at most {MOST_TRIAL_CHARACTERS:,} characters"
            raise InputError("there is no answer to try, or it is too long", mend=mend)
        points = [point for point in item.head.rubric if point.claim]
        reading = await self._desk.score(item, points, text)
        found = [finding_of(point, score) for point, score in zip(points, reading.scores, strict=True)]
        near = await asyncio.to_thread(self._near, item, text)
        return [Read(one, *near.get(one.point, ("", ""))) for one in found]

    async def _decided(self, item: Item) -> list[Marked]:
        query = _decided.where(rounds.c.item == item.slug)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Marked(f"decided: {row.source}, …{row.id[-8:]}", row.point, row.text, row.state) for row in rows]

    def _review(self, item: Item, decided: Sequence[Marked]) -> RubricReview:
        return review(item, [*declared(item), *decided], self._read)

    def _read(self, item: Item, answer: str) -> Sequence[Read]:
        champion = self._desk.models.now.champion
        key = (item.slug, item.head.version, champion.version, answer)
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            shipped = champion.shipped
            self._known[key] = self._grader.read(item, answer) if shipped else self._by_champion(item, answer)
        return self._known[key]

    def _by_champion(self, item: Item, answer: str) -> list[Read]:
        points = [point for point in item.head.rubric if point.claim]
        near = self._near(item, answer)
        scores = self._desk.models.now.champion.scorer.score([Row(item, point, answer) for point in points])
        return [_read(finding_of(point, score), near) for point, score in zip(points, scores, strict=True)]

    def _near(self, item: Item, answer: str) -> dict[str, tuple[str, str]]:
        return {one.finding.point: (one.sentence, one.nearest) for one in self._grader.read(item, answer)}


def _read(finding: Finding, near: dict[str, tuple[str, str]]) -> Read:
    return Read(finding, *near.get(finding.point, ("", "")))
