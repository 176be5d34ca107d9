"""Which walls this host allows: found by putting them up, not by guessing from versions."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache

from greenroom.bank.specs import Limits
from greenroom.judge.box import Box
from greenroom.judge.faults import BoxError
from greenroom.judge.starting import Host, default_interpreter

UNWALLED_WARNING = (
    "Tier 3: submissions run without walls, with this user's rights. Run only what you have written yourself."
)


@dataclass(frozen=True)
class TierReport:
    """The strongest tier that holds here (1, 2 or 3), its walls, and for each stronger tier why it does not."""

    tier: int
    walls: tuple[str, ...]
    reasons: tuple[str, ...]


def available_tier(host: Host | None = None) -> TierReport:
    """The strongest tier; about 50 ms the first time for a *host*, then remembered for the life of the process."""
    return _found(host or Host(default_interpreter()))


@lru_cache(maxsize=8)
def _found(host: Host) -> TierReport:
    if not sys.platform.startswith("linux"):
        return TierReport(3, (), (f"tiers 1 and 2 need Linux, this is {sys.platform}",))
    reasons: list[str] = []
    for tier in (1, 2):
        try:
            return TierReport(tier, try_tier(host, tier), tuple(reasons))
        except BoxError as error:
            reasons.append(f"tier {tier}: {error}")
    return TierReport(3, (), tuple(reasons))


def try_tier(host: Host, tier: int) -> tuple[str, ...]:
    """Put the walls of *tier* up once; returns their names. Raises BoxError with the step that failed."""
    box = Box(host, tier=tier, role="examinee", limits=Limits().model_dump())
    try:
        box.ready()
    finally:
        box.kill()
    return box.walls
