"""A design from its text to its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from greenroom.simulator.design.reading import read
from greenroom.simulator.rehearsing import QUICK_SEEDS, quick_seconds
from greenroom.simulator.runs.outcomes import Outcome, measured
from greenroom.simulator.runs.references import check_names
from greenroom.simulator.runs.running import affordable_seconds, simulated


def ran(text: str) -> Outcome:
    design = read(text)
    check_names(design)
    return measured(simulated(design, affordable_seconds(design), 1))


def quickly(text: str, changes: Mapping[str, Any]) -> Outcome:
    """As the page runs what it asks "what if" of: changed, short and without faults."""
    design = replace(read(text, changes=changes), faults=())
    return measured(simulated(design, quick_seconds(design, affordable_seconds(design)), 1, QUICK_SEEDS))
