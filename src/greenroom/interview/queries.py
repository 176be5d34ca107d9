"""All SQL of the interview."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from greenroom.interview.overruling import Dispute
from greenroom.interview.rules import FollowUpState, Interview, Round, Submission
from greenroom.interview.tables import disputes, interviews, item_switches, rounds, submissions

_rounds_of = select(rounds).order_by(rounds.c.interview_id, rounds.c.position)
_submissions_of = (
    select(submissions)
    .join(rounds, rounds.c.id == submissions.c.round_id)
    .order_by(submissions.c.created_at, submissions.c.id)
)
_disputes_of = (
    select(disputes).join(rounds, rounds.c.id == disputes.c.round_id).order_by(disputes.c.created_at, disputes.c.id)
)
_queued = (
    select(submissions.c.id, interviews.c.user_id)
    .join(rounds, rounds.c.id == submissions.c.round_id)
    .join(interviews, interviews.c.id == rounds.c.interview_id)
    .where(submissions.c.state == "queued")
    .order_by(submissions.c.created_at, submissions.c.id)
)


@dataclass(frozen=True)
class Claim:
    """Who claims a queued submission at *now*, and *until* when it is theirs."""

    holder: str
    now: datetime
    until: datetime


async def interview(
    connection: AsyncConnection, interview_id: str, user_id: str | None, *, lock: bool = False
) -> Interview | None:
    """One interview with rounds and submissions; with *user_id* only if it is that user's.

    With *lock*, no other transaction changes any of it until this one ends: all that change an interview, a round or
    a submission lock its interview first, and read the rest afterwards, so that what they read is the newest.
    """
    query = select(interviews).where(interviews.c.id == interview_id)
    if lock:
        query = query.with_for_update()
    if user_id is not None:
        query = query.where(interviews.c.user_id == user_id)
    found = await connection.execute(query)
    whole = await _with_rounds(connection, found.all())
    return whole[0] if whole else None


async def interview_of_round(
    connection: AsyncConnection, round_id: str, user_id: str | None, *, lock: bool = False
) -> Interview | None:
    """The interview that a round belongs to; *lock* as in `interview`."""
    found = await connection.execute(select(rounds.c.interview_id).where(rounds.c.id == round_id))
    interview_id = found.scalar_one_or_none()
    return await interview(connection, interview_id, user_id, lock=lock) if interview_id else None


async def interviews_of(connection: AsyncConnection, user_id: str, limit: int) -> list[Interview]:
    """The user's newest interviews, whole, without warm-ups."""
    query = (
        select(interviews)
        .where(interviews.c.user_id == user_id, interviews.c.warm_up.is_(False))
        .order_by(interviews.c.created_at.desc())
        .limit(limit)
    )
    return await _with_rounds(connection, (await connection.execute(query)).all())


async def interviews_after(
    connection: AsyncConnection, user_id: str, *, after: str | None, limit: int
) -> list[Interview]:
    """The user's interviews that were made before the one called *after*, the newest first, without warm-ups."""
    query = select(interviews).where(interviews.c.user_id == user_id, interviews.c.warm_up.is_(False))
    if after is not None:
        query = query.where(interviews.c.id < after)
    return await _with_rounds(
        connection, (await connection.execute(query.order_by(interviews.c.id.desc()).limit(limit))).all()
    )


async def _with_rounds(connection: AsyncConnection, found: Sequence[Row[Any]]) -> list[Interview]:
    ids = [row.id for row in found]
    round_rows = (await connection.execute(_rounds_of.where(rounds.c.interview_id.in_(ids)))).all()
    submission_rows = (await connection.execute(_submissions_of.where(rounds.c.interview_id.in_(ids)))).all()
    by_round: dict[str, list[Submission]] = {}
    for row in submission_rows:
        by_round.setdefault(row.round_id, []).append(_submission(row))
    disputed: dict[str, list[Dispute]] = {}
    if any(row.done_at is not None for row in round_rows):  # nothing else can be disputed
        for row in (await connection.execute(_disputes_of.where(rounds.c.interview_id.in_(ids)))).all():
            disputed.setdefault(row.round_id, []).append(_dispute(row))
    by_interview: dict[str, list[Round]] = {}
    for row in round_rows:
        whole = _round(row, tuple(by_round.get(row.id, ())), tuple(disputed.get(row.id, ())))
        by_interview.setdefault(row.interview_id, []).append(whole)
    return [_interview(row, tuple(by_interview.get(row.id, ()))) for row in found]


def _submission(row: Row[Any]) -> Submission:
    names = Submission.__dataclass_fields__
    return Submission(**{name: getattr(row, name) for name in names})


def _dispute(row: Row[Any]) -> Dispute:
    return Dispute(**{name: getattr(row, name) for name in Dispute.__dataclass_fields__})


