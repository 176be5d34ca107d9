"""The registry: one unit of work a function. A model is a file first and a row last; who answers is an alias."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from greenroom.grading.monitoring.queries import finish_retrainings
from greenroom.grading.registry import linear, queries
from greenroom.grading.registry.artefacts import Artefact, Artefacts
from greenroom.grading.registry.comparison import Comparison
from greenroom.grading.registry.errors import AliasMoved, ArtefactRefused, ModelUnknown, NotProven
from greenroom.grading.registry.invariance import Suite
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Scorer
from greenroom.grading.registry.rules import Evidence, Live, Verdict, judge
from greenroom.kernel.errors import ConflictError, InputError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database

log = structlog.get_logger(__name__)

Loader = Callable[[bytes], Scorer]
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_STRAY_AGE = timedelta(hours=1)
"""A younger file may belong to a model that is being registered."""


def load_linear(content: bytes) -> Scorer:
    """The scorer of a linear model's file."""
    return linear.LinearScorer(linear.from_bytes(content), Overlaps())


LOADERS: dict[str, Loader] = {linear.KIND: load_linear}
"""How the file of each kind of model becomes a scorer. No loader runs code that comes in a file."""


@dataclass(frozen=True)
class Origin:
    """Where a model comes from, so that it can be made again."""

    snapshot: str | None = None
    rubric: str | None = None
    parent: str | None = None
    seed: int | None = None
    lock_hash: str | None = None
    git_commit: str | None = None


@dataclass(frozen=True)
class ModelRecord:
    """A registered model."""

    version: str
    kind: str
    artefact: Artefact
    origin: Origin
    metrics: Mapping[str, Any]
    created_at: datetime

    def as_json(self) -> dict[str, Any]:
        """It as plain JSON."""
        return {
            "version": self.version,
            "kind": self.kind,
            "file": self.artefact.file,
            "sha256": self.artefact.sha256,
            "size": self.artefact.size,
            **self.origin.__dict__,
            "metrics": dict(self.metrics),
            "created_at": self.created_at.isoformat(timespec="seconds"),
        }


@dataclass(frozen=True)
class Aliases:
    """Which versions are what; a champion of None is the model that comes with Greenroom."""

    champion: str | None = None
    challenger: str | None = None
    previous: str | None = None


