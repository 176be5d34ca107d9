"""Snapshots of what the grader learns from: made, listed and read. One unit of work a function."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from greenroom.grading.intake import forgetting, manifests, queries
from greenroom.grading.intake.errors import ContractBroken
from greenroom.grading.intake.manifests import Content
from greenroom.grading.intake.rules import CONSENT_VERSION, Contract, Erasure, Outstanding, check, masked, outstanding
from greenroom.grading.intake.schemas import Checked, Found, Refused, Taken
from greenroom.kernel.errors import ConflictError, NotFoundError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database, take_turn

Personal = Callable[[AsyncConnection], Awaitable[Sequence[Found]]]
"""Finds the rows of the candidates who have agreed."""

_TRIES = 5

RETRAIN_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Summary:
    """A snapshot in a list."""

    id: str
    made_at: datetime
    taken: int
    quarantined: int
    manifest_sha256: str

    def as_json(self) -> dict[str, Any]:
        """The row with stable keys."""
        return {
            "snapshot": self.id,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "taken": self.taken,
            "quarantined": self.quarantined,
            "manifest_sha256": self.manifest_sha256,
        }


@dataclass(frozen=True)
class Ingested:
    """What became of a batch; without a snapshot when it was only looked at."""

    checked: Checked
    masked: int
    snapshot: Summary | None


class Snapshots:
    """The snapshots of one database."""

    def __init__(
        self, database: Database, *, contract: Contract | None = None, retrain_within: timedelta = RETRAIN_WITHIN
    ) -> None:
        self.database, self.contract, self.retrain_within = database, contract or Contract(), retrain_within

    async def ingest(
        self,
        found: Sequence[Found],
        now: datetime,
        *,
        personal: Personal | None = None,
        public: Iterable[str] = (),
        dry_run: bool = False,
    ) -> Ingested:
        """Make a snapshot of *found* and of what *personal* finds, or, with *dry_run*, only say what it would be.

        What is stored is one transaction, so that a crash leaves no part of a snapshot. Who withdraws before it has
        begun is not in it: then all is looked at again. Raises ContractBroken for a batch that cannot be learned from.
        """
        texts = list(public)
        for _ in range(_TRIES):
            async with self.database.read() as connection:
                rows = [*found, *(await personal(connection) if personal is not None else ())]
            checked, changed = await asyncio.to_thread(_prepared, rows, self.contract, texts)
            if dry_run:
                return Ingested(checked, changed, None)
            if checked.problems:
                mend = "mend the rows, or leave the file out; `greenroom grader validate` shows them"
                raise ContractBroken(f"no snapshot was made: {'; '.join(checked.problems)}", mend=mend)
            made = await asyncio.to_thread(manifests.made, new_id(now), checked, now, changed)
            if await self._store(made, checked, now):
                return Ingested(checked, changed, _summary(made.snapshot))
        raise ConflictError("candidates withdrew all the while", mend="try again")

    async def _store(self, made: manifests.Made, checked: Checked, now: datetime) -> bool:
        """Store a snapshot, unless somebody who is in it has withdrawn meanwhile."""
        every: list[Taken | Refused] = [*checked.taken, *checked.quarantined]
        subjects = {one.subject.id for one in every if one.subject is not None}
        async with self.database.write() as connection:
            held = await queries.consenting(connection, CONSENT_VERSION) if subjects else {}
            if not subjects <= {row.subject for row in held.values()}:
                return False
            await queries.add_snapshot(connection, made.rows, made.quarantine, made.snapshot)
        return True

    async def every(self) -> list[Summary]:
        """Every snapshot, the newest first."""
        async with self.database.read() as connection:
            return [_summary(row._mapping) for row in await queries.snapshots(connection)]

    async def read(self, snapshot_id: str) -> Content:
        """A snapshot, verified. Raises NotFoundError and SnapshotDamaged."""
        async with self.database.read() as connection:
            stored = await queries.snapshot(connection, snapshot_id)
            if stored is None:
                raise NotFoundError("there is no such snapshot", mend="`greenroom grader snapshots` lists them")
            rows = [dict(row._mapping) for row in await queries.rows_of(connection, snapshot_id)]
            quarantine = [dict(row._mapping) for row in await queries.quarantine_of(connection, snapshot_id)]
            keys = await queries.keys(connection, [row["subject"] for row in rows if row["subject"] is not None])
        return await asyncio.to_thread(manifests.verified, dict(stored._mapping), rows, quarantine, keys.get)

    async def quarantine(self, snapshot_id: str) -> list[dict[str, str]]:
        """Where the quarantined rows of a snapshot came from, and why they are there; never their text."""
        async with self.database.read() as connection:
            rows = await queries.quarantine_of(connection, snapshot_id)
        return [{"source": row.source, "place": row.place, "reason": row.reason} for row in rows]

    async def newest(self) -> str | None:
        """The id of the last snapshot; None before there is one."""
        found = await self.every()
        return found[0].id if found else None

    async def affected(self, subject: str) -> list[str]:
        """The snapshots that have rows of *subject*, the oldest first."""
        async with self.database.read() as connection:
            return await queries.affected(connection, subject)

    async def erasures(self, now: datetime) -> list[Erasure]:
        """Every erasure, those included that went past the program."""
        async with self.database.write() as connection:
            await take_turn(connection, "intake")
            await forgetting.sweep(connection, now, self.retrain_within)
            return await forgetting.erasures(connection)

    async def due(
        self, trained: Iterable[tuple[str, str]], now: datetime, read_at: Mapping[str, datetime] | None = None
    ) -> list[Outstanding]:
        """The models among *trained* (pairs of model and snapshot) that know erased rows, the most urgent first."""
        return outstanding(await self.erasures(now), trained, read_at)


def _prepared(rows: Sequence[Found], contract: Contract, public: Sequence[str]) -> tuple[Checked, int]:
    checked = check(rows, contract)
    taken, changed = masked(checked.taken, public)
    return replace(checked, taken=tuple(taken)), changed


def _summary(row: Any) -> Summary:
    return Summary(row["id"], row["made_at"], row["taken"], row["quarantined"], row["manifest_sha256"])
