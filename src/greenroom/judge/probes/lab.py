"""A lab's examination: the checks that its `judge/examine.py` declares, run in order against the candidate's project.

    from greenroom.judge.probes.lab import Lab, check

    @check("contract", visible=True)
    def an_order_is_listed(lab: Lab) -> str:
        orders = lab.service("app.main:app").get("/orders").json()
        lab.expect(len(orders) == 3, f"{len(orders)} orders, expected 3")
        return "3 orders"

Each check is a case of the run, with its group; what it returns is said beside it. Numbers for measures are given with
`lab.measure`.
"""

from __future__ import annotations

import itertools
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict, TypeVar, Unpack, cast

from greenroom.judge.inside import arrays
from greenroom.judge.probes.clock import Clock
from greenroom.judge.probes.database import sweep
from greenroom.judge.probes.offers import Offers
from greenroom.judge.probes.seats import (
    Board,
    EndedError,
    FailedError,
    GarbledError,
    Handler,
    RaisedError,
    Seat,
    SlowError,
    TooMuchError,
)
from greenroom.judge.probes.service import Service
from greenroom.judge.probes.storage import Storage
from greenroom.judge.probes.upstream import Upstream
from greenroom.judge.probes.virtual_time import VirtualTime

_TEXT = 1500
_STUMBLES = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, sqlite3.Error, TypeError, ValueError
)  # fmt: skip
"""What code raises that takes something for what it is not."""

Check = Callable[["Lab"], str | None]
_Checked = TypeVar("_Checked", bound=Check)


@dataclass(frozen=True)
class Declared:
    """A check as `examine.py` declares it."""

    name: str
    group: str
    visible: bool
    run: Check


_declared: list[Declared] = []


def check(group: str, *, visible: bool = False) -> Callable[[_Checked], _Checked]:
    """Declare a check of *group*; a *visible* one can be run before handing in. Its name is the function's."""

    def declare(function: _Checked) -> _Checked:
        _declared.append(Declared(function.__name__.replace("_", " "), group, visible, function))
        return function

    return declare


class World(Protocol):
    """A part of the world outside a process, which the examiner plays."""

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes, /) -> tuple[dict[str, Any], bytes] | None:
        """Answer what *seat* asks; None when it is answered later."""


class Kept(World, Protocol):
    """A database that a process finds behind its *door*: `Database` or `Postgres`."""

    @property
    def door(self) -> str:
        """By what name the process asks for it."""

    def disconnect(self, seat: Seat) -> None:
        """It has ended."""


class Outside(TypedDict, total=False):
    """What a process can find outside; the names are those by which its agent asks, but for a database's door."""

    database: Kept | None
    upstream: Upstream | None
    storage: Storage | None
    clock: Clock | None
    offers: Offers | None


