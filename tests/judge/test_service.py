"""The judge as others use it: cancelled, crowded, closed, killed, and run by somebody who is not root."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.judge.small_items import double_item
from tests.judge.tiers import interpreter_for

from greenroom.bank.specs import Limits
from greenroom.judge import census, walls
from greenroom.judge.box import Box
from greenroom.judge.faults import BoxError
from greenroom.judge.results import CaseResult, Verdict
from greenroom.judge.service import Judge
from greenroom.judge.starting import Host, default_interpreter

RIGHT = "def solve(n):\n    return 2 * n\n"
SLEEPER = "import time\ndef solve(n):\n    time.sleep(60)\n"
ROOT = Path(__file__).parents[2]
LONG = Limits(cpu_s=30, wall_s=60, memory_mb=128, processes=8)


def wait_until(holds: object, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_cancelled_run_ends_and_leaves_no_process(judge: Judge, tmp_path: Path) -> None:
    cancel = threading.Event()
    before = set(census.descendants(os.getpid()))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(judge.run, double_item(tmp_path / "item", limits=LONG), SLEEPER, cancel=cancel)
        assert wait_until(lambda: len(set(census.descendants(os.getpid())) - before) >= 5)
        cancel.set()
        result = running.result(timeout=20)
    assert result.verdict is Verdict.judge_error
    assert result.message == "the run was cancelled"
    assert result.findings == ()
    assert set(census.descendants(os.getpid())) == before


def test_cases_are_reported_while_the_run_goes_on(judge: Judge, tmp_path: Path) -> None:
    cancel = threading.Event()
    seen: list[CaseResult] = []

    def on_case(case: CaseResult) -> None:
        seen.append(case)
        cancel.set()

    result = judge.run(double_item(tmp_path / "item"), RIGHT, on_case=on_case, cancel=cancel)
    assert result.verdict is Verdict.judge_error
    assert [case.name for case in seen] == ["two"]


def test_many_at_once_keep_apart_and_no_more_run_than_there_are_places(judge: Judge, tmp_path: Path) -> None:
    crowded = Judge(jobs=2)
    sources = [f"def solve(n):\n    return {factor} * n\n" for factor in (2, 3)] * 4
    most = 0
    done = threading.Event()

    def count() -> None:
        nonlocal most
        while not done.is_set():
            most = max(most, len(crowded._running))
            time.sleep(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    items = [double_item(tmp_path / f"item-{number}") for number in range(len(sources))]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(crowded.run, items, sources))
    done.set()
    counter.join()
    crowded.close()
    assert [result.verdict for result in results] == [Verdict.accepted, Verdict.wrong_answer] * 4
    assert most == 2


def test_a_closed_judge_ends_its_runs_and_refuses_others(judge: Judge, tmp_path: Path) -> None:
    closing = Judge(jobs=1)
    item = double_item(tmp_path / "item", limits=LONG)
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(closing.run, item, SLEEPER) for _ in range(2)]
        assert wait_until(lambda: closing._running)
        closing.close()
        verdicts = {one.result(timeout=20).verdict for one in running}
    assert verdicts == {Verdict.judge_error}
    assert "closed" in str(closing.run(item, RIGHT).message)


def test_a_lost_sandbox_is_replaced_and_the_case_repeated(judge: Judge, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_the_examinee(_case: CaseResult) -> None:
        if not killed:  # the examiner's was there before it
            killed.append(max(filter(is_first_of_its_namespace, census.descendants(os.getpid()))))
            os.kill(killed[0], signal.SIGKILL)

    result = judge.run(double_item(tmp_path / "item"), RIGHT, on_case=kill_the_examinee)
    assert killed
    assert result.verdict is Verdict.accepted


def is_first_of_its_namespace(pid: int) -> bool:
    """Whether it is the init of a sandbox."""
    ids = [line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("NSpid")]
    return ids != [] and ids[0][1:] == [str(pid), "1"]


def test_a_case_that_loses_two_sandboxes_is_the_judges_fault_where_no_case_can_end_one(
    judge: Judge, tmp_path: Path
) -> None:
    stop = threading.Event()

    def kill_every_examinee() -> None:
        while not stop.is_set():
            for pid in census.descendants(os.getpid()):
                try:
                    children = list(census.descendants(pid))
                    names = [Path(f"/proc/{child}/status").read_text() for child in children]
                    if any("NSpid" in text and text.split("NSpid:")[1].split()[1:2] == ["1"] for text in names):
                        continue
                    if children and sleeps(children[0]):
                        os.kill(pid, signal.SIGKILL)
                except OSError:
                    continue
            time.sleep(0.02)

    killer = threading.Thread(target=kill_every_examinee)
    killer.start()
    case = {"name": "one", "group": "basic", "visible": True, "args": [1], "expect": 2}
    source = "import ctypes, time\ndef solve(n):\n    ctypes.CDLL(None).prctl(15, b'sleeper')\n    time.sleep(60)\n"
    result = judge.run(double_item(tmp_path / "item", cases=[case], limits=LONG), source)
    stop.set()
    killer.join()
    assert result.verdict is Verdict.judge_error
    assert str(result.message).startswith("the sandbox was lost twice in one case")
    assert result.findings == ()


def sleeps(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text() == "sleeper\n"


def test_the_self_test_finds_every_wall_standing(judge: Judge) -> None:
    found = judge.self_test()
    assert found.sound, [wall for wall in found.walls if not wall.holds]
    assert found.tier == 1
    assert len(found.walls) >= 10
    assert {"seccomp", "no_new_privs", "no capabilities", "namespaces"} <= set(found.built_of)


def test_the_self_test_says_which_wall_is_missing(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    from greenroom.judge import probing

    probe = probing._PROBE.replace(
        'attempt("files", lambda: open("/etc/passwd").read())', 'attempt("files", os.getcwd)'
    )
    assert probe != probing._PROBE
    monkeypatch.setattr(probing, "_PROBE", probe)
    found = judge.self_test()
    assert not found.sound
    assert [(wall.name, wall.why) for wall in found.walls if not wall.holds] == [("files", "/tmp")]


def test_a_host_without_walls_runs_nothing_unless_told_to(tmp_path: Path) -> None:
    item = double_item(tmp_path / "item")
    refusing = Judge(tier=3)
    result = refusing.run(item, RIGHT)
    assert result.verdict is Verdict.judge_error
    assert "no sandbox" in str(result.message)
    assert not refusing.self_test().sound
    solo = Judge(tier=3, allow_unwalled=True)
    assert (solo.run(item, RIGHT).verdict, solo.run(item, RIGHT).tier) == (Verdict.accepted, 3)
    short = double_item(tmp_path / "short", limits=Limits(cpu_s=0.5, wall_s=60, memory_mb=128))
    assert solo.run(short, "def solve(n):\n    while True: pass\n").verdict is Verdict.time_limit


def test_an_interpreter_that_is_none_is_a_judge_error(tmp_path: Path) -> None:
    item = double_item(tmp_path / "item")
    assert Judge(tier=1, interpreter="/nowhere/python").run(item, RIGHT).verdict is Verdict.judge_error
    assert Judge(tier=1, interpreter="/bin/true").run(item, RIGHT).verdict is Verdict.judge_error
    report = walls.available_tier(Host("/bin/true"))
    assert report.tier == 3
    assert len(report.reasons) == 2


SUPERVISOR = """\
import sys
from pathlib import Path
from greenroom.judge.service import Judge
from greenroom.bank.models import Limits
from tests.judge.small_items import double_item

