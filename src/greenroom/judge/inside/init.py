"""PID 1 of the examinee's sandbox: has one child for each case, measures it, ends it, and clears up after it.

It never runs, compiles or even reads anything of the candidate's or of a case: the pipes that it hands to the child
lead to the supervisor. So a child that is forked from it finds nothing there, of its own case or of one before.
"""

from __future__ import annotations

# The private ones: `signal` makes an enum of what it returns, which costs as much as the rest of a short case, and
# `socket` asks the kernel what it has just been given.
import _signal  # type: ignore[import-not-found]
import _socket
import array
import fcntl
import json
import os
import resource
import select
import signal
import socket
import sys
import time

from . import examinee, forking, frames, handing, limits, sweep
from .terms import JOB_FD, RESULT_FD, STARTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .confine import Walls

_ENDS = 5
_DEFAULT = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
_MOST_FDS = 1 << 16
_TICK_S = 0.05
_PATIENCE_S = 5.0
_IDLE_S = 0.02
"""A process that was forked ahead rehearses once it has waited so long: with cases at hand it would only delay them."""

_MOST_KEPT = 8 * 1024 * 1024

_UNLIMITED = {
    "memory_mb": 1 << 40, "cpu_s": 1e8, "wall_s": 1e8, "disk_mb": 1 << 40, "processes": 1 << 30,
    "open_files": _MOST_FDS,
}  # fmt: skip
"""Of a rehearsal, whose limits hold in the zygote for good, and so for every sandbox."""

_NOBODYS = json.dumps(examinee.REHEARSAL | {"limits": _UNLIMITED}).encode("ascii")


def serve(channel: int, walls: Walls, baseline: int, config: dict[str, Any]) -> NoReturn:
    """Say that the walls stand, then answer the supervisor's frames until it is gone.

    *baseline*: address space in bytes before any case.
    """
    line = socket.socket(fileno=channel)
    try:
        _be_deaf(alone=walls.alone)
        if config["role"] == "runner":
            limits.settle(limits.stack_mb(config["limits"]["memory_mb"]))
        else:
            limits.settle()
        examinee.have_streams()
        child = _ahead(walls, baseline)
        frames.write(channel, {"ready": walls.names})
        while True:
            text, body, given = frames.read_given(line, _ENDS)
            head = frames.parse_head(text)
            if head["op"] == "files":
                folder = _folder(head["to"], walls)
                if not head.get("more"):
                    sweep.empty(folder, walls.kept if folder == walls.scratch else frozenset())
                handing.put(folder, head["names"], head["sizes"], body, append=bool(head.get("append")))
            elif head["op"] == "collect":
                frames.write(channel, *handing.collect(_folder("built", walls), head["most"]))
            elif head["op"] == "case":
                case = _Case(head, walls)
                frames.write(channel, *case.run(child or _Child(walls, baseline), channel, text, given))
                # The kernel has put the supervisor on our own core, as if we had nothing left to do: let it go first.
                os.sched_yield()
                child = _ahead(walls, baseline)
                if child is not None:
                    _rehearse(line, walls)
    except (frames.EndOfStreamError, BrokenPipeError, ConnectionResetError):
        sweep.abandon(walls.scratch, alone=walls.alone)
        os._exit(0)
    except sweep.LeftoverError:
        os._exit(3)
    except BaseException as error:
        print(f"init: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(4)


def _be_deaf(*, alone: bool) -> None:
    """Ignore what a case could send us. To PID 1 the kernel passes no signal without a handler; Python has one."""
    for number in (signal.SIGINT, *(() if alone else _DEFAULT)):
        signal.signal(number, signal.SIG_IGN)


def _folder(name: str, walls: Walls) -> str:
    if name == "scratch":
        return walls.scratch
    if walls.built is None:
        raise ValueError("this sandbox has no folder for programs")
    return walls.built


def _ahead(walls: Walls, baseline: int) -> _Child | None:
    """The next case's process, where none outlives the sandbox's init; elsewhere it is forked when it is needed."""
    return _Child(walls, baseline) if walls.alone else None


class _Child:
    """The process of a case, if possible forked ahead: it waits behind the walls that are the same for every case."""

    def __init__(self, walls: Walls, baseline: int) -> None:
        self.walls, self.baseline = walls, baseline
        self.line, theirs = _socket.socketpair()
        self.pid = os.fork()
        if self.pid == 0:
            self.line.close()
            self._live(theirs)
        theirs.close()

    def give(self, job: bytes, ends: list[int]) -> None:
        """Have it run the case of the head *job*. *ends* are its stdin, stdout, stderr, result and job pipes.

        We keep none of them.
        """
        _hand(self.line, frames.packed(job), ends)

    def _live(self, line: _socket.socket) -> NoReturn:
        trouble = None
        try:
            self._go_behind()
            forking.have_own_random()
            # Elsewhere than in a namespace it is forked when the case is there already.
            if self.walls.alone:
                self._rehearse(line)
        except BaseException as error:
            trouble = error
        try:
            text, _, ends = frames.read_given(line, _ENDS)
        except frames.EndOfStreamError:
            os._exit(0)
        self._become(frames.parse_head(text), ends, trouble)

    def _rehearse(self, line: _socket.socket) -> None:
        """What the case will do, as far as there is time until it comes."""
        if rehearsing := sys.modules.get(f"{__package__}.rehearsing"):  # projects: they do more, and wait for less
            rehearsing.rehearse_until(lambda: bool(select.select([line], [], [], 0)[0]))
        if not select.select([line], [], [], _IDLE_S)[0]:
            rehearse_case(self.baseline)

    def _go_behind(self) -> None:
        os.setsid()
        if not self.walls.alone:
            for number in _DEFAULT:
                signal.signal(number, signal.SIG_DFL)
        _signal.signal(signal.SIGINT, signal.default_int_handler)
        limits.confine(self.walls)

    def _become(self, head: dict[str, Any], ends: list[int], trouble: BaseException | None) -> NoReturn:
        """Become the examinee. Nothing of the candidate's has run when `STARTED` is written, so it cannot be forged."""
        result = ends[RESULT_FD]
        try:
            if trouble is not None:
                raise trouble
            limits.apply(head["limits"], self.baseline)
            if min(ends) <= JOB_FD:  # one of them would be closed to make room for another
                ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 16) for end in ends]
            for target, end in enumerate(ends):
                os.dup2(end, target)
            result = RESULT_FD
            os.closerange(JOB_FD + 1, _MOST_FDS)
            os.write(result, STARTED + _held_kb().to_bytes(4, "big"))
        except BaseException as error:
            os.write(result, f"{type(error).__name__}: {error}".encode()[:500])
            os._exit(70)
        if head["form"] == "command":
            self._command(head)
        if head["form"] == "lab":
            head["folder"] = os.path.join(self.walls.scratch, head["folder"])
        examinee.run(head, JOB_FD, RESULT_FD)

    def _command(self, head: dict[str, Any]) -> NoReturn:
        """Become the program that the job names. It keeps stdin, stdout and stderr, and where to answer if it is to."""
        places = {"built": self.walls.built or "", "scratch": self.walls.scratch}
        try:
            if not head.get("deaf"):  # Python ignores it, and what is exec'd would go on to
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            os.set_inheritable(RESULT_FD, bool(head.get("answers")))
            os.close(JOB_FD)
            argv = [_placed(word, places) for word in head["argv"]]
            environment = {name: _placed(text, places) for name, text in head["environment"].items()}
            os.execve(argv[0], argv, environment)
        except BaseException as error:
            os.write(2, f"{argv[0]}: {error}\n".encode()[:500])
        finally:
            os._exit(127)


