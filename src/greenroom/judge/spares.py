"""Sandboxes that stand ready, so that a submission does not wait for walls to be put up.

A thread of its own keeps zygotes and, for each sort of sandbox that was asked for lately, a few that are behind their
walls already. There is one zygote for each environment: that of the standard library from the first sandbox on, the
others, which hold large libraries, from when one is asked for until nobody has asked for a while. An examiner is given
out once. An examinee may come back from a sound run: its init has killed every process and emptied /tmp, has read
nothing of the case, and forks a new process for each (`docs/decisions/0003`).
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import Counter, OrderedDict, deque
from typing import NamedTuple

import structlog

from greenroom.bank.base import EnvironmentName
from greenroom.bank.specs import Limits
from greenroom.judge import environments
from greenroom.judge.box import Box, Role
from greenroom.judge.environments import MissingError
from greenroom.judge.faults import BoxError, begin
from greenroom.judge.starting import Host
from greenroom.judge.zygotes import Zygote

log = structlog.get_logger(__name__)

_MOST_SORTS = 8
_MOST_DYING = 16
_MOST_RUNS = 500
_REST_S = 1.0
_START_S = 20.0
_SETTLE_S = 60.0

UNASKED_S = 600.0
"""A zygote with libraries ends when nobody has asked for its environment so long."""


class Sort(NamedTuple):
    """What a sandbox must have when it is made. All else is set for each case. `disk_mb` is the size of its /tmp."""

    role: Role
    disk_mb: int
    environment: EnvironmentName = "plain"


class Spares:
    """Sandboxes of *tier*: *count* of each sort stand ready. With 0 there is no zygote: each starts when it is needed.

    Thread-safe. The zygotes and the spares end with `close`, and with this process however it ends.
    """

    def __init__(self, host: Host, tier: int, count: int) -> None:
        self._host, self._tier, self._count = host, tier, count
        self._changed = threading.Condition()
        self._ready: OrderedDict[Sort, deque[Box]] = OrderedDict()
        self._limits: dict[Sort, Limits] = {}
        self._zygotes: dict[EnvironmentName, Zygote] = {}
        self._asked: dict[EnvironmentName, float] = {}
        self._keeper: threading.Thread | None = None
        self._closed = False
        self._dying = 0
        self._lent: dict[Box, Sort] = {}
        self._runs: dict[Box, int] = {}
        self._graves: queue.SimpleQueue[Box | None] = queue.SimpleQueue()
        self._undertaker: threading.Thread | None = None

    @property
    def interpreter(self) -> str:
        """The Python that runs inside."""
        return self._host.interpreter

    def release(self, box: Box, *, again: bool = False) -> None:
        """Take *box* back, to be given out *again* or to be ended. With spares this does not wait for its end."""
        if again and self._take_back(box):
            return
        with self._changed:
            self._lent.pop(box, None)
            self._runs.pop(box, None)
        box.strike()
        with self._changed:
            later = self._undertaker is not None and self._dying < _MOST_DYING
            self._dying += later
        if later:
            self._graves.put(box)
        else:
            box.kill()

    def _take_back(self, box: Box) -> bool:
        """Whether *box* stands ready once more."""
        with self._changed:
            sort = self._lent.pop(box, None)
            runs = self._runs.get(box, 0) + 1
            if sort is None or sort not in self._ready or len(self._ready[sort]) >= self._count:
                return False
            if self._closed or runs >= _MOST_RUNS:  # whether it lives is asked when it is given out again
                return False
            if not box.lasts:  # it would end within the run of whoever gets it next
                return False
            self._runs[box] = runs
            self._ready[sort].append(box)  # it was counted while it was lent, so nobody waits to hear of it
        return True

    def _bury(self) -> None:
        while (box := self._graves.get()) is not None:
            try:
                box.kill()
            except Exception:
                log.exception("a sandbox could not be ended")
            with self._changed:
                self._dying -= 1
                self._changed.notify_all()

    def make(self, role: Role, limits: Limits, bring: tuple[str, ...], environment: EnvironmentName = "plain") -> Box:
        """A sandbox that sees *bring* of the host, made when asked for. Raises BoxError."""
        with self._changed:
            zygote = self._zygotes.get(environment)
        return self._new(Sort(role, limits.disk_mb, environment), limits, zygote, bring)

    def for_submission(
        self, limits: Limits, runtime: tuple[str, ...] | None, environment: EnvironmentName, *, anew: bool
    ) -> Box:
        """A sandbox for the cases of a submission. Raises BoxError.

        *runtime* is what a compiled program sees of the host, None for Python in *environment*. With *anew* none that
        stood ready is given.
        """
        if runtime is not None:
            return self.make("runner", limits, runtime)
        if anew:
            return self.make("examinee", limits, (), environment)
        return self.take("examinee", limits, environment)

    def has_ready(self, limits: Limits, environment: EnvironmentName) -> bool:
        """Whether a sandbox for a submission in Python stands ready now."""
        with self._changed:
            return bool(self._ready.get(Sort("examinee", limits.disk_mb, environment)))

    def take(self, role: Role, limits: Limits, environment: EnvironmentName = "plain") -> Box:
        """A sandbox that nobody else gets; the caller kills it. Raises BoxError when none can be started."""
        sort = Sort(role, limits.disk_mb, environment)
        if not self._count:
            return self._new(sort, limits, None)
        with self._changed:
            self._begin()
            stale = self._asked_for(sort, limits)
            found = self._ready[sort].popleft() if self._ready[sort] else None
            if found is not None and role == "examinee":  # at once: the keeper counts what will come back
                self._lent[found] = sort
            if self._wanted() is not None:
                self._changed.notify_all()
            if found is None and environment != "plain":  # it has begun to load what a fresh process would load too
                self._changed.wait_for(
                    lambda: self._closed or environment in self._zygotes or sort not in self._ready, _START_S
                )
            zygote = self._zygotes.get(environment)
        for box in stale:
            self.release(box)
        if found is not None and not found.alive:
            self.release(found)
            found = None
        if found is None:
            found = self._new(sort, limits, zygote)
            if role == "examinee":
                with self._changed:
                    self._lent[found] = sort
        return found

    def lasting(self, role: Role, limits: Limits, environment: EnvironmentName = "plain") -> Box:
        """A sandbox that does not end with the thread which asks for it, as the zygote makes them. Raises BoxError.

        Where zygotes keep ending, one that does is given after all.
        """
        deadline = time.monotonic() + _START_S
        while True:
            self._await_zygote(role, limits, environment, deadline)
            box = self.take(role, limits, environment)
            if box.lasts or time.monotonic() > deadline:
                return box
            self.release(box)  # the zygote ended meanwhile, so this one is a process of this thread's

    def _await_zygote(self, role: Role, limits: Limits, environment: EnvironmentName, deadline: float) -> None:
        with self._changed:
            self._begin()
            stale = self._asked_for(Sort(role, limits.disk_mb, environment), limits)
            self._changed.notify_all()
            left = max(0.0, deadline - time.monotonic())
            self._changed.wait_for(lambda: self._closed or self._forks(environment), left)
            missing = self._closed or not self._forks(environment)
        for box in stale:
            box.kill()
        if missing:
            raise BoxError("no zygote could be started")

    def want(self, role: Role, limits: Limits, environment: EnvironmentName = "plain") -> None:
        """Have spares made for *role* and *limits* before anybody needs one."""
        if self._count:
            self.release(self.take(role, limits, environment))

    def announce(self, role: Role, limits: Limits, environment: EnvironmentName) -> None:
        """The same without waiting for anything."""
        if not self._count:
            return
        with self._changed:
            self._begin()
            stale = self._asked_for(Sort(role, limits.disk_mb, environment), limits)
            self._changed.notify_all()
        for box in stale:
            self.release(box)

    def _begin(self) -> None:
        if self._keeper is not None or self._closed:
            return
        keeper = threading.Thread(target=self._keep, name="greenroom-spares", daemon=True)
        begin(keeper)
        self._keeper = keeper
        undertaker = threading.Thread(target=self._bury, name="greenroom-undertaker", daemon=True)
        with contextlib.suppress(BoxError):  # without it, who releases a sandbox waits for its end
            begin(undertaker)
            self._undertaker = undertaker

    def _asked_for(self, sort: Sort, limits: Limits) -> list[Box]:
        """Remember that *sort* is wanted; returns the spares that are not.

        These are, beyond eight sorts, those of the one not asked for longest, and those that ended with their zygote.
        """
        self._limits[sort] = limits
        self._asked[sort.environment] = time.monotonic()
        self._ready.setdefault(sort, deque())
        self._ready.move_to_end(sort)
        orphans = self._orphans()
        if len(self._ready) <= _MOST_SORTS:
            return orphans
        oldest, boxes = self._ready.popitem(last=False)
        del self._limits[oldest]
        return [*orphans, *boxes]

    def _forks(self, environment: EnvironmentName) -> bool:
        zygote = self._zygotes.get(environment)
        return zygote is not None and zygote.alive

    def _orphans(self) -> list[Box]:
        if all(self._forks(name) for name in self._zygotes):
            return []
        dead = [box for kept in self._ready.values() for box in kept if not box.alive]
        for box in dead:
            next(kept for kept in self._ready.values() if box in kept).remove(box)
        return dead

    def _new(self, sort: Sort, limits: Limits, zygote: Zygote | None, bring: tuple[str, ...] = ()) -> Box:
        try:
            return self._made(sort, limits, zygote, bring)
        except BoxError:
            if zygote is None:
                raise
            return self._made(sort, limits, None, bring)

    def _made(self, sort: Sort, limits: Limits, zygote: Zygote | None, bring: tuple[str, ...] = ()) -> Box:
        try:
            environment = environments.find(sort.environment)
        except MissingError as error:
            raise BoxError(str(error)) from None
        return Box(
            self._host,
            tier=self._tier,
            role=sort.role,
            limits=limits.model_dump(),
            bring=bring,
            environment=environment,
            zygote=zygote,
        )

    def _keep(self) -> None:
        """The keeper's life. Zygotes are started here, for each ends with the thread that started it."""
        while True:
            with self._changed:
                while not self._closed and (wanted := self._wanted()) is None and not self._unasked():
                    self._changed.wait(_REST_S)
                if self._closed:
                    return
                unasked = self._unasked()
            for environment in unasked:
                self._forget(environment)
            if wanted is None:
                continue
            zygote: Zygote | None = None
            try:
                zygote = self._zygote(wanted.environment)
                self._add(wanted, zygote)
            except (BoxError, OSError) as error:  # whatever it was, the next try may come when it has passed
                self._failed(wanted, zygote, error)

    def _failed(self, sort: Sort, zygote: Zygote | None, error: Exception) -> None:
        with self._changed:
            ended = zygote is not None and self._zygotes.get(sort.environment) is not zygote
            if ended or sort not in self._ready:
                return  # nobody needs it any more
        log.warning("no spare sandbox", reason=str(error), environment=sort.environment)
        if sort.environment != "plain":  # it would load in vain once a second; who asks for it is told why
            self._forget(sort.environment)
        with self._changed:
            self._changed.wait(_REST_S)

    def _wanted(self) -> Sort | None:
        """The sort with the fewest spares, those that are lent and will come back counted, when it has too few."""
        lent = Counter(self._lent.values())
        sort = min(self._ready, key=lambda one: len(self._ready[one]) + lent[one], default=None)
        return sort if sort is not None and len(self._ready[sort]) + lent[sort] < self._count else None

    def _unasked(self) -> list[EnvironmentName]:
        """The environments with libraries that nobody has asked for in a while."""
        late = time.monotonic() - UNASKED_S
        return [name for name in self._zygotes if name != "plain" and self._asked[name] < late]

    def _forget(self, environment: EnvironmentName) -> None:
        """End the spares of *environment* until it is asked for again, and its zygote unless a run holds its child."""
        with self._changed:
            sorts = [sort for sort in self._ready if sort.environment == environment]
            boxes = [box for sort in sorts for box in self._ready.pop(sort)]
            for sort in sorts:
                del self._limits[sort]
            zygote = self._zygotes.get(environment)
            lent = any(sort.environment == environment for sort in self._lent.values())
            if zygote is not None and (not lent or not zygote.alive):
                del self._zygotes[environment]
            else:
                zygote = None
            self._asked[environment] = time.monotonic()
            self._changed.notify_all()
        for box in boxes:
            box.kill()
        if zygote is not None:
            zygote.close()

    def rest(self) -> None:
        """End what holds libraries, as far as no run uses it now; it is made anew when it is asked for."""
        with self._changed:
            held = [name for name in self._zygotes if name != "plain"]
        for environment in held:
            self._forget(environment)

    def _zygote(self, environment: EnvironmentName) -> Zygote:
        """The zygote of *environment*, started when there is none that lives. Raises BoxError."""
        held = self._zygotes.get(environment)
        if held is not None and held.alive:
            return held
        if held is not None:
            held.close()
        try:
            zygote = Zygote(self._host, environments.find(environment))
        except MissingError as error:
            raise BoxError(str(error)) from None
        with self._changed:
            wanted = any(sort.environment == environment for sort in self._ready)
            if wanted:
                self._zygotes[environment] = zygote
                self._changed.notify_all()
        if not wanted:
            zygote.close()
            raise BoxError("nobody wants it any more")
        return zygote

    def _add(self, sort: Sort, zygote: Zygote) -> None:
        with self._changed:
            limits = self._limits.get(sort)
        if limits is None:
            return
        box = self._made(sort, limits, zygote)
        try:
            box.ready()
        except BoxError:
            box.kill()
            raise
        with self._changed:
            # Meanwhile one that was lent may have come back to its place.
            kept = not self._closed and sort in self._ready and len(self._ready[sort]) < self._count
            if kept:
                self._ready[sort].append(box)
                self._changed.notify_all()
        if not kept:
            box.kill()

    def settle(self, timeout: float = _SETTLE_S) -> bool:
        """Wait until every sort has its spares and all released boxes are gone; False after *timeout* seconds."""

        def settled() -> bool:
            return not self._count or (self._wanted() is None and not self._dying)

        with self._changed:
            return self._changed.wait_for(settled, timeout)

    def close(self) -> None:
        """End the spares and the zygotes. Sandboxes that were given out end with their runs."""
        with self._changed:
            self._closed = True
            boxes = [box for kept in self._ready.values() for box in kept]
            self._ready.clear()
            self._changed.notify_all()
        if self._undertaker is not None:
            self._graves.put(None)
            self._undertaker.join()
            self._undertaker = None
        if self._keeper is not None:
            self._keeper.join()
        for box in boxes:
            box.kill()
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()
