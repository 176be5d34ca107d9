"""What a project finds of the world outside its process: the module `greenroom_lab`, made when a lab begins.

    connect()       a connection to the lab's database, as the standard library's `sqlite3.connect` gives one
    postgres()      a connection to the lab's PostgreSQL, as `pg8000.dbapi.connect` gives one
    upstream()      a transport for `httpx.AsyncClient` that leads to the services which the lab plays
    upstream_sync() the same for `httpx.Client`

Everything goes to the examiner and is answered there.
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .agent import Agent

NAME = "greenroom_lab"


def install(agent: Agent) -> None:
    """Let the project import it."""
    from . import dbapi

    module = ModuleType(NAME, __doc__)
    database = dbapi.Database(agent)
    module.connect = database.connect  # type: ignore[attr-defined]
    module.dbapi = dbapi.module(database)  # type: ignore[attr-defined]
    module.postgres = lambda *_, **__: _lines(agent).connect(agent)  # type: ignore[attr-defined]
    module.upstream = lambda: _transports(agent).Waiting(agent)  # type: ignore[attr-defined]
    module.upstream_sync = lambda: _transports(agent).Blocking(agent)  # type: ignore[attr-defined]
    sys.modules[NAME] = module
    sys.modules[f"{NAME}.dbapi"] = module.dbapi


def _lines(_agent: Agent) -> ModuleType:
    from . import postgres

    return postgres


def _transports(_agent: Agent) -> ModuleType:
    from . import transports

    return transports
