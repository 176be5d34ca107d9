"""Faults: `{at: 20, for: 5, kill: model/1}`."""

from __future__ import annotations

from typing import Any

from greenroom.bank.source import Location
from greenroom.simulator.design.model import Does, Fault, Node
from greenroom.simulator.design.notes import Notes, meant

MOST_FAULTS = 20
_DOES: tuple[Does, ...] = ("kill", "slow", "cold", "partition", "storm")
_LONGEST_S = 3_600.0


class FaultReader:
    """Reads the faults of a design with *nodes*."""

    def __init__(self, notes: Notes, nodes: dict[str, Node]) -> None:
        self.notes, self.nodes = notes, nodes

    def faults(self, value: Any) -> tuple[Fault, ...]:
        """The faults, in the order of their beginnings."""
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MOST_FAULTS:
            mend = f"write `- {{at: 20, for: 5, kill: api/1}}`, at most {MOST_FAULTS} of them"
            self.notes.wrong(("faults",), "`faults` is not a list that can be simulated", mend)
            return ()
        found = [self._fault(one, ("faults", place)) for place, one in enumerate(value)]
        return tuple(sorted((one for one in found if one), key=lambda one: one.at_s))

    def _fault(self, value: Any, at: Location) -> Fault | None:
        declared = self.notes.mapping(value, at, "a fault")
        self.notes.known(declared, ["at", "for", "times", *_DOES], at, "a fault")
        does = [name for name in _DOES if name in declared]
        if len(does) != 1 or "at" not in declared:
            mend = "write `at:` and one of kill, slow, cold, partition and storm, like {at: 20, for: 5, kill: api/1}"
            self.notes.wrong(at, "a fault says when it begins and one thing that happens", mend)
            return None
        name, copy = self._target(does[0], declared[does[0]], (*at, does[0]))
        if name is None:
            return None
        return Fault(
            at_s=self.notes.number(declared["at"], (*at, "at"), "`at` of a fault", 0, _LONGEST_S),
            for_s=self.notes.number(declared.get("for", 5), (*at, "for"), "`for` of a fault", 0.001, _LONGEST_S),
            does=does[0],
            node=name,
            copy=copy,
            times=self.notes.number(declared.get("times", 3), (*at, "times"), "`times` of a fault", 1, 1000),
        )

    def _target(self, does: Does, value: Any, at: Location) -> tuple[str | None, int | None]:
        name, _, number = str(value).partition("/")
        names = ["client"] if does == "storm" else list(self.nodes)
        if name not in names:
            self.notes.wrong(at, f"the fault `{does}` names `{str(value)[:40]}`", meant(name, names))
            return None, None
        if does == "storm":
            return name, None
        node = self.nodes[name]
        if does == "cold" and "hit" not in node.of.fields:
            self.notes.wrong(at, f"`{name}` ({node.kind}) is no cache and cannot be cold", "name a cache")
            return None, None
        if node.kind in ("client", "circuit_breaker"):
            self.notes.wrong(at, f"nothing can happen to `{name}` ({node.kind})", "name another node")
            return None, None
        return name, self._copy(node, number, at) if number else None

    def _copy(self, node: Node, number: str, at: Location) -> int | None:
        most = copies_of(node)
        if number.isascii() and number.isdigit() and len(number) < 6 and 1 <= int(number) <= most:
            return int(number)
        counted = f"its copies are `{node.name}/1` to `{node.name}/{most}`"
        self.notes.wrong(at, f"node `{node.name}` has no copy `{number[:20]}`", counted)
        return None


def copies_of(node: Node) -> int:
    """The copies of *node*, with those that an autoscaler may add and the replicas of a database."""
    if node.kind == "postgres":
        return 1 + node.count("replicas", 0)
    return max(node.count("copies"), node.scale.to if node.scale else 1)
