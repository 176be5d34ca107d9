"""A mint for each algorithm, and a network that nobody may use."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from greenroom.accounts.keys import ALGORITHMS, KeyRing, new_key
from tests.security.tokens.forging import NOW, Mint


@pytest.fixture(params=ALGORITHMS)
def mint(request: pytest.FixtureRequest) -> Mint:
    key = new_key(request.param, NOW)
    return Mint(key, KeyRing((key,), b"p" * 32))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whoever connects or looks a name up is written into this list, and fails."""
    calls: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> Any:
        calls.append(arguments)
        raise AssertionError(f"a connection was made: {arguments}")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return calls
