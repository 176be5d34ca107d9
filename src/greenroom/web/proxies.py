"""Whose word counts for where a request came from: that of the proxies which the settings name, and of nobody else."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

_SCHEMES = {"http": "http", "https": "https"}
_SOCKETS = {"http": "ws", "https": "wss"}


class TrustedProxies:
    """Takes the client's address and scheme from `X-Forwarded-For` and `X-Forwarded-Proto` of trusted proxies.

    The chain is read from its end, where our own proxy writes: the last address that is none of ours is the client's.
    What a client writes itself stands before that and is not looked at.
    """

    def __init__(self, app: ASGIApp, networks: Iterable[str] = ()) -> None:
        self.app = app
        self._networks = [ipaddress.ip_network(one, strict=False) for one in networks]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        client = scope.get("client")
        if self._networks and scope["type"] in ("http", "websocket") and client and self._trusts(client[0]):
            scope = dict(scope)
            headers = Headers(scope=scope)
            said = [part.strip() for value in headers.getlist("x-forwarded-for") for part in value.split(",")]
            scope["client"] = (self._client(client[0], said), 0)
            schemes = _SOCKETS if scope["type"] == "websocket" else _SCHEMES
            proto = headers.getlist("x-forwarded-proto")
            scope["scheme"] = schemes.get(proto[-1].strip().lower(), scope["scheme"]) if proto else scope["scheme"]
        await self.app(scope, receive, send)

    def _client(self, peer: str, said: list[str]) -> str:
        found = peer
        for one in reversed(said):
            if not self._trusts(found):
                break
            try:
                found = str(ipaddress.ip_address(one))
            except ValueError:
                break
        return found

    def _trusts(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self._networks)
