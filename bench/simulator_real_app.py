"""A FastAPI app that burns CPU time and awaits as it is asked to; simulator_real.py predicts how long it takes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()


def waited_for_a_core() -> float:
    """Seconds that this thread was ready to run and had no core (`schedstat` of Linux; 0 where it is not told)."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, ValueError, IndexError):
        return 0.0


def burn(ms: float) -> None:
    """Use *ms* of this thread's CPU time."""
    until = time.thread_time() + ms / 1000
    while time.thread_time() < until:
        pass


@app.get("/await-cpu")
async def await_then_cpu(pause: float, first: float) -> dict[str, bool]:
    """Await *pause*, then use the CPU for *first* (both in ms)."""
    await asyncio.sleep(pause / 1000)
    burn(first)
    return {"ok": True}


@app.get("/cpu-await-cpu")
async def cpu_await_cpu(pause: float, first: float, second: float) -> dict[str, bool]:
    """Use the CPU for *first*, await *pause*, use the CPU for *second* (all in ms)."""
    burn(first)
    await asyncio.sleep(pause / 1000)
    burn(second)
    return {"ok": True}


@app.get("/cpu")
async def used() -> dict[str, float]:
    """CPU seconds of this process so far, and the seconds that it was ready to run and had no core."""
    return {"seconds": time.process_time(), "waited": waited_for_a_core()}
