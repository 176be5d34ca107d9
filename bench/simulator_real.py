"""The simulator beside a real server: FastAPI on uvicorn with one worker, requests that come at random whether or not
earlier ones are answered, at parts of what the worker can bear.

What a request burns is drawn as the engine would draw it, so that both get the same arrivals and the same work. What is
not in the model's words is measured in the same run: the CPU time that uvicorn and FastAPI take for a request (process
CPU time of the run less what was burnt), and the time of a lone request that is neither work nor pause (loopback, the
client, and timers that wake late).

Other work on the machine is not what is predicted, and one stall moves a 99th percentile: what counts is the median of
several rounds, and each round is told.

python bench/simulator_real.py [--rounds 3] [--seconds 20] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import socket
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
from simulator_real_app import waited_for_a_core

from greenroom.simulator import columns, engine, luck
from greenroom.simulator.tables import Plan, Station, Step, Tables, Time

Floats = npt.NDArray[np.float64]

CONNECTIONS = 256
AIM = 0.06


@dataclass(frozen=True)
class Shape:
    """A request: CPU times (ms in the mean, exponential) before and after a *pause* in ms."""

    path: str
    pause: float
    parts: tuple[str, ...]
    means: tuple[float, ...]

    def address(self, works: tuple[float, ...]) -> str:
        given = "&".join(f"{name}={work:.4f}" for name, work in zip(self.parts, works, strict=True))
        return f"/{self.path}?pause={self.pause}&{given}"

    def works(self, seed: int, request: int) -> tuple[float, ...]:
        """What the engine will draw for the *request*."""
        return tuple(
            -mean * math.log(luck.uniform(seed, request, 16 * zlib.crc32(name.encode()), 0))
            for name, mean in zip(self.parts, self.means, strict=True)
        )


SHAPES = (
    Shape("await-cpu", 40.0, ("first",), (8.0,)),
    Shape("cpu-await-cpu", 40.0, ("first", "second"), (5.0, 4.0)),
)
LEVELS = (0.3, 0.6, 0.8)


class Connection(asyncio.Protocol):
    """One kept connection: it sends a request, and notes when its answer has come."""

    def __init__(self, free: list[Connection]) -> None:
        self.free, self.transport = free, asyncio.Transport()
        self.done: Callable[[float], None] | None = None
        self.got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.free.append(self)

    def send(self, address: str, done: Callable[[float], None]) -> None:
        self.done = done
        self.transport.write(f"GET {address} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.got += data
        if self.got.endswith(b'{"ok":true}') and self.done is not None:
            assert self.got.startswith(b"HTTP/1.1 200"), self.got
            done, self.done, self.got = self.done, None, b""
            self.free.append(self)
            done(now)


@dataclass(frozen=True)
class Measured:
    """When requests were sent (ms), how long they took (ms), and the CPU time of the server (ms a request).

    *waited* is the part of the time in which the server or the client was ready to run and had no core.
    """

    sent: Floats
    took: Floats
    cpu: float
    waited: float


async def until(moment: float) -> None:
    """Wait for *moment*, to a few microseconds: an event loop's own timers wake up to a millisecond late."""
    wait = moment - time.perf_counter()
    if wait > 0.003:
        await asyncio.sleep(wait - 0.0015)
    for _ in iter(lambda: time.perf_counter() < moment, False):
        await asyncio.sleep(0)


async def drive(port: int, addresses: list[str], at: Floats) -> tuple[Floats, Floats]:
    """Send each request at its time (s), and measure it from when it was really sent."""
    loop = asyncio.get_running_loop()
    free: list[Connection] = []
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Connection(free), "127.0.0.1", port)
    sent, ended = np.full(len(at), np.nan), np.full(len(at), np.nan)
    left, over = len(at), loop.create_future()

    def finish(number: int, now: float) -> None:
        nonlocal left
        ended[number] = now
        left -= 1
        if not left:
            over.set_result(None)

    began = time.perf_counter() + 0.2
    for number, address in enumerate(addresses):
        await until(began + at[number])
        if not free:
            raise SystemExit(f"More than {CONNECTIONS} requests at once: the machine is too busy for this measurement.")
        sent[number] = time.perf_counter()
        free.pop().send(address, lambda now, number=number: finish(number, now))  # type: ignore[misc]
    await over
    return (sent - sent[0]) * 1000, (ended - sent) * 1000


def used_by(port: int) -> tuple[float, float]:
    """CPU seconds of the server, and the seconds that it and this client waited for a core."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/cpu") as answer:
        found = json.load(answer)
    return float(found["seconds"]), float(found["waited"]) + waited_for_a_core()


@contextlib.contextmanager
def served() -> Iterator[int]:
    """A uvicorn with one worker, and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "simulator_real_app:app", "--app-dir", str(Path(__file__).parent)]
    options = ["--port", str(port), "--log-level", "warning", "--no-access-log", "--loop", "asyncio"]
    options += ["--timeout-keep-alive", "600"]  # else a connection that has been free for a while is closed
    with subprocess.Popen([*command, *options]) as server:
        for _ in range(200):
            with contextlib.suppress(OSError):
                used_by(port)
                break
            time.sleep(0.05)
        try:
            yield port
        finally:
            server.terminate()


