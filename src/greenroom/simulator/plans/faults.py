"""A design's faults as the engine's."""

from __future__ import annotations

import math
from collections.abc import Iterator

from greenroom.simulator import columns
from greenroom.simulator.design.model import Design, Fault, Node
from greenroom.simulator.plans.layouts import Group, Layout, is_hot
from greenroom.simulator.tables import Fault as Strike
from greenroom.simulator.tables import Plan


def strikes(design: Design, layouts: dict[str, Layout], plan: Plan, seconds: float) -> list[Strike]:
    """What happens to stations and caches in so many *seconds*."""
    found = [
        strike
        for fault in design.faults
        if fault.does != "storm"
        for strike in _Striking(design.nodes[fault.node], layouts[fault.node], plan, fault).strikes()
    ]
    return found + [strike for node in design.nodes.values() for strike in _expiries(node, seconds)]


def _expiries(node: Node, seconds: float) -> Iterator[Strike]:
    if node.kind != "redis" or not is_hot(node):
        return
    every = max(node.number("ttl_s"), seconds / 1000)
    for number in range(1, int(seconds / every) + 1):
        yield Strike(1000 * every * number, columns.COOLED, f"{node.name} hot", 0.0)


class _Striking:
    def __init__(self, node: Node, layout: Layout, plan: Plan, fault: Fault) -> None:
        self.node, self.layout, self.plan, self.fault = node, layout, plan, fault
        self.at, self.until = 1000 * fault.at_s, 1000 * fault.until_s

    def strikes(self) -> Iterator[Strike]:
        if self.fault.does == "cold":
            for cache in self.layout.caches:
                yield Strike(self.at, columns.COOLED, cache, 0.0)
        elif self.fault.does == "partition":
            for group in self._groups():
                yield Strike(self.at, columns.PARTS, group.station)
                yield Strike(self.until, columns.JOINS, group.station)
        elif self.fault.does == "slow":
            yield from self._both(columns.SLOWED, columns.SLOWED, self.fault.times, 1.0)
        else:
            yield from self._both(columns.LOST, columns.RESTORED, 0.0, 0.0)
            yield from self._forgotten()

    def _groups(self) -> list[Group]:
        return [group for group in self.layout.groups if group.struck]

    def _copies(self, group: Group) -> Iterator[str]:
        """The engine's copies of *group* that the fault is about."""
        count = self.plan.stations[group.station].copies
        first, last = 0, count
        if self.fault.copy is not None:
            first = (self.fault.copy - group.first) * group.per_copy
            last = min(count, first + group.per_copy)
            if self.node.kind == "postgres" and group.part == "" and self.fault.copy > 1:
                return
        for number in range(max(0, first), last if first >= 0 else 0):
            yield f"{group.station}/{number}"

    def _both(self, begins: int, ends: int, value: float, after: float) -> Iterator[Strike]:
        for group in self._groups():
            until = self.until
            if (
                begins == columns.LOST
                and self.node.kind == "postgres"
                and group.part == ""
                and self.fault.copy == 1
                and self.node.count("replicas", 0)
            ):
                until = min(until, self.at + 1000 * self.node.number("failover_s"))
            for copy in self._copies(group):
                yield Strike(self.at, begins, copy, value)
                if math.isfinite(until):
                    yield Strike(until, ends, copy, after)

    def _forgotten(self) -> Iterator[Strike]:
        """A cache that is lost has forgotten what was in it."""
        left = 0.0 if self.fault.copy is None else 1 - 1 / self.node.count("copies")
        if self.node.kind != "redis" or self.node.word("persist") != "none":
            return
        for cache in self.layout.caches:
            yield Strike(self.at, columns.COOLED, cache, left)
