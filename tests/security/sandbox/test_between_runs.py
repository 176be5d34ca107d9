"""A sandbox that comes back from one candidate's run gives the next candidate nothing, and takes nothing from them."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent, indent

import pytest
from tests.judge.small_items import function, small_item
from tests.security.sandbox.test_secrets import MARK, SCAN

from greenroom.bank.specs import Limits
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

LIMITS = Limits(cpu_s=2, wall_s=60, memory_mb=256, processes=8, output_kb=64, disk_mb=4)

SABOTAGE = {
    "init's limits": """
        import resource
        names = [name for name in dir(resource) if name.startswith("RLIMIT_")]
        attempts = [lambda w=getattr(resource, name): resource.prlimit(1, w, (0, 0)) for name in names]
    """,
    "init's cores": """
        attempts = [lambda: os.sched_setaffinity(1, {0}), lambda: os.sched_setaffinity(os.getppid(), {0})]
    """,
    "how init is scheduled": """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number, *words):
            if libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, words)) < 0:
                raise OSError(ctypes.get_errno(), "refused")
        idle = ctypes.addressof(ctypes.create_string_buffer(64))
        attempts = [
            lambda: os.setpriority(os.PRIO_PROCESS, 1, 19), lambda: os.setpriority(os.PRIO_USER, 0, 19),
            lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
            lambda: os.sched_setparam(1, os.sched_param(0)), lambda: call(314, 1, idle, 0), lambda: call(251, 3, 0, 0),
        ]
    """,
    "signals to init": """
        import signal
        for number in range(1, 65):
            try:
                os.kill(1, number)
            except OSError:
                pass
        attempts = []
    """,
    "files, links and a locked folder": """
        open("left", "w").write("x" * 100_000)
        os.mkdir("locked", 0); os.symlink("left", "link")
        attempts = []
    """,
    "a daemon that speaks": """
        import socket, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                one, two = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
                try:
                    one.bind("\\0here")
                except OSError:
                    pass
                while True:
                    os.write(2, b"still here")
                    time.sleep(0.01)
            os._exit(0)
        attempts = []
    """,
}

SABOTEUR = """\
import os

def solve(n):
    if n == "pid":
        return str(os.getpid())
{body}
    for attempt in attempts:
        try:
            attempt()
        except OSError:
            continue
        return "got something"
    return "contained"
"""

HONEST = """\
import os, resource

def solve(n):
    if n == "pid":
        return str(os.getpid())
    open("mine", "w").write("y" * 3_000_000)
    found = [name for name in os.listdir(".") if name != "mine"]
    limits = [resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 64, len(os.sched_getaffinity(0)) == CORES]
    limits.append(os.getpriority(os.PRIO_PROCESS, 0) == 0)
    return "contained" if not found and all(limits) else repr((found, limits))
"""


@pytest.mark.parametrize("name", SABOTAGE)
def test_the_next_run_finds_its_sandbox_as_new(walled: Judge, tmp_path: Path, name: str) -> None:
    cases = [
        {"name": "it", "group": "basic", "visible": True, "args": ["it"], "expect": "contained"},
        {"name": "pid", "group": "pid", "visible": True, "args": ["pid"], "expect": "?"},
    ]
    item = small_item(tmp_path / "item", code=function(returns="str", n="str"), cases=cases, limits=LIMITS)
    first = walled.run(item, SABOTEUR.format(body=indent(dedent(SABOTAGE[name]), "    ")))
    assert first.cases[0].verdict is Verdict.accepted, first.cases[0]
    honest = HONEST.replace("CORES", str(len(os.sched_getaffinity(0))))
    second = walled.run(item, honest)
    assert second.cases[0].verdict is Verdict.accepted, second.cases[0]
    if walled.tier == 1 and walled.keeps_spares:  # else the test would say nothing of a sandbox that comes back
        pids = [int(str(run.cases[1].actual).strip("'")) for run in (first, second)]
        assert pids[1] > pids[0]


def test_memory_holds_nothing_of_the_run_before(walled: Judge, tmp_path: Path) -> None:
    code = function(returns="list[str]", mark="str")
    secrets = [{"name": f"{MARK}-NAME", "group": "basic", "args": [f"{MARK}-HIDDEN"], "expect": [f"{MARK}-EXPECTED"]}]
    other = small_item(tmp_path / "other", code=code, cases=secrets, limits=LIMITS)
    before = walled.run(other, f"mine = '{MARK}-MINE'\ndef solve(mark):\n    return ['{MARK}-EXPECTED']\n")
    assert before.verdict is Verdict.accepted
    case = [{"name": "scan", "group": "basic", "visible": True, "args": [MARK], "expect": []}]
    limits = LIMITS.model_copy(update={"cpu_s": 20})
    result = walled.run(small_item(tmp_path / "item", code=code, cases=case, limits=limits), SCAN)
    assert result.verdict is Verdict.accepted, result.cases[0]
