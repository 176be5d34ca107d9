"""One run of several actors against a database, one statement at a time, in an order that is chosen step by step.

Who waits for a lock is asked of the database, and cannot be next; all others have a statement held back, or are over,
before the next choice. What changes nothing (a transaction's begin, settings, the end of one that did nothing) is no
step of its own.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from greenroom.judge.inside import values
from greenroom.judge.probes.failures import Raised, raised_of
from greenroom.judge.probes.seats import Board, EndedError, GarbledError, Seat, SlowError
from greenroom.judge.probes.service import Exchange, Service

MOST_STEPS = 100
"""Statements of one run at most, all actors together, begins and settings not counted."""

PATIENCE_S = 2.0
"""An actor from which nothing comes for so long is not waited for any more while others can go on."""

STUCK_S = 10.0
"""When nobody can go on for so long, nobody will: the database's own limit on waiting has passed."""

_ENDING = re.compile(r"\s*(?:COMMIT|ROLLBACK|END|ABORT)(?:\s+(?:WORK|TRANSACTION))?\s*;?\s*", re.IGNORECASE)
_SQLSTATE = re.compile(r"'C': '(\w{5})', 'M': ['\"](.{1,160}?)['\"], '")
_PULSE_S = 0.05
_INERT = re.compile(
    r"\s*(?:(?:BEGIN|START)(?:\s+(?:WORK|TRANSACTION|DEFERRED))*(?:[\s,]+(?:ISOLATION\s+LEVEL\s+(?:SERIALIZABLE|"
    r"REPEATABLE\s+READ|READ\s+(?:UN)?COMMITTED)|READ\s+(?:WRITE|ONLY)))*|SET\s[^;]*|SHOW\s[^;]*|SAVEPOINT\s[^;]*)\s*;?\s*",
    re.IGNORECASE,
)


class Held(Protocol):
    """A statement that waits to be let go."""

    @property
    def seat(self) -> Seat:
        """Whose it is."""

    @property
    def connection(self) -> int:
        """The number of its connection."""

    @property
    def sql(self) -> str:
        """Its text."""


class Stage(Protocol):
    """A database in which statements can be held back: `Database` or `Postgres`."""

    hold: Callable[[str, int], bool] | None

    @property
    def held(self) -> Sequence[Any]:
        """What is held back now, each a `Held`."""

    def let(self, held: Any) -> None:
        """Let this one go."""

    def release(self, count: int | None = None) -> None:
        """Let all go."""

    def may_wait(self, connection: int) -> bool:
        """Whether its statement is known to wait for a lock."""

    def stalled(self, connections: Iterable[int]) -> set[int]:
        """Those that wait for one now."""

    def left_open(self, seat: Seat) -> list[int]:
        """The connections of a process that are in a transaction."""


@dataclass(frozen=True)
class Outcome:
    """What an actor came to: a response's status and body, a function's value, or what it raised."""

    status: int | None = None
    body: bytes = b""
    value: Any = None
    raised: Raised | None = None


def trouble(raised: Raised) -> str:
    """What was raised, in a few words: of an error of PostgreSQL's its SQLSTATE and its text."""
    said = _SQLSTATE.search(raised.text)
    text = f"{said[1]}, {said[2]}" if said is not None else raised.text.partition("\n")[0][:200]
    last = f" ({raised.lines[-1][0]}, line {raised.lines[-1][1]})" if raised.lines else ""
    return f"{raised.type} {text}{last}".strip()


@dataclass(frozen=True)
class Actor:
    """One who acts in *seat*. `begin` starts it and returns what tells its outcome, None until it is over."""

    seat: Seat
    begin: Callable[[], Callable[[], Outcome | None]]


def asks(service: Service, method: str, path: str, **more: Any) -> Actor:
    """A client's request; *more* is as `Service.begin` takes it."""

    def begin() -> Callable[[], Outcome | None]:
        exchange = service.begin(method, path, **more)
        return lambda: _answered(exchange)

    return Actor(service.seat, begin)


def calls(seat: Seat, target: str, *arguments: Any) -> Actor:
    """A call of the project's function *target* (`module:name`)."""

    def begin() -> Callable[[], Outcome | None]:
        number = seat.request("call", values.encode([*arguments]), target=target)
        return lambda: _returned(seat, number) if seat.has_answered(number) else None

    return Actor(seat, begin)


def _answered(exchange: Exchange) -> Outcome | None:
    if not exchange.done:
        return None
    return Outcome(exchange.status, b"".join(exchange.parts), raised=exchange.raised)


