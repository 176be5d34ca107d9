"""What an answer costs to read: time at 1, 16 and 64 beside each other, and CPU beside two plainer ways to serve.

    make bench-grader                    (installs MLflow from the registry into .venv/bench-mlflow)
    python bench/grader.py [--rounds 5] [--requests 640] [--json]

One linear model over the same features, on one process each: Greenroom's desk (what has queued is read together, one
fused product), the scikit-learn pipeline behind a synchronous FastAPI route, and `mlflow models serve`. CPU time is
what the kernel booked for the server's processes, divided by the requests. Rounds go through the servers in turns;
figures are medians, and ratios are ours / theirs: a third or less is the aim from 16 on.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
PEERS = HERE.parent / ".venv" / "bench-mlflow"
CONCURRENCIES = (1, 16, 64)
AIM = 1 / 3
WARM_UP = 64
START_S = 400


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [one for child in task.read_text().split() for one in tree(int(child))]
    return found


def cpu_s(pid: int) -> float:
    """The CPU time of a process and of what it started, in seconds, with that of threads that have ended since."""
    total = 0.0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


@contextlib.contextmanager
def served(command: Callable[[int], Sequence[str]], **environment: str) -> Iterator[tuple[int, int]]:
    """(process id, port) of a server that answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(list(command(port)), env=os.environ | environment, stdout=quiet, stderr=quiet, cwd=HERE)
    try:
        _wait_for(port, process)
        yield process.pid, port
    finally:
        family = tree(process.pid)[::-1]
        for one in family:
            with contextlib.suppress(OSError):
                os.kill(one, 15)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def request_of(port: int, path: str, body: object) -> bytes:
    """One request as bytes."""
    text = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(text)}\r\n\r\n".encode() + text


async def load(port: int, requests: Sequence[bytes], beside: int, count: int) -> float:
    """Send *count* requests, *beside* each other; returns the seconds."""
    numbers = iter(range(count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            writer.write(requests[number % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            assert head[9:10] == b"2", head
            fields = dict(line.split(b": ", 1) for line in head.lower().split(b"\r\n")[1:-2])
            await reader.readexactly(int(fields[b"content-length"]))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(beside)))
    return time.perf_counter() - began


def measure(rounds: int, count: int) -> dict[str, Any]:
    """Milliseconds and CPU of an answer for each server and concurrency."""
    from grader_model import texts  # noqa: PLC0415

    said, missing = texts(), []
    with contextlib.ExitStack() as stack:
        servers: dict[str, tuple[int, int, list[bytes]]] = {}
        for name in ("greenroom", "plain"):
            script = [sys.executable, str(HERE / "grader_server.py"), name]
            pid, port = stack.enter_context(served(lambda port, script=script: [*script, str(port)]))
            servers[name] = pid, port, [request_of(port, "/score", {"text": one}) for one in said]
        try:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            pid, port = stack.enter_context(mlflow(Path(folder) / "model"))
            records = [{"dataframe_records": [{"text": one}]} for one in said]
            servers["mlflow"] = pid, port, [request_of(port, "/invocations", one) for one in records]
        except (RuntimeError, subprocess.CalledProcessError, FileNotFoundError) as error:
            missing.append(f"mlflow: {error}")
        taken = _taken(servers, rounds, count)
    return _summary(taken) | {"not_measured": missing, "rounds": rounds, "requests": count}


@contextlib.contextmanager
def mlflow(folder: Path) -> Iterator[tuple[int, int]]:
    """`mlflow models serve` with the same model, where MLflow is installed."""
    if not (PEERS / "mlflow").is_dir():
        raise FileNotFoundError("it is not installed (make bench-grader installs it)")
    environment = {"PYTHONPATH": f"{PEERS}{os.pathsep}{HERE}", "MLFLOW_DISABLE_TELEMETRY": "true"}
    environment["PATH"] = (
        f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # it starts `uvicorn` by name
    )
    arguments = f"{str(folder)!r}, python_model='grader_mlflow.py', pip_requirements=[]"
    save = f"import mlflow; mlflow.pyfunc.save_model({arguments})"
    subprocess.run(
        [sys.executable, "-c", save],
        env=os.environ | environment,
        cwd=HERE,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    serve = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(folder), "--env-manager", "local"]
    with served(lambda port: [*serve, "-p", str(port), "-w", "1"], **environment) as found:
        yield found


def _taken(
    servers: dict[str, tuple[int, int, list[bytes]]], rounds: int, count: int
) -> dict[tuple[str, int], list[tuple[float, float]]]:
    taken: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for _, port, requests in servers.values():
        asyncio.run(load(port, requests, 16, WARM_UP))
    for _ in range(rounds):
        for beside in CONCURRENCIES:
            for name, (pid, port, requests) in servers.items():
                before = cpu_s(pid)
                seconds = asyncio.run(load(port, requests, beside, count))
                taken.setdefault((name, beside), []).append((seconds / count, (cpu_s(pid) - before) / count))
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return taken


def _summary(taken: dict[tuple[str, int], list[tuple[float, float]]]) -> dict[str, Any]:
    rows: dict[str, dict[str, Any]] = {}
    for (name, beside), found in taken.items():
        ours = taken["greenroom", beside]
        ratio = statistics.median(own[1] / other[1] for own, other in zip(ours, found, strict=True))
        rows.setdefault(str(beside), {})[name] = {
            "ms_per_answer": round(1e3 * statistics.median(one for one, _ in found), 3),
            "cpu_ms": round(1e3 * statistics.median(one for _, one in found), 3),
            "ours_by_theirs": round(ratio, 3),
        }
    return {"concurrency": rows, "aim": round(AIM, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=640, help="Of each server and concurrency in a round.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rounds, options.requests)
    if options.json:
        print(json.dumps(found))
        return
    table = Table("at once", "server", "ms an answer", "CPU ms an answer", "ours / theirs")
    for beside, rows in found["concurrency"].items():
        for name, row in rows.items():
            ratio = "" if name == "greenroom" else f"{row['ours_by_theirs']:.2f}"
            table.add_row(beside, name, f"{row['ms_per_answer']:.2f}", f"{row['cpu_ms']:.2f}", ratio)
    console = Console()
    console.print(table)
    for one in found["not_measured"]:
        console.print(f"not measured: {one}", markup=False)


if __name__ == "__main__":
    main()
