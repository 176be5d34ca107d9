"""`python -m greenroom.simulator.warm`: compile the engine ahead, at low priority, and keep it on disk."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from pathlib import Path

from greenroom.simulator import jit
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.running import simulated

_LOWEST = 19
_SMALL = """
round: {slo: {rps: 20}}
nodes: {api: {kind: async_api}, db: {kind: postgres}}
flows: {all: "api 2ms > db"}
seconds: 2
"""


def is_compiled() -> bool:
    """Whether the engine of these sources lies on disk. Without numba there is nothing to compile."""
    return not jit.COMPILED or _mark().exists()


def load() -> None:
    """Have the engine in this process, from disk or compiled: some seconds, or most of a minute."""
    simulated(read(_SMALL), 2.0, seed=1, seeds=1)
    if jit.COMPILED:
        with contextlib.suppress(OSError):
            _mark().touch()


def main() -> None:
    """Compile, unless another process does it already."""
    if is_compiled():
        return
    if hasattr(os, "nice"):
        os.nice(_LOWEST)
    # Who started this may be killed: then nobody waits for it any more.
    threading.Thread(target=_end_with_parent, args=(os.getppid(), threading.Event()), daemon=True).start()
    _mark().parent.mkdir(parents=True, exist_ok=True)
    with _mark().with_name("compiling").open("a") as lock:
        if _locked(lock.fileno()):
            load()


def _mark() -> Path:
    return jit.cache_folder() / f"compiled-{sys.implementation.cache_tag}"


def _locked(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl  # noqa: PLC0415 (Windows has none)

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _end_with_parent(parent: int, clock: threading.Event) -> None:
    while os.getppid() == parent:
        clock.wait(1.0)
    os._exit(0)


if __name__ == "__main__":
    main()
