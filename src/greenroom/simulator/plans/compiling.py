"""A design as a `Plan`."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import cast

from greenroom.simulator.design.flows import Flow, Visit
from greenroom.simulator.design.model import Design
from greenroom.simulator.plans.faults import strikes
from greenroom.simulator.plans.layouts import Layout, layout
from greenroom.simulator.plans.programs import Programs
from greenroom.simulator.tables import Plan, Policy


@dataclass(frozen=True)
class Compiled:
    """A plan, and which of its stations are which node's."""

    plan: Plan
    layouts: dict[str, Layout]


def compiled(design: Design, seconds: float) -> Compiled:
    """*design* laid out for a run of so many *seconds*; raises DesignError for what the engine cannot do."""
    policies, slots = _policies(design), _slots(design)
    layouts = {
        name: layout(node, policies.get(name, "round_robin"), slots.get(name)) for name, node in design.nodes.items()
    }
    plan = Plan()
    for made in layouts.values():
        plan.stations.update(made.stations)
        plan.caches.update(made.caches)
        plan.buckets.update(made.buckets)
        plan.scalers.extend(made.scalers)
    Programs(design, layouts, plan).write()
    plan.faults = strikes(design, layouts, plan, seconds)
    return Compiled(plan, layouts)


def _pairs(design: Design) -> list[tuple[str, str]]:
    """Nodes that follow each other in a flow."""
    found = []
    for flow in (*design.flows.values(), *design.after.values()):
        names = [part.node for part in _straight(flow)]
        found += list(pairwise(names))
    return found


def _straight(flow: Flow) -> list[Visit]:
    return [part for part in flow if isinstance(part, Visit)]


def _policies(design: Design) -> dict[str, Policy]:
    """How copies are chosen: as the balancer before them says."""
    return {
        after: cast(Policy, design.nodes[before].word("policy"))
        for before, after in _pairs(design)
        if design.nodes[before].kind == "lb"
    }


def _slots(design: Design) -> dict[str, int]:
    """Who works on a queue's messages: no more at once than the queue has partitions."""
    return {
        after: design.nodes[before].count("partitions")
        for before, after in _pairs(design)
        if design.nodes[before].kind == "queue"
    }
