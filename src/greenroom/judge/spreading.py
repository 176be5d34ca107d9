"""The rest of a run's cases in several sandboxes at once, while places are free.

Cases are handed out in order, and settled (judged, counted, reported) in order by the run's own thread: what becomes of
a case depends on those before it as if they ran one after another. A later case may be running by then that should not
be; it is dropped, and the sandbox that it was in is ended.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from greenroom.bank.rubric import Point
from greenroom.judge.answering import Answering
from greenroom.judge.faults import BoxError, begin, judge_faults
from greenroom.judge.places import Loan
from greenroom.judge.reading import Report
from greenroom.judge.results import CaseResult

WORTH_S = 0.05
"""Seconds that a run's cases have taken before a second sandbox pays."""

WORTH_A_CASE_S = 0.01
"""Seconds that a case takes on average, below which handing out costs as much as it saves."""

_TICK_S = 0.02
_MOST_UNSETTLED = 64

Question = tuple[dict[str, Any], bytes]


def pays(results: Sequence[CaseResult]) -> bool:
    """Whether the cases are slow enough, by those that ran, for a second sandbox."""
    taken = sum(result.wall_s for result in results)
    return taken >= WORTH_S and taken >= WORTH_A_CASE_S * len(results)


def may_spread(rubric: Sequence[Point]) -> bool:
    """Whether no point measures a number of the run: cases that share a core's threads or caches take more CPU time."""
    return all(point.measure is None or point.measure.metric is None for point in rubric)


class Course(Protocol):
    """The run, as the cases come to it in order."""

    def following(self) -> Question | None:
        """The next case; None after the last."""

    def over(self, head: dict[str, Any]) -> bool:
        """Whether this case is left out, after all that was settled."""

    def settle(self, head: dict[str, Any], report: Report) -> bool:
        """Take the case's report; False when no other case matters any more."""

    def look(self) -> None:
        """Raise CancelledError when the run is to end."""


class _DroppedError(Exception):
    """The case that runs does not matter any more."""


@dataclass(eq=False)
class _Task:
    head: dict[str, Any]
    question: bytes
    report: Report | None = None
    error: Exception | None = None
    dropped: bool = False

    @property
    def group(self) -> str:
        return str(self.head["group"])


class Spreading:
    """Runs cases in one sandbox, and in *another* for each place that is lent: *loan*, and what *borrow* gives.

    A borrowed place is given back as soon as somebody waits for it and its case is done, or when it is of no use. Use
    it in a `with`: at the end every place has been given back and nothing runs any more.
    """

    def __init__(
        self, course: Course, another: Callable[[], Answering], loan: Loan, borrow: Callable[[], Loan | None]
    ) -> None:
        self._course = course
        self._another = another
        self._loan: Loan | None = loan
        self._borrow = borrow
        self._changed = threading.Condition()
        self._unsettled: deque[_Task] = deque()
        self._open: deque[_Task] = deque()
        self._living, self._busy = 0, 0
        self._ended = False
        self._lanes: list[threading.Thread] = []
        self.cut_short = False
        """Whether a case ended the run before all were asked for."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for lane in self._lanes:
            lane.join()
        if self._loan is not None:
            self._loan.give_back()

    def run(self, asked: Question, first: Answering) -> Counter[str]:
        """Run *asked*, and all that follow; returns how many of them were left out, by group.

        *first* is the run's own sandbox.
        """
        with judge_faults("the judge"):
            self._start(first, None)
        left_out: Counter[str] = Counter()
        following: Question | None = asked
        while following is not None or self._unsettled:
            self._course.look()
            while following is not None and self._has_room():
                self._hand_out(following)
                following = self._course.following()
            self._grow()
            while self._unsettled and (task := self._settled()) is not None:
                if task.dropped:
                    left_out[task.group] += 1
                elif task.report is not None and not self._course.settle(task.head, task.report):
                    self.cut_short = True
                    return left_out + self._asked_in_vain(following)
                self._course.look()
        return left_out

    def _asked_in_vain(self, following: Question | None) -> Counter[str]:
        last = [] if following is None else [str(following[0]["group"])]
        return Counter([task.group for task in self._unsettled] + last)

    def _has_room(self) -> bool:
        with self._changed:
            idle = self._living - self._busy
            return len(self._open) <= idle + 1 and len(self._unsettled) < _MOST_UNSETTLED

    def _hand_out(self, asked: Question) -> None:
        task = _Task(*asked, dropped=self._course.over(asked[0]))
        with self._changed:
            self._unsettled.append(task)
            if not task.dropped:
                self._open.append(task)
                self._changed.notify_all()

    def _settled(self) -> _Task | None:
        """Take the first unsettled task, when it is decided or dropped; waits for a moment. Raises what it met."""
        task = self._unsettled[0]
        with self._changed:
            if not task.dropped and self._course.over(task.head):
                task.dropped = True
            if not self._decided(task):
                self._changed.wait(_TICK_S)
            if not self._decided(task):
                return None
        if task.error is not None and not task.dropped:
            raise task.error
        return self._unsettled.popleft()

    def _decided(self, task: _Task) -> bool:
        return task.dropped or task.report is not None or task.error is not None

    def _grow(self) -> None:
        """Take another place, when a case waits for a sandbox and a place is free; keep none for later."""
        with self._changed:
            needed = sum(not task.dropped for task in self._open) > self._living - self._busy
        if needed and self._loan is None:
            self._loan = self._borrow()
        if self._loan is None:
            return
        loan, self._loan = self._loan, None
        if not needed:
            loan.give_back()
            return
        try:
            self._start(self._another(), loan)
        except Exception as error:
            loan.give_back()
            if not isinstance(error, BoxError):  # without another thread, the one that there is goes on
                raise

    def _start(self, answering: Answering, loan: Loan | None) -> None:
        lane = threading.Thread(target=self._lane, args=(answering, loan), name="greenroom-lane", daemon=True)
        with self._changed:
            self._living += 1
        try:
            begin(lane)
        except BoxError:
            with self._changed:
                self._living -= 1
            raise
        self._lanes.append(lane)

    def _lane(self, answering: Answering | None, loan: Loan | None) -> None:
        """A sandbox's life beside the others."""
        try:
            while (task := self._take(loan)) is not None:
                try:
                    answering = answering or self._another()
                    answering.send(task.question)
                    task.report = answering.receive(lambda task=task: self._look_at(task))  # type: ignore[misc]
                except _DroppedError:
                    if answering is not None:
                        answering.abandon()
                    answering = None
                except Exception as error:
                    task.error = error
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()
        finally:
            with self._changed:
                self._living -= 1
            if loan is not None:
                loan.give_back()

    def _take(self, loan: Loan | None) -> _Task | None:
        """The next case for a lane; None when it is to end."""
        with self._changed:
            while not self._ended and (loan is None or not loan.wanted):
                while self._open:
                    task = self._open.popleft()
                    self._changed.notify_all()
                    if not task.dropped:
                        self._busy += 1
                        return task
                self._changed.wait(_TICK_S)
            return None

    def _look_at(self, task: _Task) -> None:
        if self._ended or task.dropped:
            raise _DroppedError
