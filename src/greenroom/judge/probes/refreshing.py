"""The refresh kit: what a thief of a refresh token tries, and two clients that refresh in the same moment.

The facts are returned; what they ought to be is for a lab's contract to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.service import Exchange


@dataclass(frozen=True)
class Sessions:
    """How tokens are got and used: `login` gives a refresh token; `refresh` its successor, None when it is refused."""

    login: Callable[[], str]
    refresh: Callable[[str], str | None]
    logout: Callable[[str], object]


@dataclass(frozen=True)
class Replay:
    """What became of a token that came a second time: whether it was accepted, and who could go on afterwards.

    `newest` is the token that was current, `others` a login of its own.
    """

    accepted: bool
    newest: bool
    others: bool


def replayed(sessions: Sessions, *, depth: int = 1) -> Replay:
    """Present a spent token again, *depth* exchanges after its own."""
    first, other = sessions.login(), sessions.login()
    newest = first
    for _ in range(depth):
        newest = _needed(sessions.refresh(newest))
    accepted = sessions.refresh(first) is not None
    return Replay(accepted, sessions.refresh(newest) is not None, sessions.refresh(other) is not None)


def works_after_logout(sessions: Sessions) -> bool:
    """Whether a token that was copied before a logout is still accepted after it."""
    stolen = sessions.login()
    sessions.logout(stolen)
    return sessions.refresh(stolen) is not None


def _needed(token: str | None) -> str:
    if token is None:
        raise ValueError("a token that was current was refused")
    return token


@dataclass(frozen=True)
class Race:
    """Requests that ran at once: their exchanges, and how many statements each had executed."""

    exchanges: tuple[Exchange, ...]
    statements: tuple[int, ...]


def interleaved(database: Database, begin: Sequence[Callable[[], Exchange]], order: Iterable[int]) -> Race:
    """Let requests run at once, one statement at a time: *order* says whose statement is executed next.

    Each must be of another process, which has nothing else to do: so it is always known who has come how far. Who is
    done, or waits for a lock of another's, is passed over; when *order* has ended the first goes on to its end, then
    the next. Who waits for a lock that nobody gives back is not `done` at the end. Raises SlowError when one neither
    ends nor executes anything.
    """
    database.hold = lambda _sql, _connection: True
    exchanges = tuple(one() for one in begin)
    board = exchanges[0].service.seat.board
    counts = [0] * len(exchanges)

    def waits(one: Exchange) -> bool:
        return one.done or one.service.seat.ended is not None or database.waits(one.service.seat)

    def step(number: int) -> None:
        seat = exchanges[number].service.seat
        if database.is_held(seat):
            counts[number] += 1
            database.release(1, seat)
            board.pump(lambda: all(map(waits, exchanges)))

    try:
        board.pump(lambda: all(map(waits, exchanges)))
        for number in order:
            step(number)
        while (able := _able(exchanges, database)) is not None:
            step(able)
    finally:
        database.hold = None
        database.release()
    return Race(exchanges, tuple(counts))


def _able(exchanges: Sequence[Exchange], database: Database) -> int | None:
    """The first of those that can go on."""
    return next((number for number, one in enumerate(exchanges) if database.is_held(one.service.seat)), None)


def orders(statements: int, *, most: int | None = None) -> list[tuple[int, ...]]:
    """Orders of two requests with so many statements each: the first is interrupted once, or the second is as well.

    That is every way to let request 0 execute i statements, request 1 then j, and then 0 and 1 the rest; *most* takes
    evenly spaced ones.
    """
    found = [(0,) * i + (1,) * j for i, j in product(range(1, statements + 1), repeat=2)]
    if most is None or len(found) <= most:
        return found
    return [found[at * len(found) // most] for at in range(most)]
