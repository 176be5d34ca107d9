"""The examiner's process: it reads an item once, makes its cases, and forks a session for each run of it.

A session starts with the cases that are made by then, and no run sees what another one did: neither the pack's checker
nor a candidate's answer ever changes the template. Frames on the control channel:

    open {ahead}    body: {spec, cases, sources, seed}                          no answer
    session         with the descriptor of the session's own channel            no answer
    settle          -> {settled: …} when there is nothing left to do ahead
    sheet           -> {sheet: "here", described} + rows, questions, answers | {sheet: "unsettled" or "never"}

On a session's channel it is the examiner that answers; {fault} on any of them is the pack's, never the candidate's.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import time

from . import forking, frames, limits, sweep, values
from .examiner import Examiner, PackFaultError
from .labs.examination import LabExaminer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from .confine import Walls

MOST_AHEAD = 48 * 1024 * 1024
"""Bytes of encoded cases that are made ahead at most; a session makes the others itself."""

_OPEN_FILES = 512
"""A lab's examiner holds its databases open, and each connection that the project has to them."""

_SHARE_OF_CPU = 0.5
"""Of its CPU limit, what a template may use for working ahead."""


def serve(channel: int, walls: Walls, bounds: dict[str, Any], baseline: int) -> NoReturn:
    """Live in a child, so that PID 1 runs nothing of the pack's; ends with it."""
    pid = os.fork()
    if pid:
        status, _, _ = sweep.reap(pid, alone=walls.alone)
        sweep.abandon(walls.scratch, alone=walls.alone)
        if status:
            frames.write(channel, {"fault": _ended(status)})
        os._exit(0)
    try:
        limits.settle()
        limits.confine(walls)
        limits.apply({"open_files": _OPEN_FILES, **bounds}, baseline)
        _Template(channel, float(bounds["cpu_s"])).live()
    except frames.EndOfStreamError:
        os._exit(0)
    finally:
        os._exit(1)


def _ended(status: int) -> str:
    ending = os.waitstatus_to_exitcode(status)
    how = f"exit code {ending}" if ending > 0 else signal.Signals(-ending).name
    return f"the item's own files in judge/ ended the examiner ({how})"


class _Template:
    def __init__(self, control: int, cpu_s: float) -> None:
        self.control = socket.socket(fileno=control)
        self.cpu_s = cpu_s
        self.examiner: Examiner | LabExaminer | None = None
        self.ahead = False
        self.settling = 0
        self.sessions: dict[int, int] = {}
        self.bell, self.ringer = os.pipe()
        os.set_blocking(self.ringer, False)
        signal.set_wakeup_fd(self.ringer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, _rung)

    def live(self) -> NoReturn:
        """Obey until the supervisor is gone; work ahead whenever there is nothing to obey."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        poll.register(self.bell, select.POLLIN)
        while True:
            for fd, _ in poll.poll(0 if self.ahead else None):
                if fd == self.bell:
                    self._bury()
                else:
                    self._obey()
            if self.ahead:
                self._work_ahead()

    def _obey(self) -> None:
        text, body, given = frames.read_given(self.control, 1)
        head = frames.parse_head(text)
        if head["op"] == "open":
            given = values.decode(body)
            self.examiner = LabExaminer(given) if "probes" in given else Examiner(given)
            self.ahead = head["ahead"]
        elif head["op"] == "session" and given:
            self._fork(given[0])
        elif head["op"] == "sheet":
            self._hand_out()
        elif head["op"] == "settle":
            self.settling += 1
            self._settled()

    def _hand_out(self) -> None:
        assert self.examiner is not None
        if self.ahead:
            frames.write(self.control.fileno(), {"sheet": "unsettled"})
            return
        frames.write(self.control.fileno(), *self.examiner.sheet())

    def _work_ahead(self) -> None:
        assert self.examiner is not None
        try:
            self.ahead = (
                self.examiner.size < MOST_AHEAD
                and time.process_time() < _SHARE_OF_CPU * self.cpu_s
                and self.examiner.prepare()
            )
        except PackFaultError:  # the run that comes to it says so
            self.ahead = False
        self._settled()

    def _settled(self) -> None:
        while self.settling and not self.ahead:
            self.settling -= 1
            frames.write(self.control.fileno(), {"settled": True})

    def _fork(self, channel: int) -> None:
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            self._become_session(channel)
        self.sessions[pid] = channel

    def _become_session(self, channel: int) -> NoReturn:
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (self.bell, self.ringer, *self.sessions.values()):
                os.close(other)
            self.control.close()
            assert self.examiner is not None
            forking.have_own_random()
            if isinstance(self.examiner, LabExaminer):
                _examine_lab(self.examiner, channel)
            else:
                _examine(self.examiner, channel)
        except (frames.EndOfStreamError, BrokenPipeError, ConnectionResetError):
            os._exit(0)
        finally:
            os._exit(1)

    def _bury(self) -> None:
        """Take leave of the sessions that have ended; to the run of one that failed, say so."""
        os.read(self.bell, 4096)
        while self.sessions:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:  # the pack's own code has waited for them
                pid = 0
            if not pid:
                return
            channel = self.sessions.pop(pid, None)
            if channel is None:  # a process that the pack's own code has forked
                continue
            if status:
                _tell(channel, _ended(status))
            os.close(channel)


def _examine(examiner: Examiner, channel: int) -> None:
    while True:
        head, body = frames.read(channel)
        try:
            answer, content = examiner.answer(head, body)
        except PackFaultError as error:
            answer, content = {"fault": str(error)}, b""
        frames.write(channel, answer, content)
        examiner.work_ahead()


def _examine_lab(examiner: LabExaminer, channel: int) -> NoReturn:
    try:
        examiner.serve(channel)
    except PackFaultError as error:
        frames.write(channel, {"fault": str(error)})
    os._exit(0)


def _tell(channel: int, fault: str) -> None:
    try:
        frames.write(channel, {"fault": fault})
    except OSError:  # nobody listens any more
        return


def _rung(_signal: int, _frame: object) -> None:
    """The wake-up descriptor does the work; without a handler of ours nothing would be written to it."""