source = '''
import os, time
def solve(n):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
    time.sleep(60)
'''
print("ready", flush=True)
item = double_item(Path(sys.argv[1]), limits=Limits(cpu_s=30, wall_s=60))
Judge(tier=int(sys.argv[2]), interpreter=sys.argv[3], scratch=Path(sys.argv[4])).run(item, source)
"""


@pytest.mark.parametrize("tier", [1, 2])
def test_when_the_supervisor_is_killed_nothing_survives(tier: int, tmp_path: Path) -> None:
    scratch = Path(tempfile.mkdtemp())
    scratch.chmod(0o1777)  # as /tmp is: a sandbox may remove its own folder
    command = [sys.executable, "-c", SUPERVISOR, str(tmp_path / "item"), str(tier), interpreter_for(tier), str(scratch)]
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": os.environ["PATH"]}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as supervisor:
        assert wait_until(lambda: len(list(census.descendants(supervisor.pid))) >= (8 if tier == 1 else 6))
        inside = list(census.descendants(supervisor.pid))
        supervisor.kill()
        supervisor.wait()
    assert wait_until(lambda: not any(alive(pid) for pid in inside))
    assert wait_until(lambda: not list(scratch.iterdir()))
    scratch.rmdir()


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state not in (b"Z", b"X")


UNPRIVILEGED = """\
import os, sys, tempfile
from pathlib import Path
from greenroom.judge import walls
from greenroom.judge.starting import Host
from greenroom.judge.service import Judge
from tests.judge.small_items import double_item

assert os.getuid() != 0
judge = Judge(tier=int(sys.argv[1]), interpreter=sys.argv[2])
scratch = tempfile.TemporaryDirectory(dir=sys.argv[3])
folder = Path(scratch.name)
sources = {
    "accepted": "def solve(n):\\n    return 2 * n\\n",
    "time-limit": "def solve(n):\\n    while True: pass\\n",
    "memory-limit": "def solve(n):\\n    return len([0] * 10**9)\\n",
    "runtime-error": "import os\\ndef solve(n):\\n    while True: os.fork()\\n",
    "wrong-answer": "def solve(n):\\n    try: open('/etc/passwd')\\n    except OSError: return -1\\n",
}
for number, (verdict, source) in enumerate(sources.items()):
    result = judge.run(double_item(folder / str(number)), source)
    print(verdict, result.verdict, result.tier, result.message or "")
