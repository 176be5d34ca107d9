"""What the judge is made of is killed, stopped or taken away: a clear state each time, and nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from greenroom.bank.specs import Limits
from greenroom.judge import census, owners, scratch, watching
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.service import Judge
from greenroom.judge.spares import Sort
from tests import orphans
from tests.judge.small_items import double_item
from tests.judge.test_service import is_first_of_its_namespace
from tests.judge.tiers import interpreter_for
from tests.servers import wait_until

ROOT = Path(__file__).parents[2]
RIGHT = "def solve(n):\n    return 2 * n\n"
SLOW = "import time\ndef solve(n):\n    time.sleep(0.4)\n    return 2 * n\n"
WRONG = "import time\ndef solve(n):\n    time.sleep(0.4)\n    return n\n"
LIMITS = Limits(cpu_s=5, wall_s=60, memory_mb=128, processes=8, output_kb=64, disk_mb=4)


@pytest.fixture
def judge() -> Iterator[Judge]:
    """With a zygote and spares, as a server has it; whatever happened, nothing is left of it."""
    interpreter_for(1)
    before = set(census.descendants(os.getpid()))
    made = Judge(tier=1, spares=2, jobs=4)
    yield made
    made.close()

    def nothing_more() -> bool:
        orphans.bury()
        return set(census.descendants(os.getpid())) <= before

    wait_until(nothing_more)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stuck sandbox is given up soon."""
    monkeypatch.setattr(watching, "_GRACE_S", 1.0)


def zygote_of(judge: Judge) -> int:
    wait_until(lambda: judge._spares is not None and judge._spares._forks("plain"))
    assert judge._spares is not None
    assert "plain" in judge._spares._zygotes
    return judge._spares._zygotes["plain"].pid


def inits() -> set[int]:
    """The first process of each sandbox that stands; examiners' too."""
    found = set()
    for pid in census.descendants(os.getpid()):
        with suppress(OSError):
            if is_first_of_its_namespace(pid):
                found.add(pid)
    return found


def busy(pid: int) -> bool:
    """Whether a case runs below the init *pid*: its process has changed its limits (`limits.apply`)."""
    for child in census.descendants(pid):
        with suppress(OSError):
            limits = Path(f"/proc/{child}/limits").read_text()
            if f"Max file size             {LIMITS.disk_mb * 2**20} " in limits:
                return True
    return False


@contextmanager
def struck(number: int, chosen: Callable[[], set[int]], times: int = 10**6) -> Iterator[set[int]]:
    """Send signal *number* to every process that *chosen* finds, at most *times* in all; yields whom it met."""
    met: set[int] = set()
    done = threading.Event()

    def strike() -> None:
        while not done.is_set() and len(met) < times:
            for pid in chosen() - met:
                if len(met) < times:
                    met.add(pid)
                    with suppress(ProcessLookupError):
                        os.kill(pid, number)
            time.sleep(0.01)

    striking = threading.Thread(target=strike)
    striking.start()
    try:
        yield met
    finally:
        done.set()
        striking.join()


def busy_inits() -> set[int]:
    return {pid for pid in inits() if busy(pid)}


# The zygote.


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_zygote_killed_while_idle_is_replaced(judge: Judge, tmp_path: Path, number: int) -> None:
    item = double_item(tmp_path / "item", limits=LIMITS)
    judge.prepare(item)
    judge.warm(LIMITS)
    first = zygote_of(judge)
    os.kill(first, number)
    wait_until(lambda: judge._spares is not None and not judge._spares._forks("plain"))
    for source, verdict in ((RIGHT, Verdict.accepted), (WRONG, Verdict.wrong_answer), (RIGHT, Verdict.accepted)):
        result = judge.run(item, source)
        assert result.verdict is verdict, result
    assert zygote_of(judge) != first
    judge.warm(LIMITS)
    assert judge.run(item, RIGHT).verdict is Verdict.accepted


def test_a_zygote_killed_during_runs_costs_none_of_them(judge: Judge, tmp_path: Path) -> None:
    """Its sandboxes end with it, those of the candidates and the examiner's: each run still gets its verdict."""
    items = [double_item(tmp_path / name, limits=LIMITS) for name in "abcd"]
    judge.warm(LIMITS)
    for _ in range(3):
        told: list[CaseResult] = []
        with ThreadPoolExecutor(4) as pool:
            asked = [
                pool.submit(judge.run, item, source, on_case=told.append)
                for item, source in zip(items, (SLOW, WRONG, SLOW, WRONG), strict=True)
            ]
            wait_until(lambda: len(busy_inits()) >= 2)
            os.kill(zygote_of(judge), signal.SIGKILL)
            results = [one.result(timeout=100) for one in asked]
        assert [result.verdict for result in results] == [Verdict.accepted, Verdict.wrong_answer] * 2, results
        assert len(told) == sum(len(result.cases) for result in results)  # nothing was told twice


