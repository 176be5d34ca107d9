"""A design held to the round that an item asks for: its load, its limits, its faults, and what things cost in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from greenroom.bank.specs import DesignSpec
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.design.expressions import parse
from greenroom.simulator.design.fields import Curve, Number, Word
from greenroom.simulator.design.flows import Beside, Flow, Maybe, Part, Visit, visits
from greenroom.simulator.design.kinds import KINDS
from greenroom.simulator.design.model import Design, Does, Fault, Node
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.declared import weighed

Given = dict[str, float | str | tuple[float, float]]
_NET_MS = 0.3
PRESET = ("usd", "law", "spread")
"""Fields that no answer sets in a round."""


@dataclass(frozen=True)
class Need:
    """`[flow >] kind[|kind] [write]`: with *flow* it is counted in that flow alone, while its caller waits."""

    flow: str
    kinds: tuple[str, ...]
    write: bool

    @classmethod
    def of(cls, text: str) -> Need:
        """The need that *text* is."""
        flow, _, what = text.rpartition(">")
        kinds, _, verb = what.strip().partition(" ")
        return cls(flow.strip(), tuple(kinds.split("|")), verb.strip() == "write")

    def visits(self, design: Design, without: Collection[str] = ()) -> float:
        """How often a request passes it, *without* some nodes. In a flow what it may skip when it fails counts not."""
        if self.flow:
            skipped = {name for name, rule in design.calls.items() if rule.fallback == "skip"}
            return self._in(design, design.flows.get(self.flow, ()), {*without, *skipped})
        shares = design.traffic.shares
        return sum(
            shares.get(name, 0.0) * self._in(design, flow, without)
            for flows in (design.flows, design.after)
            for name, flow in flows.items()
        )

    def _in(self, design: Design, flow: Flow, without: Collection[str]) -> float:
        return sum(
            chance * visit.times
            for visit, chance in weighed(design, flow)
            if design.nodes[visit.node].kind in self.kinds
            and (visit.verb == "write" or not self.write)
            and visit.node not in without
        )


def asked(
    text: str, spec: DesignSpec, *, changes: Mapping[str, Any] | None = None, committed: Commitment | None = None
) -> Design:
    """The design that *text* is, in the round of *spec*, whatever it says of the round itself. Raises DesignError.

    *changes* are put into it first, as by `read`. What was *committed* to holds whatever the text says by now.
    What is usual for a kind holds whatever a node says why: there is nobody to weigh the reason. Prices are those of
    the table, times spread as they do for the kind, and a flow that the round does not name gets no traffic.
    """
    slo = {"rps": spec.rps, **{str(name): limit for name, limit in spec.slo.items()}}
    held = {"round": {"slo": slo}, "traffic": spec.traffic or None, "faults": None, "seconds": spec.seconds}
    if committed is not None:
        held |= {"estimate": None, "bottleneck": None}
    design = read(text, "your design", {**(changes or {}), **held}, justified=False)
    design = committed.put_into(design) if committed is not None else design
    nodes = {name: _given(node, spec.given.get(node.kind, {})) for name, node in design.nodes.items()}
    flows = {name: _flow(flow, nodes, spec) for name, flow in design.flows.items()}
    after = {name: _flow(flow, nodes, spec) for name, flow in design.after.items()}
    traffic = replace(design.traffic, shares=_shares(design, spec))
    changed = replace(design, nodes=nodes, flows=flows, after=after, traffic=traffic, net_ms=_NET_MS)
    return replace(changed, faults=tuple(sorted(_faults(changed, spec), key=lambda one: one.at_s)))


def passed(design: Design) -> list[Node]:
    """The nodes that work passes, in the order of the flows."""
    walks = [*design.flows.values(), *design.after.values()]
    names = dict.fromkeys(visit.node for flow in walks for visit in visits(flow))
    return [design.nodes[name] for name in names]


def lacking(design: Design, spec: DesignSpec, without: Collection[str] = ()) -> list[str]:
    """What the round needs and work passes too seldom, or never; nodes *without* count as if they were not there."""
    return [need for need, least in spec.needs.items() if Need.of(need).visits(design, without) < least]


def problems(spec: DesignSpec, measures: Collection[str]) -> list[str]:
    """What is wrong with *spec* itself: unknown kinds, fields, estimates or faults, in the words of an author.

    *measures* are what its rubric measures.
    """
    needed = [kind for need in spec.needs for kind in Need.of(need).kinds]
    found = [f"`needs` names {kind!r}, which is no kind" for kind in needed if kind not in KINDS]
    for kind, fields in spec.given.items():
        if kind not in KINDS:
            found.append(f"`given` names {kind!r}, which is no kind")
            continue
        known = KINDS[kind].fields
        found += [
            f"`given.{kind}` names {field!r}, which is no number or curve of that kind"
            for field in fields
            if not isinstance(known.get(field), Number | Curve)
        ]
    found += [
        f"a point measures {name!r}, and `{wants}` says nothing of it"
        for name, wants, there in (
            ("steady-state", "slo", bool(spec.slo.keys() - {"usd_month", "rpo_s"})),
            ("cost", "slo.usd_month", "usd_month" in spec.slo),
            ("data", "slo.rpo_s", "rpo_s" in spec.slo),
            ("faults", "faults", bool(spec.faults)),
            ("parts", "needs", bool(spec.needs)),
        )
        if name in measures and not there
    ]
    found += [f"a fault strikes {target!r}, which is no kind" for target in _targets(spec) if target not in KINDS]
    return found


def _shares(design: Design, spec: DesignSpec) -> dict[str, float]:
    """The traffic of each flow: of those that the round names, if it names any."""
    named, shares = spec.traffic.get("shares"), design.traffic.shares
    if not named:
        return shares
    total = sum(shares[name] for name in named)
    return {name: share / total if name in named else 0.0 for name, share in shares.items()}


def _targets(spec: DesignSpec) -> Iterator[str]:
    for fault in spec.faults:
        for name, value in fault.items():
            if name not in ("at", "for", "times", "storm"):
                yield str(value).partition("/")[0]


def _given(node: Node, given: Given) -> Node:
    preset = {name: field for name, field in node.of.fields.items() if name in PRESET}
    own = {name: field.default for name, field in preset.items() if isinstance(field, Number | Word)}
    values: dict[str, Any] = {**node.values, **own}
    for name, asked in given.items():
        if isinstance(asked, str):
            values[name] = parse(asked)
        elif isinstance(asked, tuple):
            values[name] = None if values.get(name) is None else min(max(node.number(name), asked[0]), asked[1])
        else:
            values[name] = type(values[name])(asked) if isinstance(values.get(name), int) else asked
    return replace(node, values=values)


def _flow(flow: Flow, nodes: dict[str, Node], spec: DesignSpec) -> Flow:
    return tuple(_part(part, nodes, spec) for part in flow)


def _part(part: Part, nodes: dict[str, Node], spec: DesignSpec) -> Part:
    if isinstance(part, Maybe):
        return replace(part, body=_flow(part.body, nodes, spec))
    if isinstance(part, Beside):
        return Beside(tuple(_flow(branch, nodes, spec) for branch in part.branches))
    node = nodes[part.node]
    asked = spec.given.get(node.kind, {}).get(node.of.ms_field)
    return replace(part, ms=_time(part, asked), miss=_flow(part.miss, nodes, spec))


def _time(visit: Visit, asked: float | str | tuple[float, float] | None) -> float | None:
    if visit.ms is None or asked is None:
        return visit.ms
    return min(max(visit.ms, asked[0]), asked[1]) if isinstance(asked, tuple) else None


def _faults(design: Design, spec: DesignSpec) -> Iterator[Fault]:
    """The round's faults at the nodes of *design*; one that would strike a kind that is not there strikes nothing."""
    for declared in spec.faults:
        does = next(name for name in declared if name not in ("at", "for", "times"))
        kind, _, number = str(declared[does]).partition("/")
        node = next((one.name for one in passed(design) if one.kind == kind), None)
        if does == "storm":
            node = "client"
        if node is not None:
            at, lasts, times = (float(declared.get(name, one)) for name, one in (("at", 10), ("for", 5), ("times", 3)))
            yield Fault(at, lasts, cast(Does, does), node, int(number) if number else None, times)