def lone_ms(port: int, shape: Shape, count: int = 40) -> float:
    """The median time of a request that comes alone, with mean work."""
    gap = (shape.pause + sum(shape.means) + 20) / 1000
    _, took = asyncio.run(drive(port, [shape.address(shape.means)] * count, np.arange(count) * gap))
    return float(np.median(took[count // 4 :]))


def measured(port: int, shape: Shape, rate: float, count: int, seed: int) -> Measured:
    """*count* requests at *rate* a second in the mean."""
    at = np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))
    addresses = [shape.address(shape.works(seed, number)) for number in range(count)]
    began, before, waited = time.perf_counter(), *used_by(port)
    sent, took = asyncio.run(drive(port, addresses, at))
    after, waited_since = used_by(port)
    share = (waited_since - waited) / (time.perf_counter() - began)
    return Measured(sent, took, (after - before) / count * 1000, share)


def model(shape: Shape, overhead: float, rest: float) -> Plan:
    """The worker is a unit that a request holds while it has the loop; half of the *overhead* comes before its work."""
    made = Plan(stations={"loop": Station(in_turns=True)})
    made.label("in")
    halves = [(Step(columns.PAUSE, time=Time(overhead / 2, "constant")),)] * 2
    works = [
        (Step(columns.PAUSE, time=Time(mean), place=name),) for name, mean in zip(shape.parts, shape.means, strict=True)
    ]
    before = halves[0] + (works[0] if len(works) > 1 else ())
    after = works[-1] + halves[1]
    hold, let_go = Step(columns.ACQUIRE, "loop", register=0), Step(columns.RELEASE, register=0)
    made.add(hold, *before, let_go, Step(columns.PAUSE, time=Time(shape.pause, "constant")))
    made.add(
        replace(hold, by_timer=True),
        *after,
        let_go,
        Step(columns.PAUSE, time=Time(rest, "constant")),
        Step(columns.END),
    )
    return made


def predicted(plan: Plan, sent: Floats, seed: int) -> Floats:
    """How long each request takes, by the engine."""
    tables, count = Tables.of(plan, seed, most_in_flight=20_000), len(sent)
    answered, outcome = np.full(count, np.nan), np.zeros(count, np.int64)
    engine.run(
        tables.ints, tables.floats, tables.due, tables.events,
        sent, np.full(count, tables.entry("in")), answered, outcome, math.inf, 2**60,
    )  # fmt: skip
    return np.asarray(answered - sent)


def compare(port: int, shape: Shape, level: float, seconds: float, seed: int) -> dict[str, Any]:
    """One shape at one part of the worker's capacity, real and predicted."""
    trial = measured(port, shape, 200.0 / sum(shape.means), 100, seed + 1000)
    work = float(np.mean([sum(shape.works(seed + 1000, number)) for number in range(100)]))
    rate = level * 1000 / (sum(shape.means) + trial.cpu - work)
    count = int(rate * seconds)
    lone = lone_ms(port, shape)
    found = measured(port, shape, rate, count, seed)
    overhead = found.cpu - float(np.mean([sum(shape.works(seed, number)) for number in range(count)]))
    rest = max(0.0, lone - shape.pause - sum(shape.means) - overhead)
    foreseen = predicted(model(shape, overhead, rest), found.sent, seed)
    rows: dict[str, Any] = {}
    for name, part in (("p50", 50), ("p99", 99)):
        real, said = float(np.percentile(found.took, part)), float(np.percentile(foreseen, part))
        rows[name] = {"real_ms": round(real, 2), "predicted_ms": round(said, 2), "off": round(said / real - 1, 4)}
    return {
        "shape": shape.path,
        "load": level,
        "requests": count,
        "overhead_cpu_ms": round(overhead, 3),
        "rest_ms": round(rest, 3),
        "waited_for_a_core": round(found.waited, 4),
        **rows,
    }


def median_of(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """One shape at one load: the medians of its rounds, each of which has arrivals and works of its own."""
    row = {key: rounds[0][key] for key in ("shape", "load", "requests")}
    row |= {key: median(one[key] for one in rounds) for key in ("overhead_cpu_ms", "rest_ms", "waited_for_a_core")}
    for name in ("p50", "p99"):
        row[name] = {key: median(one[name][key] for one in rounds) for key in ("real_ms", "predicted_ms", "off")}
        row[name]["offs"] = [one[name]["off"] for one in rounds]
    return row


def told(row: dict[str, Any]) -> str:
    """A row in a sentence."""
    parts = (
        f"{name} {row[name]['real_ms']} ms, predicted {row[name]['predicted_ms']}: {row[name]['off']:+.1%} "
        f"({', '.join(f'{one:+.1%}' for one in row[name]['offs'])})"
        for name in ("p50", "p99")
    )
    begin = f"{row['shape']}, {row['load']:.0%} of capacity, {row['requests']} requests a round: "
    overhead = f"; overhead {row['overhead_cpu_ms']:.2f} ms of CPU time a request"
    return begin + "; ".join(parts) + overhead + f", {row['waited_for_a_core']:.1%} without a core"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    rows = []
    with served() as port:
        for number, (shape, level) in enumerate((shape, level) for shape in SHAPES for level in LEVELS):
            seeds = (1 + number + 100 * one for one in range(chosen.rounds))
            rows.append(median_of([compare(port, shape, level, chosen.seconds, seed) for seed in seeds]))
            print(f"{number + 1} of {len(SHAPES) * len(LEVELS)}: {told(rows[-1])}", file=sys.stderr)
    within = sum(abs(row[name]["off"]) <= AIM for row in rows for name in ("p50", "p99"))
    if chosen.json:
        print(json.dumps({"rows": rows, "within": within, "of": 2 * len(rows), "aim": AIM}))
        return 0
    for row in rows:
        print(told(row))
    print(f"{within} of {2 * len(rows)} figures within {AIM:.0%} (medians of {chosen.rounds} rounds).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
