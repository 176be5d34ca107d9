"""What a project finds of the world outside its process: the module `greenroom_lab`, made when a lab begins.

    connect()       a connection to the lab's database, as the standard library's `sqlite3.connect` gives one
    postgres()      a connection to the lab's PostgreSQL, as `pg8000.dbapi.connect` gives one
    upstream()      a transport for `httpx.AsyncClient` that leads to the services which the lab plays
    upstream_sync() the same for `httpx.Client`
    storage()       files by name: read, write, rename, delete, list
    now()           the lab's time, in seconds since 1970, which passes when the lab says so
    ask(name, …)    a function that the lab offers under that name; raises Refused
    django          the same database as an engine for Django's settings: {"ENGINE": "greenroom_lab.django"}

Everything goes to the examiner and is answered there.
"""

from __future__ import annotations

import sys
from types import ModuleType

from .. import arrays

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .agent import Agent

NAME = "greenroom_lab"


class Refused(Exception):
    """The lab does not give what was asked for; the text says why."""


Refused.__module__ = NAME


def install(agent: Agent) -> None:
    """Let the project import it."""
    from . import dbapi, storage

    module = ModuleType(NAME, __doc__)
    database = dbapi.Database(agent)
    module.connect = database.connect  # type: ignore[attr-defined]
    module.dbapi = dbapi.module(database)  # type: ignore[attr-defined]
    module.storage = lambda: storage.Storage(agent)  # type: ignore[attr-defined]
    module.postgres = lambda *_, **__: _lines(agent).connect(agent)  # type: ignore[attr-defined]
    module.upstream = lambda: _transports(agent).Waiting(agent)  # type: ignore[attr-defined]
    module.upstream_sync = lambda: _transports(agent).Blocking(agent)  # type: ignore[attr-defined]
    module.now = lambda: _now(agent)  # type: ignore[attr-defined]
    module.ask = lambda name, *arguments: _asked(agent, name, arguments)  # type: ignore[attr-defined]
    module.Refused = Refused  # type: ignore[attr-defined]
    sys.modules[NAME] = module
    sys.modules[f"{NAME}.dbapi"] = module.dbapi
    _offer_engine(module.dbapi)


def _offer_engine(driver: ModuleType) -> None:
    """Let Django find the engine, where there is Django."""
    try:
        from . import engine
    except ImportError:
        return
    engine.DatabaseWrapper.Database = driver
    sys.modules[f"{NAME}.django"] = ModuleType(f"{NAME}.django", engine.__doc__)
    sys.modules[f"{NAME}.django.base"] = engine


def _now(agent: Agent) -> float:
    reply, _ = agent.ask({"to": "clock"})
    if "error" in reply:
        raise RuntimeError("this lab has no clock")
    now: float = reply["now"]
    return now


def _asked(agent: Agent, name: str, arguments: tuple[Any, ...]) -> Any:
    head, body = agent.ask({"to": "offers", "name": name}, arrays.encode([*arguments]))
    if "error" in head:
        said = head["error"]
        raise Refused(said["text"] if isinstance(said, dict) else said)
    return arrays.decode(body)


def _lines(_agent: Agent) -> ModuleType:
    from . import postgres

    return postgres


def _transports(_agent: Agent) -> ModuleType:
    from . import transports

    return transports
