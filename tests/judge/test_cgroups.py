"""Cgroups as this machine's kernel keeps them; each test is skipped, with the reasons, where none can be made."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.judge.small_items import double_item, function, small_item
from tests.judge.test_service import is_first_of_its_namespace

from greenroom.bank.specs import Limits
from greenroom.interview.checkup import memory_fact
from greenroom.judge import census, cgroups, grounds, owners
from greenroom.judge.cgroups import Cgroup, Ground
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge
from greenroom.judge.watching import Watch

ROOT = Path(__file__).parents[2]
LIMITS = Limits(cpu_s=5, wall_s=60, memory_mb=64, processes=8, output_kb=64, disk_mb=4)
RIGHT = "def solve(n):\n    return 2 * n\n"
MANY = """\
import os, time
def solve(n):
    for _ in range(6):
        if os.fork() == 0:
            held = b"x" * (40 << 20)
            time.sleep(60)
    time.sleep(60)
"""
TWO = [{"name": str(n), "group": "basic", "visible": True, "args": [n], "expect": 2 * n} for n in (1, 2)]
ONE = TWO[:1]


@pytest.fixture
def ground(judge: Judge) -> Ground:
    found = grounds.available()
    if found.ground is None:
        pytest.skip(f"no cgroups here: {'; '.join(found.reasons)}")
    return found.ground


@pytest.fixture(params=[0, 1], ids=["fresh", "spares"])
def walled(request: pytest.FixtureRequest, ground: Ground) -> Iterator[Judge]:
    made = Judge(tier=1, spares=request.param)
    yield made
    made.close()
    assert groups(ground) == []


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A census that sees nothing: what is still held, the kernel holds."""
    monkeypatch.setattr(census, "take", lambda _root, _idle_kb: census.Census(0, 0, 0.0, 0.0))


def groups(ground: Ground) -> list[Path]:
    return [path for folder in ground.folders.values() for path in folder.glob(f"{owners.prefix()}*")]


def test_a_sandbox_lives_in_a_group_of_its_own_and_names_it(walled: Judge, ground: Ground, tmp_path: Path) -> None:
    inside: list[str] = []
    groups_of_the_others: list[str] = []

    def look(_case: object) -> None:
        for pid in census.descendants(os.getpid()):
            membership = Path(f"/proc/{pid}/cgroup").read_text()
            (inside if is_first_of_its_namespace(pid) else groups_of_the_others).append(membership)

    walled.run(double_item(tmp_path / "item"), RIGHT, on_case=look)
    assert inside
    assert all(f"/{owners.prefix()}" in membership for membership in inside)
    assert f"/{owners.prefix()}" not in Path("/proc/self/cgroup").read_text()
    assert ground.name in walled.self_test().built_of


def test_memory_in_many_processes_is_held_by_the_kernel_alone(walled: Judge, blind: None, tmp_path: Path) -> None:
    item = double_item(tmp_path / "item", cases=ONE, limits=LIMITS)
    for _ in range(3):
        assert walled.run(item, MANY).verdict is Verdict.memory_limit
        assert walled.run(item, RIGHT).verdict is Verdict.accepted


