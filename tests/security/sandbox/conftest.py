"""A judge for each tier that this host allows, and a count of everything before and after each test."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from tests import orphans
from tests.judge.tiers import interpreter_for

from greenroom.bank.specs import Limits
from greenroom.judge import census, grounds, owners
from greenroom.judge.inside import syscalls
from greenroom.judge.service import Judge


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """Where tiers below 1 put their folders; other users must be able to pass through it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


JUDGES = {"tier1": (1, 0), "tier1-spares": (1, 1), "tier2": (2, 0)}


SLOW = frozenset(("test_environments", "test_labs", "test_native", "test_packages", "test_sources"))
"""What takes long here runs at tier 1 in sandboxes of a zygote and at tier 2 in fresh processes, and with
`GREENROOM_EVERY_SANDBOX=1` at tier 1 in fresh processes too, as everything else does."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if os.environ.get("GREENROOM_EVERY_SANDBOX"):
        return
    left = [item for item in items if item.path.stem in SLOW and _fresh_at_tier_1(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _fresh_at_tier_1(item: pytest.Item) -> bool:
    spec = getattr(item, "callspec", None)
    return spec is not None and spec.params.get("walled") == JUDGES["tier1"]


@pytest.fixture(scope="session", params=list(JUDGES.values()), ids=list(JUDGES))
def walled(request: pytest.FixtureRequest, scratch: Path) -> Iterator[Judge]:
    """A judge at each tier with fresh processes for sandboxes, and one whose sandboxes a zygote has forked (tier 1)."""
    tier, spares = request.param
    judge = Judge(tier=tier, interpreter=interpreter_for(tier), scratch=scratch, spares=spares)
    yield judge
    judge.close()
    assert traces(scratch).files == 0
    assert cgroups() == 0


@dataclass(frozen=True)
class Traces:
    """What a sandbox could leave on the host."""

    processes: int
    descriptors: int
    mounts: int
    files: int
    cgroups: int


def traces(scratch: Path) -> Traces:
    orphans.bury()
    return Traces(
        processes=len(list(census.descendants(os.getpid()))),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        mounts=len(Path("/proc/self/mountinfo").read_text().splitlines()),
        files=len(list(scratch.iterdir())),
        cgroups=cgroups(),
    )


def descriptors() -> list[str]:
    """What the open descriptors are, so that one too many can be told by its kind."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(f"{descriptor.name} {descriptor.readlink()}")
    return found


def settled(scratch: Path) -> Traces:
    """The traces once they stay the same: a process that was ended before may still be on its way out."""
    found, same = traces(scratch), 0
    while same < 10:
        time.sleep(0.01)
        again = traces(scratch)
        found, same = again, same + 1 if again == found else 0
    return found


def left_over(now: Traces, before: Traces) -> dict[str, int]:
    """What there is more of. Less is nothing left: what was on its way out before may be gone."""
    return {name: count for name, count in asdict(now).items() if count > asdict(before)[name]}


def cgroups() -> int:
    """The groups that this process has made."""
    ground = grounds.available().ground
    folders = ground.folders.values() if ground is not None else ()
    return sum(len(list(folder.glob(f"{owners.prefix()}*"))) for folder in folders)


@pytest.fixture(scope="session", autouse=True)
def orphans_come_to_us() -> None:
    """Be the subreaper: whatever escapes a sandbox becomes our child, and is counted."""
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)


@pytest.fixture(autouse=True)
def nothing_is_left(walled: Judge, orphans_come_to_us: None, scratch: Path) -> Iterator[None]:
    # Spares come in sorts, one for each size of /tmp; a first run brings the zygote and the sorts that tests use.
    walled.warm(Limits(), Limits(disk_mb=4))
    walled.rest()  # else a spare that is still being made is missing from what there was before
    before = settled(scratch)
    yield
    walled.rest()
    deadline = time.monotonic() + 30  # on a busy machine a spare that is being made can take seconds; a leak stays
    while left_over(traces(scratch), before) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left_over(traces(scratch), before) == {}, (before, descriptors())
