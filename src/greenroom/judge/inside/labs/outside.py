"""What a project finds of the world outside its process: the module `greenroom_lab`, made when a lab begins.

    connect()       a connection to the lab's database, as the standard library's `sqlite3.connect` gives one
    upstream()      a transport for `httpx.AsyncClient` that leads to the services which the lab plays
    upstream_sync() the same for `httpx.Client`
    django          the same database as an engine for Django's settings: {"ENGINE": "greenroom_lab.django"}

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
    module.upstream = lambda: _transports(agent).Waiting(agent)  # type: ignore[attr-defined]
    module.upstream_sync = lambda: _transports(agent).Blocking(agent)  # type: ignore[attr-defined]
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


def _transports(_agent: Agent) -> ModuleType:
    from . import transports

    return transports
