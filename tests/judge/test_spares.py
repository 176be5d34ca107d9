"""Which sandboxes come back to stand ready."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.judge.tiers import interpreter_for

from greenroom.bank.specs import Limits
from greenroom.judge.box import Box
from greenroom.judge.spares import Spares
from greenroom.judge.starting import Host


@pytest.fixture
def spares() -> Iterator[Spares]:
    made = Spares(Host(interpreter_for(1)), tier=1, count=1)
    yield made
    made.close()


def used(spares: Spares, *, by: str) -> tuple[Box, bool]:
    """The sandbox that a thread of its own was given, came to an end with and gave back, and whether it lasts."""
    given: list[tuple[Box, bool]] = []

    def use() -> None:
        box = spares.take("examinee", Limits())
        box.ready()
        given.append((box, box.lasts))
        spares.release(box, again=True)

    thread = threading.Thread(target=use, name=by)
    thread.start()
    thread.join()
    return given[0]


def test_one_that_ends_with_the_thread_that_started_it_does_not_come_back(spares: Spares) -> None:
    first, lasts = used(spares, by="the first run, which no zygote was there for")
    assert not lasts
    assert spares.settle()
    second = spares.take("examinee", Limits())
    assert second is not first
    assert second.alive
    spares.release(second)


def test_one_that_the_zygote_made_comes_back(spares: Spares) -> None:
    spares.want("examinee", Limits())
    assert spares.settle()
    first, lasts = used(spares, by="a run")
    assert lasts
    second = spares.take("examinee", Limits())
    assert second is first
    assert second.alive
    spares.release(second)
