"""A FastAPI app that burns CPU time and awaits as it is asked to; simulator_real.py predicts how long it takes."""

from __future__ import annotations

import asyncio
import time

from fastapi import FastAPI

app = FastAPI()


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
    """CPU seconds of this process so far."""
    return {"seconds": time.process_time()}
