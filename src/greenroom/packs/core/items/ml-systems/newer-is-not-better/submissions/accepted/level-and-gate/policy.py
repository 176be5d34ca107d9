"""When to train a new model, and when to put it into service."""

from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Any

RISE = 1.4
RECENT = 3
FIRST = 6
SURE = 2.0
DAYS = 3
TRIES = 3


@dataclass
class Watch:
    """What is remembered since the model in service was promoted, or the level was accepted."""

    levels: list[float] = field(default_factory=list)
    differences: list[float] = field(default_factory=list)
    days: int = 0
    tries: int = 0

    def risen(self) -> bool:
        """Whether the last days are clearly above the first ones."""
        before = self.levels[:-RECENT][:10]
        return len(self.levels) >= FIRST and fmean(self.levels[-RECENT:]) > RISE * fmean(before)

    def train(self) -> list[str]:
        """Try another model."""
        self.tries += 1
        self.days, self.differences = 0, []
        return ["train"]

    def score(self) -> float:
        """By how many standard errors the challenger is better."""
        error = stdev(self.differences) / len(self.differences) ** 0.5
        return fmean(self.differences) / error if error else 0.0


watch = Watch()


def begin() -> None:
    """Start anew, with a model in service that has just been trained."""
    globals()["watch"] = Watch()


def decide(report: dict[str, Any]) -> list[str]:
    """Return what is to be done tonight: "train", "promote", both or nothing."""
    if not watch.tries:
        watch.levels.append(fmean(report["champion"]))
        return watch.train() if watch.risen() else []
    pairs = zip(report["champion"], report["challenger"], strict=True)
    watch.differences += [present - new for present, new in pairs]
    watch.days += 1
    score = watch.score()
    if score > SURE:
        begin()
        return ["promote"]
    if score > -SURE and watch.days < DAYS:
        return []
    if watch.tries < TRIES:
        return watch.train()
    begin()  # training does not help: this is the level from now on
    return []
