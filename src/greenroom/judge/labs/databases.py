"""The PostgreSQL databases of one examination: what its examiner asks the supervisor for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from greenroom.judge.faults import BoxError
from greenroom.judge.postgres.server import Lease, Server

MOST = 4
"""Databases of one examination at most."""


class Databases:
    """Lent by *server*, None where the item does not say that it needs one. *look* is called while one is awaited."""

    def __init__(self, server: Server | None, look: Callable[[], None]) -> None:
        self._server, self._look = server, look
        self._leases: list[Lease] = []

    def meet(self, head: Mapping[str, Any]) -> tuple[dict[str, Any], list[int]]:
        """The answer to a demand, and the descriptors that go with it. Raises BoxError, and ValueError for another."""
        if self._server is None:
            raise BoxError("the item does not say `postgres: true`")
        if head["what"] == "database":
            if len(self._leases) >= MOST:
                raise BoxError(f"more than {MOST} databases")
            self._leases.append(self._server.lease(self._look))
            return {"database": len(self._leases) - 1}, []
        if head["what"] != "connection" or head["who"] not in ("project", "own"):
            raise ValueError(head["what"])
        client = self._leases[int(head["database"])].connect(head["who"])
        about = {"pid": client.pid, "parameters": client.parameters}
        end = os.dup(client.line.fileno())
        client.close()
        return about, [end]

    def close(self) -> None:
        """They are not needed any more."""
        for lease in self._leases:
            lease.give_back()
        self._leases.clear()