def test_a_stopped_zygote_is_replaced(judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenroom.judge import zygotes

    monkeypatch.setattr(zygotes, "_ANSWER_S", 1.0)
    item = double_item(tmp_path / "item", limits=LIMITS)
    other = double_item(tmp_path / "other", limits=LIMITS.model_copy(update={"disk_mb": 5}))
    judge.warm(LIMITS)
    first = zygote_of(judge)
    os.kill(first, signal.SIGSTOP)
    assert judge.run(item, RIGHT).verdict is Verdict.accepted  # by a spare: nobody has noticed yet
    assert judge.run(other, RIGHT).verdict is Verdict.accepted
    wait_until(lambda: zygote_of(judge) != first)
    assert judge.run(other, RIGHT).verdict is Verdict.accepted


# The sandbox: its init, and the process that waits in it for the next case.


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_sandbox_lost_once_is_replaced(judge: Judge, hasty: None, tmp_path: Path, number: int) -> None:
    item = double_item(tmp_path / "item", limits=LIMITS.model_copy(update={"wall_s": 2.0}))
    judge.prepare(item)
    with struck(number, busy_inits, times=1) as met:
        result = judge.run(item, SLOW)
    assert met
    assert result.verdict is Verdict.accepted, result


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_sandbox_lost_twice_is_the_judges_error(judge: Judge, hasty: None, tmp_path: Path, number: int) -> None:
    item = double_item(tmp_path / "item", limits=LIMITS.model_copy(update={"wall_s": 2.0}))
    judge.prepare(item)
    with struck(number, busy_inits) as met:
        result = judge.run(item, SLOW)
    assert len(met) == 2
    assert result.verdict is Verdict.judge_error
    assert result.findings == ()
    assert "lost twice" in str(result.message)
    assert judge.run(item, RIGHT).verdict is Verdict.accepted


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
@pytest.mark.parametrize("whom", ["init", "the next case's process"])
def test_spares_lost_while_idle(judge: Judge, hasty: None, tmp_path: Path, number: int, whom: str) -> None:
    """All of them at once: what is given out is dead, or stuck, and the next one is a new one."""
    item = double_item(tmp_path / "item", limits=LIMITS.model_copy(update={"wall_s": 1.0}))
    judge.prepare(item)
    judge.warm(LIMITS)
    assert judge._spares is not None
    for box in judge._spares._ready[Sort("examinee", LIMITS.disk_mb)]:
        for target in [box.pid] if whom == "init" else list(census.descendants(box.pid)):
            os.kill(target, number)
    results = [judge.run(item, RIGHT) for _ in range(3)]
    assert [result.verdict for result in results] == [Verdict.accepted] * 3, results


def test_the_examiner_lost_during_a_run(judge: Judge, tmp_path: Path) -> None:
    """Everything but the zygote, at once: the run begins anew, and tells each case once."""
    told: list[str] = []

    def on_case(case: CaseResult) -> None:
        told.append(case.name)
        if len(told) == 1:
            for pid in inits():
                os.kill(pid, signal.SIGKILL)

    result = judge.run(double_item(tmp_path / "item", limits=LIMITS), WRONG, on_case=on_case)
    assert result.verdict is Verdict.wrong_answer, result
    assert told == [case.name for case in result.cases]


def test_an_examiner_that_is_always_lost_is_the_judges_error(judge: Judge, tmp_path: Path) -> None:
    with struck(signal.SIGKILL, inits):
        result = judge.run(double_item(tmp_path / "item", limits=LIMITS), WRONG)
    assert result.verdict is Verdict.judge_error
    assert result.findings == ()


def test_where_a_case_can_end_its_sandbox_that_is_its_own_error(tmp_path: Path) -> None:
    """Tier 2 has no PID namespace: the init is one more process of the case's user."""
    tmp_path.chmod(0o755)
    judge = Judge(tier=2, interpreter=interpreter_for(2))
    outer = set(census.descendants(os.getpid()))

    def busy_outers() -> set[int]:
        return {pid for pid in set(census.descendants(os.getpid())) - outer if busy(pid)}

    try:
        with struck(signal.SIGKILL, busy_outers) as met:
            result = judge.run(double_item(tmp_path / "item", limits=LIMITS), SLOW)
    finally:
        judge.close()
    assert len(met) == 2 * len(result.cases)
    assert {(case.verdict, case.message) for case in result.cases if case.visible} == {
        (Verdict.runtime_error, "ended the whole sandbox")
    }


# The supervisor.

SUPERVISOR = """\
import sys
from pathlib import Path
from greenroom.bank.models import Limits
from greenroom.judge.service import Judge
from tests.judge.small_items import double_item
item = double_item(Path(sys.argv[1]), limits=Limits(cpu_s=30, wall_s=60))
source = "import time\\ndef solve(n):\\n    open('left', 'w').write('x')\\n    time.sleep(60)"
Judge(tier=2, interpreter=sys.argv[2], scratch=Path(sys.argv[3])).run(item, source)
"""


def is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"T"


def test_folders_of_a_killed_supervisor_are_removed_at_the_next_start(tmp_path: Path) -> None:
    """Everything is killed at once, and in a folder where a sandbox may not remove its own."""
    interpreter = interpreter_for(2)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        base.chmod(0o755)
        (base / "somebody-elses").mkdir()
        environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": os.environ["PATH"]}
        command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "item"), interpreter, name]
        with subprocess.Popen(command, env=environment) as supervisor:
            wait_until(lambda: list(base.glob("greenroom-*/left")))
            inside = list(census.descendants(supervisor.pid))
            for pid in inside:  # who hears of the supervisor's end before its own would tidy up
                os.kill(pid, signal.SIGSTOP)
            wait_until(lambda: all(map(is_stopped, inside)))
            for pid in [supervisor.pid, *inside]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            supervisor.wait()
        assert list(base.glob("greenroom-*/left"))
        judge = Judge(tier=2, interpreter=interpreter, scratch=base)
        own = base / f"{owners.prefix()}x"
        own.mkdir()
        scratch._sweep.cache_clear()
        try:
            assert judge.run(double_item(tmp_path / "again"), RIGHT).verdict is Verdict.accepted
        finally:
            judge.close()
        assert {path.name for path in base.iterdir()} == {"somebody-elses", own.name}


