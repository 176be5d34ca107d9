"""Whether a challenger may become champion. Pure; the last word is a person's."""

from __future__ import annotations

from dataclasses import dataclass

from greenroom.grading.registry.comparison import Comparison
from greenroom.grading.registry.invariance import Suite

FEWEST_ROWS = 600
FEWEST_SHADOW = 500
FEWEST_CANARY = 100
FAMILY_MARGIN = 0.03
"""How much worse one rubric family may be: a difference of macro-F1."""
_ERROR_RATE = 0.01
_SLACK = 1e-9


@dataclass(frozen=True)
class Live:
    """What a challenger did beside the champion: answers that it read unseen, and those that it answered."""

    shadow: int = 0
    shadow_failures: int = 0
    canary: int = 0
    canary_failures: int = 0


@dataclass(frozen=True)
class Evidence:
    """All that a decision looks at; None for what was not tried against today's champion."""

    comparison: Comparison | None
    invariance: Suite | None
    live: Live


@dataclass(frozen=True)
class Check:
    """One condition, whether it is met, and the figures."""

    name: str
    met: bool
    said: str


@dataclass(frozen=True)
class Verdict:
    """Every condition. `promote`: all are met, and a person may say yes."""

    checks: tuple[Check, ...]

    @property
    def promote(self) -> bool:
        """Whether every condition is met."""
        return all(one.met for one in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why not."""
        return tuple(f"{one.name}: {one.said}" for one in self.checks if not one.met)


def judge(evidence: Evidence) -> Verdict:
    """Hold the evidence against every condition."""
    return Verdict((*_offline(evidence.comparison), _invariance(evidence.invariance), *_live(evidence.live)))


def _offline(found: Comparison | None) -> tuple[Check, ...]:
    if found is None:
        return (Check("held-out rows", False, "not tried against today's champion"),)
    worse = {
        name: before - after
        for name, (before, after) in found.families.items()
        if before - after >= FAMILY_MARGIN - _SLACK
    }
    said = ", ".join(f"{name} {-by:+.3f}" for name, by in worse.items())
    return (
        Check("held-out rows", found.rows >= FEWEST_ROWS, f"{found.rows} (at least {FEWEST_ROWS})"),
        Check(
            "macro-F1",
            found.lower > 0,
            f"{found.difference:+.4f}, lower bound {found.lower:+.4f} over {found.clusters} groups (above 0)",
        ),
        Check("families", not worse, f"worse by 3 points or more: {said}" if worse else "none worse by 3 points"),
        _not_worse("MAE", found.mae),
        _not_worse("ECE", found.ece),
    )


def _not_worse(name: str, pair: tuple[float, float]) -> Check:
    before, after = pair
    return Check(name, after <= before + _SLACK, f"{before:.4f} → {after:.4f} (not higher)")


def _invariance(found: Suite | None) -> Check:
    if found is None:
        return Check("invariance", False, "not tried")
    missing = [name for name, count in found.tried.items() if not count]
    if missing:
        return Check("invariance", False, f"nothing tried for {', '.join(missing)}")
    tried, failed = sum(found.tried.values()), sum(found.failed.values())
    return Check("invariance", found.passed, f"{tried - failed} of {tried} (all)")


def _live(live: Live) -> tuple[Check, ...]:
    return (
        Check("shadow", live.shadow >= FEWEST_SHADOW, f"{live.shadow} answers (at least {FEWEST_SHADOW})"),
        _failures("shadow failures", live.shadow_failures, live.shadow + live.shadow_failures),
        Check("canary", live.canary >= FEWEST_CANARY, f"{live.canary} answers (at least {FEWEST_CANARY})"),
        _failures("canary failures", live.canary_failures, live.canary + live.canary_failures),
    )


def _failures(name: str, failed: int, of: int) -> Check:
    return Check(name, failed <= _ERROR_RATE * of, f"{failed} of {of} (at most 1 %)")
