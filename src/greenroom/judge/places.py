"""The places in which runs run, and the fair queue before them. Thread-safe."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, InvalidStateError

import structlog

from greenroom.judge.faults import CancelledError
from greenroom.judge.queueing import Bounds, FairQueue

log = structlog.get_logger(__name__)

_LOOK_S = 0.05

OnPosition = Callable[[int], None]


class Place:
    """A run's place, or its wait for one. Whoever has it calls `leave` in the end, waited for or not.

    `turn` is done when the place may be used; asyncio awaits it with `asyncio.wrap_future`. It raises CancelledError
    when the judge closes first.
    """

    def __init__(self, places: Places, on_position: OnPosition | None) -> None:
        self.turn: Future[None] = Future()
        self.before: int | None = None
        """How many runs come before it while it waits; None when its turn has come, and once it has left."""
        self._places = places
        self._on_position = on_position

    def wait(self, cancel: threading.Event | None = None) -> None:
        """Wait for the turn. Raises CancelledError when *cancel* is set or the judge closes first."""
        while True:
            try:
                return self.turn.result(_LOOK_S)
            except TimeoutError:
                if cancel is not None and cancel.is_set():
                    raise CancelledError("the run was cancelled") from None

    def leave(self) -> None:
        """Give the place back, or stop waiting for it. May be called again."""
        self._places._leave(self)

    def _move_to(self, before: int | None) -> None:
        moved, self.before = before != self.before, before
        if moved and before is not None and self._on_position is not None:
            try:
                self._on_position(before)
            except Exception:
                log.exception("a position could not be told")

    def _grant(self) -> bool:
        """Whether whoever waited still wants it."""
        self._move_to(None)
        try:
            self.turn.set_result(None)
        except InvalidStateError:
            return False
        return True

    def _refuse(self) -> None:
        self._move_to(None)
        if not self.turn.done():
            self.turn.set_exception(CancelledError("the judge is closed"))


class Loan:
    """A place that a run uses beside its own for as long as nobody waits."""

    def __init__(self, places: Places) -> None:
        self._places = places

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for it: it should be given back soon."""
        return self._places.waiting > 0

    def give_back(self) -> None:
        """Let others have it; once."""
        self._places._return()


class Places:
    """*count* places; who finds none free waits in a fair queue within *bounds*."""

    def __init__(self, count: int, bounds: Bounds | None = None) -> None:
        self._lock = threading.Lock()
        self._free = count
        self._queue: FairQueue[Place] = FairQueue(bounds)
        self._held: set[Place] = set()
        self._closed = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def enter(
        self, candidate: Hashable = None, *, bounded: bool = True, on_position: OnPosition | None = None
    ) -> Place:
        """Queue for a place; the turn may come at once.

        *on_position* is told how many come before, at first and whenever that changes; it is called from any thread,
        must be quick and must not come back here. Raises CapacityError (or its QuotaError) when too many wait, unless
        not *bounded*, and CancelledError when closed.
        """
        place = Place(self, on_position)
        with self._lock:
            if self._closed:
                raise CancelledError("the judge is closed")
            self._queue.put(candidate, place, bounded=bounded)
            self._move()
        return place

    def borrow(self) -> Loan | None:
        """A free place beside one's own, when nobody waits."""
        with self._lock:
            if self._closed or not self._free:  # a place is free only while nobody waits
                return None
            self._free -= 1
        return Loan(self)

    def _return(self) -> None:
        with self._lock:
            self._free += 1
            self._move()

    def _leave(self, place: Place) -> None:
        with self._lock:
            if place in self._held:
                self._held.remove(place)
                self._free += 1
            elif self._queue.remove(place):
                place._move_to(None)
            self._move()

    def _move(self) -> None:
        while self._free and (place := self._queue.pop()) is not None:
            if place._grant():
                self._held.add(place)
                self._free -= 1
        if self._free:
            self._queue.end_round()
        for before, place in enumerate(self._queue.in_order()):
            place._move_to(before)

    def close(self) -> None:
        """Refuse those who wait or come later; who has a place keeps it."""
        with self._lock:
            self._closed = True
            while (place := self._queue.pop()) is not None:
                place._refuse()
