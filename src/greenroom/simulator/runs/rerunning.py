"""A design from its text to its outcome in one call, and what would be if a part of it were different."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.arrivals import expected
from greenroom.simulator.runs.outcomes import Outcome, measured
from greenroom.simulator.runs.references import check_names
from greenroom.simulator.runs.running import SEEDS, Progress, affordable_seconds, simulated

QUICK_REQUESTS = 150_000
"""Requests times seeds of a run that somebody waits for at a control."""
LONGEST_S, SHORTEST_S = 20.0, 4.0


def ran(text: str, *, seed: int = 1, seconds: float | None = None, progress: Progress | None = None) -> Outcome:
    """The outcome of the design that *text* is; raises DesignError, InputError and Stopped."""
    design = read(text)
    check_names(design)
    return measured(simulated(design, seconds or affordable_seconds(design), seed, progress=progress))


def rerun(text: str, changes: Mapping[str, Any], *, seed: int = 1, faults: bool = False) -> Outcome:
    """A quick run of the design that *text* is with *changes* (see `read`), with the luck of a run with this *seed*.

    It is short, and without faults unless they are asked for; then it takes as long as a whole run.
    """
    design = read(text, changes=changes if faults else {**changes, "faults": None})
    seconds = affordable_seconds(design)
    if not faults:
        each = expected(design, seconds) * SEEDS / seconds
        seconds = min(seconds, max(SHORTEST_S, min(LONGEST_S, float(int(QUICK_REQUESTS / each)))))
    return measured(simulated(design, seconds, seed))
