"""PostgreSQL, by asyncpg: writers side by side, for several processes.

Transactions are READ COMMITTED: a statement sees what was committed before it began. Who reads, decides and
writes must therefore lock first (`FOR UPDATE`, or `greenroom.platform.database.take_turn`).
"""

from __future__ import annotations

import asyncio
import importlib.util
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from greenroom.kernel.errors import CapacityError, EnvironmentFault, GreenroomError, InputError
from greenroom.platform.addresses import SCHEMES

_VARIABLE = "GREENROOM_DATABASE_URL"
_CONNECT_S = 10.0
_POOL_S = 15.0
# A process that hangs in the middle of a transaction must not hold its locks for ever.
_SESSION = {
    "application_name": "greenroom",
    "default_transaction_isolation": "read committed",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "30s",
}
_START = f"start PostgreSQL, or correct {_VARIABLE}; what was accepted is kept"
_MENDS = {
    "08": ("cannot be reached", _START),
    "28": ("refuses the sign-in", f"correct the user and the password in {_VARIABLE}, or its pg_hba.conf"),
    "3D000": ("does not exist", f"make it with `createdb`, or correct {_VARIABLE}"),
    "53100": ("has no space left on its disk", "free some space there; nothing that was accepted is lost"),
    "53200": ("has no memory left", "give PostgreSQL more memory, or lower its max_connections"),
    "53300": ("has no connection left", "raise its max_connections, or lower GREENROOM_WORKERS"),
    "57P": ("is stopping or starting", "wait until it is up again; what was accepted is kept"),
    "25006": ("is read-only", f"name the primary server in {_VARIABLE}"),
    "25P03": ("ended a transaction that took too long", "try again"),
    "42501": ("does not allow that to this user", "make the user the owner of the database"),
    "42P01": ("lacks a table", "restart Greenroom: the schema is brought up to date at the start"),
    "55P03": ("is held by another process", "wait and try again"),
    "40": ("could not do this beside another change", "try again"),
    "58": ("reports an error of its disk", "check the disk's space and health"),
    "XX": ("reports a fault of its own", "look into PostgreSQL's log"),
}


class Postgresql:
    """The adapter for the PostgreSQL database at *address* (`postgresql://user@host/name`)."""

    shared = True

    def __init__(self, address: str, *, readers: int = 4, writers: int = 4) -> None:
        url = _url(address)
        self.where = place_of(url)
        self.writer = _engine(url, pool_size=writers, max_overflow=writers)
        self.reader = _engine(url, pool_size=readers, max_overflow=readers, isolation_level="AUTOCOMMIT")

    def fault(self, error: Exception) -> GreenroomError | None:
        """What stands behind an error of the driver, or None for a fault of ours."""
        return explained(error, self.where)


def migration_engine(address: str) -> AsyncEngine:
    """An engine for one connection, which is closed after its use."""
    return _engine(_url(address), poolclass=NullPool)


def place_of(address: str | URL) -> str:
    """Where a database is, for messages: never its password."""
    url = make_url(address)
    host = url.host or url.query.get("host") or "localhost"
    return f"PostgreSQL database {url.database or url.username} at {host}:{url.port or 5432}"


def _url(address: str) -> URL:
    if importlib.util.find_spec("asyncpg") is None:
        mend = "install it with `pip install 'greenroom[scale]'` or `uv pip install 'greenroom[scale]'`"
        raise EnvironmentFault("PostgreSQL needs the driver asyncpg, which is not installed", mend=mend)
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise InputError(f"{_VARIABLE} is no address", mend=f"write {SCHEMES[0]}user@host/database") from None
    query = dict(url.query)
    if "sslmode" in query:  # libpq's name for what asyncpg calls ssl
        query["ssl"] = query.pop("sslmode")
    return url.set(drivername="postgresql+asyncpg", query=query)


def _engine(url: URL, **options: Any) -> AsyncEngine:
    if "pool_size" in options:
        options["pool_timeout"] = _POOL_S
    engine = create_async_engine(url, connect_args={"timeout": _CONNECT_S, "server_settings": _SESSION}, **options)
    event.listen(engine.sync_engine, "checkout", _on_checkout)
    return engine


def _on_checkout(connection: Any, _record: Any, _proxy: Any) -> None:
    """After a restart of PostgreSQL the pool's connections are closed: asyncpg knows without asking."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def explained(error: Exception, where: str) -> GreenroomError | None:
    """The machine's fault behind an error, or the caller's for text that PostgreSQL cannot keep; None for ours."""
    if isinstance(error, PoolTimeoutError):
        return CapacityError("the database has too much to do", mend="try again in a moment")
    if isinstance(error, OSError | TimeoutError | asyncio.TimeoutError):
        return _fault(where, *_MENDS["08"])
    if isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig if isinstance(error.orig, Exception) else error
    state = getattr(error, "sqlstate", None) or _unstated(error)
    if state in ("22021", "22P05"):
        return InputError("the text holds a character that cannot be stored", mend="take NUL characters out")
    if state in ("22001", "22003"):
        return InputError("a value is longer or larger than what can be stored", mend="shorten it")
    for sign, (what, mend) in _MENDS.items():
        if state and state.startswith(sign):
            return _fault(where, what, mend)
    return None


def _unstated(error: Exception) -> str | None:
    """A lost connection has no SQLSTATE: the driver says it by the error's class, or in its text."""
    names = {one.__name__ for one in type(error).__mro__}
    lost = "ConnectionDoesNotExistError" in names or "connection is closed" in str(error)
    return "08" if lost else None


def _fault(where: str, what: str, mend: str) -> EnvironmentFault:
    return EnvironmentFault(f"the {where} {what}", mend=mend)
