"""What the tests of security share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.workers import GROUND


@pytest.fixture(scope="session", autouse=True)
def ground() -> Iterator[None]:
    """Ends the servers that were started for `GREENROOM_TEST_SITE=workers`."""
    yield
    GROUND.close()
