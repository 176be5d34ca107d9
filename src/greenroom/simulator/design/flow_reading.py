"""Flows and their names: each visit goes to a node, or into another flow, and never in a circle."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

from greenroom.bank.source import Location
from greenroom.simulator.design.fields import Number
from greenroom.simulator.design.flows import Beside, Flow, FlowError, Maybe, Part, Visit, parse, visits
from greenroom.simulator.design.model import Node
from greenroom.simulator.design.node_reading import NodeReader
from greenroom.simulator.design.notes import Notes, meant

MOST_VISITS = 200
"""In a flow, repeated ones counted as often as they are made."""


class FlowReader:
    """Reads the flows of a design with *nodes*, of which some of the *declared* may be missing."""

    def __init__(self, notes: Notes, nodes: dict[str, Node], reader: NodeReader, declared: Container[str]) -> None:
        self.notes, self.nodes, self.reader, self.declared = notes, nodes, reader, declared
        self.parsed: dict[str, Flow] = {}
        self.included: dict[str, Flow] = {}

    def flows(self, part: str, declared: dict[str, Any]) -> dict[str, Flow]:
        """The flows under the key *part*, other flows that they name put into their places."""
        parsed = {name: self._parsed((part, name), value) for name, value in declared.items()}
        if part == "flows":
            self.parsed = parsed
        found = {name: self._resolved(flow, (part, name), (name,)) for name, flow in parsed.items()}
        for name, flow in found.items():
            self._bounded(flow, (part, name))
        return found

    def _parsed(self, at: Location, value: Any) -> Flow:
        what = f"flow `{at[-1]}`"
        if not isinstance(value, str):
            self.notes.wrong(at, f"{what} is not a text", 'write it like "lb > api 2ms > db"')
            return ()
        try:
            return parse(value)
        except FlowError as error:
            self.notes.wrong(at, f"{what} cannot be read: {error}", 'write it like "lb > api 2ms > cache ?miss db"')
            return ()

    def _resolved(self, flow: Flow, at: Location, inside: tuple[str, ...]) -> Flow:
        return tuple(one for part in flow for one in self._part(part, at, inside))

    def _part(self, part: Part, at: Location, inside: tuple[str, ...]) -> Flow:
        if isinstance(part, Maybe):
            return (replace(part, body=self._resolved(part.body, at, inside)),)
        if isinstance(part, Beside):
            return (Beside(tuple(self._resolved(one, at, inside) for one in part.branches)),)
        if part.node not in self.nodes and part.node in self.parsed:
            return self._included(part.node, at, inside)
        return (self._visit(part, at, inside),)

    def _included(self, name: str, at: Location, inside: tuple[str, ...]) -> Flow:
        if name in inside:
            circle = " > ".join((*inside[inside.index(name) :], name))
            self.notes.wrong(at, f"the flows go in a circle: {circle}", "take one of them out")
            return ()
        if len(inside) > 8:
            self.notes.wrong(at, "flows stand in flows more than 8 deep", "write them out")
            return ()
        if name not in self.included:  # resolved once, however often it is named
            found = self._resolved(self.parsed[name], at, (*inside, name))
            self.included[name] = found if sum(1 for _ in visits(found)) <= MOST_VISITS else found[:1]
        return self.included[name]

    def _visit(self, visit: Visit, at: Location, inside: tuple[str, ...]) -> Visit:
        node = self.nodes.get(visit.node)
        if node is None and visit.node in self.declared:
            return visit  # its kind is wrong, which has been said
        if node is None:
            mend = meant(visit.node, [*self.nodes, *self.parsed])
            self.notes.wrong(at, f"flow `{at[-1]}` goes to `{visit.node}`, which is no node", mend)
            return visit
        if visit.miss and "hit" not in node.of.fields:
            mend = "let it follow a cache (`kind: redis`), or write `?10% node` for a part of the requests"
            self.notes.wrong(at, f"flow `{at[-1]}`: `{visit.node}` ({node.kind}) has no misses", mend)
        if visit.ms is not None:
            visit = replace(visit, ms=self._time(visit, node, at))
        return replace(visit, miss=self._resolved(visit.miss, at, inside))

    def _time(self, visit: Visit, node: Node, at: Location) -> float | None:
        field = node.of.fields.get(node.of.ms_field)
        if not isinstance(field, Number):
            mend = f"say it at the node: `{node.name}: {{kind: {node.kind}, ms: ...}}`"
            self.notes.wrong(at, f"flow `{at[-1]}`: a {node.kind} takes no time in a flow", mend)
            return None
        ms = self.notes.number(visit.ms, at, f"flow `{at[-1]}`: the time at `{visit.node}`", 0, 600_000)
        return self.reader.usual(node.name, f"{at[-1]}: ms", ms, field.usual, bool(node.why.strip()))

    def _bounded(self, flow: Flow, at: Location) -> None:
        count = sum(visit.times for visit in visits(flow))
        if count > MOST_VISITS:
            message = f"flow `{at[-1]}` makes {count:,} visits for one request"
            self.notes.wrong(at, message, f"at most {MOST_VISITS} are simulated: say longer times instead")
