"""Interleaved transactions: several actors at once, one statement at a time, in every order that is worth a try.

An actor is a request to a service or a call of a function. Every statement of theirs is held back before it reaches
the database; a schedule says whose goes next (`playing.py`). So each run is one that a real server could see, and the
same order comes about whenever it is asked for. The search tries orders with few changes of turn first: most faults
need one or two (Musuvathi and others, "Finding and reproducing Heisenbugs", OSDI 2008).
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from greenroom.judge.probes.playing import MOST_STEPS, Actor, Play, Run, Stage, asks, calls
from greenroom.judge.probes.seats import FailedError

__all__ = ["Actor", "Broken", "Crash", "Report", "Run", "asks", "calls", "crashes", "explore"]

MOST_RUNS = 100


@dataclass(frozen=True)
class Broken:
    """A run after which something was wrong, and what."""

    run: Run
    why: str


@dataclass(frozen=True)
class Report:
    """What a search came to: how many runs, whether that was all there are, and those that broke something."""

    runs: int
    complete: bool
    broken: tuple[Broken, ...]

    def expect_sound(self) -> str:
        """How many orders were tried, in words. Raises FailedError with the first that broke something."""
        if self.broken:
            first = self.broken[0]
            raise FailedError(f"{first.why}. The order of the statements: {first.run.told[:600]}")
        return f"{self.runs} orders of the statements, none breaks it"


def explore(
    stage: Stage,
    actors: Sequence[Actor],
    check: Callable[[Run], str | None],
    *,
    before: Callable[[], None],
    most_runs: int = MOST_RUNS,
    most_steps: int = MOST_STEPS,
    changes: int | None = None,
    start: Sequence[int] = (),
    enough: int = 1,
) -> Report:
    """Run *actors* in one order of their statements after the other; *check* says of a run what was wrong with it.

    *before* is called before each run, to put back what the last one has changed. At most *most_runs* are tried, those
    with few changes of turn first (never more than *changes*), and none after *enough* were broken. A change of turn is
    one away from an actor that could have gone on; who has just undone all it did lets others pass by itself. Every run
    begins with the turns of *start* (places in *actors*), whose changes are not counted. What a process does only once,
    as to connect, is best done before.
    """
    serial = itertools.count()
    waiting: list[tuple[int, int, tuple[int, ...]]] = [(0, next(serial), tuple(start))]
    broken: list[Broken] = []
    runs = 0
    while waiting and runs < most_runs and len(broken) < enough:
        _, _, prefix = heapq.heappop(waiting)
        before()
        play = Play(stage, actors, most_steps)
        run = play.perform(prefix)
        runs += 1
        why = run.problem or check(run)
        if why is not None:
            broken.append(Broken(run, why))
        if run.problem is not None:  # what is left behind of it would spoil the next
            break
        for total, choices in play.alternatives(len(prefix)):
            changed = total - play.changes_in(len(start))
            if changes is None or changed <= changes:
                heapq.heappush(waiting, (changed, next(serial), choices))
    return Report(runs, not waiting and len(broken) < enough, tuple(broken))


@dataclass(frozen=True)
class Crash:
    """A process that was ended after *executed* statements, before it could have *sql* executed.

    *sql* is None after the last, when it had all done but nobody had heard of it.
    """

    executed: int
    sql: str | None

    @property
    def told(self) -> str:
        """Where it was, in words."""
        word = (self.sql.split() or ["?"])[0].upper()[:12] if self.sql is not None else "its answer arrived"
        return f"a crash after {self.executed} statements, before {word}"


def crashes(
    stage: Stage,
    actor: Callable[[], Actor],
    *,
    before: Callable[[], None],
    places: Iterable[int] | None = None,
    most: int = MOST_STEPS,
) -> Iterator[Crash]:
    """Let a process crash before its first statement, before its second and so on, and once after the last.

    *actor* makes it each time, in a process of its own; *before* is called before that. Begins and settings are not
    counted. With *places* it crashes only after so many statements, and once after the last. What survived is looked at
    by whoever takes the crash, who then finds nothing held back.
    """
    for executed in range(most) if places is None else (*places, most):
        before()
        one = actor()
        play = Play(stage, [one], most)
        held = play.advance(executed)
        one.seat.crash()
        yield Crash(executed, held)
        if held is None:
            return
    raise FailedError(f"it has not come to an end after {most} statements")
