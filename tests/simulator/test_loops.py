"""A station that is an event loop, beside CPython's own event loop on a clock that moves only when work is done."""

from __future__ import annotations

import asyncio
import heapq
import math
import selectors
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.simulator import columns, engine, luck, twin
from greenroom.simulator.tables import Plan, Station, Step, Tables, Time

Floats = npt.NDArray[np.float64]

PAUSE_MS = 40.0


class Network(selectors.SelectSelector):
    """Nothing but requests that come at their times (s): looked at while the loop works, waited for while it idles."""

    def __init__(self, arrivals: list[float]) -> None:
        super().__init__()
        self.now = 0.0
        self.arrivals = list(arrivals)
        heapq.heapify(self.arrivals)
        self.takes_up: Callable[[], None] = lambda: None
        self.loop: asyncio.SelectorEventLoop | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout != 0:
            first = self.arrivals[0] if self.arrivals else math.inf
            self.now = max(self.now, min(first, self.now + (math.inf if timeout is None else timeout)))
        while self.arrivals and self.arrivals[0] <= self.now:
            heapq.heappop(self.arrivals)
            assert self.loop is not None
            self.loop.call_soon(self.takes_up)  # as `_process_events` does with what was read
        return []


@dataclass
class Machine:
    """An event loop of asyncio whose time is that of the *network*."""

    network: Network
    ended: list[float]

    def burn(self, ms: float) -> None:
        self.network.now += ms / 1000


def served_by_asyncio(arrivals: Floats, handle: Callable[[Machine, int], Awaitable[None]]) -> Floats:
    """When each request is answered (ms)."""
    network = Network(list(arrivals / 1000))
    loop = asyncio.SelectorEventLoop(network)
    loop.time = lambda: network.now  # type: ignore[method-assign]
    loop._clock_resolution = 1e-9  # type: ignore[attr-defined]
    network.loop = loop
    machine = Machine(network, [math.nan] * len(arrivals))
    over, left, tasks = loop.create_future(), len(arrivals), []

    async def one(number: int) -> None:
        nonlocal left
        await handle(machine, number)
        machine.ended[number] = network.now * 1000
        left -= 1
        if not left:
            over.set_result(None)

    network.takes_up = lambda: tasks.append(loop.create_task(one(len(tasks))))
    loop.run_until_complete(over)
    loop.close()
    return np.array(machine.ended)


def served_by_engine(plan: Plan, arrivals: Floats, seed: int) -> Floats:
    tables, count = Tables.of(plan, seed, most_in_flight=5_000), len(arrivals)
    answered, outcome = np.full(count, np.nan), np.zeros(count, np.int64)
    assert engine.run(
        tables.ints, tables.floats, tables.due, tables.events,
        arrivals, np.full(count, tables.entry("in")), answered, outcome, math.inf, 2**60,
    )  # fmt: skip
    return answered


def drawn(seed: int, request: int, name: str, mean: float) -> float:
    """What the engine draws: two things that happen at one moment would come in nobody's order."""
    return -mean * math.log(luck.uniform(seed, request, 16 * zlib.crc32(name.encode()), 0))


def plan_of(first: float, second: float, *, in_turns: bool) -> Plan:
    made = Plan(stations={"loop": Station(in_turns=in_turns)})
    made.label("in")
    hold, let_go = Step(columns.ACQUIRE, "loop", register=0), Step(columns.RELEASE, register=0)
    again = Step(columns.ACQUIRE, "loop", register=0, by_timer=True)
    pause = Step(columns.PAUSE, time=Time(PAUSE_MS, "constant"))
    made.add(hold, Step(columns.PAUSE, time=Time(first), place="first"), let_go, pause)
    made.add(again, Step(columns.PAUSE, time=Time(second), place="second"), let_go, Step(columns.END))
    return made