def _round(row: Row[Any], handed_in: tuple[Submission, ...], disputed: tuple[Dispute, ...]) -> Round:
    own = Round.__dataclass_fields__.keys() - {"submissions", "disputes"}
    values = {name: getattr(row, name) for name in own}
    planned = values["follow_ups"]
    values["follow_ups"] = None if planned is None else tuple(FollowUpState(**one) for one in planned)
    return Round(**values, submissions=handed_in, disputes=disputed)


def _interview(row: Row[Any], own: tuple[Round, ...]) -> Interview:
    values = {name: getattr(row, name) for name in Interview.__dataclass_fields__ if name != "rounds"}
    values["topics"] = tuple(values["topics"])
    return Interview(**values, rounds=own)


async def has_finished(connection: AsyncConnection, user_id: str, slug: str) -> bool:
    """Whether a round of the user's with that item is done, and none of them is not."""
    query = (
        select(func.count().filter(rounds.c.done_at.is_not(None)), func.count().filter(rounds.c.done_at.is_(None)))
        .join(interviews, interviews.c.id == rounds.c.interview_id)
        .where(interviews.c.user_id == user_id, rounds.c.item == slug)
    )
    done, not_done = (await connection.execute(query)).one()
    return bool(done) and not not_done


async def texts_of(connection: AsyncConnection, submission_ids: Collection[str]) -> dict[str, str]:
    """What was handed in, by submission."""
    query = select(submissions.c.id, submissions.c.text).where(submissions.c.id.in_(submission_ids))
    return {row.id: row.text for row in await connection.execute(query)}


async def add_interview(connection: AsyncConnection, row: dict[str, Any], round_rows: list[dict[str, Any]]) -> None:
    """Store a new interview and its rounds."""
    await connection.execute(insert(interviews).values(row))
    await connection.execute(insert(rounds), round_rows)


async def change_interview(connection: AsyncConnection, interview_id: str, **values: Any) -> None:
    """Set columns of an interview."""
    await connection.execute(update(interviews).where(interviews.c.id == interview_id).values(**values))


async def change_round(connection: AsyncConnection, round_id: str, **values: Any) -> None:
    """Set columns of a round."""
    await connection.execute(update(rounds).where(rounds.c.id == round_id).values(**values))


async def write_draft(
    connection: AsyncConnection,
    round_id: str,
    *,
    text: str,
    language: str | None,
    revision: int,
    tab: str,
    now: datetime,
) -> int | None:
    """Store a draft over *revision* and return the new one; None when another revision is there already."""
    changed = await connection.execute(
        update(rounds)
        .where(rounds.c.id == round_id, rounds.c.draft_revision == revision)
        .values(
            draft=text, draft_language=language, draft_revision=revision + 1, draft_tab=tab, draft_at=now, seen_at=now
        )
        .returning(rounds.c.draft_revision)
    )
    new: int | None = changed.scalar_one_or_none()
    return new


async def submission_by_token(connection: AsyncConnection, round_id: str, token: str) -> str | None:
    """The id of the submission that a form with *token* already made."""
    query = select(submissions.c.id).where(submissions.c.round_id == round_id, submissions.c.token == token)
    return (await connection.execute(query)).scalar_one_or_none()