def test_without_a_group_the_same_would_not_be_held(
    judge: Judge, blind: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the tests here can fail."""
    monkeypatch.setattr(grounds, "available", lambda: grounds.Survey(None, ("refused",)))
    source = MANY[: MANY.rindex("    time")] + "    time.sleep(1)\n    return 2 * n\n"
    item = double_item(tmp_path / "item", cases=ONE, limits=LIMITS)
    assert judge.run(item, source).verdict is Verdict.accepted


def test_a_child_that_the_kernel_killed_counts_even_when_the_answer_is_right(
    walled: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And when it ends before anybody has looked."""
    monkeypatch.setattr(Watch, "look", lambda _watch: None)
    source = MANY[: MANY.rindex("    time")] + "    os.wait()\n    return 2 * n\n"
    result = walled.run(double_item(tmp_path / "item", cases=ONE, limits=LIMITS), source)
    assert result.verdict is Verdict.memory_limit


def test_when_the_kernel_chooses_the_init_it_is_still_the_memory_limit(
    walled: Judge, blind: None, tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may tell the kernel whom to choose")
    done = threading.Event()
    chosen: set[int] = set()

    def choose() -> None:
        while not done.is_set():
            for pid in set(census.descendants(os.getpid())) - chosen:
                with suppress(OSError):  # it has ended meanwhile
                    if is_first_of_its_namespace(pid) and list(census.descendants(pid)):
                        Path(f"/proc/{pid}/oom_score_adj").write_text("1000")
                        chosen.add(pid)
            time.sleep(0.005)

    choosing = threading.Thread(target=choose)
    choosing.start()
    try:
        slow = MANY.replace("def solve(n):\n", "def solve(n):\n    time.sleep(0.3)\n")
        result = walled.run(double_item(tmp_path / "item", cases=TWO, limits=LIMITS), slow)
    finally:
        done.set()
        choosing.join()
    assert chosen, result
    assert [case.verdict for case in result.cases] == [Verdict.memory_limit] * 2, result


def test_a_host_without_memory_is_not_the_candidates_fault(
    walled: Judge, blind: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ground: Ground
) -> None:
    """The kernel has killed something, and the group was not at its limit."""
    kind = cgroups._Version2 if ground.version == 2 else cgroups._Version1
    monkeypatch.setattr(kind, "reached", lambda _group: False)
    result = walled.run(double_item(tmp_path / "item", cases=ONE, limits=LIMITS), MANY)
    assert result.verdict is Verdict.judge_error
    assert "the host has run out of memory" in str(result.message)
    assert result.findings == ()


UNWAITED = """\
import os, signal, time
def solve(n):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in range(BURNS):
        if os.fork() == 0:
            until = time.process_time() + 0.25
            while time.process_time() < until: pass
            os._exit(0)
        try:
            os.wait()
        except ChildProcessError:
            pass
    return 2 * n
"""


def test_cpu_time_of_children_that_nobody_waits_for_is_counted(
    walled: Judge, ground: Ground, blind: None, tmp_path: Path
) -> None:
    if "cpu" not in ground.folders:
        pytest.skip("no CPU time is counted here")
    limits = LIMITS.model_copy(update={"cpu_s": 1.0})
    item = double_item(tmp_path / "item", cases=ONE, limits=limits)
    within = walled.run(item, UNWAITED.replace("BURNS", "2"))
    assert within.verdict is Verdict.accepted
    assert within.cpu_s >= 0.4  # a hair below 0.5: init's own share is taken off
    for burns in ("8", "10**6"):  # one that comes to an end by itself, and one that must be ended
        over = walled.run(item, UNWAITED.replace("BURNS", burns))
        assert over.verdict is Verdict.time_limit
        assert "CPU time" in str(over.cases[0].message)


FORK = """\
import os, sys
sys.stdin.readline()
made = 0
for _ in range(40):
    try:
        if os.fork() == 0:
            sys.stdin.read()
            os._exit(0)
    except OSError:
        break
    made += 1
print(made, flush=True)
"""


def test_processes_are_limited_by_the_group_alone(ground: Ground) -> None:
    if "pids" not in ground.folders:
        pytest.skip("no pids controller here")
    group: Cgroup = ground.group()
    command = [sys.executable, "-c", FORK]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        group.begin(memory_mb=256, processes=3)
        group.admit(process.pid)
        print(file=process.stdin, flush=True)
        made = int(process.stdout.readline())
        process.stdin.close()
    group.remove()
    assert made == 3 + cgroups.ROOM_PROCESSES - 1
    assert groups(ground) == []


def test_limits_change_from_run_to_run_in_one_sandbox(ground: Ground, blind: None, tmp_path: Path) -> None:
    judge = Judge(tier=1, spares=1)
    source = MANY[: MANY.index("time.sleep(60)")].replace("range(6)", "range(4)") + "time.sleep(0.5)\n"
    source += "            os._exit(0)\n    for _ in range(4): os.wait()\n    return 2 * n\n"
    try:
        for memory_mb, verdict in ((64, Verdict.memory_limit), (256, Verdict.accepted), (64, Verdict.memory_limit)):
            limits = LIMITS.model_copy(update={"memory_mb": memory_mb})
            item = double_item(tmp_path / f"{memory_mb}-{time.monotonic_ns()}", cases=ONE, limits=limits)
            assert judge.run(item, source).verdict is verdict
    finally:
        judge.close()
    assert groups(ground) == []


@pytest.mark.parametrize("spares", [0, 1])
def test_where_groups_are_refused_runs_go_on_without(
    judge: Judge, ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spares: int
) -> None:
    """Found at the start and refused later, as when somebody else changes the host meanwhile."""

    def refused(_files: object, folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(cgroups.Files, "make", refused)
    bare = Judge(tier=1, spares=spares)
    try:
        item = small_item(tmp_path / "item", code=function(), cases=ONE, limits=LIMITS)
        assert bare.run(item, RIGHT).verdict is Verdict.accepted
        assert bare.run(item, "def solve(n):\n    return len([0] * 10**9)\n").verdict is Verdict.memory_limit
        assert bare.run(item, MANY).verdict is Verdict.memory_limit  # by the census
        test = bare.self_test()
        assert test.sound
        assert ground.name not in test.built_of
        assert memory_fact(test).state == "weak"
    finally:
        bare.close()


def test_what_doctor_says_of_it(judge: Judge, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    fact = memory_fact(judge.self_test())
    assert (fact.state, fact.mend) == ("ok", "")
    assert fact.found.startswith(f"{ground.name}: memory")
    monkeypatch.setattr(grounds, "available", lambda: grounds.Survey(None, ("cgroup v2: not here", "cgroup v1: nor")))
    fact = memory_fact(judge.self_test())
    assert fact.state == "weak"
    assert "cgroup v2: not here; cgroup v1: nor" in fact.found
    assert "Delegate=yes" in fact.mend


SUPERVISOR = """\
import sys
from pathlib import Path
from greenroom.bank.models import Limits
from greenroom.judge.service import Judge
from tests.judge.small_items import double_item
item = double_item(Path(sys.argv[1]), limits=Limits(cpu_s=30, wall_s=60))
Judge(tier=1, spares=1).run(item, "import time\\ndef solve(n): time.sleep(60)")
"""


def test_groups_of_a_killed_supervisor_are_removed_at_the_next_start(ground: Ground, tmp_path: Path) -> None:
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "item")]

    with subprocess.Popen(command, env=environment) as supervisor:
        # By its own number: other supervisors of this machine have groups on the same ground.
        def left() -> set[Path]:
            name = f"greenroom-{supervisor.pid}-*"
            return {path for folder in ground.folders.values() for path in folder.glob(name)}

        until = time.monotonic() + 30
        while len(left()) < 2 * len(set(ground.folders.values())) and time.monotonic() < until:
            time.sleep(0.05)
        assert left()
        supervisor.send_signal(signal.SIGKILL)
        supervisor.wait()
    until = time.monotonic() + 20
    while left() and time.monotonic() < until:  # a group is busy until the kernel has ended its processes
        time.sleep(0.02)
        grounds.survey()
    assert left() == set()
