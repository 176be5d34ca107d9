"""One site for each module: opening it takes two seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.security.site import NO_LIMITS, Site, Visitor, open_site


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """Without rate limits, so that tests do not stand in each other's way."""
    async with open_site(tmp_path_factory.mktemp("site"), **NO_LIMITS) as opened:
        yield opened


@pytest.fixture
async def ada(site: Site) -> Visitor:
    """A candidate who is signed in."""
    return await site.user()