def _rehearse(line: socket.socket, walls: Walls) -> None:
    """Unless a frame comes, do what every case has this process do, but for the case.

    The fork of the child that waits has made this process's memory one of two again (`examinee.rehearse`).
    """
    if select.select([line], [], [], _IDLE_S)[0]:
        return
    mine, theirs = _socket.socketpair()
    given, giver = os.pipe()
    _hand(mine, frames.packed(_NOBODYS), [os.dup(giver) for _ in range(_ENDS)])
    text, _, ends = frames.read_given(theirs, _ENDS)
    case = _Case(frames.parse_head(text), walls)
    frames.write(giver, {"op": "kill", "why": "rehearsal"})
    case.watch(os.getpid(), given, time.monotonic())
    sweep.empty(walls.scratch, walls.kept)
    frames.pack(case.report(0, resource.getrusage(resource.RUSAGE_SELF), 0.0, 0.0))
    for end in (*ends, given, giver):
        os.close(end)
    theirs.close()


def _hand(line: _socket.socket, packed: bytes, ends: list[int]) -> None:
    """Send *packed* and *ends* over *line*, and close both here."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", ends))]
    try:
        line.sendall(packed[line.sendmsg([packed], rights) :])
    except (BrokenPipeError, ConnectionResetError):  # the child has ended; its pipes say so
        pass
    finally:
        line.close()
        for end in ends:
            os.close(end)


def rehearse_case(baseline: int) -> None:
    """Take a case that is nobody's, and answer it into a pipe that nobody reads (`examinee.rehearse`)."""
    mine, theirs = _socket.socketpair()
    given, giver = os.pipe()
    heard, result = os.pipe()
    _hand(mine, frames.packed(_NOBODYS), [os.dup(result) for _ in range(_ENDS)])
    text, _, ends = frames.read_given(theirs, _ENDS)
    limits.apply(frames.parse_head(text)["limits"], baseline)
    os.write(result, STARTED + _held_kb().to_bytes(4, "big"))
    examinee.rehearse(given, giver, result)
    for end in (*ends, giver, heard, result):
        os.close(end)
    theirs.close()


