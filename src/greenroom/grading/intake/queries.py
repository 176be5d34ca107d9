"""All SQL of what the grader learns from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from greenroom.grading.intake.tables import (
    erasures,
    snapshot_quarantine,
    snapshot_rows,
    subject_keys,
    training_consents,
    training_snapshots,
)
from greenroom.platform.database import AsyncConnection

# Consents and keys


async def consent(connection: AsyncConnection, user_id: str) -> Row[Any] | None:
    """The consent that a user has given and not withdrawn, whatever its version."""
    query = select(training_consents).where(
        training_consents.c.user_id == user_id, training_consents.c.withdrawn_at.is_(None)
    )
    return (await connection.execute(query)).one_or_none()


async def consents(connection: AsyncConnection, user_id: str) -> Sequence[Row[Any]]:
    """Every consent that a user ever gave, the oldest first."""
    query = select(training_consents).where(training_consents.c.user_id == user_id).order_by(training_consents.c.id)
    return (await connection.execute(query)).all()


async def add_consent(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Store a consent."""
    await connection.execute(insert(training_consents).values(dict(row)))


async def end_consents(connection: AsyncConnection, user_id: str, now: datetime) -> bool:
    """Withdraw what a user has given; False when there was nothing."""
    ended = await connection.execute(
        update(training_consents)
        .where(training_consents.c.user_id == user_id, training_consents.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    return ended.rowcount > 0


async def subject_of(connection: AsyncConnection, user_id: str) -> str | None:
    """What stands for a user in snapshots, while there is a key."""
    query = select(subject_keys.c.subject).where(subject_keys.c.user_id == user_id)
    return (await connection.execute(query)).scalar_one_or_none()


async def add_key(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Store a new candidate's key."""
    await connection.execute(insert(subject_keys).values(dict(row)))


async def drop_key(connection: AsyncConnection, user_id: str) -> str | None:
    """Destroy a user's key; returns what stood for them."""
    gone = await connection.execute(
        delete(subject_keys).where(subject_keys.c.user_id == user_id).returning(subject_keys.c.subject)
    )
    found: str | None = gone.scalar_one_or_none()
    return found


async def consenting(connection: AsyncConnection, version: int) -> dict[str, Row[Any]]:
    """Who has agreed to the text *version* and not withdrawn: subject, key, version and time, by user.

    The keys are locked: who withdraws or deletes their account meanwhile waits until this transaction ends.
    """
    query = (
        select(subject_keys, training_consents.c.version, training_consents.c.given_at)
        .join(training_consents, training_consents.c.user_id == subject_keys.c.user_id)
        .where(training_consents.c.withdrawn_at.is_(None), training_consents.c.version == version)
        .order_by(subject_keys.c.subject)
        .with_for_update(of=subject_keys)
    )
    return {row.user_id: row for row in await connection.execute(query)}


async def keys(connection: AsyncConnection, subjects: Sequence[str]) -> dict[str, bytes]:
    """The keys that are left, of those subjects."""
    wanted = set(subjects)
    query = select(subject_keys.c.subject, subject_keys.c.key)
    return {row.subject: row.key for row in await connection.execute(query) if row.subject in wanted}


# Snapshots


async def add_snapshot(
    connection: AsyncConnection,
    rows: list[dict[str, Any]],
    quarantine: list[dict[str, Any]],
    snapshot: Mapping[str, Any],
) -> None:
    """Store a snapshot with its rows, in one transaction of the caller's."""
    await connection.execute(insert(training_snapshots).values(dict(snapshot)))
    for table, values in ((snapshot_rows, rows), (snapshot_quarantine, quarantine)):
        for start in range(0, len(values), 500):
            await connection.execute(insert(table), values[start : start + 500])


async def snapshots(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """Every snapshot, the newest first, without its manifest's text."""
    columns = [column for column in training_snapshots.c if column.name != "manifest"]
    return (await connection.execute(select(*columns).order_by(training_snapshots.c.id.desc()))).all()


async def snapshot(connection: AsyncConnection, snapshot_id: str) -> Row[Any] | None:
    """A snapshot with its manifest."""
    query = select(training_snapshots).where(training_snapshots.c.id == snapshot_id)
    return (await connection.execute(query)).one_or_none()


async def rows_of(connection: AsyncConnection, snapshot_id: str) -> Sequence[Row[Any]]:
    """The rows of a snapshot in their order."""
    query = select(snapshot_rows).where(snapshot_rows.c.snapshot_id == snapshot_id).order_by(snapshot_rows.c.position)
    return (await connection.execute(query)).all()


async def quarantine_of(connection: AsyncConnection, snapshot_id: str) -> Sequence[Row[Any]]:
    """What was quarantined when a snapshot was made, in its order."""
    table = snapshot_quarantine
    query = select(table).where(table.c.snapshot_id == snapshot_id).order_by(table.c.position)
    return (await connection.execute(query)).all()


# Erasures


async def affected(connection: AsyncConnection, subject: str) -> list[str]:
    """The snapshots that have rows of *subject*, the oldest first."""
    query = select(snapshot_rows.c.snapshot_id).where(snapshot_rows.c.subject == subject).distinct()
    return sorted((await connection.execute(query)).scalars())


async def lost_subjects(connection: AsyncConnection) -> list[str]:
    """Who is in a snapshot without a key and without an erasure: their user was removed past the program."""
    query = (
        select(snapshot_rows.c.subject)
        .distinct()
        .where(snapshot_rows.c.subject.is_not(None))
        .where(~select(subject_keys.c.subject).where(subject_keys.c.subject == snapshot_rows.c.subject).exists())
        .where(~select(erasures.c.subject).where(erasures.c.subject == snapshot_rows.c.subject).exists())
    )
    return sorted((await connection.execute(query)).scalars())


async def add_erasure(connection: AsyncConnection, row: Mapping[str, Any]) -> None:
    """Write down that somebody's key was destroyed."""
    await connection.execute(insert(erasures).values(dict(row)))


async def erased(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """Every erasure, the oldest first."""
    return (await connection.execute(select(erasures).order_by(erasures.c.erased_at, erasures.c.subject))).all()
