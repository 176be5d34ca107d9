from __future__ import annotations

from collections.abc import Iterator

import pytest

from greenroom.judge import walls
from greenroom.judge.service import Judge
from greenroom.judge.starting import Host, default_interpreter


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """A judge at tier 1; where the host does not allow that, these tests have nothing to say."""
    report = walls.available_tier(Host(default_interpreter()))
    if report.tier != 1:
        pytest.skip(f"no tier 1 here: {'; '.join(report.reasons)}")
    one = Judge()
    yield one
    one.close()
