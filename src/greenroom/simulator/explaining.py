"""Why a run came out as it did: the formulas that govern it, with the run's own numbers put in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from greenroom.simulator.design.model import Node
from greenroom.simulator.runs.declared import Load, loads, units_of
from greenroom.simulator.runs.outcomes import Outcome, Use

_BUSY_NODES = 3
_BUSY = 0.05
_NOTED = 1.005
"""Fewer retries than that explain nothing."""
_FULL = 0.7
"""From here on waiting grows fast: at 70 % busy one waits more than twice as long as one works."""


@dataclass(frozen=True)
class Explanation:
    """A *law*, its *formula*, the same *filled* with numbers, and what it *says* of the run, about *node* if any."""

    law: str
    node: str
    formula: str
    filled: str
    says: str


def explained(outcome: Outcome) -> list[Explanation]:
    """What governs *outcome*: its busiest nodes first, then batches, caches and all that is under way."""
    demand = loads(outcome.design)
    rows = []
    for use in _busiest(outcome):
        node, load = outcome.design.nodes[use.node], demand[use.node]
        rows += [*_utilisation(node, load, use), *_waiting(node, load, use)]
    return [*rows, *_batches(outcome), *_caches(outcome, demand), *_under_way(outcome), *_retries(outcome)]


def as_json(found: list[Explanation]) -> list[dict[str, Any]]:
    """*found* with stable keys."""
    return [asdict(one) for one in found]


def erlang_c(servers: int, load: float) -> float:
    """The chance to have to wait at an M/M/c queue that is offered *load* servers' worth of work; 1 if it is full."""
    if load >= servers:
        return 1.0
    blocked = 1.0  # Erlang B, built up server by server: no factorials, no overflow
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return servers * blocked / (servers - load * (1 - blocked))


def _busiest(outcome: Outcome) -> list[Use]:
    """The busiest nodes that work, without pools and threads, which hold and do not work."""
    working = sorted((use for use in outcome.uses if use.counts and not use.part), key=lambda use: -use.utilisation)
    return [use for place, use in enumerate(working[:_BUSY_NODES]) if place == 0 or use.utilisation >= _BUSY]


def _work_ms(load: Load) -> float:
    return load.work_ms / load.visits if load.visits else 0.0


def _utilisation(node: Node, load: Load, use: Use) -> Iterator[Explanation]:
    work, rate = _work_ms(load), use.served_rps
    servers = use.copies * units_of(node)
    if not work or not servers:
        return
    busy = rate * work / 1000
    share = busy / servers
    says = f"{busy:.3g} of {servers:.3g} are busy in the mean; the run measured {100 * use.utilisation:.0f} %."
    if abs(share - use.utilisation) > 0.15 * max(share, use.utilisation):
        says += " The difference is work that the declaration does not show: retries, cold caches, requests given up."
    if use.utilisation >= 0.95:
        says += " It is full: what comes above this rate waits, or fails."
    elif use.utilisation >= _FULL:
        says += (
            f" It bears {servers * 1000 / work:,.0f} a second at the very most, and waiting grows fast from here on."
        )
    else:
        says += f" It bears {servers * 1000 / work:,.0f} a second at the very most."
    filled = f"{rate:,.0f}/s · {work:.3g} ms / {servers:.3g} = {100 * share:.0f} %"
    yield Explanation("Utilisation law", node.name, "U = X · S / c", filled, says)


