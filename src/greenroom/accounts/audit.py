"""What was done to accounts, by whom and from where: written in the transaction that does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from greenroom.accounts.tables import audit
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database

MOST_ENTRIES = 200


@dataclass(frozen=True)
class Source:
    """Where a request came from: the address and the client's name for itself, both only what was said."""

    address: str = ""
    agent: str = ""


NOWHERE = Source()


@dataclass(frozen=True)
class Entry:
    """One thing that was done."""

    id: str
    at: datetime
    actor_id: str | None
    subject_id: str | None
    action: str
    address: str
    details: dict[str, Any]


async def write(
    connection: AsyncConnection,
    action: str,
    now: datetime,
    *,
    actor: str | None = None,
    subject: str | None = None,
    source: Source = NOWHERE,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Say that *actor* did *action* to *subject*. Never give it a secret."""
    row = {
        "id": new_id(now),
        "at": now,
        "actor_id": actor,
        "subject_id": subject,
        "action": action,
        "address": source.address[:64],
        "details": dict(details or {}),
    }
    await connection.execute(insert(audit).values(row))


async def entries(
    database: Database,
    *,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest *limit* entries, at most `MOST_ENTRIES`, older than the entry *before*."""
    query = select(audit).order_by(audit.c.id.desc()).limit(max(1, min(limit, MOST_ENTRIES)))
    for column, wanted in ((audit.c.action, action), (audit.c.actor_id, actor), (audit.c.subject_id, subject)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(audit.c.id < before)
    async with database.read() as connection:
        found = await connection.execute(query)
    return [Entry(**{name: getattr(row, name) for name in Entry.__dataclass_fields__}) for row in found]
