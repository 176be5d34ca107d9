"""Estimates, and what they are held against: computed from the declaration and the runs.

peak_rps, mean_rps, in_flight, throughput_rps, p50_ms, p95_ms, p99_ms, mean_ms, errors_pct, usd_month, rpo_s
NODE_ops              requests a second that the node gets at the peak, in the mean of all flows
NODE_busy_cores       units that it keeps busy at the peak (utilisation law)
NODE_replicas_needed  the fewest copies that bear the peak; NODE_copies_needed is the same
NODE_utilisation      0 to 1, as simulated
NODE_queue            how many wait in the mean, as simulated
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from greenroom.bank.source import Problem
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.model import Design
from greenroom.simulator.design.notes import meant
from greenroom.simulator.runs.declared import busy_units, copies_needed, loads, mean_rps
from greenroom.simulator.runs.outcomes import Outcome

WHOLE = (
    "peak_rps", "mean_rps", "in_flight", "throughput_rps", "p50_ms", "p95_ms", "p99_ms", "mean_ms", "errors_pct",
    "usd_month", "rpo_s",
)  # fmt: skip
OF_A_NODE = ("ops", "busy_cores", "replicas_needed", "copies_needed", "utilisation", "queue")
_SAYS = {
    "peak_rps": "requests a second at the peak",
    "mean_rps": "requests a second in the mean",
    "in_flight": "requests that are under way at once",
    "throughput_rps": "answers a second",
    "p50_ms": "the median time of an answer, in ms",
    "p95_ms": "the time within which 95 % are answered, in ms",
    "p99_ms": "the time within which 99 % are answered, in ms",
    "mean_ms": "the mean time of an answer, in ms",
    "errors_pct": "requests that fail, in percent",
    "usd_month": "what it costs a month, in USD",
    "rpo_s": "data that is lost with a node, in seconds",
    "ops": "requests a second that reach {node}",
    "busy_cores": "cores or workers of {node} that are busy",
    "replicas_needed": "the fewest copies of {node} that bear the peak",
    "copies_needed": "the fewest copies of {node} that bear the peak",
    "utilisation": "how busy {node} is, 0 to 1",
    "queue": "how many wait at {node} in the mean",
}
_SPLIT = re.compile(rf"(?P<node>.+)_(?P<what>{'|'.join(OF_A_NODE)})")
_LIKE = {"cache": "redis", "db": "postgres", "database": "postgres", "sql": "postgres", "model": "model_server",
         "feature": "feature_store", "features": "feature_store"}  # fmt: skip
_NEAR = 4
"""Letters that a node's name and an estimate's begin with, for the one to mean the other."""


@dataclass(frozen=True)
class Reference:
    """An estimate and what it should be; *law* says how that is computed."""

    name: str
    estimate: float
    reference: float
    law: str

    @property
    def off_by(self) -> float:
        """How many times too much or too little: 2 to the power of |log2(estimate / reference)|."""
        if self.estimate == self.reference:
            return 1.0
        if self.estimate <= 0 or self.reference <= 0 or not math.isfinite(self.reference):
            return math.inf
        return math.pow(2.0, abs(math.log2(self.estimate / self.reference)))

    @property
    def share(self) -> float:
        """What it earns: 1 within a factor of two, a half within five."""
        return 1.0 if self.off_by <= 2 else 0.5 if self.off_by <= 5 else 0.0

    def as_json(self) -> dict[str, Any]:
        """It with stable keys."""
        off = self.off_by
        return {
            "name": self.name,
            "estimate": self.estimate,
            "reference": self.reference,
            "off_by": off if math.isfinite(off) else None,
            "share": self.share,
            "law": self.law,
        }


def check_names(design: Design, shown: str = "design") -> None:
    """Raise DesignError if an estimate's name says nothing that can be computed."""
    for name in design.estimate:
        if name in WHOLE or node_meant(design, name):
            continue
        allowed = [*WHOLE, *(f"{node}_{what}" for node in design.nodes for what in OF_A_NODE)]
        raise DesignError([Problem(shown, f"`estimate.{name[:40]}` cannot be computed", meant(name, allowed))])


def said(name: str) -> str:
    """The estimate *name* in words; empty for one that cannot be computed."""
    match = None if name in WHOLE else _SPLIT.fullmatch(name)
    node = match["node"].replace("_", " ") if match else ""
    return _SAYS.get(match["what"] if match else name, "").format(node=f"the {node}")


def node_meant(design: Design, name: str) -> tuple[str, str] | None:
    """The node and the measure that the estimate *name* is about: the node's name, its kind, or how it begins."""
    match = _SPLIT.fullmatch(name)
    if match is None:
        return None
    said, what = match["node"], match["what"]
    ways: tuple[Callable[[str], bool], ...] = (
        lambda node: node == said,
        lambda node: design.nodes[node].kind == _LIKE.get(said, said),
        lambda node: said == "api" and design.nodes[node].of.calls_on,
        lambda node: len(said) >= _NEAR and node[:_NEAR] == said[:_NEAR],
    )
    for way in ways:
        found = [node for node in design.nodes if way(node)]
        if len(found) == 1:
            return found[0], what
    return None


def references(outcome: Outcome) -> list[Reference]:
    """Each estimate with its reference, in the order of the design."""
    whole = _whole(outcome)
    found = []
    for name, value in outcome.design.estimate.items():
        if name in whole:
            reference, law = whole[name]
        else:
            meant_by = node_meant(outcome.design, name)
            if meant_by is None:
                continue
            reference, law = _of_node(outcome, *meant_by)
        found.append(Reference(name, value, reference, law))
    return found


def _whole(outcome: Outcome) -> dict[str, tuple[float, str]]:
    design, seen = outcome.design, "as simulated"
    held = outcome.throughput.value * outcome.mean_ms.value / 1000
    return {
        "peak_rps": (design.traffic.most, "the highest rate of the traffic"),
        "mean_rps": (mean_rps(design), "the mean rate of the traffic"),
        "in_flight": (held, "Little: throughput times mean time"),
        "throughput_rps": (outcome.throughput.value, seen),
        **{name: (found.value, seen) for name, found in outcome.latency.items()},
        "mean_ms": (outcome.mean_ms.value, seen),
        "errors_pct": (outcome.errors.value, seen),
        "usd_month": (outcome.usd_month, "copies times prices"),
        "rpo_s": (outcome.rpo_s, "as declared: acknowledgements, commits, replicas"),
    }


def _of_node(outcome: Outcome, name: str, what: str) -> tuple[float, str]:
    design = outcome.design
    node, load, peak = design.nodes[name], loads(design)[name], design.traffic.most
    use = next((one for one in outcome.uses if one.node == name and not one.part), None)
    if what == "ops":
        return load.visits * peak, "visits of a request times peak rate"
    if what == "busy_cores":
        return busy_units(load, peak), "utilisation law: rate times work"
    if what in ("replicas_needed", "copies_needed"):
        return copies_needed(node, load, peak), "busy units over units of a copy, rounded up"
    if use is None:
        return 0.0, "as simulated"
    return (use.utilisation if what == "utilisation" else use.queue), "as simulated"
