"""Items that are switched off: asked in no new interview. Interviews that have one go on with it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from greenroom.accounts import audit
from greenroom.accounts import queries as people
from greenroom.accounts.audit import Source
from greenroom.accounts.rules import User
from greenroom.bank.models import Item
from greenroom.interview import queries
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.overruling import check_words
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.database import Database

MOST_REASON_CHARACTERS = 500


@dataclass(frozen=True)
class Switch:
    """That an item is off: why, since when, by whom (empty where that account is gone)."""

    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class SwitchedItem:
    """An item of the bank, and how it is switched off; None while it is on."""

    item: Item
    off: Switch | None


class Switches:
    """The switches of one database and one bank."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self.database, self.catalogue = database, catalogue

    async def off(self) -> dict[str, Switch]:
        """What is switched off, by slug."""
        async with self.database.read() as connection:
            rows = await queries.switched_off(connection)
            names = await people.names(connection, {row.switched_by for row in rows.values()})
        return {slug: Switch(row.reason, row.switched_at, names.get(row.switched_by, "")) for slug, row in rows.items()}

    async def get(self, slug: str) -> SwitchedItem:
        """One item. Raises NotFoundError."""
        return SwitchedItem(self._item(slug), (await self.off()).get(slug))

    async def page(
        self,
        *,
        search: str = "",
        topic: str = "",
        kind: str = "",
        only_off: bool = False,
        after: str | None = None,
        limit: int = 50,
    ) -> list[SwitchedItem]:
        """The bank's items by slug, after the slug *after*: those that *search* is in the slug or the title of."""
        off = await self.off()
        wanted = search.strip().casefold()
        found = [
            SwitchedItem(item, off.get(item.slug))
            for item in sorted(self.catalogue.every, key=lambda item: item.slug)
            if (wanted in item.slug or wanted in item.title.casefold())
            and topic in ("", item.topic.value)
            and kind in ("", item.kind.value)
            and (not only_off or item.slug in off)
            and (after is None or item.slug > after)
        ]
        return found[:limit]

    async def switch_off(self, actor: User, slug: str, *, reason: str, source: Source, now: datetime) -> None:
        """Ask the item in no new interview; nothing happens where it is off. Raises NotFoundError and InputError."""
        words = check_words(reason, most=MOST_REASON_CHARACTERS)
        row = {"item": self._item(slug).slug, "reason": words, "switched_by": actor.id, "switched_at": now}
        # Of two admins at once the database refuses one: it is off then, as both wanted.
        with suppress(IntegrityError):
            await self._switch_off(actor, row, source, now)

    async def _switch_off(self, actor: User, row: dict[str, Any], source: Source, now: datetime) -> None:
        async with self.database.write() as connection:
            if await queries.switch_off(connection, row):
                details = {"reason": row["reason"]}
                await audit.write(
                    connection,
                    "item-switched-off",
                    now,
                    actor=actor.id,
                    subject=row["item"],
                    source=source,
                    details=details,
                )

    async def switch_on(self, actor: User, slug: str, *, source: Source, now: datetime) -> None:
        """Ask the item again; nothing happens where it is on. Raises NotFoundError."""
        slug = self._item(slug).slug
        async with self.database.write() as connection:
            if await queries.switch_on(connection, slug):
                await audit.write(connection, "item-switched-on", now, actor=actor.id, subject=slug, source=source)

    def _item(self, slug: str) -> Item:
        item = self.catalogue.get(slug)
        if item is None:
            raise NotFoundError("the bank has no such item", mend="look for it in the list")
        return item