def _returned(seat: Seat, number: int) -> Outcome:
    head, body = seat.answered(number)
    if head.get("error") is not None:
        return Outcome(raised=raised_of(head["error"]))
    with seat.reading_its_words():
        return Outcome(value=values.decode(body))


@dataclass(frozen=True)
class Step:
    """One statement that was let go; `waited` says whether it waited for a lock before anybody else went on."""

    actor: int
    sql: str
    waited: bool


@dataclass(frozen=True)
class Run:
    """One schedule as it came about. `problem` says why it did not come to an end, None when it did."""

    steps: tuple[Step, ...]
    outcomes: tuple[Outcome | None, ...]
    problem: str | None

    @property
    def told(self) -> str:
        """The order of its statements in words, the actors by number."""
        words = ((one.sql.split() or ["?"])[0].upper()[:12] for one in self.steps)
        named = zip(self.steps, words, strict=True)
        return ", ".join(f"{step.actor + 1} {word}{' (waits)' if step.waited else ''}" for step, word in named)


@dataclass(eq=False)
class _Part:
    """An actor in a play. `connection` is that of its last statement; *stalled* is one that is not waited for."""

    actor: Actor
    over: Callable[[], Outcome | None] | None = None
    outcome: Outcome | None = None
    held: Any = None
    connection: int | None = None
    stalled: bool = False

    @property
    def runs(self) -> bool:
        """Whether something is to come from it."""
        return self.over is not None and self.outcome is None and self.held is None