async def add_submission(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store a submission as it was handed in."""
    await connection.execute(insert(submissions).values(row))


async def queued_counts(connection: AsyncConnection, user_id: str) -> tuple[int, int]:
    """How many submissions wait for their result: of all users, and of this one."""
    waiting = _queued.order_by(None).subquery()
    own = func.count().filter(waiting.c.user_id == user_id)
    total, of_user = (await connection.execute(select(func.count(), own).select_from(waiting))).one()
    return int(total), int(of_user)


async def queued(connection: AsyncConnection) -> list[tuple[str, str]]:
    """The submissions that wait for their result, oldest first: each one's id and its user's."""
    found = await connection.execute(_queued)
    return [(row.id, row.user_id) for row in found]


async def take(connection: AsyncConnection, claim: Claim, *, everything: bool = False) -> set[str]:
    """Claim what is queued and nobody's, or *everything*; the ids that this statement, and no other, has claimed."""
    query = update(submissions).where(submissions.c.state == "queued")
    if not everything:
        query = query.where(_unclaimed(claim.now))
    taken = await connection.execute(query.values(**_claimed(claim)).returning(submissions.c.id))
    return set(taken.scalars())


async def renew(connection: AsyncConnection, claim: Claim, ids: Collection[str]) -> None:
    """Prolong the holder's claims on *ids*: not those that another has taken meanwhile."""
    await connection.execute(
        update(submissions)
        .where(submissions.c.id.in_(ids), submissions.c.state == "queued", submissions.c.claimed_by == claim.holder)
        .values(**_claimed(claim))
    )


async def release(connection: AsyncConnection, holder: str) -> None:
    """Leave what *holder* has claimed and not answered to anybody."""
    await connection.execute(
        update(submissions)
        .where(submissions.c.state == "queued", submissions.c.claimed_by == holder)
        .values(claimed_by=None, claimed_until=None)
    )


def _unclaimed(now: datetime) -> ColumnElement[bool]:
    return or_(submissions.c.claimed_until.is_(None), submissions.c.claimed_until < now)


def _claimed(claim: Claim) -> dict[str, Any]:
    return {"claimed_by": claim.holder, "claimed_until": claim.until}


async def begin_attempt(connection: AsyncConnection, submission_id: str, claim: Claim) -> Submission | None:
    """Count an attempt at a queued submission and return it; None when it is done, or claimed by another."""
    changed = await connection.execute(
        update(submissions)
        .where(
            submissions.c.id == submission_id,
            submissions.c.state == "queued",
            or_(submissions.c.claimed_by == claim.holder, _unclaimed(claim.now)),
        )
        .values(attempts=submissions.c.attempts + 1, **_claimed(claim))
        .returning(submissions)
    )
    row = changed.one_or_none()
    return _submission(row) if row is not None else None


async def submission(connection: AsyncConnection, submission_id: str, user_id: str) -> Submission | None:
    """A submission of that user's, or None."""
    found = await connection.execute(
        select(submissions)
        .join(rounds, rounds.c.id == submissions.c.round_id)
        .join(interviews, interviews.c.id == rounds.c.interview_id)
        .where(submissions.c.id == submission_id, interviews.c.user_id == user_id)
    )
    row = found.one_or_none()
    return _submission(row) if row is not None else None


async def finish_submission(
    connection: AsyncConnection, submission_id: str, *, verdict: str | None, result: dict[str, Any], now: datetime
) -> bool:
    """Write the result once: False when another attempt has written it before."""
    changed = await connection.execute(
        update(submissions)
        .where(submissions.c.id == submission_id, submissions.c.state == "queued")
        .values(state="done", verdict=verdict, result=result, finished_at=now)
    )
    return changed.rowcount == 1


async def delete_interview(connection: AsyncConnection, interview_id: str, user_id: str) -> bool:
    """Delete an interview with all that belongs to it; False when there is none of that user's."""
    changed = await connection.execute(
        delete(interviews).where(interviews.c.id == interview_id, interviews.c.user_id == user_id)
    )
    return changed.rowcount == 1


# Disputes


async def add_dispute(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store a dispute."""
    await connection.execute(insert(disputes).values(row))


async def dispute(connection: AsyncConnection, dispute_id: str) -> Row[Any] | None:
    """One dispute, with the interview's candidate and the round's item and title."""
    return (await connection.execute(_disputes.where(disputes.c.id == dispute_id))).one_or_none()


_disputes = (
    select(disputes, rounds.c.item, rounds.c.title, rounds.c.interview_id, interviews.c.user_id)
    .join(rounds, rounds.c.id == disputes.c.round_id)
    .join(interviews, interviews.c.id == rounds.c.interview_id)
)


async def open_disputes(connection: AsyncConnection, *, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The disputes that wait for a decision, the oldest first, after the id *after*."""
    query = _disputes.where(disputes.c.state == "open").order_by(disputes.c.id).limit(limit)
    if after is not None:
        query = query.where(disputes.c.id > after)
    return (await connection.execute(query)).all()


async def decided_disputes(connection: AsyncConnection, *, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """The disputes that were decided, the newest first, older than the id *after*."""
    query = _disputes.where(disputes.c.state != "open").order_by(disputes.c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(disputes.c.id < after)
    return (await connection.execute(query)).all()


async def decide_dispute(connection: AsyncConnection, dispute_id: str, **values: Any) -> bool:
    """Set the decision of an open dispute; False when it was decided before."""
    changed = await connection.execute(
        update(disputes).where(disputes.c.id == dispute_id, disputes.c.state == "open").values(**values)
    )
    return changed.rowcount == 1


# Items that are switched off


async def switched_off(connection: AsyncConnection) -> dict[str, Row[Any]]:
    """The items that are switched off, by slug."""
    return {row.item: row for row in (await connection.execute(select(item_switches))).all()}


async def switch_off(connection: AsyncConnection, row: dict[str, Any]) -> bool:
    """Switch an item off; False when it is off already."""
    known = select(item_switches.c.item).where(item_switches.c.item == row["item"])
    if (await connection.execute(known)).first() is not None:
        return False
    await connection.execute(insert(item_switches).values(row))
    return True


async def switch_on(connection: AsyncConnection, slug: str) -> bool:
    """Switch an item on again; False when it is on."""
    return (await connection.execute(delete(item_switches).where(item_switches.c.item == slug))).rowcount == 1


# Counts


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many interviews there are, run, answers wait, disputes are open, and items are switched off."""
    real = interviews.c.warm_up.is_(False)
    asked = {
        "interviews": select(func.count()).where(real),
        "running": select(func.count()).where(real, interviews.c.state == "running"),
        "waiting": select(func.count()).where(submissions.c.state == "queued"),
        "open_disputes": select(func.count()).where(disputes.c.state == "open"),
        "items_off": select(func.count()).select_from(item_switches),
    }
    row = (await connection.execute(select(*(one.scalar_subquery().label(name) for name, one in asked.items())))).one()
    return {name: int(getattr(row, name)) for name in asked}
