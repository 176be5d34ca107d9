"""Flows as programs of the engine's steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from greenroom.bank.source import Problem
from greenroom.simulator import columns
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.flows import Visit
from greenroom.simulator.design.model import Design, Node
from greenroom.simulator.plans.calls import Ask, Called, Perhaps, Steps, Together, with_calls
from greenroom.simulator.plans.layouts import Layout, is_hot, time_of
from greenroom.simulator.tables import Plan, Site, Step, Time


@dataclass(frozen=True)
class _Block:
    """A program that is still to be written: that of a call, or of a branch."""

    label: str
    steps: Steps
    flow: str


class Programs:
    """Writes the programs of *design* into *plan*."""

    def __init__(self, design: Design, layouts: dict[str, Layout], plan: Plan) -> None:
        self.design, self.layouts, self.plan = design, layouts, plan
        self.blocks: list[_Block] = []
        self.names: Counter[str] = Counter()

    def write(self) -> None:
        """A program for each flow, called `flow NAME`, and all that they call."""
        client = self.design.calls.get("client")
        if client is not None:
            self.plan.sites["client"] = Site(
                client.timeout_ms, client.retries, client.budget, client.backoff_ms, client.break_after, client.open_ms
            )
        for name, flow in self.design.flows.items():
            steps = with_calls(flow, self.design.nodes, self.design.calls)
            self._flow(name, steps, client is not None)
            if name in self.design.after:
                later = with_calls(self.design.after[name], self.design.nodes, self.design.calls)
                self.blocks.append(_Block(f"after {name}", later, f"after {name}"))
            self._write_blocks()

    def _flow(self, name: str, steps: Steps, called: bool) -> None:
        plan, ways = self.plan, [one.number("net_ms") for one in _clients(self.design, steps)]
        plan.label(f"flow {name}")
        if sum(ways) > 0:
            plan.add(Step(columns.PAUSE, time=Time(sum(ways), "constant")))
        if called:
            plan.add(Step(columns.CALL, "client", label=f"try {name}", place=f"client {name}"))
            self.blocks.append(_Block(f"try {name}", steps, name))
        else:
            _Body(self, name, steps).write()
        if name in self.design.after:
            plan.add(Step(columns.SPAWN, label=f"after {name}"))
        plan.add(Step(columns.END))

    def _write_blocks(self) -> None:
        while self.blocks:
            block = self.blocks.pop(0)
            self.plan.label(block.label)
            _Body(self, block.flow, block.steps).write()
            self.plan.add(Step(columns.END))

    def new_name(self, base: str) -> str:
        """*base* with a number that no other has."""
        self.names[base] += 1
        return base if self.names[base] == 1 else f"{base} {self.names[base]}"

    def later(self, label: str, steps: Steps, flow: str) -> None:
        """Write *steps* as a program of their own, later."""
        self.blocks.append(_Block(label, steps, flow))


def _clients(design: Design, steps: Steps) -> Iterator[Node]:
    for ask in _asks(steps):
        node = design.nodes[ask.visit.node]
        if node.kind == "client":
            yield node


def _asks(steps: Steps, *, calls: bool = True) -> Iterator[Ask]:
    """Every visit in *steps*; those in *calls* and branches, which are walked by tokens of their own, only if said."""
    for step in steps:
        if isinstance(step, Ask):
            yield step
            yield from _asks(step.miss, calls=calls)
        elif isinstance(step, Perhaps):
            yield from _asks(step.body, calls=calls)
        elif isinstance(step, Called):
            if calls:
                yield from _asks(step.body)
            if step.ask is not None:
                yield from _asks(step.ask.miss, calls=calls)
        elif calls:
            for branch in step.branches:
                yield from _asks(branch)


class _Body:
    """What one token walks. An API that it comes back to is the same worker; a thread is held meanwhile."""

    def __init__(self, programs: Programs, flow: str, steps: Steps) -> None:
        self.programs, self.plan, self.flow, self.steps = programs, programs.plan, flow, steps
        self.nodes = programs.design.nodes
        self.mentions = Counter(ask.visit.node for ask in _asks(steps, calls=False))
        self.seen: Counter[str] = Counter()
        self.workers: dict[str, int] = {}
        self.threads: dict[str, int] = {}
        self.free = list(range(columns.MOST_HELD))

    def write(self) -> None:
        """Write all steps, after the way there."""
        self._hops(self.steps)
        self._steps(self.steps)

    def _hops(self, steps: Steps) -> None:
        """One pause for all ways inside the data centre that every walk goes."""
        straight = [ask.visit for ask in steps if isinstance(ask, Ask)]
        others = {one.node for one in straight if self.nodes[one.node].of.calls_on}
        count = len(others) + sum(
            one.times for one in straight if one.node not in others and self.nodes[one.node].kind != "client"
        )
        if count and self.programs.design.net_ms:
            self.plan.add(Step(columns.PAUSE, time=Time(count * self.programs.design.net_ms, "constant")))

    def _steps(self, steps: Steps) -> None:
        for step in steps:
            if isinstance(step, Ask):
                self._ask(step)
            elif isinstance(step, Perhaps):
                self._perhaps(step)
            elif isinstance(step, Called):
                self._call(step)
            else:
                self._together(step)

    def _place(self, of: str) -> str:
        self.seen[of] += 1
        return f"{self.flow} {of} {self.seen[of]}"

    def _ask(self, ask: Ask) -> None:
        for _ in range(ask.visit.times):
            self._serve(ask.visit)
            if "hit" in self.nodes[ask.visit.node].of.fields:
                self._look_up(ask)

    def _perhaps(self, step: Perhaps) -> None:
        name = self.programs.new_name(f"{self.flow} perhaps")
        self.plan.add(Step(columns.BRANCH, label=f"{name} not", chance=1 - step.chance, place=self._place("perhaps")))
        self._hops(step.body)
        self._steps(step.body)
        self.plan.label(f"{name} not")

    def _together(self, step: Together) -> None:
        name = self.programs.new_name(f"{self.flow} beside")
        for number, branch in enumerate(step.branches):
            label = f"{name}, branch {number + 1}"
            self.programs.later(label, branch, f"{self.flow} branch {number + 1}")
            self.plan.add(Step(columns.BESIDE, label=label, register=number))
        self.plan.add(Step(columns.JOIN))

    def _call(self, called: Called) -> None:
        site, rule = self.programs.new_name(f"{called.node} call"), called.rule
        self.plan.sites[site] = Site(
            rule.timeout_ms, rule.retries, rule.budget, rule.backoff_ms, rule.break_after, rule.open_ms
        )
        self.programs.later(site, called.body, self.flow)
        self.plan.add(Step(columns.CALL, site, label=site, place=self._place(f"{called.node} call")))
        if rule.fallback == "skip":
            self.plan.on_fail[site] = f"{site} skipped"
        if called.ask is not None:
            missed = f"{site} missed" if rule.fallback == "miss" else ""
            if missed:
                self.plan.on_fail[site] = missed
            self._look_up(called.ask, missed)
        if rule.fallback == "skip":
            self.plan.label(f"{site} skipped")

    def _look_up(self, ask: Ask, missed: str = "") -> None:
        node = self.nodes[ask.visit.node]
        name = self.programs.new_name(f"{self.flow} {node.name} looked up")
        if is_hot(node):
            hot = f"{name} hot"
            self.plan.add(
                Step(columns.BRANCH, label=hot, chance=node.number("hot"), place=self._place(f"{node.name} hot"))
            )
            self._miss(node, node.name, ask.miss, name, missed)
            self.plan.add(Step(columns.JUMP, label=f"{name} done"))
            self.plan.label(hot)
            self._miss(node, f"{node.name} hot", ask.miss, f"{name} again", "")
            self.plan.label(f"{name} done")
        else:
            self._miss(node, node.name, ask.miss, name, missed)

    def _miss(self, node: Node, cache: str, miss: Steps, name: str, missed: str) -> None:
        place = self._place(f"{cache} looked up")
        self.plan.add(Step(columns.CACHE, cache, label=f"{name} hit", place=place))
        if missed:
            self.plan.label(missed)
        self._hops(miss)
        self._steps(miss)
        if node.kind != "cdn":
            self.plan.add(Step(columns.FILL, cache))
            self.plan.label(f"{name} hit")
            return
        after = f"{name} after"
        self.plan.add(Step(columns.FILL, cache), Step(columns.JUMP, label=after))
        self.plan.label(f"{name} hit")
        if not miss:  # what the edge answers is answered
            self.plan.add(Step(columns.END))
        self.plan.label(after)

    def _serve(self, visit: Visit) -> None:
        node = self.nodes[visit.node]
        if node.name in self.programs.layouts[node.name].buckets:
            self.plan.add(Step(columns.LIMIT, node.name))
        ways: dict[str, Callable[[Node, Visit], None]] = {
            "sync_api": self._api,
            "async_api": self._api,
            "postgres": self._query,
            "model_server": self._batch,
        }
        if self.programs.layouts[node.name].groups:
            ways.get(node.kind, self._plain)(node, visit)

    def _plain(self, node: Node, visit: Visit) -> None:
        self.plan.add(
            Step(
                columns.SERVE,
                node.name,
                time=time_of(node, work_ms(node, visit)),
                register=-1,
                place=self._place(node.name),
            )
        )

    def _batch(self, node: Node, visit: Visit) -> None:
        self.plan.add(Step(columns.BATCH, node.name, place=self._place(node.name)))

    def _register(self, node: Node) -> int:
        if not self.free:
            message = f"flow `{self.flow}` holds more than {columns.MOST_HELD} workers, threads and connections at once"
            mend = "take an API out of it, or let a call (`calls:`) have its own"
            raise DesignError([Problem("design", f"node `{node.name}`: {message}", mend, node.line)])
        return self.free.pop(0)

    def _api(self, node: Node, visit: Visit) -> None:
        first = node.name not in self.workers
        place = self._place(node.name)
        if first:
            self.workers[node.name] = -1
            if node.kind == "sync_api":
                self.threads[node.name] = self._register(node)
                self.plan.add(
                    Step(
                        columns.ACQUIRE,
                        f"{node.name} threads",
                        register=self.threads[node.name],
                        place=f"{place} thread",
                    )
                )
            if self.mentions[node.name] > 1 or visit.times > 1:
                self.workers[node.name] = self._register(node)
                self.plan.add(Step(columns.PICK, node.name, register=self.workers[node.name], place=f"{place} worker"))
        time = time_of(node, work_ms(node, visit))
        self.plan.add(Step(columns.SERVE, node.name, register=self.workers[node.name], time=time, place=place))
        if self._is_last(node) and node.name in self.threads:
            register = self.threads.pop(node.name)
            self.plan.add(Step(columns.RELEASE, register=register))
            self.free.insert(0, register)

    def _is_last(self, node: Node) -> bool:
        """Whether the walk comes back to *node* no more; who is named once waits for all that comes after."""
        count = self.mentions[node.name]
        return count > 1 and self.seen[node.name] >= count

    def _query(self, node: Node, visit: Visit) -> None:
        place, connection = self._place(node.name), self._register(node)
        patience = Time(node.number("pool_timeout_ms"), "constant")
        self.plan.add(
            Step(columns.ACQUIRE, f"{node.name} pool", register=connection, patience=patience, place=f"{place} pool")
        )
        read = visit.verb == "read"
        from_replica = read and node.word("reads") == "replicas" and node.count("replicas", 0) > 0
        station = f"{node.name} replicas" if from_replica else node.name
        self.plan.add(Step(columns.SERVE, station, time=time_of(node, work_ms(node, visit)), place=place))
        if not read and node.word("commit") == "sync" and node.count("replicas", 0):
            self.plan.add(Step(columns.PAUSE, time=Time(node.number("sync_ms")), place=f"{place} commit"))
        self.plan.add(Step(columns.RELEASE, register=connection))
        self.free.insert(0, connection)


_ACKS_MS = {"all": 3.0, "leader": 1.0, "none": 0.2}
"""Until a message is acknowledged, in ms."""


def work_ms(node: Node, visit: Visit) -> float:
    """The work of *visit* at *node* in ms, by the flow, or by the node."""
    if visit.ms is not None:
        return visit.ms
    if node.kind == "queue" and node.values.get("ms") is None:
        return _ACKS_MS[node.word("acks")]
    if visit.verb == "write" and node.values.get("write_ms") is not None:
        return node.number("write_ms")
    return node.number(node.of.ms_field)
