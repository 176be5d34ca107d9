"""The time limits of a package on this host: stated, or found from what its own submissions take. Pure.

Archives are checked on judges that run Python with a just-in-time compiler, and on faster machines than many a host. So
Python has a limit of its own where it needs one, and a stated limit that leaves no room for an accepted submission here
is raised: the others keep what the package means.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from greenroom.bank.kattis.globs import matches
from greenroom.bank.kattis.languages import PYTHON
from greenroom.bank.kattis.package import Limits, Submission

MOST = 300.0
"""Seconds that a submission may take while the limit is being found, and the largest limit."""

FALLBACK = 5.0
"""Seconds, where no submission could be timed."""


def wall_limit(cpu_s: float) -> float:
    """The wall time in seconds that goes with a limit of *cpu_s*."""
    return min(900.0, 3 * cpu_s + 2)


@dataclass(frozen=True)
class Inferred:
    """A time limit in seconds, and the slowest submission that gave it with its time; None where none did."""

    seconds: float
    slowest: str | None = None
    took_s: float = 0.0


_TIGHT = 1.2
_ROOM = 1.5
"""A stated limit of less than 1.2 times what an accepted submission takes is raised to 1.5 times that."""


@dataclass(frozen=True)
class Timed:
    """What a submission took on its slowest case that counts, in CPU seconds."""

    name: str
    language: str
    seconds: float


@dataclass(frozen=True)
class Found:
    """The limit in seconds with how it came about, and Python's own where that is another one."""

    seconds: float
    how: str
    python_s: float | None = None
    python_how: str = ""


def find(limits: Limits, times: Sequence[Timed]) -> Found:
    """The limits for *times*, those of the submissions that bound it from below."""
    pythons = [(one.name, one.seconds) for one in times if one.language == PYTHON]
    others = [(one.name, one.seconds) for one in times if one.language != PYTHON]
    if limits.time_limit is not None:
        seconds, how = _raised(min(limits.time_limit, MOST), others, "stated by the package")
        python_s, python_how = _raised(seconds, pythons, "")
    else:
        base = infer(limits, others or pythons)
        seconds, how = base.seconds, _said(limits, base)
        own = infer(limits, pythons) if others and pythons else base
        python_s, python_how = max(seconds, own.seconds), _said(limits, own)
    return Found(seconds, how, python_s, python_how) if python_s > seconds else Found(seconds, how)


def _raised(seconds: float, times: Sequence[tuple[str, float]], how: str) -> tuple[float, str]:
    name, took = max(times, key=lambda one: one[1], default=("", 0.0))
    if took * _TIGHT <= seconds:
        return seconds, how
    raised = min(MOST, math.ceil(took * _ROOM * 10) / 10)
    before = f"raised from {seconds:g} s: " if how else ""
    return max(seconds, raised), f"{before}{name} takes {took:.3f} s here"


def _said(limits: Limits, found: Inferred) -> str:
    if found.slowest is None:
        return "a guess"
    return f"{limits.time_multiplier:g} times the {found.took_s:.3f} s of {found.slowest}"


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
