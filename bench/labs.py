"""How long a lab takes from submit to verdict, beside a cold import of the libraries that its project uses.

    make bench-labs
    python bench/labs.py [--rounds 5] [--json]

Each lab's first accepted submission is judged as the server judges it: spares ready, the examination loaded. Rounds go
through all labs in turns, with a cold `python -c "import …"` of each environment once a round, so that a busy machine
is busy for all; what counts are medians, and their ratio to the cold import.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from environments import IMPORTS
from rich.console import Console
from rich.table import Table

from greenroom.bank.base import EnvironmentName
from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, SubmissionSort
from greenroom.bank.projects import written
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.service import Judge

HALF_S, ALL_S, SLOW_ALLOWED = 0.3, 2.0, 2
"""The aims: half of all labs below the first, all but so many below the second."""


def answer_of(item: Item) -> str:
    """The first accepted submission of *item*, as it is handed in."""
    folder = next(one.path for one in item.submissions if one.sort is SubmissionSort.accepted)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return written({path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths})


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def can_run(item: Item) -> bool:
    try:
        for name in item.environments:
            environments.find(name)
    except MissingError as error:
        print(f"{item.slug} is not measured: {error}", file=sys.stderr)
        return False
    return True


def measure(labs: list[Item], rounds: int) -> dict[str, Any]:
    """Medians for each lab and kind, in seconds, and ratios to the cold import of the lab's environment."""
    times: dict[str, list[float]] = defaultdict(list)
    cold: dict[EnvironmentName, list[float]] = defaultdict(list)
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    used = {item.head.lab.environment for item in labs if item.head.lab is not None}
    judge = Judge(spares=2)
    try:
        for _ in range(rounds):
            for name in sorted(used):
                command = [sys.executable, "-c", IMPORTS[name] or "pass"]
                cold[name].append(seconds(lambda command=command: subprocess.run(command, env=kept, check=True)))
            for item in labs:
                times[item.slug].append(_once(judge, item))
                print(".", end="", file=sys.stderr, flush=True)
    finally:
        judge.close()
        print(file=sys.stderr)
    return _summary(labs, times, {name: statistics.median(found) for name, found in cold.items()})


def _once(judge: Judge, item: Item) -> float:
    answer = answer_of(item)
    judge.prepare(item)
    judge.warm(item.head.limits, environment=item.head.lab.environment if item.head.lab else "plain")

    def run() -> None:
        result = judge.run(item, answer)
        if result.verdict.value != "accepted":
            raise SystemExit(f"{item.slug}: its accepted submission got {result.verdict}: {result.message}")

    return seconds(run)


def _summary(labs: list[Item], times: dict[str, list[float]], cold: dict[EnvironmentName, float]) -> dict[str, Any]:
    rows = []
    for item in labs:
        median = statistics.median(times[item.slug])
        environment = item.head.lab.environment if item.head.lab is not None else "plain"
        rows.append(
            {
                "item": item.slug,
                "kind": item.kind.value,
                "environment": environment,
                "seconds": round(median, 4),
                "to_cold_import": round(median / cold[environment], 3),
            }
        )
    kinds = sorted({item.kind.value for item in labs})
    return {
        "rounds": len(next(iter(times.values()))),
        "cores": os.cpu_count(),
        "cold_import_s": {name: round(value, 4) for name, value in sorted(cold.items())},
        "median_s": round(statistics.median(row["seconds"] for row in rows), 4),
        "kinds": {
            kind: {
                "labs": sum(row["kind"] == kind for row in rows),
                "median_s": round(statistics.median(row["seconds"] for row in rows if row["kind"] == kind), 4),
                "to_cold_import": round(
                    statistics.median(row["to_cold_import"] for row in rows if row["kind"] == kind), 3
                ),
            }
            for kind in kinds
        },
        "below_300_ms": sum(row["seconds"] < HALF_S for row in rows),
        "above_2_s": [row["item"] for row in rows if row["seconds"] > ALL_S],
        "labs": sorted(rows, key=lambda row: row["seconds"]),
    }


def show(found: dict[str, Any]) -> None:
    """The same as tables, for people."""
    console = Console()
    table = Table("lab", "kind", "environment", "seconds", "× cold import", title="From submit to verdict, medians")
    for row in found["labs"]:
        seconds_, ratio = f"{row['seconds']:.3f}", f"{row['to_cold_import']:.2f}"
        table.add_row(row["item"], row["kind"], row["environment"], seconds_, ratio)
    console.print(table)
    for kind, one in found["kinds"].items():
        said = f"{one['labs']} labs, median {one['median_s']:.3f} s, {one['to_cold_import']:.2f} × cold import"
        console.print(f"{kind}: {said}")
    count, slow = len(found["labs"]), found["above_2_s"]
    console.print(f"median of all {count}: {found['median_s']:.3f} s; cold imports (s): {found['cold_import_s']}")
    console.print(f"below {HALF_S:g} s: {found['below_300_ms']} of {count} (aim: half)")
    console.print(f"above {ALL_S:g} s: {', '.join(slow) or 'none'} (aim: at most {SLOW_ALLOWED})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--item", action="append", default=[], help="only this lab; may be given several times")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    labs = [item for item in load_pack(core_pack_folder()).items if item.kind.is_lab and can_run(item)]
    labs = [item for item in labs if not given.item or item.slug in given.item]
    if not labs:
        raise SystemExit("no such lab: `greenroom bank list` names them")
    found = measure(labs, given.rounds)
    print(json.dumps(found)) if given.json else show(found)


if __name__ == "__main__":
    main()
