"""A mint for each algorithm, and a network that nobody may use.

With `GREENROOM_TEST_SITE=workers` each token is shown to two server processes as well, with the keys of its mint.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from greenroom.accounts.keys import ALGORITHMS, KeyRing, new_key
from tests.security import workers
from tests.security.tokens import forging
from tests.security.tokens.forging import NOW, Mint
from tests.security.tokens.showing import Showing


@pytest.fixture(params=ALGORITHMS)
def mint(request: pytest.FixtureRequest) -> Mint:
    key = new_key(request.param, NOW)
    return Mint(key, KeyRing((key,), b"p" * 32))


if workers.WANTED:

    @pytest.fixture(scope="session")
    def showing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showing]:
        """Two workers that know the user and the session of good tokens."""
        with Showing(tmp_path_factory.mktemp("workers")) as opened:
            yield opened

    @pytest.fixture(autouse=True)
    def shown(showing: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(forging, "show", showing.statuses)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whoever connects or looks a name up is written into this list, and fails."""
    calls: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> Any:
        calls.append(arguments)
        raise AssertionError(f"a connection was made: {arguments}")

    monkeypatch.setattr(forging, "show", None)
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    return calls
