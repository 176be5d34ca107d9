"""E-processes: evidence against "nothing has changed" that may be looked at every day without losing its meaning.

An e-process starts at 1 and, while nothing changes, its expectation never exceeds 1. So the chance that it ever reaches
1/alpha is at most alpha (Ville 1939): one may look as often as one likes. It is the wealth of a gambler who bets that
things have changed, without knowing when: a share of the stake begins to bet anew with each batch, the k-th with weight
1/(k(k+1)), and what has not begun lies idle (a mixture over the time of the change; Shin, Ramdas and Rinaldo 2022).

`ScoreDrift` bets on conformal p-values (Vovk, Nouretdinov and Gammerman 2003): the rank of each new score among the
reference and every score since. Ranks among the reference alone would not be independent of each other, and a stream
that is long enough finds by how much the reference itself is off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

ALPHA = 0.01
"""The chance of a false alarm, ever, of one e-process."""
FEWEST_REFERENCE_ROWS = 2_000
BINS = 200
_MOST_STARTS = 120
_SLOPES = (-1.6, -1.2, -0.8, -0.4, 0.4, 0.8, 1.2, 1.6)
_CURVES = (-0.4, 0.4)
_STAKES = (0.25, 0.5, 1.0, 2.0)


@dataclass
class Wealth:
    """The gambler's wealth. `logs` has a row for each start that still bets and a column for each way to bet."""

    ways: int
    starts: int = 0
    idle: float = 1.0
    frozen: float = 0.0
    weights: list[float] = field(default_factory=list)
    logs: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    value: float = 1.0
    highest: float = 1.0

    def bet(self, log_factors: Floats) -> None:
        """Play one batch: a row for each observation, in order, and a column for each way to bet."""
        if not len(log_factors):
            return
        self._begin()
        path = np.cumsum(log_factors, axis=0)[:, None, :] + self.logs[None, :, :]
        worth = np.exp(np.minimum(path, 600.0)).mean(axis=2) @ np.array(self.weights) + self.idle + self.frozen
        self.logs = path[-1]
        self.value = float(worth[-1])
        self.highest = max(self.highest, float(worth.max()))

    def _begin(self) -> None:
        self.starts += 1
        weight = 1.0 / (self.starts * (self.starts + 1))
        self.idle -= weight
        self.weights.append(weight)
        before = self.logs if self.logs.size else np.zeros((0, self.ways))
        self.logs = np.vstack([before, np.zeros((1, self.ways))])
        if len(self.weights) > _MOST_STARTS:  # it stops to bet: its wealth stays as it is
            self.frozen += self.weights.pop(0) * float(np.exp(np.minimum(self.logs[0], 600.0)).mean())
            self.logs = self.logs[1:]

    def alarm(self, alpha: float = ALPHA) -> bool:
        """Whether it has ever reached 1/alpha."""
        return self.highest >= 1.0 / alpha

    def as_json(self) -> dict[str, Any]:
        """It as plain JSON."""
        names = ("ways", "starts", "idle", "frozen", "weights", "value", "highest")
        return {name: getattr(self, name) for name in names} | {"logs": self.logs.tolist()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        logs = np.array(raw["logs"], dtype=float).reshape(-1, raw["ways"])
        return cls(**{**raw, "weights": list(raw["weights"]), "logs": logs})


@dataclass
class ScoreDrift:
    """Whether scores (0..1) still come from where the reference came from. `counts` are the scores seen, by bin."""

    counts: npt.NDArray[np.int64]
    wealth: Wealth = field(default_factory=lambda: Wealth(len(_SLOPES) + len(_CURVES)))

    @classmethod
    def against(cls, reference: Sequence[float] | Floats) -> Self:
        """Begin with at least 2,000 reference scores; raises ValueError for fewer."""
        if len(reference) < FEWEST_REFERENCE_ROWS:
            raise ValueError(f"{len(reference)} reference rows: at least {FEWEST_REFERENCE_ROWS} are needed")
        return cls(np.bincount(_bins(np.asarray(reference, dtype=float)), minlength=BINS).astype(np.int64))

    def see(self, scores: Sequence[float] | Floats, ties: Sequence[float] | Floats) -> None:
        """Take in one batch, in order. `ties` are uniform numbers 0..1, one a score: they break ties."""
        ranks = np.empty(len(scores))
        for at, (slot, tie) in enumerate(zip(_bins(np.asarray(scores, dtype=float)), ties, strict=True)):
            self.counts[slot] += 1
            ranks[at] = (self.counts[slot + 1 :].sum() + tie * self.counts[slot]) / self.counts.sum()
        self.wealth.bet(_rank_bets(ranks))

    def as_json(self) -> dict[str, Any]:
        """It as plain JSON."""
        return {"counts": self.counts.tolist(), "wealth": self.wealth.as_json()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(np.array(raw["counts"], dtype=np.int64), Wealth.from_json(raw["wealth"]))


@dataclass
class ErrorRise:
    """Whether audited answers are wrong more often than the rate `allowed` (above 0, below 1)."""

    allowed: float
    seen: int = 0
    errors: float = 0.0
    wealth: Wealth = field(default_factory=lambda: Wealth(len(_STAKES)))

    def see(self, wrong: Sequence[float] | Floats) -> None:
        """Take in audited answers in the order in which they came: the share of each one's points that was wrong.

        It is one number an answer, since the points of one answer are not independent of each other.
        """
        found = np.asarray(wrong, dtype=float)
        self.seen, self.errors = self.seen + len(found), self.errors + float(found.sum())
        stakes = np.array(_STAKES) * min(1.0, 0.4 / self.allowed)  # below 1/allowed, so that no bet can ruin
        self.wealth.bet(np.log1p(stakes[None, :] * (found[:, None] - self.allowed)))

    def as_json(self) -> dict[str, Any]:
        """It as plain JSON."""
        counted = {name: getattr(self, name) for name in ("allowed", "seen", "errors")}
        return counted | {"wealth": self.wealth.as_json()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(**{**raw, "wealth": Wealth.from_json(raw["wealth"])})


def _bins(scores: Floats) -> npt.NDArray[np.int64]:
    if not np.isfinite(scores).all():
        raise ValueError("a score is not a number")
    return np.clip((scores * BINS).astype(np.int64), 0, BINS - 1)


def _rank_bets(ranks: Floats) -> Floats:
    """The logarithms of what each way to bet pays: higher or lower scores, wider or narrower ones."""
    middle = ranks[:, None] - 0.5
    level = 1.0 + np.array(_SLOPES) * middle
    spread = 1.0 + np.array(_CURVES) * (12.0 * middle**2 - 1.0)
    return np.log(np.hstack([level, spread]))
