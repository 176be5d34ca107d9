"""What one case leaves, the next one does not find."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import function, small_item

from greenroom.bank.specs import Limits
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

LIMITS = Limits(cpu_s=1, wall_s=60, memory_mb=96, processes=8, output_kb=64, disk_mb=4)

LEAVE_AND_LOOK = """\
import os, time

def leave():
{leave}

def look():
    left = os.listdir("/tmp")
    for pid in range(2, 300):
        if pid not in (os.getpid(), os.getppid()):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                continue
            except PermissionError:
                pass
            left.append(pid)
    return 0 if left == [] else 1

def solve(n):
    if n == 0:
        leave()
        return 0
    return look()
"""

LEAVES = {
    "a daemon": """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                while True:
                    open(f"/tmp/{time.monotonic_ns()}", "w").close()
                    time.sleep(0.001)
            os._exit(0)
        time.sleep(0.02)
    """,
    "a locked tree": """
        for _ in range(200):
            os.mkdir("d" * 200)
            os.chdir("d" * 200)
        open("file", "w").close()
        os.chmod(".", 0)
        os.chdir("/tmp")
        os.chmod("d" * 200, 0)
        try:
            os.chmod("/tmp", 0)
        except OSError:
            pass
    """,
    "links and pipes": """
        os.symlink("/", "root")
        os.symlink("/nowhere", "dangling")
        import socket
        socket.socketpair()
        os.mkdir(".sweep-1")
        open("a", "w").close()
        os.link("a", "b")
    """,
    "a full disk": """
        try:
            for n in range(10**6):
                open(f"/tmp/{n}", "w").close()
        except OSError:
            pass
    """,
}


@pytest.mark.parametrize("name", LEAVES)
def test_the_next_case_finds_nothing(walled: Judge, tmp_path: Path, name: str) -> None:
    if walled.tier > 1:
        pytest.skip("tier 2 sees the host's processes; what it clears is tested in tests/judge/inside/test_sweep.py")
    cases = [{"name": str(n), "group": "basic", "visible": True, "args": [n], "expect": 0} for n in (0, 1, 0, 1)]
    body = "\n".join(line[4:] for line in LEAVES[name].strip("\n").splitlines())
    source = LEAVE_AND_LOOK.format(leave=body)
    result = judge_four(walled, tmp_path, cases, source)
    assert result == [Verdict.accepted] * 4


def judge_four(judge: Judge, folder: Path, cases: list[dict[str, object]], source: str) -> list[Verdict]:
    item = small_item(folder / "item", code=function(), cases=cases, limits=LIMITS)
    return [case.verdict for case in judge.run(item, source).cases]
