"""One submission to a lab: its project examined by the item's own checks, each of which is a case of the run."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from greenroom.bank.models import Item
from greenroom.bank.projects import ProjectError, assembled, parsed
from greenroom.judge import reading, scoring
from greenroom.judge.box import Box
from greenroom.judge.examiners import Examiners
from greenroom.judge.examining import Session
from greenroom.judge.faults import BoxError, CancelledError, JudgeFaultError, LostError, UnbegunError, judge_faults
from greenroom.judge.inside import values
from greenroom.judge.labs.databases import Databases
from greenroom.judge.labs.processes import Process
from greenroom.judge.postgres.server import Server
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.spares import Spares

log = structlog.get_logger(__name__)

MOST_PROCESSES = 8
"""Processes of one examination at once, at most."""

_MOST_CHECKS = 200
_TURNS = 2


class LabRun:
    """One submission to the lab *item*: *answer* is its files, path to content, or the text of a submission with them.

    `execute` does it all, once; `stop` may be called from another thread.
    """

    def __init__(
        self,
        examiners: Examiners,
        spares: Spares,
        tier: int,
        item: Item,
        answer: str | Mapping[str, bytes],
        *,
        visible_only: bool = False,
        on_case: Callable[[CaseResult], None] | None = None,
        cancel: threading.Event | None = None,
        postgres: Server | None = None,
    ) -> None:
        assert item.head.lab is not None
        self.item, self._answer = item, answer
        self._examiners, self._spares, self._tier = examiners, spares, tier
        self._environment = item.head.lab.environment
        self._visible_only, self._on_case, self._cancel = visible_only, on_case, cancel
        self._postgres = postgres if item.head.lab.postgres else None
        self._stopped = threading.Event()
        self._told = 0

    def stop(self) -> None:
        """End the run soon, as if it had been cancelled."""
        self._stopped.set()

    def execute(self) -> RunResult:
        """The result; a run that lost a sandbox is repeated once. Raises JudgeFaultError and CancelledError."""
        try:
            answer = self._answer
            project = assembled(self.item, parsed(answer) if isinstance(answer, str) else answer)
        except ProjectError as error:
            return scoring.uncompiled(self.item, tier=self._tier, message=str(error))
        try:
            return self._attempt(project)
        except LostError:
            return self._attempt(project, again=True)

    def _attempt(self, project: dict[str, bytes], *, again: bool = False) -> RunResult:
        self._look()
        with _Examination(self, project, blamed=again and self._tier > 1) as examination:
            return examination.result()

    def _look(self) -> None:
        if self._stopped.is_set() or (self._cancel is not None and self._cancel.is_set()):
            raise CancelledError("the run was cancelled")

    def _tell(self, cases: list[CaseResult]) -> None:
        if self._on_case is not None and len(cases) > self._told:
            self._told += 1
            self._on_case(cases[-1])


class _Examination:
    """One attempt: the examiner's session, and the processes that it asks for.

    A project that is *blamed* for a lost sandbox has ended it: elsewhere than at tier 1 it may be able to.
    """

    def __init__(self, run: LabRun, project: dict[str, bytes], *, blamed: bool) -> None:
        self._run, self._project, self._blamed = run, project, blamed
        self._cases: list[CaseResult] = []
        self._measures: dict[str, float] = {}
        self._processes: dict[int, Process] = {}
        self._ended: list[Process] = []
        self._boxes: list[Box] = []
        self._free: deque[Process] = deque()
        self._databases = Databases(run._postgres, run._look)
        self._sending = threading.Lock()
        self._sound = False

    def __enter__(self) -> _Examination:
        self._session = self._run._examiners.lab_session(self._run.item)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.end()
        self._session.close()
        for process in list(self._processes.values()):
            process.join()
        self._databases.close()
        sound = self._sound and all(process.failure is None for process in self._ended)
        for box in self._boxes:
            self._run._spares.release(box, again=sound)

    def result(self) -> RunResult:
        """Examine the project."""
        run = self._run
        self._send({"visible_only": run._visible_only}, values.encode(self._project))
        while not self._heard(self._session):
            run._look()
        for process in list(self._processes.values()):
            process.join()
        self._hold_sound()
        self._sound = True
        try:
            made = scoring.summarise(
                run.item,
                self._cases,
                tier=run._tier,
                measures=self._measures,
                visible_only=run._visible_only,
            )
        except scoring.RubricFaultError as error:
            raise JudgeFaultError(str(error)) from None
        reports = [process.report for process in self._ended if process.report is not None]
        return made.model_copy(
            update={
                "cpu_s": round(sum(report.cpu_s for report in reports), 6),
                "wall_s": round(sum(report.wall_s for report in reports), 6),
                "peak_mb": round(max((report.peak_mb for report in reports), default=0.0), 3),
            }
        )

    def _hold_sound(self) -> None:
        lost = next((process.failure for process in self._ended if process.failure is not None), None)
        if lost is not None and not (self._blamed and not isinstance(lost, UnbegunError)):
            raise LostError(f"a sandbox was lost: {lost}")

    def _heard(self, session: Session) -> bool:
        """Take one message of the examiner's; True after the last."""
        head, body = session.receive(self._run._look)
        if "fault" in head:
            raise JudgeFaultError(reading.clean(str(head["fault"]), 600))
        try:
            if "check" in head:
                self._check(head["check"])
            elif "measure" in head:
                self._measures[str(head["measure"])[:64]] = float(head["value"])
            elif "begin" in head:
                self._begin(int(head["begin"]), head["names"], head["sizes"], body)
            elif "demand" in head:
                self._meet(head)
            elif "lost" in head:
                raise LostError(reading.clean(str(head["lost"]), 300))
            elif "end" in head:
                process = self._processes.get(int(head["end"]))
                if process is not None:
                    process.end()
            elif "usage" in head:
                self._tell_usage(int(head["usage"]))
            return "over" in head
        except (KeyError, TypeError, ValueError) as error:
            raise JudgeFaultError(f"the item's examiner said what cannot be read: {type(error).__name__}") from None

    def _check(self, said: Mapping[str, Any]) -> None:
        if len(self._cases) >= _MOST_CHECKS:
            raise JudgeFaultError(f"the item's examiner has more than {_MOST_CHECKS} checks")
        message = said["message"]
        if said.get("stumbled"):
            where = reading.clean(str(said["stumbled"]), 600)
            log.warning("a check stumbled over an answer", item=self._run.item.slug, check=said["name"], where=where)
        self._cases.append(
            CaseResult(
                name=reading.clean(str(said["name"]), 120),
                group=str(said["group"]),
                visible=said["visible"] is True,
                verdict=Verdict(said["verdict"]),
                message=reading.clean(str(message), 1500) if message is not None else None,
            )
        )
        self._run._tell(self._cases)

    def _begin(self, number: int, names: list[str], sizes: list[int], body: bytes) -> None:
        self._run._look()
        if (
            sum(process.report is None and process.failure is None for process in self._processes.values())
            >= MOST_PROCESSES
        ):
            self._send({"op": "refused", "seat": number, "why": f"more than {MOST_PROCESSES} processes at once"})
            return
        files = reading.unpacked(names, sizes, body)
        run = self._run
        with judge_faults("the sandbox"):
            box = self._box()
            process = Process(number, box, run.item.head.limits, self._over)
            self._processes[number] = process
            try:
                ends = process.begin(files)
            except BoxError:
                del self._processes[number]
                raise
        with self._sending:
            self._session.hand({"op": "begun", "seat": number}, ends)

    def _box(self) -> Box:
        """A sandbox for a process: that of one which has ended, if it was left sound, or a new one. Raises BoxError.

        Two take turns where another stands ready: each makes itself ready for the next process beside the other's.
        """
        run = self._run
        spare = len(self._boxes) < _TURNS and run._spares.has_ready(run.item.head.limits, run._environment)
        while self._free and not spare:
            process = self._free.popleft()
            process.join()
            if process.report is not None and process.box.alive:
                return process.box
        box = run._spares.for_submission(run.item.head.limits, None, run._environment, anew=False)
        self._boxes.append(box)
        return box

    def _tell_usage(self, number: int) -> None:
        """Answer what a process uses; nothing for one that is gone, for the examiner hears of its end."""
        process = self._processes.get(number)
        used = process.usage() if process is not None else None
        if used is not None:
            self._send({"op": "usage", "seat": number, "used": used})

    def _meet(self, head: Mapping[str, Any]) -> None:
        with judge_faults("PostgreSQL"):
            said, ends = self._databases.meet(head)
        said = {"op": "met", "serial": int(head["demand"]), **said}
        with self._sending:
            if ends:
                self._session.hand(said, ends)
            else:
                self._session.send(said)

    def _over(self, process: Process, head: dict[str, Any], said: bytes) -> None:
        """A process has ended; called in the thread that watched it."""
        del self._processes[process.number]
        self._ended.append(process)
        self._free.append(process)
        with contextlib.suppress(JudgeFaultError):
            self._send({"op": "ended", "seat": process.number, **head}, said)

    def _send(self, head: dict[str, Any], body: bytes = b"") -> None:
        with self._sending:
            self._session.send(head, body)
