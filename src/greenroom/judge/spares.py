"""Sandboxes that stand ready, so that a submission does not wait for walls to be put up.

A thread of its own keeps a zygote and, for each sort of sandbox that was asked for lately, a few that are behind their
walls already. An examiner is given out once. An examinee may come back from a sound run: its init has killed every
process and emptied /tmp, has read nothing of the case, and forks a new process for each (`docs/decisions/0003`).
"""

from __future__ import annotations

import queue
import threading
from collections import Counter, OrderedDict, deque

import structlog

from greenroom.bank.models import Limits
from greenroom.judge.box import Box, Role
from greenroom.judge.faults import BoxError
from greenroom.judge.starting import Host
from greenroom.judge.zygotes import Zygote

log = structlog.get_logger(__name__)

_MOST_SORTS = 6
_MOST_DYING = 16
_MOST_RUNS = 500
_REST_S = 1.0
_START_S = 20.0

Sort = tuple[Role, int]
"""What a sandbox must have when it is made: its role, and the size of its /tmp in MB. All else is set for each case."""


class Spares:
    """Sandboxes of *tier*: *count* of each sort stand ready. With 0 there is no zygote: each starts when it is needed.

    Thread-safe. The zygote and the spares end with `close`, and with this process however it ends.
    """

    def __init__(self, host: Host, tier: int, count: int) -> None:
        self._host, self._tier, self._count = host, tier, count
        self._changed = threading.Condition()
        self._ready: OrderedDict[Sort, deque[Box]] = OrderedDict()
        self._limits: dict[Sort, Limits] = {}
        self._zygote: Zygote | None = None
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
            if self._closed or runs >= _MOST_RUNS or not box.alive:
                return False
            self._runs[box] = runs
            self._ready[sort].append(box)
            self._changed.notify_all()
        return True

    def _bury(self) -> None:
        while (box := self._graves.get()) is not None:
            box.kill()
            with self._changed:
                self._dying -= 1
                self._changed.notify_all()

    def make(self, role: Role, limits: Limits, bring: tuple[str, ...]) -> Box:
        """A sandbox that sees *bring* of the host, made when asked for. Raises BoxError."""
        with self._changed:
            zygote = self._zygote
        return self._new(role, limits, zygote, bring)

    def take(self, role: Role, limits: Limits) -> Box:
        """A sandbox that nobody else gets; the caller kills it. Raises BoxError when none can be started."""
        if not self._count:
            return Box(self._host, tier=self._tier, role=role, limits=limits.model_dump())
        sort = (role, limits.disk_mb)
        with self._changed:
            self._begin()
            stale = self._asked_for(sort, limits)
            found = self._ready[sort].popleft() if self._ready[sort] else None
            zygote = self._zygote
            self._changed.notify_all()
        for box in stale:
            self.release(box)
        if found is not None and not found.alive:
            self.release(found)
            found = None
        if found is None:
            found = self._new(role, limits, zygote)
        if role == "examinee":
            with self._changed:
                self._lent[found] = sort
        return found

    def lasting(self, role: Role, limits: Limits) -> Box:
        """A sandbox that does not end with the thread which asks for it, as the zygote makes them. Raises BoxError."""
        with self._changed:
            self._begin()
            stale = self._asked_for((role, limits.disk_mb), limits)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._closed or self._forks(), _START_S)
            missing = self._closed or not self._forks()
        for box in stale:
            box.kill()
        if missing:
            raise BoxError("no zygote could be started")
        return self.take(role, limits)

    def want(self, role: Role, limits: Limits) -> None:
        """Have spares made for *role* and *limits* before anybody needs one."""
        if self._count:
            self.release(self.take(role, limits))

    def _begin(self) -> None:
        if self._keeper is not None or self._closed:
            return
        self._keeper = threading.Thread(target=self._keep, name="greenroom-spares", daemon=True)
        self._undertaker = threading.Thread(target=self._bury, name="greenroom-undertaker", daemon=True)
        self._keeper.start()
        self._undertaker.start()

    def _asked_for(self, sort: Sort, limits: Limits) -> list[Box]:
        """Remember that *sort* is wanted; returns the spares that are not.

        These are, beyond six sorts, those of the one not asked for longest, and those that ended with their zygote.
        """
        self._limits[sort] = limits
        self._ready.setdefault(sort, deque())
        self._ready.move_to_end(sort)
        orphans = self._orphans()
        if len(self._ready) <= _MOST_SORTS:
            return orphans
        oldest, boxes = self._ready.popitem(last=False)
        del self._limits[oldest]
        return [*orphans, *boxes]

    def _forks(self) -> bool:
        return self._zygote is not None and self._zygote.alive

    def _orphans(self) -> list[Box]:
        if self._forks():
            return []
        dead = [box for kept in self._ready.values() for box in kept if not box.alive]
        for box in dead:
            next(kept for kept in self._ready.values() if box in kept).remove(box)
        return dead

    def _new(self, role: Role, limits: Limits, zygote: Zygote | None, bring: tuple[str, ...] = ()) -> Box:
        dumped = limits.model_dump()
        try:
            return Box(self._host, tier=self._tier, role=role, limits=dumped, bring=bring, zygote=zygote)
        except BoxError:
            if zygote is None:
                raise
            return Box(self._host, tier=self._tier, role=role, limits=dumped, bring=bring)

    def _keep(self) -> None:
        """The keeper's life. The zygote is started here, for it ends with the thread that started it."""
        while True:
            with self._changed:
                while not self._closed and (wanted := self._wanted()) is None:
                    self._changed.wait(_REST_S)
                if self._closed:
                    return
            assert wanted is not None
            try:
                self._keep_zygote()
                self._add(wanted)
            except BoxError as error:
                log.warning("no spare sandbox", reason=str(error))
                with self._changed:
                    self._changed.wait(_REST_S)

    def _wanted(self) -> Sort | None:
        """The sort with the fewest spares, those that are lent and will come back counted, when it has too few."""
        lent = Counter(self._lent.values())
        sort = min(self._ready, key=lambda one: len(self._ready[one]) + lent[one], default=None)
        return sort if sort is not None and len(self._ready[sort]) + lent[sort] < self._count else None

    def _keep_zygote(self) -> None:
        if self._forks():
            return
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
        zygote = Zygote(self._host)
        with self._changed:
            self._zygote = zygote
            self._changed.notify_all()

    def _add(self, sort: Sort) -> None:
        limits = self._limits.get(sort)
        if limits is None:
            return
        box = Box(self._host, tier=self._tier, role=sort[0], limits=limits.model_dump(), zygote=self._zygote)
        try:
            box.ready()
        except BoxError:
            box.kill()
            raise
        with self._changed:
            kept = not self._closed and sort in self._ready
            if kept:
                self._ready[sort].append(box)
                self._changed.notify_all()
        if not kept:
            box.kill()

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until every sort has its spares and all released boxes are gone; False after *timeout* seconds."""

        def settled() -> bool:
            return not self._count or (self._wanted() is None and not self._dying)

        with self._changed:
            return self._changed.wait_for(settled, timeout)

    def close(self) -> None:
        """End the spares and the zygote. Sandboxes that were given out end with their runs."""
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
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None