@dataclass(eq=False)
class Play:
    """One run of *actors*."""

    stage: Stage
    actors: Sequence[Actor]
    most_steps: int
    choices: list[int] = field(default_factory=list)
    enabled: list[tuple[int, ...]] = field(default_factory=list)
    gave_up: list[bool] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._parts = [_Part(actor) for actor in self.actors]
        self._board: Board = self.actors[0].seat.board
        self._moving = 0
        self._owners: dict[int, int] = {}
        self._touched: set[int] = set()
        self._undone = False

    def perform(self, prefix: tuple[int, ...]) -> Run:
        """Choose as *prefix* does, then let whoever goes on go on."""
        problem = None
        with self._holding():
            try:
                self._begin()
                while (able := self._able()) or self._unfinished():
                    if not able:
                        self._await_anybody()
                        self._settle()
                        continue
                    if len(self.steps) >= self.most_steps:
                        problem = f"it has not come to an end after {self.most_steps} statements"
                        break
                    self._step(self._choice(prefix, able))
            except SlowError:
                problem = "nobody could go on"
        self.stage.release()
        outcomes = tuple(part.outcome for part in self._parts)
        return Run(tuple(self.steps), outcomes, problem or self._left_open())

    def advance(self, count: int) -> str | None:
        """Let the first actor execute *count* statements; the text of its next one, None when it is over."""
        with self._holding():
            self._begin()
            for _ in range(count):
                if self._parts[0].outcome is not None:
                    break
                self._step(0)
            held = self._parts[0].held
            return None if held is None else str(held.sql)

    def alternatives(self, fixed: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(changes of turn, choices) of the schedules that differ from this one first after *fixed* choices."""
        for place in range(fixed, len(self.choices)):
            for other in self.enabled[place]:
                if other != self.choices[place]:
                    choices = (*self.choices[:place], other)
                    yield self._changes(choices), choices

    def changes_in(self, count: int) -> int:
        """The changes of turn in the first *count* choices."""
        return self._changes(self.choices[:count])

    def _changes(self, choices: Sequence[int]) -> int:
        """How often a turn goes to another than it would by itself (`_choice`)."""
        pairs = zip(choices, choices[1:], self.enabled[1:], self.gave_up[1:], strict=False)
        return sum(one in able and len(able) > 1 and (one == other) == gave_up for one, other, able, gave_up in pairs)

    @contextmanager
    def _holding(self) -> Iterator[None]:
        self.stage.hold = lambda _sql, _connection: True
        try:
            yield
        finally:
            self.stage.hold = None

    def _begin(self) -> None:
        for place, part in enumerate(self._parts):
            self._moving = place
            part.over = part.actor.begin()
            self._settle()
        self._moving = 0

    def _able(self) -> tuple[int, ...]:
        return tuple(place for place, part in enumerate(self._parts) if part.held is not None)

    def _unfinished(self) -> bool:
        return any(part.outcome is None for part in self._parts)

    def _choice(self, prefix: tuple[int, ...], able: tuple[int, ...]) -> int:
        """As *prefix* has it; then whoever moves goes on, but lets others pass when it has undone what it did.

        Else two that try again whenever they stand in each other's way would do so for ever.
        """
        at = len(self.choices)
        gave_up, self._undone = self._undone, False
        others = [place for place in able if place != self._moving]
        wanted = prefix[at] if at < len(prefix) else others[0] if gave_up and others else self._moving
        chosen = wanted if wanted in able else able[0]
        self.choices.append(chosen)
        self.enabled.append(able)
        self.gave_up.append(gave_up)
        return chosen

    def _step(self, place: int) -> None:
        part = self._parts[place]
        held, part.held = part.held, None
        self._moving, part.connection = place, held.connection
        self._let(held)
        self._settle()
        waited = part.runs and self.stage.may_wait(held.connection)
        self.steps.append(Step(place, held.sql, waited))

    def _settle(self) -> None:
        """Take what comes until everybody has a statement held back, waits for a lock, or is over."""
        quiet_since = time.monotonic()
        while True:
            running = [part for part in self._running() if not part.stalled]
            connections = {part.connection for part in running if part.connection is not None}
            if all(part.connection is not None and self.stage.may_wait(part.connection) for part in running):
                if not running or self.stage.stalled(connections) == connections:
                    return
                continue
            try:
                self._board.pump(self._news_of(len(running)), _PULSE_S)
                quiet_since = time.monotonic()
            except SlowError:
                self.stage.stalled(connections)  # in case that it was not said
                if time.monotonic() - quiet_since > PATIENCE_S:
                    for part in running:
                        part.stalled = part.connection is None or not self.stage.may_wait(part.connection)

    def _news_of(self, count: int) -> Callable[[], bool]:
        """Whether one of *count* that run does so no more, or all that are left are known to wait."""

        def came() -> bool:
            running = [part for part in self._running() if not part.stalled]
            known = all(part.connection is not None and self.stage.may_wait(part.connection) for part in running)
            return known or len(running) != count

        return came

    def _running(self) -> list[_Part]:
        """Those from whom something is to come, once what has come is noted."""
        for part in self._parts:
            if part.held is not None and part.held not in self.stage.held:  # its connection has ended
                part.held = None
        for held in list(self.stage.held):
            if not any(part.held is held for part in self._parts):
                self._take(held)
        for place, part in enumerate(self._parts):
            if part.runs and part.over is not None:
                part.outcome = part.over()
                if part.outcome is not None:
                    self._owners = {number: owner for number, owner in self._owners.items() if owner != place}
                elif part.actor.seat.ended is not None:
                    raise EndedError(part.actor.seat.ended)
                elif part.actor.seat.garbled:
                    raise GarbledError
        return [part for part in self._parts if part.runs]

    def _take(self, held: Held) -> None:
        """A new statement: give it to whose it is, or let it go when it is no step, or nobody's."""
        mine = [place for place, part in enumerate(self._parts) if part.actor.seat is held.seat]
        could = [place for place in mine if self._parts[place].runs]
        if not could:
            if all(self._parts[place].outcome is not None for place in mine):
                self._let(held)
            return  # somebody has two at once: the second waits for its turn
        owner = self._owners.get(held.connection, self._moving)
        place = owner if owner in could else could[0]
        self._owners[held.connection] = place
        if self._is_inert(held):
            self._let(held)
        else:
            self._parts[place].held, self._parts[place].stalled = held, False

    def _is_inert(self, held: Held) -> bool:
        if _INERT.fullmatch(held.sql) is not None:
            return True
        return _ENDING.fullmatch(held.sql) is not None and held.connection not in self._touched

    def _let(self, held: Held) -> None:
        if _ENDING.fullmatch(held.sql) is not None:
            self._touched.discard(held.connection)
            self._undone = self._undone or held.sql.lstrip().upper().startswith(("ROLLBACK", "ABORT"))
        elif _INERT.fullmatch(held.sql) is None:
            self._touched.add(held.connection)
        self.stage.let(held)

    def _await_anybody(self) -> None:
        """Nobody can go on: somebody's wait must end by itself. Raises SlowError when none does."""
        for part in self._parts:
            part.stalled = False
        unfinished = sum(part.outcome is None for part in self._parts)

        def moved() -> bool:
            self._running()
            return bool(self._able()) or sum(part.outcome is None for part in self._parts) < unfinished

        self._board.pump(moved, STUCK_S)

    def _left_open(self) -> str | None:
        open_ = any(self.stage.left_open(seat) for seat in {id(one.seat): one.seat for one in self.actors}.values())
        return "a transaction was left open when all was answered" if open_ else None
