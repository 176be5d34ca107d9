"""The self-test: a small hostile program tries each wall from inside."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from greenroom.bank.specs import CodeSpec, Limits
from greenroom.judge import grounds, reading
from greenroom.judge.answering import Answering
from greenroom.judge.box import Box
from greenroom.judge.faults import BoxError, JudgeFaultError
from greenroom.judge.starting import Host

_LIMITS = Limits(cpu_s=5, wall_s=10, processes=8)

_PROBE = """
import ctypes, json, os

libc = ctypes.CDLL(None, use_errno=True)
found = {}


def attempt(name, act):
    try:
        got = act()
    except OSError as error:
        found[name] = [True, type(error).__name__ + ": " + str(error)]
    except BaseException as error:
        found[name] = [False, "not tried: " + type(error).__name__ + ": " + str(error)]
    else:
        found[name] = [False, str(got)[:80]]


def call(code):
    if code < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return code


def connect():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()


def fork_past_limit():
    made = []
    try:
        for _ in range(64):
            pid = os.fork()
            if pid == 0:
                import time
                time.sleep(20)
                os._exit(0)
            made.append(pid)
    finally:
        for pid in made:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
    return f"{len(made)} processes"


def root_again():
    os.setuid(0)
    return os.getuid()


attempt("network", connect)
attempt("files", lambda: open("/etc/passwd").read())
attempt("processes", lambda: open("/proc/1/environ", "rb").read())
attempt("writing", lambda: open("/usr/lib/greenroom-probe", "w").write("x"))
attempt("forks", fork_past_limit)
attempt("privileges", root_again)
attempt("namespaces", lambda: call(libc.unshare(0x10000000)))
attempt("mounts", lambda: call(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
attempt("tracing", lambda: call(libc.ptrace(0, 0, 0, 0)))
attempt("programs", lambda: os.execv("/bin/sh", ["sh", "-c", "exit 0"]))
print(json.dumps(found))
"""

_SAYS = {
    "network": "no socket can be opened",
    "files": "the host's files cannot be read",
    "processes": "other processes cannot be seen",
    "writing": "nothing can be written outside /tmp",
    "forks": "processes are limited",
    "privileges": "no other user can be become",
    "namespaces": "no namespace can be made",
    "mounts": "nothing can be mounted",
    "tracing": "no process can be traced",
    "programs": "no other program can be started",
}


@dataclass(frozen=True)
class Wall:
    """One wall: what it promises, whether it held, and what the attempt met (or got)."""

    name: str
    promise: str
    holds: bool
    why: str


@dataclass(frozen=True)
class SelfTest:
    """What the self-test found. `problem` says why there is no sandbox at all; `seconds` is how long it took.

    `counted` is what a cgroup counts and limits for each sandbox; empty where there is none, for which `uncounted`
    has the reasons.
    """

    tier: int
    walls: tuple[Wall, ...]
    built_of: tuple[str, ...]
    reasons: tuple[str, ...]
    seconds: float
    problem: str | None = None
    counted: tuple[str, ...] = ()
    uncounted: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True when there are walls and all of them held."""
        return self.problem is None and all(wall.holds for wall in self.walls)


def probe(host: Host, tier: int, reasons: tuple[str, ...]) -> SelfTest:
    """Run the probe in a sandbox of *tier*. At tier 3 nothing is run: there is no wall to try."""
    started = time.monotonic()
    if tier == 3:
        return SelfTest(3, (), (), reasons, 0.0, "this host offers no walls")
    built_of: tuple[str, ...] = ()
    try:
        box = Box(host, tier=tier, role="examinee", limits=_LIMITS.model_dump())
        try:
            box.ready()
            built_of = box.walls
            found = _attempts(box)
        finally:
            box.kill()
    except (BoxError, JudgeFaultError, ValueError) as error:
        return SelfTest(tier, (), built_of, reasons, time.monotonic() - started, str(error))
    walls = tuple(_wall(name, found.get(name)) for name in _SAYS)
    counted, uncounted = _counted(built_of)
    return SelfTest(tier, walls, built_of, reasons, time.monotonic() - started, counted=counted, uncounted=uncounted)


def _counted(built_of: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    survey = grounds.available()
    if survey.ground is None:
        return (), survey.reasons
    if survey.ground.name not in built_of:
        return (), (f"{survey.ground.name}: refused for this sandbox",)
    return tuple(survey.ground.folders), ()


def _attempts(box: Box) -> dict[str, object]:
    answering = Answering(lambda _anew: box, CodeSpec(form="program"), _LIMITS, _PROBE.encode())
    answering.send(b"")
    read = reading.read(answering.receive(lambda: None), "program", _LIMITS)
    if read.verdict is not None:
        raise JudgeFaultError(f"the probe did not end well: {read.message}")
    found = json.loads(read.answer)
    if not isinstance(found, dict):
        raise JudgeFaultError("the probe did not answer")
    return found


def _wall(name: str, found: object) -> Wall:
    if not isinstance(found, list) or len(found) != 2:
        return Wall(name, _SAYS[name], holds=False, why="not tried")
    return Wall(name, _SAYS[name], holds=found[0] is True, why=reading.clean(str(found[1])))