# The disk.


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 40 MB."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small disk")
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m,mode=0755", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", "-l", name], check=True)


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(1 << 16))


WRITES = "def solve(n):\n    with open('f', 'wb') as f: f.write(bytes(2 << 20))\n    return 2 * n\n"


def run_at_2(disk: Path, item: Path, source: str, **options: object) -> RunResult:
    judge = Judge(tier=2, interpreter=interpreter_for(2), scratch=disk)
    try:
        return judge.run(double_item(item, limits=LIMITS), source, **options)  # type: ignore[arg-type]
    finally:
        judge.close()


def test_a_full_disk_is_the_judges_error_and_named(disk: Path, tmp_path: Path) -> None:
    assert run_at_2(disk, tmp_path / "before", WRITES).verdict is Verdict.accepted
    fill(disk)
    full = run_at_2(disk, tmp_path / "full", WRITES)
    assert full.verdict is Verdict.judge_error
    assert "the disk is full" in str(full.message) or "No space left" in str(full.message)
    assert str(disk) in str(full.message)
    assert full.findings == ()
    silent = (
        "def solve(n):\n    try: open('f', 'wb').write(bytes(2 << 20))\n    except OSError: n = 0\n    return 2 * n\n"
    )
    assert run_at_2(disk, tmp_path / "silent", silent).verdict is Verdict.judge_error
    assert [path.name for path in disk.iterdir()] == ["filler"]
    (disk / "filler").unlink()
    assert run_at_2(disk, tmp_path / "after", WRITES).verdict is Verdict.accepted


def test_a_disk_that_fills_up_during_a_run_is_not_the_candidates_fault(disk: Path, tmp_path: Path) -> None:
    full = run_at_2(disk, tmp_path / "item", WRITES, on_case=lambda _case: fill(disk))
    assert full.verdict is Verdict.judge_error
    assert "the disk is full" in str(full.message)
    assert full.findings == ()


def test_a_candidate_who_writes_too_much_is_still_told_so(disk: Path, tmp_path: Path) -> None:
    result = run_at_2(disk, tmp_path / "item", WRITES.replace("2 <<", "6 <<"))
    assert result.verdict is Verdict.runtime_error
    assert "4 MB of disk" in str(result.cases[0].message)


def test_at_tier_1_nothing_is_written_to_a_disk(disk: Path, judge: Judge, tmp_path: Path) -> None:
    fill(disk)
    bare = Judge(tier=1, scratch=disk)
    try:
        assert bare.run(double_item(tmp_path / "item", limits=LIMITS), WRITES).verdict is Verdict.accepted
    finally:
        bare.close()
