"""Candidates who let the grader learn from their answers: their consent, their rows, and the end of both.

One unit of work a function. What a person decided is a row: an audit, or an accepted dispute, says what its answer
states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, or_, select
from sqlalchemy.exc import SQLAlchemyError

from greenroom.accounts import audit
from greenroom.accounts import queries as people
from greenroom.accounts.audit import Source
from greenroom.accounts.rules import SOLO_USER_ID, User
from greenroom.accounts.tables import users
from greenroom.bank.models import Kind
from greenroom.grading.intake import forgetting, queries
from greenroom.grading.intake.rules import CONSENT_VERSION, Erasure
from greenroom.grading.intake.schemas import ConsentView, Found, Subject
from greenroom.grading.intake.tables import subject_keys
from greenroom.grading.registry.tables import models
from greenroom.grading.serving.tables import labels
from greenroom.interview.tables import disputes, interviews, rounds, submissions
from greenroom.kernel.errors import GreenroomError, NotFoundError
from greenroom.platform.database import AsyncConnection, Database

_STATES = ("present", "absent", "contradicted")
_decided = (
    select(
        disputes.c.id,
        disputes.c.round_id,
        disputes.c.point,
        disputes.c.finding_state,
        rounds.c.item,
        rounds.c.item_version,
        submissions.c.text,
        interviews.c.user_id,
        users.c.name,
        users.c.email,
    )
    .join(rounds, rounds.c.id == disputes.c.round_id)
    .join(interviews, interviews.c.id == rounds.c.interview_id)
    .join(users, users.c.id == interviews.c.user_id)
    .join(submissions, submissions.c.id == disputes.c.submission_id)
    .where(disputes.c.state == "accepted", disputes.c.finding_state.in_(_STATES))
    .where(or_(rounds.c.kind == Kind.concept.value, submissions.c.sort == "follow-up"))
    .order_by(disputes.c.decided_at, disputes.c.id)
)
_judged = (
    select(
        labels.c.id,
        submissions.c.round_id,
        labels.c.point,
        labels.c.source,
        labels.c.state.label("finding_state"),
        rounds.c.item,
        rounds.c.item_version,
        submissions.c.text,
        interviews.c.user_id,
        users.c.name,
        users.c.email,
    )
    .join(submissions, submissions.c.id == labels.c.submission_id)
    .join(rounds, rounds.c.id == submissions.c.round_id)
    .join(interviews, interviews.c.id == rounds.c.interview_id)
    .join(users, users.c.id == interviews.c.user_id)
    .where(labels.c.source.in_(("audit", "override")), labels.c.state.in_(_STATES))
    .where(rounds.c.kind == Kind.concept.value, submissions.c.sort == "answer")
    .order_by(labels.c.labelled_at, labels.c.id)
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Forgettable:
    """What forgetting somebody would do, or did."""

    user_id: str
    subject: str | None
    snapshots: tuple[str, ...]


class Training:
    """The consents of one database. *retrain_within*: by when models that know erased rows are trained anew."""

    def __init__(self, database: Database, retrain_within: timedelta) -> None:
        self.database, self.retrain_within = database, retrain_within

    async def consent(self, user: User) -> ConsentView:
        """What *user* has decided."""
        async with self.database.read() as connection:
            return await forgetting.view(connection, user.id)

    async def decide(
        self, user: User, *, given: bool, version: int = CONSENT_VERSION, source: Source, now: datetime
    ) -> ConsentView:
        """Agree to the text *version*, or withdraw. Raises ConsentOutdated for a text that is not valid any more."""
        async with self.database.write() as connection:
            await people.user(connection, user.id, lock=True)  # two tabs at once
            if given:
                changed = await forgetting.give(connection, user.id, version, now)
            else:
                gone = await forgetting.erase(connection, user.id, "withdrawn", now, self.retrain_within)
                changed = gone is not None
            if changed:
                action = "training-agreed" if given else "training-withdrawn"
                details = {"version": version} if given else {}
                await audit.write(
                    connection, action, now, actor=user.id, subject=user.id, source=source, details=details
                )
            made = await forgetting.view(connection, user.id)
        if changed and not given:
            await self.left()
        return made

    async def rows(self, connection: AsyncConnection) -> list[Found]:
        """The rows of everybody who has agreed to the text of today: audits, overrides and accepted disputes.

        Of several decisions on a point the last counts, and a dispute's before an audit's: it was looked at twice.
        """
        agreed = await queries.consenting(connection, CONSENT_VERSION)
        last: dict[tuple[str, str], Found] = {}
        for query, sort in ((_judged, "audit"), (_decided, "dispute")) if agreed else ():
            for row in await connection.execute(query.where(interviews.c.user_id.in_(agreed))):
                last[row.round_id, row.point] = _found(row, sort, _subject(agreed[row.user_id], row))
        return list(last.values())

    async def forgettable(self, who: str) -> Forgettable:
        """What forgetting the user *who* (an id or an address) would do. Raises NotFoundError."""
        async with self.database.read() as connection:
            user_id = await _user_id(connection, who)
            subject = await queries.subject_of(connection, user_id)
            snapshots = await queries.affected(connection, subject) if subject is not None else []
        return Forgettable(user_id, subject, tuple(snapshots))

    async def models_of(self, snapshots: Sequence[str]) -> list[str]:
        """The versions of models that were trained on any of *snapshots*."""
        query = select(models.c.version).where(models.c.snapshot.in_(snapshots)).order_by(models.c.version)
        async with self.database.read() as connection:
            return list((await connection.execute(query)).scalars())

    async def forget(self, who: str, *, actor: str | None, source: Source, now: datetime) -> Erasure | None:
        """Withdraw for the user *who*, as who runs the server; None when there was nothing. Raises NotFoundError."""
        async with self.database.write() as connection:
            user_id = await _user_id(connection, who)
            await people.user(connection, user_id, lock=True)
            gone = await forgetting.erase(connection, user_id, "by-admin", now, self.retrain_within)
            if gone is not None:
                await audit.write(connection, "training-forgotten", now, actor=actor, subject=user_id, source=source)
        if gone is not None:
            await self.left()
        return gone

    # When an account is deleted

    async def leaving(self, connection: AsyncConnection, user_id: str, now: datetime) -> None:
        """Destroy the key in the transaction that deletes the account, and write down what it affects."""
        await forgetting.erase(connection, user_id, "account-deleted", now, self.retrain_within)

    async def left(self) -> None:
        """Have the key leave the database's files too. It is deleted already: a fault is only written down."""
        try:
            await self.database.shred(subject_keys)
        except (GreenroomError, SQLAlchemyError) as error:
            log.warning("a deleted key may still be in the database's files", error=str(error))


def _found(row: Any, sort: str, subject: Subject) -> Found:
    values = {"item": row.item, "item_version": row.item_version, "point": row.point, "answer": row.text}
    return Found("audit", f"{sort} {row.id}", values | {"state": row.finding_state}, subject=subject)


def _subject(agreed: Row[Any], row: Any) -> Subject:
    names = () if row.user_id == SOLO_USER_ID else (row.name, (row.email or "").partition("@")[0])
    return Subject(agreed.subject, bytes(agreed.key), agreed.version, agreed.given_at, tuple(filter(None, names)))


async def _user_id(connection: AsyncConnection, who: str) -> str:
    found = await people.user_by_email(connection, who.strip().casefold()) or await people.user(connection, who)
    if found is None:
        raise NotFoundError(f"there is no user {who!r}", mend="give an id or the e-mail address of an account")
    return str(found.id)