found = judge.self_test()
print("sound", found.sound, [wall for wall in found.walls if not wall.holds], found.problem)
scratch.cleanup()
"""


@pytest.mark.parametrize("tier", [1, 2])
def test_everything_holds_for_somebody_who_is_not_root(tier: int, tmp_path: Path) -> None:
    """As root this becomes nobody first, with an interpreter that nobody can execute."""
    interpreter, command = default_interpreter(), [sys.executable]
    folder = tmp_path
    if os.geteuid() == 0:
        interpreter = "/usr/bin/python3"
        if not (shutil.which("setpriv") and Path(interpreter).exists()):
            pytest.skip("needs setpriv and a system Python")
        version = subprocess.run([interpreter, "--version"], capture_output=True, text=True, check=True).stdout
        if version.split(".")[:2] != f"Python {sys.version}".split(".")[:2]:
            pytest.skip("the system's Python is of another version than this environment")
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", interpreter]
        folder = Path("/tmp")
    sites = [path for path in sys.path if path.endswith("site-packages")]
    environment = {"PYTHONPATH": ":".join([str(ROOT / "src"), str(ROOT), *sites]), "PYTHONDONTWRITEBYTECODE": "1"}
    attempt = f"from greenroom.judge import starting, walls; walls.try_tier(starting.Host({interpreter!r}), {tier})"
    try:
        walled = run_as(command, environment, "-c", attempt)
        if walled.returncode:
            pytest.skip(f"no tier {tier} for such a user: {walled.stderr.strip().splitlines()[-1]}")
        ran = run_as(command, environment, "-c", UNPRIVILEGED, str(tier), interpreter, str(folder))
    except PermissionError:
        pytest.skip("this tree cannot be read by somebody else")
    assert ran.returncode == 0, ran.stderr
    *verdicts, sound = ran.stdout.strip().splitlines()
    for line in verdicts:
        expected, actual, ran_at, *_ = line.split()
        assert (expected, ran_at) == (actual, str(tier)), line
    assert len(verdicts) == 5
    assert sound.startswith("sound True"), sound


def run_as(command: list[str], environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command, *words], env=environment, capture_output=True, text=True, check=False)


def test_tier_1_as_root_never_leaves_root_inside(judge: Judge) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can")
    box = Box(Host(default_interpreter()), tier=1, role="examinee", limits=LONG.model_dump())
    try:
        box.ready()
        assert box._process is not None
        outer, inner = status(box._process.pid), status(box.pid)
    finally:
        box.kill()
    for fields in (outer, inner):
        assert "0" not in fields["Uid"].split()
        assert int(fields["CapEff"], 16) == 0
    assert [int(inner[name], 16) for name in ("CapInh", "CapPrm", "CapBnd", "CapAmb")] == [0] * 4
    assert (inner["NoNewPrivs"].strip(), inner["Seccomp"].strip()) == ("1", "2")


def status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines if ":" in line)


def test_a_sandbox_that_ends_at_once_says_so() -> None:
    box = Box(Host("/bin/false"), tier=1, role="examinee", limits=LONG.model_dump())
    with pytest.raises(BoxError, match=r"the sandbox ended \(exit 1\)|the sandbox is gone"):
        box.ready()
    box.kill()


CROWDED = """\
import os, subprocess, sys
from pathlib import Path
from greenroom.bank.models import Limits
from greenroom.judge.service import Judge
from tests.judge.small_items import double_item

os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
burn = [sys.executable, "-I", "-S", "-c", "while True: pass"]
burners = [subprocess.Popen(burn, start_new_session=True) for _ in range(11)]
try:
    source = '''
import time
def solve(n):
    while time.process_time() < 0.4: pass
    return 2 * n
'''
    case = {"name": "one", "group": "basic", "visible": True, "args": [1], "expect": 2}
    limits = Limits(cpu_s=2, wall_s=3)
    found = Judge().run(double_item(Path(sys.argv[1]), cases=[case], limits=limits), source).cases[0]
    print(found.verdict, found.wall_s > limits.wall_s)
finally:
    for burner in burners:
        burner.kill()
        burner.wait()
"""


def test_a_case_that_had_to_wait_for_a_core_is_not_blamed(judge: Judge, tmp_path: Path) -> None:
    """One core, eleven others that want it: 0.4 s of work takes longer than the wall limit of 3 s."""
    if not Path("/proc/self/schedstat").exists():
        pytest.skip("this kernel does not count run delays")
    environment = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": os.environ["PATH"]}
    ran = run_as([sys.executable], environment, "-c", CROWDED, str(tmp_path / "item"))
    assert ran.stdout.split() == ["accepted", "True"], ran.stderr
