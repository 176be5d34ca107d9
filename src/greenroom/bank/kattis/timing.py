"""The time limit of a package that states none: from what its own submissions take. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from greenroom.bank.kattis.globs import matches
from greenroom.bank.kattis.package import Limits, Package, Submission

MOST = 300.0
"""Seconds that a submission may take while the limit is being found, and the largest limit."""

FALLBACK = 5.0
"""Seconds, where no submission could be timed."""


@dataclass(frozen=True)
class Inferred:
    """A time limit in seconds, and the slowest submission that gave it with its time; None where none did."""

    seconds: float
    slowest: str | None = None
    took_s: float = 0.0


def bounds_from_below(submission: Submission) -> bool:
    """Whether the time limit must leave room for *submission*."""
    return any(one.bounds_time_limit == "lower" for one in submission.expectations)


def slowest_case(submission: Submission, cases: Mapping[str, float]) -> float:
    """The longest time, in seconds, of those of the *cases* that bound the limit from below; 0 without any."""
    rules = [one for one in submission.expectations if one.bounds_time_limit == "lower"]
    return max(
        (
            took
            for name, took in cases.items()
            if any(rule.cases is None or matches(rule.cases, name) for rule in rules)
        ),
        default=0.0,
    )


def infer(limits: Limits, times: Iterable[tuple[str, float]]) -> Inferred:
    """The limit for *times* (name and seconds of each submission that bounds it from below).

    `Timelimit inference` of 2025-09: at least the slowest time by the multiplier, in whole multiples of the resolution,
    and at least one of them.
    """
    slowest = max(times, key=lambda one: one[1], default=None)
    if slowest is None:
        return Inferred(FALLBACK)
    name, took = slowest
    steps = max(1, math.ceil(took * limits.time_multiplier / limits.time_resolution - 1e-9))
    return Inferred(min(MOST, steps * limits.time_resolution), name, took)


def is_stated(package: Package) -> bool:
    """Whether the package says its time limit itself."""
    return package.limits.time_limit is not None