class Lab:
    """One examination of one project, whose *files* are given by path."""

    def __init__(self, board: Board, files: Mapping[str, bytes], *, visible_only: bool) -> None:
        self.board = board
        self._files = dict(files)
        self._looked = False
        self.visible_only = visible_only
        self._open: list[Seat] = []
        self._shared: dict[str, list[Seat]] = {}
        self._kept: dict[str, Any] = {}
        self._used: set[str] = set()

    @property
    def files(self) -> dict[str, bytes]:
        """The project's files by path."""
        self._looked = True
        return self._files

    @property
    def has_heard(self) -> bool:
        """Whether anything of the candidate's has been looked at: its files, or what a process of it said."""
        return self._looked or self.board.heard > 0

    def text(self, path: str) -> str:
        """The candidate's file at *path*; empty when there is none."""
        return self.files.get(path, b"").decode("utf-8", "replace")

    def process(
        self,
        *,
        files: Mapping[str, bytes] | None = None,
        virtual_time: VirtualTime | None = None,
        **outside: Unpack[Outside],
    ) -> Seat:
        """A process of the project, or of other *files*, that finds *outside* what is given of it.

        With *virtual_time* all its clocks are that one.
        """
        worlds = cast("Mapping[str, World | None]", outside)
        handlers: dict[str, Handler] = {name: world.serve for name, world in worlds.items() if world is not None}
        database = outside.get("database")
        if database is not None:
            handlers[database.door] = database.serve
        seat = self.board.begin(self._files if files is None else files, handlers)
        self._open.append(seat)
        if database is not None:
            seat.on_end.append(database.disconnect)
        if virtual_time is not None:
            virtual_time.govern(seat)
        return seat

    def service(
        self,
        target: str,
        *,
        environ: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        start: bool = True,
        virtual_time: VirtualTime | None = None,
        **outside: Unpack[Outside],
    ) -> Service:
        """The ASGI application *target* (`module:name`), in a process of its own; with *start* it is started up."""
        seat = self.process(files=files, virtual_time=virtual_time, **outside)
        return Service(seat, target, environ or {}, start=start).started()

    def ahead(
        self,
        target: str,
        *,
        environ: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        start: bool = True,
        **outside: Unpack[Outside],
    ) -> Service:
        """The same for later: it is loaded beside what goes on, and meets the outside from its `started` on."""
        return Service(self.process(files=files, **outside), target, environ or {}, start=start, waits=True)

    def services(self, target: str, count: int, **outside: Unpack[Outside]) -> list[Service]:
        """The same application in *count* processes, started as if one after the other: they find the same *outside*.

        They load it beside each other. What a later one asks of the outside waits until those before it have started.
        """
        return [one.started() for one in [self.ahead(target, **outside) for _ in range(count)]]

    def call(self, target: str, *arguments: Any, seat: Seat | None = None) -> Any:
        """What the project's function *target* (`module:name`) returns, in a process of its own or in *seat*.

        Where the examiner has numpy, arrays of numbers may be among the arguments and in what is returned.
        """
        own = seat or self.process()
        try:
            name, with_arrays = target.partition(":")[2], "numpy" in sys.modules
            body = arrays.encode([*arguments])
            return own.ask("call", body, target=target, arrays=with_arrays, during=f"{name}() raised")
        finally:
            if seat is None:
                self.end(own)

    def calls(self, target: str, each: Iterable[Sequence[Any]], *, seat: Seat | Sequence[Seat]) -> list[Any]:
        """What the project's function *target* returns for each of some arguments, which are sent all at once.

        Several seats take turns, so they work beside each other.
        """
        seats = [seat] if isinstance(seat, Seat) else seat
        name, with_arrays = target.partition(":")[2], "numpy" in sys.modules
        bodies = [arrays.encode([*arguments]) for arguments in each]
        asked = [
            (own, own.request("call", body, target=target, arrays=with_arrays))
            for own, body in zip(itertools.cycle(seats), bodies, strict=False)
        ]
        return [own.wait(number, during=f"{name}() raised") for own, number in asked]

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What *make* gave the first time in this examination, with its processes: for what several checks share.

        Where it failed each of those checks fails as the first did: what does not start is not started again.
        """
        if name not in self._kept:
            before = set(self._open)
            try:
                self._kept[name] = make()
            except (FailedError, RaisedError, SlowError, GarbledError, EndedError) as error:
                self._kept[name] = error
            else:
                self._shared[name] = [seat for seat in self._open if seat not in before]
        kept = self._kept[name]
        if isinstance(kept, Exception):
            raise kept
        return kept

    def lasting(self, name: str, make: Callable[[], Any]) -> Any:
        """The same, as long as the checks that use it pass: after one that did not, or an end, it is made anew.

        So a check finds nothing that is left of another's failure. What others have left when they passed it must bear.
        """
        if any(seat.ended is not None or seat.unheard for seat in self._shared.get(name, ())):
            self._drop(name)
        self._used.add(name)
        return self.once(name, make)

    def _drop(self, name: str) -> None:
        if not isinstance(self._kept.get(name), Exception):
            self._kept.pop(name, None)
            self._shared.pop(name, None)

    def end(self, seat: Seat) -> None:
        """End a process before the examination does."""
        self.board.end(seat)
        if seat in self._open:
            self._open.remove(seat)

    def expect(self, true: object, otherwise: str) -> None:
        """Fail the check, with a sentence for the candidate, unless *true*."""
        if not true:
            raise FailedError(otherwise)

    def measure(self, name: str, value: float) -> None:
        """A number of the run, for measures of the rubric; said again, the last one counts."""
        self.board.tell({"measure": name, "value": float(value)})

    def end_check(self, *, passed: bool = True) -> None:
        """End the processes that a check has begun for itself, and what it did not pass with."""
        for name in () if passed else self._used:
            self._drop(name)
        self._used.clear()
        shared = [seat for seats in self._shared.values() for seat in seats]
        self.board.end(*(seat for seat in self._open if seat not in shared))
        self._open = [seat for seat in self._open if seat in shared]

    def close(self) -> None:
        """End every process that is left."""
        self.board.end(*self._open)
        self._open.clear()


def examine(board: Board, files: Mapping[str, bytes], *, visible_only: bool) -> None:
    """Run the declared checks and tell the supervisor what became of each."""
    sweep()  # what an examination has left that was ended
    lab = Lab(board, files, visible_only=visible_only)
    try:
        for one in _declared:
            if visible_only and not one.visible:
                continue
            verdict, text, *stumbled = _outcome(lab, one)
            lab.end_check(passed=verdict == "accepted")
            head = {"name": one.name, "group": one.group, "visible": one.visible, "stumbled": stumbled}
            board.tell({"check": head | {"verdict": verdict, "message": text[:_TEXT] if text else None}})
        lab.close()
    finally:
        sweep()
    board.tell({"over": True})


def _outcome(lab: Lab, one: Declared) -> tuple[str, str | None, *tuple[str, ...]]:
    """(verdict, what is said to the candidate) of one check, and where it stumbled over what the candidate said.

    What it meets before it has heard anything of the candidate is the item's own error, and not caught: a project may
    answer anything, and a check that finds a number where it wants a list must not save it from its verdict.
    """
    try:
        return "accepted", one.run(lab)
    except FailedError as error:
        return "wrong-answer", str(error)
    except RaisedError as error:
        return "memory-limit" if error.what.type == "MemoryError" else "runtime-error", str(error)
    except SlowError as error:
        return "time-limit", str(error)
    except GarbledError:
        return "wrong-answer", "the process gave answers that cannot be read"
    except EndedError as error:
        how = error.how
        if how.killed is not None:
            return how.killed, None
        last = how.said.strip().rpartition("\n")[2][:300]
        return "runtime-error", f"the process ended (exit code {how.exit_code})" + (f": {last}" if last else "")
    except TooMuchError as error:
        return "wrong-answer", str(error)
    except _STUMBLES as error:
        if not lab.has_heard:
            raise
        return "wrong-answer", f"an answer is not what it should be ({type(error).__name__})", _where(error)


def _where(error: BaseException) -> str:
    lines = [f"{one.filename}, line {one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-3:]]
    return f"{type(error).__name__}: {error}"[:200] + "".join(f"; {line}" for line in lines)
