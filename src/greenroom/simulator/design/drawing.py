"""A design as a drawing: nodes with what they were told, arrows with what is said at them. Plain JSON."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from greenroom.simulator.design.expressions import Expression
from greenroom.simulator.design.fields import SCALING, Curve, Field, Flag, Number, Scaling, Word
from greenroom.simulator.design.flows import Beside, Flow, Maybe, Visit, visits
from greenroom.simulator.design.kinds import KINDS
from greenroom.simulator.design.model import Design, Node, Scale

Sort = Literal["call", "miss", "after"]
SIZES = ("copies", "cores")
"""The fields that say how much there is of a node; the first that a kind has."""


@dataclass(frozen=True)
class Arrow:
    """An arrow of *flow*; *label* says when it is taken, if not always."""

    source: str
    target: str
    sort: Sort
    flow: str
    label: str = ""


def drawn(design: Design, declared: Mapping[str, Any], without: Container[str] = ()) -> dict[str, Any]:
    """*design* with stable keys, ready to be drawn and listed; *declared* is what its text says, part by part.

    Fields *without* are left out: nobody sets them.
    """
    written = declared.get("nodes") or {}
    return {
        "name": design.name,
        "nodes": [_node(design, node, written.get(node.name) or {}, without) for node in design.nodes.values()],
        "arrows": _merged(list(arrows(design))),
        "flows": list(design.flows),
        "estimate": design.estimate,
        "bottleneck": design.bottleneck,
        "clamped": [one.as_json() for one in design.clamped],
        "has_reasons": any(one.strip() for one in design.reasons.values()),
    }


def kinds() -> list[dict[str, str]]:
    """The kinds of nodes, each with a sentence."""
    return [{"kind": kind.name, "says": kind.says} for kind in KINDS.values()]


def arrows(design: Design) -> Iterator[Arrow]:
    """Every arrow. Who calls others and waits for them calls what stands after it; going back is no arrow."""
    for name, flow in design.flows.items():
        walk = _Walk(design, name)
        yield from walk.through(flow, "call")
        if name in design.after:
            yield from walk.through(design.after[name], "after")


class _Walk:
    def __init__(self, design: Design, flow: str) -> None:
        self.design, self.flow = design, flow
        self.callers: list[str] = []
        self.last: str | None = None

    def through(self, flow: Flow, sort: Sort, label: str = "") -> Iterator[Arrow]:
        for part in flow:
            if isinstance(part, Maybe):
                yield from self._aside(part.body, sort, f"{100 * part.chance:g} %")
            elif isinstance(part, Beside):
                for branch in part.branches:
                    yield from self._aside(branch, sort, label)
            else:
                yield from self._visit(part, sort, label)
                sort, label = "call", ""

    def _aside(self, flow: Flow, sort: Sort, label: str) -> Iterator[Arrow]:
        last, callers = self.last, list(self.callers)
        yield from self.through(flow, sort, label)
        self.last, self.callers = last, callers

    def _visit(self, visit: Visit, sort: Sort, label: str) -> Iterator[Arrow]:
        source = self.last if sort != "call" or not self.callers else self.callers[-1]
        if sort == "after" and self.callers:
            source = self.callers[-1]
        if visit.node in self.callers:
            self.callers = self.callers[: self.callers.index(visit.node) + 1]
        elif source is not None and source != visit.node:
            times = f"x{visit.times}" if visit.times > 1 else ""
            yield Arrow(source, visit.node, sort, self.flow, " ".join(one for one in (label, times) if one))
        if self.design.nodes[visit.node].of.calls_on and visit.node not in self.callers:
            self.callers.append(visit.node)
        elif sort == "after":
            self.callers = []
        self.last = visit.node
        if visit.miss:
            before = list(self.callers)
            self.callers = []
            yield from self._missed(visit)
            self.callers, self.last = before, visit.node

    def _missed(self, visit: Visit) -> Iterator[Arrow]:
        for number, one in enumerate(self.through(visit.miss, "call", "miss")):
            yield Arrow(one.source, one.target, "miss" if number == 0 else one.sort, one.flow, one.label)


def _merged(found: list[Arrow]) -> list[dict[str, Any]]:
    """One arrow for each pair and sort, with the flows that take it."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in found:
        row = rows.setdefault(
            (one.source, one.target, one.sort),
            {"from": one.source, "to": one.target, "sort": one.sort, "label": one.label, "flows": []},
        )
        row["flows"] += [one.flow] if one.flow not in row["flows"] else []
    return list(rows.values())


def _node(design: Design, node: Node, written: Mapping[str, Any], without: Container[str]) -> dict[str, Any]:
    of = node.of
    size = next((name for name in SIZES if name in of.fields), "")
    return {
        "name": node.name,
        "kind": node.kind,
        "says": of.says,
        "line": node.line,
        "why": node.why,
        "size_field": size,
        "size": node.count(size) if size else None,
        "ms_field": of.ms_field,
        "ms": _plain(node.values.get(of.ms_field)) if of.ms_field else None,
        "times_in_flows": _times(design, node.name),
        "flows": [name for name in design.flows if _uses(design, name, node.name)],
        "fields": [
            one
            for name, field in of.fields.items()
            if name not in without
            for one in _fields(name, field, node.values.get(name), written.get(name))
        ],
    }


def _uses(design: Design, flow: str, node: str) -> bool:
    return any(visit.node == node for part in (design.flows, design.after) for visit in visits(part.get(flow, ())))


def _times(design: Design, node: str) -> list[float]:
    """The times that flows say for the node, which take the place of its own."""
    found = [visit.ms for flow in design.flows.values() for visit in visits(flow) if visit.node == node]
    return list(dict.fromkeys(ms for ms in found if ms is not None))


def _fields(name: str, field: Field, value: Any, written: Any) -> Iterator[dict[str, Any]]:
    """The field; each part of an autoscaler is one of its own."""
    if not isinstance(field, Scaling):
        yield _field(name, field, value, written)
        return
    said = written if isinstance(written, dict) else {}
    for part, one in SCALING.items():
        held = getattr(value, part) if isinstance(value, Scale) else one.default
        yield _field(f"{name}.{part}", one, held, said.get(part))


def _field(name: str, field: Field, value: Any, written: Any) -> dict[str, Any]:
    sort = {Number: "number", Word: "word", Flag: "flag"}.get(type(field), "curve")
    usual = field.usual if isinstance(field, Number | Curve) else None
    return {
        "name": name,
        "says": field.says,
        "sort": sort,
        "value": _plain(value),
        "written": written if isinstance(written, str | int | float) else None,
        "usual": list(usual) if usual else None,
        "choices": list(field.choices) if isinstance(field, Word) else None,
        "whole": isinstance(field, Number) and field.whole,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, float) and value == int(value):
        return int(value)
    return value