class _Case:
    """One case from the hand-over to the last process."""

    def __init__(self, head: dict[str, Any], walls: Walls) -> None:
        self.head, self.walls = head, walls
        self.limits = head["limits"]
        self.killed: str | None = None
        self.waited = 0.0
        self.asked: float | None = None
        self.over: tuple[int, resource.struct_rusage] | None = None
        self.ended = 0.0

    def run(self, child: _Child, channel: int, job: bytes, ends: list[int]) -> tuple[dict[str, Any], bytes]:
        """Have *child* run the case of the head *job*; the report, and the bytes of the files that are to be kept."""
        if len(ends) != _ENDS:
            raise ValueError("a case without its pipes")
        started = time.monotonic()
        pid = child.pid
        child.give(job, ends)
        try:
            self.watch(pid, channel, started)
        finally:
            self.ended = time.monotonic()
            sweep.kill_all(alone=self.walls.alone)
            if not self.walls.alone and self.over is None:
                _kill_quietly(pid)
            status, usage, cpu = sweep.reap(pid, alone=self.walls.alone, over=self.over)
        wall = time.monotonic() - started
        files, body = self._kept()
        sweep.empty(self.walls.scratch, self.walls.kept)
        return self.report(status, usage, cpu, wall) | files, body

    def report(self, status: int, usage: resource.struct_rusage, cpu: float, wall: float) -> dict[str, Any]:
        """How the case ended, and what it used."""
        return {
            "killed": self.killed,
            "exit": os.waitstatus_to_exitcode(status),
            "cpu_s": cpu,
            "wall_s": wall,
            "peak_kb": _in_kb(usage.ru_maxrss),
            "ended": self.ended,
        }

    def _kept(self) -> tuple[dict[str, Any], bytes]:
        """What the case has left in the folder of /tmp that the job names."""
        if not self.head.get("keep"):
            return {}, b""
        return handing.kept(os.path.join(self.walls.scratch, self.head["keep"]), _MOST_KEPT)

    def watch(self, pid: int, channel: int, started: float) -> None:
        """Wait until the child has ended or must be ended."""
        self.channel = channel
        poll = select.poll()
        poll.register(channel, select.POLLIN)
        ended = _end_of(pid)
        if ended is not None:
            poll.register(ended, select.POLLIN)
        clock = (~pid << 3) | 2  # the CPU-time clock of another process: CPUCLOCK_SCHED of linux/posix-timers.h
        try:
            while self.killed is None:
                for fd, _ in poll.poll(self._time_left(clock, started) * 1000):
                    if fd == ended:
                        return
                    self._obey(channel)
                if ended is None and self._has_ended(pid):
                    return
        finally:
            if ended is not None:
                os.close(ended)

    def _has_ended(self, pid: int) -> bool:
        """The same where there is no descriptor to wait for: it is waited for, and what that says is kept."""
        found, status, usage = os.wait4(pid, os.WNOHANG)
        if found:
            self.over = status, usage
        return bool(found)

    def _time_left(self, clock: int, started: float) -> float:
        """Seconds to wait at most before looking at the clocks again; 0 when a limit is passed."""
        wall_left = float(self.limits["wall_s"]) + self.waited - (time.monotonic() - started)
        try:
            cpu_left = float(self.limits["cpu_s"]) - time.clock_gettime(clock)
        except OSError:  # not this system's clock, or the child has just ended
            cpu_left = _TICK_S
        if cpu_left <= 0:
            self.killed = "cpu"
            return 0.0
        if wall_left <= 0:
            return self._overdue()
        return max(0.001, min(wall_left, cpu_left, _TICK_S))

    def _overdue(self) -> float:
        """Ask the supervisor, who sees how long the case had to wait for a core, whether that is its own fault."""
        now = time.monotonic()
        if self.asked is None:
            self.asked = now
            frames.write(self.channel, {"overdue": True})
        if now - self.asked > _PATIENCE_S:
            self.killed = "wall"
            return 0.0
        return _TICK_S

    def _obey(self, channel: int) -> None:
        head, _ = frames.read(channel)
        if head["op"] == "kill":
            self.killed = str(head["why"])
        elif head["op"] == "waited":
            self.waited, self.asked = float(head["s"]), None


def _placed(text: str, places: dict[str, str]) -> str:
    for name, place in places.items():
        text = text.replace("{" + name + "}", place)
    return text


def _held_kb() -> int:
    """Resident memory in KiB, of which a process that was forked has most from its parent."""
    return _in_kb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _in_kb(size: int) -> int:
    return size // (1 if sys.platform.startswith("linux") else 1024)


def _end_of(pid: int) -> int | None:
    """A descriptor that becomes readable when *pid* ends; None where the system has no such thing."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _kill_quietly(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
