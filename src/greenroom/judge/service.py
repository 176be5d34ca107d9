"""The judge: runs a submission behind the walls and says what became of it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path

from greenroom.bank.base import EnvironmentName
from greenroom.bank.kattis.cases import Case
from greenroom.bank.models import Item
from greenroom.bank.source import Problem
from greenroom.bank.specs import Limits
from greenroom.judge import languages, needs, walls
from greenroom.judge.choosing import can_be_in
from greenroom.judge.examiners import LIMITS as EXAMINER_LIMITS
from greenroom.judge.examiners import Examiners
from greenroom.judge.faults import CancelledError, JudgeFaultError
from greenroom.judge.labs.running import LabRun
from greenroom.judge.languages import Name
from greenroom.judge.places import OnPosition, Place, Places
from greenroom.judge.postgres.server import Server
from greenroom.judge.probing import SelfTest, probe
from greenroom.judge.problems.packages import Packages, refused_inputs
from greenroom.judge.problems.programs import Compiled, Tools
from greenroom.judge.problems.running import ProblemRun
from greenroom.judge.queueing import Bounds
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.running import Run
from greenroom.judge.spares import Spares
from greenroom.judge.starting import Host, default_interpreter

_TEMPLATES = 4
"""Items whose cases are kept: two interviews at a time, each in its round and the one before."""


class Judge:
    """Runs submissions, at most *jobs* at a time (default: one for each core). Thread-safe.

    The others wait in a queue that is fair between candidates; *bounds* say how many may wait (default: any number).
    *interpreter* runs inside the sandbox (default: the one below this environment). *tier* asks for other walls than
    the strongest available. Without any (tier 3) nothing is run unless *allow_unwalled*, which is for one's own machine
    alone. *scratch* is where tiers 2 and 3 make their temporary folders. *spares* sandboxes of each sort stand ready;
    with 0 each run starts fresh processes, which is slower and right for a single run.
    """

    def __init__(
        self,
        *,
        jobs: int | None = None,
        interpreter: str | None = None,
        tier: int | None = None,
        allow_unwalled: bool = False,
        scratch: Path | None = None,
        spares: int = 0,
        bounds: Bounds | None = None,
    ) -> None:
        self._host = Host(interpreter or default_interpreter(), scratch)
        self._places = Places(jobs or os.cpu_count() or 1, bounds)
        self._wanted_tier = tier
        self._allow_unwalled = allow_unwalled
        self._spare_count = spares
        self._spares: Spares | None = None
        self._examiners: Examiners | None = None
        self._postgres: Server | None = None
        self._lock = threading.Lock()
        self._packages, self._programs = Packages(), Compiled()
        self._running: set[Run | ProblemRun | LabRun] = set()
        self._closed = False

    @property
    def tier(self) -> int:
        """The tier that runs will have."""
        return self._wanted_tier or walls.available_tier(self._host).tier

    @property
    def keeps_spares(self) -> bool:
        """Whether sandboxes stand ready, and come back after a sound run."""
        return bool(self._spare_count) and self.tier == 1 and hasattr(os, "pidfd_open")

    def queue(
        self, candidate: Hashable = None, *, bounded: bool = True, on_position: OnPosition | None = None
    ) -> Place:
        """Queue for a place without waiting for it: to be given to `run`, and left in the end.

        For what must be answered in any case, *bounded* is False. Otherwise raises CapacityError, or QuotaError, when
        too many wait. Raises CancelledError when the judge is closed. *on_position* is as `Places.enter` has it.
        """
        return self._places.enter(candidate, bounded=bounded, on_position=on_position)

    def run(
        self,
        item: Item,
        source: str | Mapping[str, bytes],
        *,
        language: Name = "python",
        entry: str | None = None,
        visible_only: bool = False,
        brief: bool = False,
        thorough: bool = False,
        on_case: Callable[[CaseResult], None] | None = None,
        cancel: threading.Event | None = None,
        candidate: Hashable = None,
        on_position: OnPosition | None = None,
        place: Place | None = None,
    ) -> RunResult:
        """Run *source* as the answer to *item* and wait for the result; *on_case* gets each case as it is decided.

        It waits for its turn among the candidates' runs (*on_position* is told how many come before), or has a *place*
        whose turn has come. *language* is one that this host has, and that the item can be answered in. A *brief* run
        leaves out the hidden cases that can change neither a point nor the verdict any more. For an item that is a
        problem package *source* may also be several files by name, of which *entry* is the one to begin with; a
        *thorough* run of it has every case that its format lets it have.

        Never raises for what a candidate did. What the judge or the item does wrong, and a run that *cancel* or `close`
        has ended, is `judge-error` with a message and no findings. Raises ValueError for an item that is not code, and
        CapacityError when too many wait already.
        """
        tier = self.tier
        if tier == 3 and not self._allow_unwalled:
            return _fault(tier, "no sandbox on this host: " + "; ".join(walls.available_tier(self._host).reasons))
        if not hasattr(os, "fork"):
            return _fault(tier, "code items need Linux or another Unix; on Windows use WSL 2")
        if language != "python" and not can_be_in(language, item):
            raise ValueError(f"{item.slug} cannot be answered in {languages.TITLES[language]}")
        found = languages.find(language)
        if language != "python" and found is None:
            return _fault(
                tier, f"this host has no {languages.TITLES[language]}: `greenroom doctor` lists its languages"
            )
        lack = needs.lacking(item)
        if lack is not None:
            return _fault(tier, lack)
        spares, examiners = self._ready_made(tier)
        run: Run | ProblemRun | LabRun
        try:
            if item.kind.is_lab:
                run = LabRun(
                    examiners,
                    spares,
                    tier,
                    item,
                    source,
                    visible_only=visible_only,
                    on_case=on_case,
                    cancel=cancel,
                    postgres=self._server(tier) if item.needs_postgres else None,
                )
            elif item.package_folder is not None:
                run = ProblemRun(
                    spares,
                    self._programs,
                    tier,
                    item,
                    self._packages.of(item),
                    source,
                    language=found,
                    entry=entry,
                    visible_only=visible_only,
                    thorough=thorough,
                    on_case=on_case,
                    cancel=cancel,
                    borrow=self._places.borrow,
                )
            elif isinstance(source, str):
                run = Run(
                    examiners,
                    spares,
                    tier,
                    item,
                    source,
                    language=found,
                    visible_only=visible_only,
                    brief=brief,
                    on_case=on_case,
                    cancel=cancel,
                    borrow=self._places.borrow,
                )
            else:
                raise ValueError(f"{item.slug} is answered with one source")
            own = place or self.queue(candidate, on_position=on_position)
            try:
                own.wait(cancel)
                return self._execute(run)
            finally:
                if place is None:
                    own.leave()
        except JudgeFaultError as error:
            return _fault(tier, str(error))

    def _execute(self, run: Run | ProblemRun | LabRun) -> RunResult:
        with self._lock:
            if self._closed:
                raise CancelledError("the judge is closed")
            self._running.add(run)
        try:
            return run.execute()
        finally:
            with self._lock:
                self._running.discard(run)

    def warm(self, *limits: Limits, environment: EnvironmentName = "plain") -> None:
        """Have sandboxes stand ready for items with *limits* and *environment*, and wait until they do.

        Nothing without spares.
        """
        spares, _ = self._ready_made(self.tier)
        spares.want("examiner", EXAMINER_LIMITS)
        for one in limits:
            spares.want("examinee", one, environment)
        spares.settle()

    def prepare(self, item: Item) -> None:
        """Make the cases of *item*, and sandboxes of its environment, before somebody waits for them.

        Nothing without spares. Raises JudgeFaultError when the item's own files fail.
        """
        if item.package_folder is not None:
            self._packages.of(item)
            return
        spares, examiners = self._ready_made(self.tier)
        environment = _environment(item)
        if item.needs_postgres and self._spare_count:
            self._server(self.tier).announce()
        if environment != "plain":
            spares.announce("examinee", item.head.limits, environment)
        examiners.prepare(item)

    def refused_inputs(self, item: Item, on_case: Callable[[Case], None]) -> list[Problem]:
        """What the input validators of an item's problem package refuse of its own inputs (`packages.refused_inputs`).

        Raises JudgeFaultError when the package cannot be read.
        """
        spares, _ = self._ready_made(self.tier)
        package = self._packages.of(item)
        tools = Tools(package, self._programs, spares, lambda: None)
        try:
            return list(refused_inputs(package, tools, on_case))
        finally:
            tools.close()

    def rest(self) -> None:
        """Let go of what `prepare` and earlier runs have made, where no run uses it now; the next run makes it anew."""
        with self._lock:
            examiners, spares = self._examiners, self._spares
        if examiners is not None:
            examiners.end_idle()
        if spares is not None:
            spares.rest()

    def _ready_made(self, tier: int) -> tuple[Spares, Examiners]:
        """The sandboxes and the examiners that stand ready."""
        with self._lock:
            if self._spares is None or self._examiners is None:
                count = self._spare_count if self.keeps_spares else 0
                spares = self._spares = Spares(self._host, tier, count)
                start = spares.lasting if count else spares.take
                self._examiners = Examiners(
                    lambda environment: start("examiner", EXAMINER_LIMITS, environment),
                    spares.release,
                    _TEMPLATES if count else 0,
                )
            return self._spares, self._examiners

    def _server(self, tier: int) -> Server:
        """PostgreSQL, for labs that need one."""
        with self._lock:
            if self._postgres is None:
                self._postgres = Server(self._host, tier, self._spare_count)
            return self._postgres

    def self_test(self) -> SelfTest:
        """Try to get out: a tiny hostile program is run inside, and the walls that held are named."""
        report = walls.available_tier(self._host)
        return probe(self._host, self._wanted_tier or report.tier, report.reasons)

    def close(self) -> None:
        """End all runs; those that wait or come later are refused."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        self._places.close()
        for run in running:
            run.stop()
        while self._running:
            time.sleep(0.01)
        if self._examiners is not None:
            self._examiners.close()
        if self._spares is not None:
            self._spares.close()
        if self._postgres is not None:
            self._postgres.close()


def _environment(item: Item) -> EnvironmentName:
    spec = item.head.code or item.head.lab
    return spec.environment if spec is not None else "plain"


def _fault(tier: int, message: str) -> RunResult:
    return RunResult(verdict=Verdict.judge_error, tier=tier, message=message)
