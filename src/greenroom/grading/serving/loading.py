"""The models of this process: the next one is loaded and warmed before it takes the place of the last."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import structlog

from greenroom.grading.registry.errors import ArtefactRefused, ModelUnknown
from greenroom.grading.registry.protocols import QuickScorer, Row, Scorer
from greenroom.grading.registry.service import Registry
from greenroom.kernel.errors import GreenroomError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Loaded:
    """A model that has answered once already, and the snapshot it was trained on. `shipped`: it came with Greenroom."""

    scorer: Scorer
    snapshot: str | None = None
    shipped: bool = False

    @property
    def version(self) -> str:
        """The model's version."""
        return self.scorer.version

    @cached_property
    def quick(self) -> QuickScorer | None:
        """The model, if there are texts that it reads without a thread."""
        return self.scorer if isinstance(self.scorer, QuickScorer) else None


@dataclass(frozen=True)
class Serving:
    """Who answers, and who reads beside; `trouble` says which model could not be loaded."""

    champion: Loaded
    challenger: Loaded | None = None
    trouble: str = ""


class Models:
    """Who answers in this process. `now` is one reference: a request uses the same models from beginning to end.

    The model that answered before stays loaded: a rollback reads nothing from the disk.
    """

    def __init__(self, registry: Registry, shipped: Scorer, warm_up: Sequence[Row] = ()) -> None:
        self._registry, self._warm_up = registry, warm_up
        self._shipped = Loaded(shipped, shipped=True)
        self._lock = asyncio.Lock()
        self.now = Serving(self._shipped)
        self._before: Loaded | None = None

    @property
    def shipped(self) -> Loaded:
        """The model that comes with Greenroom."""
        return self._shipped

    async def refresh(self) -> Serving:
        """Follow the aliases. A model that cannot be loaded is not used: the one that answers goes on.

        At the start that is the previous champion, or else the model that comes with Greenroom.
        """
        async with self._lock:
            aliases = await self._registry.aliases()
            champion, trouble = await self._champion(aliases.champion, aliases.previous)
            challenger, more = await self._other(aliases.challenger)
            if champion is not self.now.champion:
                self._before = self.now.champion
            self.now = Serving(champion, challenger, "; ".join(filter(None, (trouble, more))))
            return self.now

    async def _champion(self, version: str | None, previous: str | None) -> tuple[Loaded, str]:
        if version is None:
            return self._shipped, ""
        found, trouble = await self._other(version)
        if found is not None:
            return found, ""
        if not self.now.champion.shipped:
            return self.now.champion, trouble
        fallback, _ = await self._other(previous)
        return fallback or self._shipped, trouble

    async def _other(self, version: str | None) -> tuple[Loaded | None, str]:
        if version is None:
            return None, ""
        for known in (self.now.champion, self.now.challenger, self._before):
            if known is not None and known.version == version and not known.shipped:
                return known, ""
        try:
            return await self._load(version), ""
        except GreenroomError as error:
            if self.now.trouble != error.line():
                log.error("a model cannot be loaded", version=version, reason=error.line())
            return None, error.line()

    async def _load(self, version: str) -> Loaded:
        try:
            record = await self._registry.get(version)
        except ModelUnknown:
            raise ArtefactRefused(f"model {version} was removed") from None
        scorer = await asyncio.to_thread(self._registry.load, record)
        if self._warm_up:
            await asyncio.to_thread(self._warm, scorer)
        return Loaded(scorer, record.origin.snapshot)

    def _warm(self, scorer: Scorer) -> None:
        try:
            found = scorer.score(self._warm_up)
        except Exception as error:
            raise ArtefactRefused(f"model {scorer.version} does not answer: {type(error).__name__}") from error
        if len(found) != len(self._warm_up):
            raise ArtefactRefused(f"model {scorer.version} gives {len(found)} scores for {len(self._warm_up)} rows")
