"""What follows from the declaration alone, without a run: load, cost, single points of failure, loss of data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from greenroom.simulator.design.fault_reading import copies_of
from greenroom.simulator.design.flows import Beside, Flow, Maybe, Visit, visits
from greenroom.simulator.design.model import Design, Node
from greenroom.simulator.design.prices import PRICES, SECONDS_A_MONTH, copy_usd
from greenroom.simulator.plans.programs import work_ms

_NEVER_S = 86_400.0 * 365
_ACKS_LOSS_S = {"all": 0.0, "leader": 1.0, "none": 5.0}


@dataclass(frozen=True)
class Load:
    """What one request asks of a node in the mean: so many visits, and ms of work."""

    visits: float
    work_ms: float


def loads(design: Design) -> dict[str, Load]:
    """The load of each node for one request in the mean of all flows; retries are not in it."""
    count: Counter[str] = Counter()
    work: Counter[str] = Counter()
    for name, flow in design.flows.items():
        share = design.traffic.shares.get(name, 0.0)
        for visit, chance in weighed(design, flow, share):
            _add(design, visit, chance, count, work)
        for visit, chance in weighed(design, design.after.get(name, ()), share):
            _add(design, visit, chance, count, work)
    return {name: Load(count[name], work[name]) for name in design.nodes}


def _add(design: Design, visit: Visit, chance: float, count: Counter[str], work: Counter[str]) -> None:
    node = design.nodes[visit.node]
    times = chance * visit.times
    count[visit.node] += times  # type: ignore[assignment]
    if node.kind == "model_server":
        batch = node.count("batch")
        work[visit.node] += times * node.batch_ms(batch) / batch  # type: ignore[assignment]
    elif node.of.ms_field:
        work[visit.node] += times * work_ms(node, visit)  # type: ignore[assignment]


def weighed(design: Design, flow: Flow, chance: float = 1.0) -> Iterator[tuple[Visit, float]]:
    """Each visit of *flow*, which is walked with *chance*, and how often it comes about; `x3` is not in it."""
    for part in flow:
        if isinstance(part, Maybe):
            yield from weighed(design, part.body, chance * part.chance)
        elif isinstance(part, Beside):
            for branch in part.branches:
                yield from weighed(design, branch, chance)
        else:
            yield part, chance
            node = design.nodes[part.node]
            missed = chance * (1 - node.number("hit"))
            yield from weighed(design, part.miss, missed * part.times)
            if node.kind == "cdn" and not part.miss:
                chance = missed


def usd_month(design: Design, copies: dict[str, float]) -> float:
    """USD a month; *copies*: how many copies of scaled nodes there were in the mean."""
    load = loads(design)
    total = 0.0
    for name, node in design.nodes.items():
        count = copies.get(name, float(copies_of(node) if node.kind == "postgres" else node.count("copies")))
        asked = load[name].visits * mean_rps(design) * SECONDS_A_MONTH / 1e6
        total += count * copy_usd(node) + PRICES[node.kind].per_million * asked
    return total


def mean_rps(design: Design) -> float:
    """Requests a second in the mean of the traffic."""
    traffic = design.traffic
    return sum(traffic.trace) / len(traffic.trace) if traffic.shape == "trace" else traffic.rps


def single_points(design: Design) -> list[str]:
    """Nodes that requests need, and of which there is one alone. From the declaration, not from a run."""
    needed = {visit.node for flow in design.flows.values() for visit in visits(flow)}
    return [
        name
        for name, node in design.nodes.items()
        if name in needed
        and not node.of.managed
        and node.count("copies") * copies_of(node) == 1
        and not (name in design.calls and design.calls[name].fallback != "none")
    ]


def lost_seconds(design: Design) -> dict[str, float]:
    """Of each node that is written to: of how many seconds the data is lost when its first copy is. As declared."""
    flows = (*design.flows.values(), *design.after.values())
    asked = [visit for flow in flows for visit in visits(flow)]
    written = {one.node for one in asked if one.verb == "write" or design.nodes[one.node].kind == "queue"}
    return {name: _lost(node) for name, node in design.nodes.items() if name in written and node.of.keeps}


def _lost(node: Node) -> float:
    if node.kind == "queue":
        return _ACKS_LOSS_S[node.word("acks")] if node.count("copies") > 1 or node.word("acks") == "none" else 1.0
    if node.kind == "redis":
        return {"always": 0.0, "second": 1.0, "none": _NEVER_S}[node.word("persist")]
    if node.kind == "kv":
        return 0.0 if node.count("replicas", 0) else _NEVER_S
    if not node.count("replicas", 0):
        return node.number("backup_s")
    return 0.0 if node.word("commit") == "sync" else node.number("lag_ms") / 1000


def busy_units(load: Load, rps: float) -> float:
    """How many units (cores, workers, batching servers) *load* keeps busy at *rps*: the utilisation law."""
    return rps * load.work_ms / 1000


_UNITS = {"lb": "cores", "sync_api": "workers", "async_api": "workers", "postgres": "cores", "kv": "units",
          "feature_store": "units", "queue": "units", "worker": "concurrency"}  # fmt: skip


def units_of(node: Node) -> int:
    """How many requests a copy of *node* works on at once; a batch counts as one."""
    return node.count(_UNITS[node.kind]) if node.kind in _UNITS else 1


def copies_needed(node: Node, load: Load, rps: float) -> float:
    """The fewest copies of *node* that can bear *rps*."""
    if node.of.managed:
        return 1.0
    return max(1.0, math.ceil(busy_units(load, rps) / units_of(node) - 1e-9))


def overloaded(design: Design) -> list[str]:
    """Nodes to which more comes in the mean than all their copies can do, also where nobody waits for their work."""
    load, rps = loads(design), mean_rps(design)
    return [
        name
        for name, node in design.nodes.items()
        if copies_needed(node, load[name], rps) > copies_of(node)
        and not (node.kind == "postgres" and copies_of(node) > 1)
    ]
