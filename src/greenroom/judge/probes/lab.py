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

import sqlite3
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from greenroom.judge.inside import values
from greenroom.judge.probes.database import Database, sweep
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
from greenroom.judge.probes.upstream import Upstream

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


class Lab:
    """One examination of one project, whose *files* are given by path."""

    def __init__(self, board: Board, files: Mapping[str, bytes], *, visible_only: bool) -> None:
        self.board = board
        self._files = dict(files)
        self._looked = False
        self.visible_only = visible_only
        self._open: list[Seat] = []
        self._kept: dict[str, Any] = {}

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
        database: Database | None = None,
        upstream: Upstream | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> Seat:
        """A process of the project, or of other *files*, that finds *database* and *upstream* outside."""
        handlers: dict[str, Handler] = {}
        if database is not None:
            handlers["database"] = database.serve
        if upstream is not None:
            handlers["upstream"] = upstream.serve
        seat = self.board.begin(self._files if files is None else files, handlers)
        self._open.append(seat)
        return seat

    def service(
        self,
        target: str,
        *,
        database: Database | None = None,
        upstream: Upstream | None = None,
        environ: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        start: bool = True,
    ) -> Service:
        """The ASGI application *target* (`module:name`), in a process of its own; with *start* it is started up."""
        seat = self.process(database=database, upstream=upstream, files=files)
        return Service(seat, target, environ or {}, start=start)

    def call(self, target: str, *arguments: Any, seat: Seat | None = None) -> Any:
        """What the project's function *target* (`module:name`) returns, in a process of its own or in *seat*."""
        own = seat or self.process()
        try:
            name = target.partition(":")[2]
            return own.ask("call", values.encode([*arguments]), target=target, during=f"{name}() raised")
        finally:
            if seat is None:
                self.end(own)

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What *make* gave the first time in this examination: for what several checks share."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

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

    def close(self) -> None:
        """End every process that is left."""
        for seat in self._open:
            self.board.end(seat)
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
