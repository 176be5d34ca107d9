"""A flow with its calls: what a timeout, retries and a breaker are about is taken together into a `Called`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from greenroom.simulator.design.flows import Beside, Flow, Maybe, Part, Visit
from greenroom.simulator.design.model import Node, Rule


@dataclass(frozen=True)
class Ask:
    """A visit, and what is walked when it was a cache that missed."""

    visit: Visit
    miss: Steps = ()


@dataclass(frozen=True)
class Perhaps:
    """*body* is walked by a part of the requests."""

    chance: float
    body: Steps


@dataclass(frozen=True)
class Together:
    """*branches* are walked beside each other."""

    branches: tuple[Steps, ...]


@dataclass(frozen=True)
class Called:
    """*body* is one call of *node* by *rule*. With *ask* it is a cache's, which is looked into after the call."""

    node: str
    rule: Rule
    body: Steps
    ask: Ask | None = None


Step = Ask | Perhaps | Together | Called
Steps = tuple[Step, ...]


def with_calls(flow: Flow, nodes: dict[str, Node], rules: dict[str, Rule]) -> Steps:
    """*flow* with its calls. What calls on (an API) is called with all that comes until it is named last, or until the
    end, if it is named once; a leaf is called alone. A circuit breaker adds to the rule of the node after it."""
    return _Wrapping(nodes).steps(flow, rules)


class _Wrapping:
    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes

    def steps(self, flow: Flow, rules: dict[str, Rule]) -> Steps:
        flow, rules = self._breakers(flow, rules)
        found: list[Step] = []
        place = 0
        while place < len(flow):
            part = flow[place]
            rule = rules.get(part.node) if isinstance(part, Visit) else None
            if rule is None or not isinstance(part, Visit):
                found.append(self._plain(part, rules))
                place += 1
                continue
            end = self._last(flow, place, part.node)
            found.extend(self._called(part, rule, flow[place : end + 1], rules))
            place = end + 1
        return tuple(found)

    def _breakers(self, flow: Flow, rules: dict[str, Rule]) -> tuple[Flow, dict[str, Rule]]:
        left: list[Part] = []
        breaker: Node | None = None
        for part in flow:
            if isinstance(part, Visit) and self.nodes[part.node].kind == "circuit_breaker":
                breaker = self.nodes[part.node]
                continue
            if breaker is not None and isinstance(part, Visit):
                rules = {**rules, part.node: _guarded(rules.get(part.node, Rule()), breaker)}
                breaker = None
            left.append(part)
        return tuple(left), rules

    def _last(self, flow: Flow, place: int, node: str) -> int:
        if not self.nodes[node].of.calls_on:
            return place
        mentions = [at for at, part in enumerate(flow) if isinstance(part, Visit) and part.node == node]
        return mentions[-1] if len(mentions) > 1 else len(flow) - 1

    def _called(self, visit: Visit, rule: Rule, flow: Flow, rules: dict[str, Rule]) -> Steps:
        rest = {name: other for name, other in rules.items() if name != visit.node}
        if self.nodes[visit.node].of.calls_on:
            return (Called(visit.node, rule, self.steps(flow, rest)),)
        alone = Ask(replace(visit, miss=(), times=1))
        ask = Ask(visit, self.steps(visit.miss, rest)) if "hit" in self.nodes[visit.node].of.fields else None
        return (Called(visit.node, rule, (alone,), ask),) * visit.times

    def _plain(self, part: Part, rules: dict[str, Rule]) -> Step:
        if isinstance(part, Maybe):
            return Perhaps(part.chance, self.steps(part.body, rules))
        if isinstance(part, Beside):
            return Together(tuple(self.steps(branch, rules) for branch in part.branches))
        return Ask(part, self.steps(part.miss, rules))


def _guarded(rule: Rule, breaker: Node) -> Rule:
    return replace(
        rule,
        timeout_ms=min(rule.timeout_ms, breaker.number("timeout_ms")),
        break_after=breaker.number("break_after"),
        open_ms=breaker.number("open_ms"),
    )
