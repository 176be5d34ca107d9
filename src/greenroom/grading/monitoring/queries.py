"""All SQL of the watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from greenroom.grading.monitoring.tables import retrainings, vectors, watches
from greenroom.platform.database import AsyncConnection, insert_unless_there


async def watch(connection: AsyncConnection, name: str, version: str, *, lock: bool = False) -> Row[Any] | None:
    """How the watch *name* over a version stands."""
    query = select(watches).where(watches.c.name == name, watches.c.version == version)
    return (await connection.execute(query.with_for_update() if lock else query)).first()


async def set_watch(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store how a watch stands."""
    same = (watches.c.name == row["name"], watches.c.version == row["version"])
    await connection.execute(delete(watches).where(*same))
    await connection.execute(insert(watches).values(row))


async def open_retraining(connection: AsyncConnection) -> Row[Any] | None:
    """The retraining that was asked for and is not done, the oldest first."""
    query = select(retrainings).where(retrainings.c.done_at.is_(None)).order_by(retrainings.c.asked_at).limit(1)
    return (await connection.execute(query)).first()


async def last_retrainings(connection: AsyncConnection, limit: int) -> Sequence[Row[Any]]:
    """The retrainings that were asked for last, the newest first."""
    query = select(retrainings).order_by(retrainings.c.asked_at.desc(), retrainings.c.id.desc()).limit(limit)
    return (await connection.execute(query)).all()


async def ask_for_retraining(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Ask for a model."""
    await connection.execute(insert(retrainings).values(row))


async def change_retraining(connection: AsyncConnection, retraining_id: str, **values: Any) -> None:
    """Set columns of a retraining."""
    await connection.execute(update(retrainings).where(retrainings.c.id == retraining_id).values(**values))


async def finish_retrainings(connection: AsyncConnection, now: datetime) -> int:
    """Every open retraining is done; returns how many."""
    done = await connection.execute(update(retrainings).where(retrainings.c.done_at.is_(None)).values(done_at=now))
    return done.rowcount


async def note_vector(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store where an answer lies, once."""
    await insert_unless_there(connection, vectors, row)


async def first_vectors(connection: AsyncConnection, version: str, limit: int) -> list[bytes]:
    """The first vectors of a version."""
    query = select(vectors.c.vector).where(vectors.c.version == version)
    ordered = query.order_by(vectors.c.created_at, vectors.c.submission_id).limit(limit)
    return list((await connection.execute(ordered)).scalars())


async def vectors_between(
    connection: AsyncConnection, version: str, since: datetime, until: datetime
) -> list[tuple[str, bytes]]:
    """The submissions and vectors of a version between *since* and *until*, in their order."""
    query = select(vectors.c.submission_id, vectors.c.vector).where(
        vectors.c.version == version, vectors.c.created_at >= since, vectors.c.created_at < until
    )
    rows = await connection.execute(query.order_by(vectors.c.created_at, vectors.c.submission_id))
    return [(row.submission_id, row.vector) for row in rows]


async def count_vectors(connection: AsyncConnection, version: str, before: datetime) -> int:
    """How many vectors of a version there are from before *before*."""
    query = select(func.count()).where(vectors.c.version == version, vectors.c.created_at < before)
    return int((await connection.execute(query)).scalar_one())
