"""PID 1 of the examinee's sandbox: forks one child for each case, measures it, ends it, and clears up after it.

It never runs, compiles or even decodes anything of the candidate's; it moves bytes and counts. It is itself what
issues the one-shot children, so it holds no secret: not the expected values, not the cases to come.
"""

from __future__ import annotations

import fcntl
import os
import select
import signal
import sys
import time

from . import examinee, frames, handing, limits, sweep
from .terms import MAX_RESULT, RESULT_FD, STARTED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .confine import Walls

_CHUNK = 1 << 16
_MOST_FDS = 1 << 16
_TICK_S = 0.05
_PATIENCE_S = 5.0


def serve(channel: int, walls: Walls, baseline: int) -> NoReturn:
    """Answer the supervisor's frames until it is gone. *baseline*: address space in bytes before any case."""
    source = ""
    try:
        while True:
            head, body = frames.read(channel)
            if head["op"] == "source":
                source = body.decode("utf-8", "surrogatepass")
            elif head["op"] == "files":
                folder = _folder(head["to"], walls)
                sweep.empty(folder)
                handing.put(folder, head["names"], head["sizes"], body)
            elif head["op"] == "collect":
                frames.write(channel, *handing.collect(_folder("built", walls), head["most"]))
            elif head["op"] == "case":
                case = _Case(head, source, body, walls, baseline)
                report, content = case.run(channel)
                frames.write(channel, report, content)
    except (frames.EndOfStreamError, BrokenPipeError, ConnectionResetError):
        sweep.abandon(walls.scratch, alone=walls.alone)
        os._exit(0)
    except sweep.LeftoverError:
        os._exit(3)
    except BaseException as error:
        print(f"init: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(4)


def _folder(name: str, walls: Walls) -> str:
    if name == "scratch":
        return walls.scratch
    if walls.built is None:
        raise ValueError("this sandbox has no folder for programs")
    return walls.built


class _Case:
    """One case from fork to the last byte."""

    def __init__(self, job: dict[str, Any], source: str, body: bytes, walls: Walls, baseline: int) -> None:
        self.job, self.source, self.body = job, source, body
        self.walls, self.baseline = walls, baseline
        self.limits = job["limits"]
        self.killed: str | None = None
        self.waited = 0.0
        self.asked: float | None = None
        self.received: dict[int, bytearray] = {}
        self.printed = 0
        self.feed = memoryview(body if job["form"] in ("program", "command") else b"")

    def run(self, channel: int) -> tuple[dict[str, Any], bytes]:
        """Run it; the report's head and, one after the other, what came on result, stdout and stderr."""
        self.channel = channel
        pipes = [os.pipe() for _ in range(4)]
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            self._child(pipes)
        (stdin_r, self.stdin), (self.stdout, stdout_w), (self.stderr, stderr_w), (self.result, result_w) = pipes
        for fd in (stdin_r, stdout_w, stderr_w, result_w):
            os.close(fd)
        self.received = {self.result: bytearray(), self.stdout: bytearray(), self.stderr: bytearray()}
        self.open = set(self.received)
        try:
            self._watch(pid, channel, started)
        finally:
            sweep.kill_all(alone=self.walls.alone)
            if not self.walls.alone:
                _kill_quietly(pid)
            status, usage, cpu = sweep.reap(pid, alone=self.walls.alone)
        wall = time.monotonic() - started
        self._drain()
        sweep.empty(self.walls.scratch)
        parts = [bytes(self.received[fd]) for fd in (self.result, self.stdout, self.stderr)]
        report = {
            "killed": self.killed,
            "exit": os.waitstatus_to_exitcode(status),
            "cpu_s": cpu,
            "wall_s": wall,
            "peak_kb": usage.ru_maxrss // (1 if sys.platform.startswith("linux") else 1024),
            "sizes": [len(part) for part in parts],
        }
        return report, b"".join(parts)

    def _child(self, pipes: list[tuple[int, int]]) -> NoReturn:
        """Become the examinee. Nothing of the candidate's has run when `STARTED` is written, so it cannot be forged."""
        result = pipes[3][1]
        try:
            os.setsid()
            limits.apply(self.limits, self.walls, self.baseline)
            ends = (pipes[0][0], pipes[1][1], pipes[2][1], pipes[3][1])
            for target, fd in enumerate([fcntl.fcntl(end, fcntl.F_DUPFD, 16) for end in ends]):
                os.dup2(fd, target)
            result = RESULT_FD
            os.closerange(RESULT_FD + 1, _MOST_FDS)
            os.write(result, STARTED)
        except BaseException as error:
            os.write(result, f"{type(error).__name__}: {error}".encode()[:500])
            os._exit(70)
        if self.job["form"] == "command":
            self._command()
        examinee.run(self.job, self.source, self.body, RESULT_FD)

    def _command(self) -> NoReturn:
        """Become the program that the job names. It keeps stdin, stdout and stderr alone."""
        places = {"built": self.walls.built or "", "scratch": self.walls.scratch}
        try:
            os.set_inheritable(RESULT_FD, False)
            argv = [str(word).format_map(places) for word in self.job["argv"]]
            environment = {name: str(text).format_map(places) for name, text in self.job["environment"].items()}
            os.execve(argv[0], argv, environment)
        except BaseException as error:
            os.write(2, f"{argv[0]}: {error}\n".encode()[:500])
        finally:
            os._exit(127)

    def _watch(self, pid: int, channel: int, started: float) -> None:
        """Move bytes until the child has ended or must be ended."""
        poll = select.poll()
        for fd in self.received:
            poll.register(fd, select.POLLIN)
        self._register_stdin(poll)
        ended = _end_of(pid)
        if ended is not None:
            poll.register(ended, select.POLLIN)
        poll.register(channel, select.POLLIN)
        clock = (~pid << 3) | 2  # the CPU-time clock of another process: CPUCLOCK_SCHED of linux/posix-timers.h
        try:
            while self.killed is None:
                for fd, _ in poll.poll(self._time_left(clock, started) * 1000):
                    if fd == ended:
                        return
                    self._handle(fd, channel, poll)
                if ended is None and self._has_ended(pid):
                    return
        finally:
            if ended is not None:
                os.close(ended)
            if self.stdin >= 0:
                os.close(self.stdin)

    def _register_stdin(self, poll: select.poll) -> None:
        if self.feed:
            os.set_blocking(self.stdin, False)
            poll.register(self.stdin, select.POLLOUT)
        else:
            os.close(self.stdin)
            self.stdin = -1

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

    def _handle(self, fd: int, channel: int, poll: select.poll) -> None:
        if fd == channel:
            self._obey(channel)
        elif fd == self.stdin:
            self._write_stdin(poll)
        elif not self._take(fd):
            poll.unregister(fd)
            self.open.discard(fd)

    def _obey(self, channel: int) -> None:
        head, _ = frames.read(channel)
        if head["op"] == "kill":
            self.killed = str(head["why"])
        elif head["op"] == "waited":
            self.waited, self.asked = float(head["s"]), None

    def _write_stdin(self, poll: select.poll) -> None:
        try:
            self.feed = self.feed[os.write(self.stdin, self.feed[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.feed = memoryview(b"")
        if not self.feed:
            poll.unregister(self.stdin)
            os.close(self.stdin)
            self.stdin = -1

    def _take(self, fd: int) -> bool:
        """Read once from *fd*; False at its end. Above a cap the case is marked as killed and nothing more is kept."""
        part = os.read(fd, _CHUNK)
        if not part:
            return False
        kept = self.received[fd]
        kept += part
        if fd != self.result:
            self.printed += len(part)
        if self.printed > self.limits["output_kb"] * 1024 or len(self.received[self.result]) > MAX_RESULT:
            self.killed = self.killed or "output"
        return True

    def _has_ended(self, pid: int) -> bool:
        """The same where there is no descriptor to wait for; without `waitid` all of its pipes must be closed."""
        if not hasattr(os, "waitid"):
            return not self.open
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _drain(self) -> None:
        """What is still in the pipes; every writer is dead, so each ends, and a pipe holds at most its buffer."""
        for fd in self.received:
            os.set_blocking(fd, False)
            try:
                while self._take(fd):
                    pass
            except BlockingIOError:
                pass
            os.close(fd)


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
