"""A candidate says that a finding is wrong, and an admin decides. One unit of work a function.

What was judged is never rewritten: an accepted dispute stands beside it, and every reader of findings heeds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from greenroom.accounts import audit
from greenroom.accounts import queries as people
from greenroom.accounts.audit import Source
from greenroom.accounts.rules import User
from greenroom.bank.findings import CLAIM_STATES, Finding, State
from greenroom.bank.models import Item
from greenroom.grading.serving import labels
from greenroom.interview import queries
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.overruling import (
    MAX_DECISION_CHARACTERS,
    MAX_DISPUTE_CHARACTERS,
    check_words,
    decided_share,
)
from greenroom.interview.rules import Round, Submission, disputed_answer, final_findings
from greenroom.kernel.errors import ConflictError, NotFoundError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database


@dataclass(frozen=True)
class Case:
    """A dispute as an admin sees it in a list; the names are empty where that account is gone."""

    id: str
    round_id: str
    point: str
    text: str
    state: Literal["open", "accepted", "rejected"]
    created_at: datetime
    item: str
    title: str
    user_id: str
    candidate: str
    decided_at: datetime | None
    decided_by: str | None
    decider: str
    answer: str
    finding_state: str | None
    earned: float | None


@dataclass(frozen=True)
class Hearing:
    """All that is needed to decide: the case, its round, the item, the answer, and the finding as it stands."""

    case: Case
    round: Round
    item: Item | None
    answer: Submission | None
    finding: Finding | None


class Disputes:
    """The disputes of one database and one bank."""

    def __init__(self, database: Database, catalogue: Catalogue, *, solo: bool = False) -> None:
        """In *solo* mode there is one person, who decides what they have disputed themselves."""
        self.database, self.catalogue, self._solo = database, catalogue, solo

    def may_decide(self, actor: User, case: Case) -> bool:
        """Whether it is for *actor*, an admin, to decide: nobody judges what they have disputed themselves."""
        return self._solo or actor.id != case.user_id

    async def open(self, user: User, round_id: str, *, point: str, text: str, source: Source, now: datetime) -> str:
        """Say that the finding on *point* of one's own round is wrong; returns the dispute's id.

        Raises NotFoundError for another's round or an unknown point, ConflictError and InputError.
        """
        words = check_words(text, most=MAX_DISPUTE_CHARACTERS)
        row = {"id": new_id(now), "round_id": round_id, "point": point, "text": words}
        try:
            async with self.database.write() as connection:
                one, item = await self._round(connection, round_id, user.id)
                answer = disputed_answer(item, one, point)
                more = {"submission_id": answer.id, "state": "open", "created_at": now, "answer": ""}
                await queries.add_dispute(connection, row | more)
                await audit.write(
                    connection, "disputed", now, actor=user.id, subject=row["id"], source=source, details=_about(row)
                )
        except IntegrityError:
            raise ConflictError("you have disputed this finding already", mend="wait for the decision") from None
        return row["id"]

    async def page(self, *, decided: bool, after: str | None = None, limit: int = 50) -> list[Case]:
        """The open ones, the oldest first, or the decided ones, the newest first; those after the id *after*."""
        listed = queries.decided_disputes if decided else queries.open_disputes
        async with self.database.read() as connection:
            return await _cases(connection, await listed(connection, after=after, limit=limit))

    async def get(self, dispute_id: str) -> Hearing:
        """One dispute with what it is about. Raises NotFoundError."""
        async with self.database.read() as connection:
            return await self._hearing(connection, dispute_id)

    async def accept(
        self, actor: User, dispute_id: str, *, state: State, points: float, text: str, source: Source, now: datetime
    ) -> None:
        """Have the finding become *state*, worth *points*.

        Raises NotFoundError, InputError for what the finding cannot become, and ConflictError when it was decided or is
        the actor's own.
        """
        words = check_words(text, most=MAX_DECISION_CHARACTERS, needed=False)
        async with self.database.write() as connection:
            hearing = await self._to_decide(connection, actor, dispute_id)
            before = hearing.finding
            if hearing.case.state != "open":
                raise _decided_already()
            if before is None:
                raise ConflictError("the finding is not there any more", mend="reject the dispute")
            earned = decided_share(before, state, points)
            values = {"state": "accepted", "finding_state": state.value, "earned": earned, "answer": words}
            await _decide(connection, actor, dispute_id, values, now)
            if hearing.answer is not None and state in CLAIM_STATES:
                await labels.note(connection, hearing.answer.id, hearing.case.point, "dispute", state, now)
            details = _about(hearing.case) | {
                "from": {"state": before.state.value, "earned": before.earned},
                "to": {"state": state.value, "earned": earned},
            }
            await audit.write(
                connection, "dispute-accepted", now, actor=actor.id, subject=dispute_id, source=source, details=details
            )

    async def reject(self, actor: User, dispute_id: str, *, text: str, source: Source, now: datetime) -> None:
        """Leave the finding as it is, and say why. Raises NotFoundError, InputError and ConflictError."""
        words = check_words(text, most=MAX_DECISION_CHARACTERS)
        async with self.database.write() as connection:
            hearing = await self._to_decide(connection, actor, dispute_id)
            await _decide(connection, actor, dispute_id, {"state": "rejected", "answer": words}, now)
            details = _about(hearing.case)
            await audit.write(
                connection, "dispute-rejected", now, actor=actor.id, subject=dispute_id, source=source, details=details
            )

    async def _round(
        self, connection: AsyncConnection, round_id: str, user_id: str | None
    ) -> tuple[Round, Item | None]:
        interview = await queries.interview_of_round(connection, round_id, user_id)
        if interview is None:
            raise NotFoundError("there is no such round", mend="see your history")
        one = next(one for one in interview.rounds if one.id == round_id)
        return one, self.catalogue.get(one.item)

    async def _to_decide(self, connection: AsyncConnection, actor: User, dispute_id: str) -> Hearing:
        hearing = await self._hearing(connection, dispute_id)
        if not self.may_decide(actor, hearing.case):
            raise ConflictError("this dispute is your own", mend="ask another admin to decide it")
        return hearing

    async def _hearing(self, connection: AsyncConnection, dispute_id: str) -> Hearing:
        row = await queries.dispute(connection, dispute_id)
        if row is None:
            raise NotFoundError("there is no such dispute", mend="look for it in the list")
        (case,) = await _cases(connection, [row])
        one, item = await self._round(connection, case.round_id, None)
        answer = next((sub for sub in one.submissions if sub.id == row.submission_id), None)
        finding = next((each for each in final_findings(item, one) if each.point == case.point), None)
        return Hearing(case, one, item, answer, finding)


def _about(case: Case | dict[str, str]) -> dict[str, Any]:
    if isinstance(case, Case):
        return {"round": case.round_id, "point": case.point, "item": case.item}
    return {"round": case["round_id"], "point": case["point"]}


async def _decide(
    connection: AsyncConnection, actor: User, dispute_id: str, values: dict[str, Any], now: datetime
) -> None:
    if not await queries.decide_dispute(connection, dispute_id, **values, decided_by=actor.id, decided_at=now):
        raise _decided_already()


def _decided_already() -> ConflictError:
    return ConflictError("this dispute was decided already", mend="read the decision; the candidate can dispute again")


async def _cases(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Case]:
    names = await people.names(connection, {row.user_id for row in rows} | {row.decided_by for row in rows})
    own = Case.__dataclass_fields__.keys() - {"candidate", "decider"}
    return [
        Case(
            **{name: getattr(row, name) for name in own},
            candidate=names.get(row.user_id, ""),
            decider=names.get(row.decided_by, ""),
        )
        for row in rows
    ]
