"""Many submissions of every sort through one judge: each gets its verdict, and the judge is at the end what it was.

`GREENROOM_SOAK=5000 pytest tests/stress/test_soak.py` is the long form; the test suite runs 400.
"""

from __future__ import annotations

import os
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from greenroom.bank.kattis.importing import slugs, write_item
from greenroom.bank.kattis.reading import read_package
from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.bank.specs import Limits
from greenroom.judge import census, grounds, owners
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge
from tests.bank.kattis_packages import legacy
from tests.judge.small_items import double_item, function, program, small_item
from tests.judge.tiers import interpreter_for

COUNT = int(os.environ.get("GREENROOM_SOAK", "400"))
LIMITS = Limits(cpu_s=0.3, wall_s=10, memory_mb=64, processes=8, output_kb=64, disk_mb=4)
MOST_GROWTH_MB = 40

HONEST = [
    ("def solve(n):\n    return 2 * n\n", {Verdict.accepted}),
    ("import heapq, json, re\ndef solve(n):\n    return n + n\n", {Verdict.accepted}),
    ("def solve(n):\n    print('working')\n    return sum([n, n])\n", {Verdict.accepted}),
    ("def solve(n):\n    return n\n", {Verdict.wrong_answer, Verdict.partial}),
    ("def solve(n):\n    return str(2 * n)\n", {Verdict.wrong_answer}),
    ("def solve(n):\n    return 1 // 0\n", {Verdict.runtime_error}),
    ("def solve(n:\n", {Verdict.compile_error}),
]
HOSTILE = [
    ("def solve(n):\n    while True: pass\n", {Verdict.time_limit}),
    ("def solve(n):\n    return bytearray(1 << 30)\n", {Verdict.memory_limit}),
    ("def solve(n):\n    while True: print('x' * 1000)\n", {Verdict.output_limit}),
    ("import os\ndef solve(n):\n    os._exit(0)\n", {Verdict.runtime_error}),
    ("import os\ndef solve(n):\n    os.kill(os.getpid(), 9)\n", {Verdict.runtime_error}),
    (
        "import os\ndef solve(n):\n    for _ in range(3):\n        if os.fork() == 0:\n            os.setsid()\n"
        "            import time\n            time.sleep(60)\n"
        "    open('left', 'w').write('x' * 100000)\n    return 2 * n\n",
        {Verdict.accepted},
    ),
    (
        "import os\ndef solve(n):\n    os.write(3, b'V4' * 9)\n    os._exit(0)\n",
        {Verdict.runtime_error, Verdict.wrong_answer},
    ),
    ("import os\ndef solve(n):\n    return 2 * n if not os.listdir('.') else -1\n", {Verdict.accepted}),
]
PACKAGED = [
    ("print(sum(map(int, input().split())))\n", {Verdict.accepted}),
    ("print(int(input().split()[0]))\n", {Verdict.wrong_answer}),
    ("import os\nos.kill(os.getpid(), 9)\n", {Verdict.runtime_error}),
    ("print(sum(map(int, input().split())), file=open('/tmp/kept', 'w'))\n", {Verdict.wrong_answer}),
]


@pytest.mark.timeout(3600)
def test_a_soak_leaves_the_judge_as_it_was(tmp_path: Path) -> None:
    interpreter_for(1)
    items = [
        double_item(tmp_path / "doubled", limits=LIMITS),
        small_item(
            tmp_path / "large",
            code=function(),
            cases=[{"name": str(n), "group": "basic", "args": [n], "expect": 2 * n} for n in range(1, 6)],
            limits=LIMITS,
        ),
    ]
    echo = small_item(
        tmp_path / "echo",
        code=program(),
        cases=[{"name": "echo", "group": "basic", "stdin": "4 2\n", "expect": "4 2\n"}],
        limits=LIMITS,
    )
    package = read_package(legacy(tmp_path / "in", {}, head="limits: {time_limit: 1}\n"))
    imported = load_item(write_item(tmp_path / "pack", slugs([package])[0], package).folder, root=tmp_path / "pack")
    chance = random.Random(20)
    plan: list[tuple[Item, str, set[Verdict]]] = []
    for number in range(COUNT):
        if number % 10 == 9:
            plan.append((chance.choice(items), *chance.choice(HOSTILE)))
        elif number % 10 == 4:
            plan.append((echo, "print(input())\n", {Verdict.accepted}))
        elif number % 10 == 6:
            plan.append((imported, *chance.choice(PACKAGED)))
        else:
            plan.append((chance.choice(items), *chance.choice(HONEST)))
    judge = Judge(tier=1, spares=2, jobs=2)
    ground = grounds.available().ground
    folders = set(ground.folders.values()) if ground is not None else set()
    wrong: list[str] = []
    lock = threading.Lock()

    def one(given: tuple[Item, str, set[Verdict]]) -> None:
        item, source, verdicts = given
        result = judge.run(item, source)
        if result.verdict not in verdicts:
            with lock:
                wrong.append(f"{item.slug}: {result.verdict} for {source!r}: {result.message or result.cases[-1:]}")

    def settled() -> Counter[str]:
        judge.warm(LIMITS)
        return Counter(
            processes=len(list(census.descendants(os.getpid()))),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
            cgroups=len([path for folder in folders for path in folder.glob(f"{owners.prefix()}*")]),
        )

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, plan[:60]))
            judge.rest()
            before, began = settled(), census.resident_kb(os.getpid())
            list(pool.map(one, plan[60:]))
        judge.rest()
        after, ended = settled(), census.resident_kb(os.getpid())
    finally:
        judge.close()
    assert wrong == []
    assert after == before
    assert (ended - began) / 1024 < MOST_GROWTH_MB