@dataclass
class Registry:
    """The models of one Greenroom. `on_step` is told of each step of a registration and of a move."""

    database: Database
    artefacts: Artefacts
    loaders: Mapping[str, Loader] = field(default_factory=lambda: LOADERS)
    on_step: Callable[[str], None] = lambda _: None

    async def register(
        self, version: str, kind: str, content: bytes, *, origin: Origin, metrics: Mapping[str, Any], now: datetime
    ) -> ModelRecord:
        """Store a model: its file, then a trial reading of that, then its row.

        Raises InputError for a version or kind that cannot be, ConflictError for a version that is taken, and
        ArtefactRefused for a file that cannot be loaded. A crash in between leaves at most a file without a row.
        """
        await self.require_free(version)
        if kind not in self.loaders:
            raise InputError(f"{kind!r} is no kind of model", mend=f"use one of {', '.join(sorted(self.loaders))}")
        self.on_step("begun")
        artefact = await asyncio.to_thread(self.artefacts.write, content)
        self.on_step("file written")
        record = ModelRecord(version, kind, artefact, origin, metrics, now)
        try:
            scorer = await asyncio.to_thread(self.load, record)
        except ArtefactRefused:
            await self._discard(artefact)
            raise
        if scorer.version != version:
            raise InputError(f"the file is of version {scorer.version}", mend=f"register it as {scorer.version}")
        self.on_step("file read back")
        row = {name: value for name, value in record.as_json().items() if name != "created_at"} | {"created_at": now}
        try:
            async with self.database.write() as connection:
                await queries.add(connection, row)
                self.on_step("row written")
        except IntegrityError:
            raise _taken(version) from None
        self.on_step("row committed")
        return record

    async def require_free(self, version: str) -> None:
        """Raise InputError for a *version* that cannot be, ConflictError for one that is taken."""
        if not _VERSION.fullmatch(version):
            raise InputError(f"{version!r} is no version", mend="use up to 64 letters, digits, dots and hyphens")
        async with self.database.read() as connection:
            if await queries.one(connection, version) is not None:
                raise _taken(version)

    async def _files(self) -> set[str]:
        """The files that belong to a model."""
        return {one.artefact.file for one in await self.every()}

    async def _discard(self, artefact: Artefact) -> None:
        """Remove the file of a model that was refused, unless another model has the same."""
        if artefact.file not in await self._files():
            path = self.artefacts.folder / artefact.file
            await asyncio.to_thread(path.unlink, missing_ok=True)

    def load(self, record: ModelRecord) -> Scorer:
        """The scorer of a registered model, its file checked. Blocks. Raises ArtefactRefused."""
        loader = self.loaders.get(record.kind)
        if loader is None:
            raise ArtefactRefused(f"model {record.version} is of the kind {record.kind}, which is not known here")
        return loader(self.artefacts.read(record.artefact))

    async def every(self) -> list[ModelRecord]:
        """All models, the newest first."""
        async with self.database.read() as connection:
            return [_record(row) for row in await queries.every(connection)]

    async def get(self, version: str) -> ModelRecord:
        """One model. Raises ModelUnknown."""
        async with self.database.read() as connection:
            row = await queries.one(connection, version)
        if row is None:
            raise ModelUnknown(version)
        return _record(row)

    async def aliases(self) -> Aliases:
        """Which versions are what."""
        async with self.database.read() as connection:
            return Aliases(**await queries.named(connection))

    async def since(self, alias: str) -> datetime | None:
        """When an alias was moved to where it points; None where it points nowhere."""
        async with self.database.read() as connection:
            return await queries.moved_at(connection, alias)

    async def nominate(self, version: str | None, now: datetime, *, by: str | None = None) -> None:
        """Make a model the challenger, or have none. Raises ModelUnknown, and ConflictError for the champion."""
        async with self.database.write() as connection:
            found = Aliases(**await queries.turn(connection))
            if version is not None and await queries.one(connection, version) is None:
                raise ModelUnknown(version)
            if version is not None and version == found.champion:
                raise ConflictError(f"{version} is the champion", mend="nominate another")
            await queries.point(connection, "challenger", version, now)
            await _note(connection, "nominate", found.challenger, version, by, "", now)

    async def note_trial(
        self, version: str, champion: str, comparison: Comparison, suite: Suite, now: datetime
    ) -> None:
        """Store what *version* showed against *champion* (a version, the shipped one's included)."""
        async with self.database.write() as connection:
            if await queries.one(connection, version) is None:
                raise ModelUnknown(version)
            row = {"comparison": comparison.as_json(), "invariance": suite.as_json()}
            await queries.note_trial(connection, {"version": version, "champion": champion, "tried_at": now, **row})

    async def verdict(self, version: str, champion: str, live: Live) -> Verdict:
        """Whether *version* may follow *champion*: every condition with its figures. Raises ModelUnknown."""
        await self.get(version)
        async with self.database.read() as connection:
            row = await queries.trial(connection, version)
        if row is None or row.champion != champion:
            return judge(Evidence(None, None, live))
        return judge(Evidence(Comparison.from_json(row.comparison), Suite.from_json(row.invariance), live))

    async def promote(
        self, version: str, verdict: Verdict, now: datetime, *, champion: str | None, by: str | None, reason: str = ""
    ) -> None:
        """Let *version*, the challenger, answer instead of *champion*, the one that the verdict was about.

        Raises NotProven for a verdict that is against it, and AliasMoved when either alias has moved since.
        """
        if not verdict.promote:
            raise NotProven(verdict.reasons)
        async with self.database.write() as connection:
            found = Aliases(**await queries.turn(connection))
            if (found.champion, found.challenger) != (champion, version):
                raise AliasMoved("champion or challenger is another by now")
            self.on_step("move begun")
            await queries.point(connection, "previous", found.champion, now)
            self.on_step("previous moved")
            await queries.point(connection, "champion", version, now)
            self.on_step("champion moved")
            await queries.point(connection, "challenger", None, now)
            await _note(connection, "promote", champion, version, by, reason, now)
            await finish_retrainings(connection, now)
            self.on_step("move written")
        self.on_step("move committed")

    async def roll_back(self, now: datetime, *, by: str | None, reason: str, champion: str | None = None) -> str | None:
        """Let the version before answer again, at last the one that comes with Greenroom (None); returns it.

        With *champion*, only while that one answers: of two servers that see its errors, one rolls back. Raises
        ConflictError when the shipped model answers already.
        """
        async with self.database.write() as connection:
            found = Aliases(**await queries.turn(connection))
            if champion is not None and found.champion != champion:
                raise AliasMoved("the champion is another by now")
            if found.champion is None:
                raise ConflictError("the model that comes with Greenroom answers", mend="there is nothing before it")
            await queries.point(connection, "champion", found.previous, now)
            await queries.point(connection, "previous", None, now)
            await _note(connection, "rollback", found.champion, found.previous, by, reason, now)
        log.warning("the grader was rolled back", before=found.champion, after=found.previous, reason=reason)
        return found.previous

    async def history(self, limit: int = 50) -> list[dict[str, Any]]:
        """The last moves of aliases, the newest first, as plain JSON."""
        names = ("sort", "before", "after", "moved_by", "reason")
        async with self.database.read() as connection:
            rows = await queries.history(connection, limit)
        return [{name: getattr(row, name) for name in names} | {"moved_at": row.moved_at.isoformat()} for row in rows]

    async def prunable(self, now: datetime, keep: int) -> tuple[list[ModelRecord], list[Path]]:
        """What `prune` would remove: models without an alias beyond the *keep* newest, and files without a row."""
        found = await self.every()
        aliases = await self.aliases()
        held = {aliases.champion, aliases.challenger, aliases.previous}
        old = [one for one in found if one.version not in held][keep:]
        strays = await asyncio.to_thread(self.artefacts.strays, {one.artefact.file for one in found})
        return old, [one for one in strays if now.timestamp() - one.stat().st_mtime > _STRAY_AGE.total_seconds()]

    async def prune(self, now: datetime, keep: int) -> tuple[list[str], list[str]]:
        """Remove it, rows before files; returns the versions and the names of files."""
        old, strays = await self.prunable(now, keep)
        async with self.database.write() as connection:
            held = set((await queries.turn(connection)).values())
            gone = [one for one in old if one.version not in held]
            for one in gone:
                await queries.remove(connection, one.version)
        in_use = await self._files()
        files = [self.artefacts.folder / one.artefact.file for one in gone if one.artefact.file not in in_use]
        for path in (*files, *strays):
            path.unlink(missing_ok=True)
        return [one.version for one in gone], [path.name for path in (*files, *strays)]


def _taken(version: str) -> ConflictError:
    return ConflictError(f"there is a model {version} already", mend="give it another version")


def _record(row: Any) -> ModelRecord:
    origin = Origin(**{name: getattr(row, name) for name in Origin.__dataclass_fields__})
    artefact = Artefact(row.file, row.sha256, row.size)
    return ModelRecord(row.version, row.kind, artefact, origin, row.metrics, row.created_at)


async def _note(
    connection: AsyncConnection, sort: str, before: str | None, after: str | None, by: str | None, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    row = {"before": before, "after": after, "moved_by": by, "reason": reason[:500], "moved_at": now}
    await queries.note_move(connection, {"id": new_id(now), "sort": sort, **row})
