"""A judge for each tier that this host allows, and a count of everything before and after each test."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.judge.tiers import interpreter_for

from greenroom.judge import census
from greenroom.judge.inside import syscalls
from greenroom.judge.service import Judge


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Where tiers below 1 put their folders; other users must be able to pass through it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session", params=[1, 2], ids=["tier1", "tier2"])
def walled(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Judge]:
    judge = Judge(tier=request.param, interpreter=interpreter_for(request.param), scratch=scratch)
    yield judge
    judge.close()


@dataclass(frozen=True)
class Traces:
    """What a sandbox could leave on the host."""

    processes: frozenset[int]
    descriptors: int
    mounts: int
    files: tuple[Path, ...]


def traces(scratch: Path) -> Traces:
    return Traces(
        processes=frozenset(census.descendants(os.getpid())),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        files=tuple(scratch.iterdir()),
    )


@pytest.fixture(scope="session", autouse=True)
def orphans_come_to_us() -> None:
    """Be the subreaper: whatever escapes a sandbox becomes our child, and is counted."""
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)


@pytest.fixture(autouse=True)
def nothing_is_left(walled: Judge, orphans_come_to_us: None, scratch: Path) -> Iterator[None]:
    before = traces(scratch)
    yield
    deadline = time.monotonic() + 2
    while traces(scratch) != before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert traces(scratch) == before
