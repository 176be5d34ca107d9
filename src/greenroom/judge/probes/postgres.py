"""A project's PostgreSQL: each of its statements passes here, is kept with its text, and can be held back.

The project's driver (`greenroom_lab.postgres`) speaks the wire protocol with the examiner, who speaks it with the real
server. A statement is what one simple query brings, or what a Parse or Bind begins and an Execute does; until it is
released nothing of it has reached the server. Connections are let in by the supervisor: who they are is settled before
a byte of the project's passes. The project may change rows of what the check has made, and make things of its own in
the schema `app`.
"""

from __future__ import annotations

import itertools
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from greenroom.judge.probes.client import Client, LostServerError, RefusedError, quoted
from greenroom.judge.probes.lab import Lab
from greenroom.judge.probes.links import Held, Link, Statement
from greenroom.judge.probes.seats import FailedError, Seat, SlowError

MOST_STATEMENTS = 100_000
MOST_CONNECTIONS = 12
"""Of the project at once; it is refused more, as a server does."""

_IDLE_S = 2.0
_ENDED_MS = 5000
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_PARAMETER = re.compile(r"\$(\d+)")
_LOCKED = ("55P03", "57014")
_WAITING = "SELECT DISTINCT pid FROM pg_locks WHERE NOT granted"
_TABLES = """\
SELECT string_agg(format('DELETE FROM %s', oid::regclass), ';' ORDER BY oid DESC) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"""
_SEQUENCES = """\
SELECT string_agg(format('ALTER SEQUENCE %s RESTART', oid::regclass), ';') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"""


def _filled(sql: str, row: Iterable[Any]) -> str:
    """*sql* with the values of *row* written out: many such statements can be sent at once, and are one transaction."""
    values = ["NULL" if value is None else quoted(value) for value in row]
    return _PARAMETER.sub(lambda found: values[int(found[1]) - 1], sql)