def arrivals_at(rate_per_ms: float, count: int, seed: int) -> Floats:
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate_per_ms, count))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("first", "second"), [(0.25, 8.0), (5.0, 4.0), (3.0, 0.5)])
@pytest.mark.parametrize("load", [0.3, 0.8, 0.95])
def test_each_request_is_answered_when_asyncio_answers_it(first: float, second: float, load: float, seed: int) -> None:
    arrivals = arrivals_at(load / (first + second), 1_500, seed)

    async def handle(machine: Machine, number: int) -> None:
        machine.burn(drawn(seed, number, "first", first))
        await asyncio.sleep(PAUSE_MS / 1000)
        machine.burn(drawn(seed, number, "second", second))

    real = served_by_asyncio(arrivals, handle)
    np.testing.assert_allclose(served_by_engine(plan_of(first, second, in_turns=True), arrivals, seed), real, rtol=1e-9)
    in_order = served_by_engine(plan_of(first, second, in_turns=False), arrivals, seed)
    assert load < 0.5 or np.abs(in_order - real).max() > 1.0  # the order of coming would be another answer


COPY, BY_NETWORK, BY_TIMER, FIRST_TOKEN = 1, 2, 3, 10


class Lists:
    """A loop's queue as four lists of Python's."""

    def __init__(self) -> None:
        self.ready: list[int] = []
        self.noticed: list[int] = []
        self.come: list[int] = []
        self.timers: list[int] = []

    def all(self) -> list[int]:
        return self.ready + self.noticed + self.come + self.timers

    def take(self) -> int:
        while not self.ready:
            self.ready, self.noticed = self.noticed, self.come + self.timers
            self.come, self.timers = [], []
        return self.ready.pop(0)

    def lose(self, token: int) -> None:
        for part in (self.ready, self.noticed, self.come, self.timers):
            if token in part:
                part.remove(token)


@given(st.lists(st.tuples(st.sampled_from(("come", "timer", "take", "leave")), st.integers(0, 99)), max_size=120))
@settings(max_examples=200, deadline=None)
def test_its_queue_is_four_lists(moves: list[tuple[str, int]]) -> None:
    functions = twin.plain()
    rows = FIRST_TOKEN + len(moves)
    ints, floats = np.full((rows, columns.INTS), columns.EMPTY), np.zeros((rows, columns.FLOATS))
    ints[COPY] = 0
    ints[COPY, columns.MOST], ints[COPY, columns.IN_TURNS] = 10**6, 1
    ints[COPY, columns.LAST_READY : columns.LAST_COME + 1] = columns.EMPTY
    for step, by_timer in ((BY_NETWORK, 0), (BY_TIMER, 1)):
        ints[step, columns.OP], ints[step, columns.BY_TIMER] = columns.SERVE, by_timer
    lists = Lists()
    for number, (move, choice) in enumerate(moves):
        token, waiting = FIRST_TOKEN + number, lists.all()
        if move in ("come", "timer"):
            ints[token, columns.PC] = BY_NETWORK if move == "come" else BY_TIMER
            assert functions["enqueue"](ints, COPY, token)
            (lists.come if move == "come" else lists.timers).append(token)
        elif waiting and move == "take":
            assert functions["dequeue"](ints, floats, COPY) == lists.take()
        elif waiting:
            functions["unlink"](ints, COPY, waiting[choice % len(waiting)])
            lists.lose(waiting[choice % len(waiting)])
        assert in_queue(ints) == lists.all()
        assert ints[COPY, columns.WAITING] == len(lists.all())


def in_queue(ints: npt.NDArray[np.int64]) -> list[int]:
    """From the head on; and the same from the tail on."""
    found: list[int] = []
    token = int(ints[COPY, columns.HEAD])
    while len(found) < ints[COPY, columns.WAITING]:
        found.append(token)
        token = int(ints[token, columns.LINK])
    back: list[int] = []
    token = int(ints[COPY, columns.TAIL])
    while len(back) < len(found):
        back.append(token)
        token = int(ints[token, columns.EARLIER])
    assert back[::-1] == found
    return found
