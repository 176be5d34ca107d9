"""One site for each module: opening it takes two seconds. Of two worker processes, one for all: it takes longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest

from tests.security import workers
from tests.security.site import NO_LIMITS, Site, Visitor, open_site

_SCOPE: Literal["session", "module"] = "session" if workers.WANTED else "module"


@pytest.fixture(scope=_SCOPE)
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope=_SCOPE)
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Without rate limits, so that tests do not stand in each other's way."""
    async with open_site(tmp_path_factory.mktemp("site"), **NO_LIMITS) as opened:
        yield opened


@pytest.fixture
async def ada(site: Site) -> Visitor:
    """A candidate who is signed in."""
    return await site.user()