def _waiting(node: Node, load: Load, use: Use) -> Iterator[Explanation]:
    """Erlang C at one copy, corrected for how times spread; a server with batches has a law of its own."""
    work, copies, servers = _work_ms(load), use.copies, units_of(node)
    if node.kind == "model_server" or not work or not copies:
        return
    rate = use.served_rps / copies
    offered = rate * work / 1000
    measured = (
        f"In the run {use.queue:.3g} waited in the mean, {1000 * use.queue / use.served_rps:.3g} ms each."
        if use.served_rps
        else ""
    )
    if offered >= 0.98 * servers:
        says = f"A copy gets as much as it can do, or more: its queue grows as long as that lasts. {measured}"
        yield Explanation("Erlang C", node.name, "A = X · S ≥ c", f"{offered:.3g} ≥ {servers}", says.strip())
        return
    chance = erlang_c(servers, offered)
    spread = _spread(node)
    wait = chance * work / (servers - offered) * (1 + spread**2) / 2
    by_chance = ", if they came to the copies by chance" if copies > 1 else ""
    spreading = (
        ""
        if spread == 1
        else f", and times that spread {spread:g} times their mean change that by (1 + {spread:g}²) / 2"
    )
    says = (
        f"{100 * chance:.2g} % of the requests meet a copy whose {_servers(servers)} busy{spreading}: "
        f"{wait:.3g} ms of waiting in the mean{by_chance}. {measured}"
    )
    filled = f"C({servers}, {offered:.3g}) · {work:.3g} ms / ({servers} - {offered:.3g})"
    yield Explanation("Erlang C", node.name, "W = C(c, A) · S / (c - A)", filled, says.strip())


def _servers(count: int) -> str:
    return "one worker is" if count == 1 else f"{count} workers are all"


def _spread(node: Node) -> float:
    law = str(node.values.get("law", "exponential"))
    return {"exponential": 1.0, "constant": 0.0}.get(law, node.number("spread"))


def _batches(outcome: Outcome) -> Iterator[Explanation]:
    for use in outcome.uses:
        node = outcome.design.nodes[use.node]
        if use.batch_fill is None or not use.copies:
            continue
        most = node.count("batch")
        size = max(1.0, use.batch_fill * most)
        full, mean = node.batch_ms(most), node.batch_ms(size)
        if not full or not math.isfinite(full):
            continue
        bears = use.copies * most * 1000 / full
        says = (
            f"{use.copies:.3g} copies bear {bears:,.0f} a second with full batches, and {use.served_rps:,.0f} came. "
            f"Batches had {size:.3g} of {most} requests in the mean and took {mean:.3g} ms, "
            f"after at most {node.number('wait_ms'):g} ms of waiting for more."
        )
        filled = f"{use.copies:.3g} · {most} / {full:.3g} ms = {bears:,.0f}/s"
        yield Explanation("Batching", node.name, "X ≤ c · b / S(b)", filled, says)


def _caches(outcome: Outcome, demand: dict[str, Load]) -> Iterator[Explanation]:
    for use in outcome.uses:
        node = outcome.design.nodes[use.node]
        if use.part or "hit" not in node.of.fields or not demand[node.name].visits or not use.served_rps:
            continue
        hit, rate = node.number("hit"), use.served_rps
        missed = rate * (1 - hit)
        says = (
            f"Behind it {missed:,.0f} a second are asked when it is warm. Cold, it lets all {rate:,.0f} through: "
            "what stands behind must bear that, or be spared it."
        )
        yield Explanation(
            "Misses of a cache", node.name, "X' = X · (1 - h)", f"{rate:,.0f}/s · {1 - hit:.3g} = {missed:,.0f}/s", says
        )


def _under_way(outcome: Outcome) -> Iterator[Explanation]:
    rate, mean = outcome.throughput.value, outcome.mean_ms.value
    if not rate or not math.isfinite(mean):
        return
    held = rate * mean / 1000
    says = f"{held:,.3g} requests are under way at once in the mean: threads, connections and pools must hold them."
    yield Explanation("Little's law", "", "L = X · W", f"{rate:,.0f}/s · {mean:.3g} ms = {held:,.3g}", says)


def _retries(outcome: Outcome) -> Iterator[Explanation]:
    retries = sum(one.get("retries", 0.0) for one in outcome.calls.values())
    count = sum(outcome.over_time.get("offered_rps", ()))
    if not count:
        return
    times = 1 + retries / count
    if times < _NOTED:
        return
    says = "Each retry is a request more, and most come while the system is slow already. A budget bounds the factor."
    yield Explanation(
        "Retries", "", "X' = X · (1 + r)", f"{count:,.0f} requests and {retries:,.0f} retries: times {times:.3g}", says
    )
