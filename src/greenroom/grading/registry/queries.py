"""All SQL of the registry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select

from greenroom.grading.registry.tables import aliases, models, moves, trials
from greenroom.platform.database import AsyncConnection, take_turn


async def every(connection: AsyncConnection) -> Sequence[Row[Any]]:
    """All models, the newest first."""
    return (await connection.execute(select(models).order_by(models.c.created_at.desc(), models.c.version))).all()


async def one(connection: AsyncConnection, version: str) -> Row[Any] | None:
    """A model."""
    return (await connection.execute(select(models).where(models.c.version == version))).first()


async def add(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store a model's row."""
    await connection.execute(insert(models).values(row))


async def remove(connection: AsyncConnection, version: str) -> None:
    """Delete a model's row; refused by the database while an alias points at it."""
    await connection.execute(delete(models).where(models.c.version == version))


async def named(connection: AsyncConnection) -> dict[str, str]:
    """The version of each alias that points somewhere."""
    return {row.name: row.version for row in await connection.execute(select(aliases))}


async def moved_at(connection: AsyncConnection, name: str) -> datetime | None:
    """When an alias was moved to where it points."""
    query = select(aliases.c.moved_at).where(aliases.c.name == name)
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def turn(connection: AsyncConnection) -> dict[str, str]:
    """The aliases; nobody else moves one until this transaction ends."""
    await take_turn(connection, "grader-aliases")
    return await named(connection)


async def point(connection: AsyncConnection, name: str, version: str | None, now: Any) -> None:
    """Let an alias point at *version*, or nowhere."""
    await connection.execute(delete(aliases).where(aliases.c.name == name))
    if version is not None:
        await connection.execute(insert(aliases).values(name=name, version=version, moved_at=now))


async def note_move(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Write down that an alias was moved."""
    await connection.execute(insert(moves).values(row))


async def history(connection: AsyncConnection, limit: int) -> Sequence[Row[Any]]:
    """The last moves, the newest first."""
    query = select(moves).order_by(moves.c.moved_at.desc(), moves.c.id.desc()).limit(limit)
    return (await connection.execute(query)).all()


async def note_trial(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store what a model has shown, over an earlier trial."""
    await connection.execute(delete(trials).where(trials.c.version == row["version"]))
    await connection.execute(insert(trials).values(row))


async def trial(connection: AsyncConnection, version: str) -> Row[Any] | None:
    """What a model has shown."""
    return (await connection.execute(select(trials).where(trials.c.version == version))).first()
