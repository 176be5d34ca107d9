"""What `bench/judge.py` says of each environment: a submission beside a cold import of its libraries, and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from greenroom.bank.base import EnvironmentName
from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item
from greenroom.judge import census, environments
from greenroom.judge.environments import MissingError
from greenroom.judge.service import Judge

SOURCE = "def solve(n):\n    return 2 * n\n"
IMPORTS: dict[EnvironmentName, str] = {
    "plain": "",
    "web": "import fastapi, django\n",
    "ml": "import numpy, pandas, sklearn\n",
}
AIM = 80
"""A submission is to take at most this part of a cold import."""

_WAITING = "import ctypes, time\nctypes.CDLL(None).prctl(15, b'sleeper')\ndef solve(n):\n    time.sleep(20)\n"
_WAIT_S = 30.0

Turns = Callable[[dict[str, Callable[[], object]], int], dict[str, float]]


def one_case(environment: EnvironmentName = "plain") -> Item:
    """The smallest question there is: one function, one visible case."""
    return item_of("- {name: two, group: basic, visible: true, args: [2], expect: 4}\n", environment)


def item_of(cases: str, environment: EnvironmentName = "plain") -> Item:
    """A question of one function with *cases* as its cases.yaml."""
    item = load_pack(core_pack_folder()).by_slug["warm-up"]
    code = item.head.code
    assert code is not None
    folder = Path(tempfile.mkdtemp(prefix="greenroom-bench-")) / "one-case"
    (folder / "judge").mkdir(parents=True)
    (folder / "judge" / "cases.yaml").write_text(cases)
    spec = {"form": "function", "entry": "solve", "parameters": [{"name": "n", "type": "int"}], "returns": "int"}
    point = item.head.rubric[0].model_copy(
        update={"measure": item.head.rubric[0].measure.model_copy(update={"cases": ("basic",)})}  # type: ignore[union-attr]
    )
    made = type(code).model_validate(spec | {"environment": environment})
    head = item.head.model_copy(update={"code": made, "rubric": (point,)})
    return item.model_copy(update={"slug": "one-case", "folder": folder, "head": head})


def measure(name: EnvironmentName, rounds: int, in_turns: Turns) -> dict[str, Any]:
    """Everything about the environment *name*; `missing` alone where it is not installed."""
    try:
        environments.find(name)
    except MissingError as error:
        return {"missing": str(error)}
    item, judge = one_case(name), Judge(spares=1)
    try:
        judge.prepare(item)
        judge.warm(item.head.limits, environment=name)
        found = _beside_cold_import(judge, item, IMPORTS[name], rounds, in_turns) if IMPORTS[name] else {}
        judge.warm(item.head.limits, environment=name)
        idle = [_memory_mb(pid) for pid in census.descendants(os.getpid()) if _has(pid, name)]
        return found | {"idle_mb": idle, "running_child_mb": _running_mb(judge, item, IMPORTS[name])}
    finally:
        judge.close()


def _beside_cold_import(judge: Judge, item: Item, imports: str, rounds: int, in_turns: Turns) -> dict[str, Any]:
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def judged() -> None:
        result = judge.run(item, imports + SOURCE)
        assert result.verdict.value == "accepted", result

    def cold() -> None:
        subprocess.run([sys.executable, "-c", imports], env=kept, check=True)

    medians = in_turns({"cold": cold, "judged": judged}, rounds)
    return {
        "part_of_cold_import": round(medians["cold"] / medians["judged"]),
        "cold_ms": round(1000 * medians["cold"], 1),
        "judged_ms": round(1000 * medians["judged"], 1),
    }


def _has(pid: int, name: EnvironmentName) -> bool:
    """Whether *pid* is of the zygote of *name*: what a zygote forks keeps its command line."""
    words = _read(pid, "cmdline").split("\0")
    return "zygote" in words and name in words


def _running_mb(judge: Judge, item: Item, imports: str) -> tuple[float, float]:
    """The memory of a child that has imported its libraries and waits."""
    cancel, until = threading.Event(), time.monotonic() + _WAIT_S
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(judge.run, item, imports + _WAITING, cancel=cancel)
        found: list[tuple[float, float]] = []
        while not found and time.monotonic() < until:
            time.sleep(0.1)
            family = census.descendants(os.getpid())
            found = [_memory_mb(pid) for pid in family if _read(pid, "comm") == "sleeper\n"]
        cancel.set()
        running.result()
    return found[0]


def _memory_mb(pid: int) -> tuple[float, float]:
    """(resident, its own with its share of what it has together with others) in MB."""
    lines = _read(pid, "smaps_rollup").splitlines()[1:]
    sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines}
    return round(sizes.get("Rss", 0.0), 1), round(sizes.get("Pss", 0.0), 1)


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace")
    except OSError:
        return ""
