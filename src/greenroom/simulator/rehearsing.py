"""A run in a round before anything is handed in: the whole one, or a quick one that answers "what if"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from greenroom.bank.specs import DesignSpec
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.design.model import Design
from greenroom.simulator.explaining import as_json, explained
from greenroom.simulator.judging import SEED
from greenroom.simulator.rounds import asked, lacking
from greenroom.simulator.runs.arrivals import expected
from greenroom.simulator.runs.course import Course
from greenroom.simulator.runs.outcomes import measured
from greenroom.simulator.runs.running import SEEDS, Progress, simulated, unwatched
from greenroom.simulator.runs.telling import told

QUICK_SEEDS = 3
QUICK_REQUESTS = 150_000
"""Requests times seeds of a run that somebody waits for at a control."""
LONGEST_S, SHORTEST_S = 20.0, 4.0


def rehearsed(
    spec: DesignSpec,
    text: str,
    committed: Commitment,
    *,
    changes: Mapping[str, Any] | None = None,
    quick: bool = False,
    progress: Progress | None = None,
    course: Course | None = None,
) -> dict[str, Any]:
    """The run of *text*, with *changes*, as JSON: with the luck that an answer would meet. *course* sees it go on.

    A *quick* one has no faults, fewer seeds and few seconds. Raises DesignError, InputError and Stopped.
    """
    design = asked(text, spec, changes=changes, committed=committed)
    seconds, seeds = spec.seconds, SEEDS
    if quick:
        design = replace(design, faults=())
        seconds, seeds = quick_seconds(design, spec.seconds), QUICK_SEEDS
    watch = course.see if course is not None else unwatched
    outcome = measured(simulated(design, seconds, SEED, seeds, progress=progress, watch=watch))
    lacks = {} if quick else {"lacking": lacking(design, spec)}
    return {**told(outcome), "explained": as_json(explained(outcome)), "quick": quick, **lacks}


def quick_seconds(design: Design, most: float) -> float:
    """How long a quick run of *design* is, *most* at most: so long that its requests are soon simulated."""
    each = expected(design, most) * QUICK_SEEDS / most
    return min(most, max(SHORTEST_S, min(LONGEST_S, float(int(QUICK_REQUESTS / each)))))