class Postgres:
    """A database of its own for *lab*, made by the statements of *script*, then *fill* (`$1` stands for a parameter).

    `statements` is everything that the project executed. `hold` decides of each statement, before it reaches the
    server, whether it waits among `held` until `release`; `fetched` counts the rows that were handed over.
    """

    door = "postgres"

    def __init__(self, lab: Lab, script: str, fill: Iterable[tuple[str, Iterable[Any]]] = ()) -> None:
        self._board = lab.board
        self.statements: list[Statement] = []
        self.hold: Callable[[str, int], bool] | None = None
        self.held: list[Held] = []
        self.fetched = 0
        self.peak_connections = 0
        self._filling = ";".join(_filled(sql, row) for sql, rows in fill for row in rows)
        self._links: dict[int, Link] = {}
        self._opening = 0
        self._numbers = itertools.count(1)
        head, _ = self._board.demand({"what": "database"})
        self._database = head["database"]
        self.own = self.client()
        self.own.run(script)
        clearing = [text for sql in (_TABLES, _SEQUENCES) if (text := self.own.run(sql)[0][0])]
        self._resetting = ";".join(filter(None, [*clearing, self._filling]))
        self._own(self._filling)

    def client(self) -> Client:
        """Another connection of the examiner's own."""
        head, given = self._board.demand({"what": "connection", "database": self._database, "who": "own"})
        made = Client(socket.socket(fileno=given[0]))
        made.pid = int(head["pid"])
        return made

    # Looking

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What a query of the examiner's own gives; it is not counted."""
        return self._own(sql, *parameters)

    def execute(self, sql: str, *parameters: Any) -> None:
        """A change of the examiner's own; it is not counted."""
        self._own(sql, *parameters)

    def _own(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        try:
            return self.own.run(sql, *parameters)
        except RefusedError as error:
            if error.code in _LOCKED:
                raise FailedError("rows are still locked by a transaction that was left open") from None
            raise
        except LostServerError as error:
            self.trouble(f"PostgreSQL: {error}")
            raise

    @contextmanager
    def counted(self) -> Iterator[list[Statement]]:
        """The queries that are executed meanwhile, filled in at the end."""
        found: list[Statement] = []
        at = len(self.statements)
        yield found
        found.extend(one for one in self.statements[at:] if one.is_query)

    def reset(self) -> None:
        """Put the rows back to what *fill* made them; what the project has made in `app` stays."""
        self._own(self._resetting)

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Every row of *table* is locked meanwhile, and none is changed.

        A statement that is to change one of them has seen what it sees when it begins to wait. So two single statements
        that decide by what they see can be made to overlap, which no order of whole statements does.
        """
        if _NAME.fullmatch(table) is None:
            raise ValueError(f"not a table's name: {table!r}")
        other = self.client()
        try:
            other.run(f"BEGIN; SELECT FROM public.{table} FOR UPDATE")
            yield
            other.run("COMMIT")
        finally:
            other.close()

    # Order

    def release(self, count: int | None = None) -> None:
        """Let the statements that are held back go on, the first *count* or all."""
        for held in self.held[:count]:
            self.let(held)

    def let(self, held: Any) -> None:
        """Let this one go on."""
        self.held.remove(held)
        with held.seat.blaming():
            held.link.release()

    def may_wait(self, connection: int) -> bool:
        """Whether the server has said that the connection's statement waits for a lock."""
        link = self._links.get(connection)
        return link is not None and link.waiting

    def stalled(self, connections: Iterable[int]) -> set[int]:
        """Those of *connections* whose statement waits for a lock now, asked of the server."""
        links = [link for number in connections if (link := self._links.get(number)) is not None and link.busy]
        if not links:
            return set()
        pids = {pid for (pid,) in self._own(_WAITING)}
        for link in links:
            link.waiting = link.pid in pids
        return {link.number for link in links if link.waiting}

    def sleeping(self, seat: Seat) -> bool:
        """Whether a statement of *seat* waits for a lock, as far as the server has said."""
        return any(link.waiting for link in self._links.values() if link.seat is seat)

    def left_open(self, seat: Seat) -> list[int]:
        """The connections of *seat* that are in a transaction, once none of them has an answer to come."""
        mine = [link for link in self._links.values() if link.seat is seat]
        try:
            self._board.pump(
                lambda: all(one.closed or (not one.busy and one.transaction == "I") for one in mine), _IDLE_S
            )
        except SlowError:
            return [one.number for one in mine if not one.closed and one.transaction != "I"]
        return []

    # Serving

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Do what the project's driver asks."""
        what = str(asked["what"])
        if what == "open":
            return self._open(seat, asked)
        link = self._links.get(int(asked["connection"]))
        if link is not None and link.seat is seat:
            if what == "send":
                link.from_project(body)
            else:
                self._end(link)
        return None

    def _open(self, seat: Seat, asked: dict[str, Any]) -> tuple[dict[str, Any], bytes] | None:
        if len(self._links) + self._opening >= MOST_CONNECTIONS:
            return {"refused": f"FATAL: sorry, too many clients already (at most {MOST_CONNECTIONS})"}, b""
        self._opening += 1

        def on_met(head: dict[str, Any], given: list[int]) -> None:
            self._opening -= 1
            number = next(self._numbers)
            self._links[number] = Link(self, self._board, seat, number, socket.socket(fileno=given[0]), head)
            self.peak_connections = max(self.peak_connections, len(self._links))
            if seat.ended is not None:
                self._end(self._links[number])
            seat.reply(asked, {"connection": number})

        self._board.demand_later({"what": "connection", "database": self._database, "who": "project"}, on_met)
        return None

    def disconnect(self, seat: Seat) -> None:
        """The process has ended: what it had not committed is undone before this returns."""
        pids = []
        for link in [one for one in self._links.values() if one.seat is seat]:
            pids.append(link.pid)
            self._end(link)
        for pid in pids:
            self._own(f"SELECT pg_terminate_backend($1::int, {_ENDED_MS})", pid)

    def _end(self, link: Link) -> None:
        self._links.pop(link.number, None)
        if link.held is not None and link.held in self.held:
            self.held.remove(link.held)
        link.close()

    # What links ask

    def stops(self, held: Held) -> bool:
        """Whether it waits."""
        if self.hold is None or not self.hold(held.sql, held.connection):
            return False
        self.held.append(held)
        return True

    def passed(self, statement: Statement) -> None:
        """It is on its way to the server."""
        if len(self.statements) < MOST_STATEMENTS:
            self.statements.append(statement)

    def counted_rows(self, rows: int) -> None:
        """So many rows came back."""
        self.fetched += rows

    def trouble(self, why: str) -> None:
        """The server has failed: the supervisor ends this examination, and begins it anew."""
        self._board.tell({"lost": why[:300]})
        self._board.pump(lambda: False, None)
