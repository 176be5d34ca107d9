"""Cases of a problem package run before it is known that they are needed, in several sandboxes, while places are free.

Which case comes next depends on what became of those before it; most often it is the next one. So the following cases
are run ahead, and each report waits until the way through the groups (`walking.Walk`) asks for it. What it passes over
is dropped, and the sandbox that it was in is ended: the results are those of a run one after another.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from greenroom.bank.kattis.cases import Case
from greenroom.judge.faults import JudgeFaultError, begin, judge_faults
from greenroom.judge.places import Loan
from greenroom.judge.problems.answers import Answers
from greenroom.judge.reading import Report

_TICK_S = 0.02

Look = Callable[[], None]


class _DroppedError(Exception):
    """The case that runs does not matter any more."""


@dataclass(eq=False)
class _Task:
    case: Case
    number: int
    report: Report | None = None
    error: Exception | None = None
    dropped: bool = False

    @property
    def done(self) -> bool:
        return self.report is not None or self.error is not None


class Ahead:
    """The reports of the cases in *order*, taken one by one with `report`.

    *another* makes a sandbox that looks at what it is given, now and then, while a case runs. One runs in any case, and
    one for each place that is lent: *loan*, and what *borrow* gives. A borrowed place is given back as soon as somebody
    waits for it and its case is done. Use it in a `with`: at the end every place has been given back.
    """

    def __init__(
        self, order: Sequence[Case], another: Callable[[Look], Answers], loan: Loan, borrow: Callable[[], Loan | None]
    ) -> None:
        self._another, self._borrow = another, borrow
        self._changed = threading.Condition()
        self._numbers = {case.name: number for number, case in enumerate(order)}
        self._open = deque(_Task(case, number) for number, case in enumerate(order))
        self._tasks: dict[str, _Task] = {}
        self._living = 0
        self._ended = False
        self._lanes: list[threading.Thread] = []
        self._begin(None)
        self._begin(loan)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for lane in self._lanes:
            lane.join()

    def report(self, case: Case, look: Look) -> Report:
        """The report of *case*, which is the next one. Cases before it in the order are not asked for any more.

        Raises what running it raised, and what *look* raises meanwhile.
        """
        task = self._asked(case)
        while True:
            look()
            with self._changed:
                if not task.done:
                    self._changed.wait(_TICK_S)
                if task.done:
                    break
            if self._open and (loan := self._borrow()) is not None:
                self._begin(loan)
        if task.report is None:
            assert task.error is not None
            raise task.error
        return task.report

    def _asked(self, case: Case) -> _Task:
        with self._changed:
            number = self._numbers[case.name]
            for passed in [task for task in self._tasks.values() if task.number < number]:
                passed.dropped = True
                del self._tasks[passed.case.name]
            while self._open and self._open[0].number < number:
                self._open.popleft()
            task = self._tasks.pop(case.name, None)
            if task is None:
                task = next((one for one in self._open if one.number == number), _Task(case, number))
                if task in self._open:
                    self._open.remove(task)
                self._open.appendleft(task)
                self._tasks[case.name] = task
            self._changed.notify_all()
            return task

    def _begin(self, loan: Loan | None) -> None:
        lane = threading.Thread(target=self._lane, args=(loan,), name="greenroom-ahead", daemon=True)
        with self._changed:
            self._living += 1
        try:
            with judge_faults("the judge"):
                begin(lane)
        except JudgeFaultError:
            with self._changed:
                self._living -= 1
            if loan is None:
                raise
            loan.give_back()  # without another thread, the one that there is goes on
            return
        self._lanes.append(lane)

    def _lane(self, loan: Loan | None) -> None:
        """A sandbox's life: one case after another, none for longer than it matters."""
        running: list[_Task] = []

        def look() -> None:
            if self._ended or running[0].dropped:
                raise _DroppedError

        answers = self._another(look)
        try:
            while (task := self._take(loan)) is not None:
                running[:] = [task]
                try:
                    task.report = answers.run(task.case)
                except _DroppedError:
                    answers.abandon()
                except Exception as error:
                    task.error = error
                with self._changed:
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
                if self._open and (self._open[0].case.name in self._tasks or len(self._tasks) <= self._living):
                    task = self._open.popleft()
                    self._tasks.setdefault(task.case.name, task)
                    return task
                self._changed.wait(_TICK_S)
            return None
