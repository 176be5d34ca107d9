"""Answers and tries that wait for the judge: whose turn it is, what their channels say, what a newer one does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from tests.interview.builders import START, make_item

from greenroom.interview.answering import Answering, Result
from greenroom.interview.claims import Claims
from greenroom.interview.service import Interviews
from greenroom.interview.tries import OVERTAKEN, Tries
from greenroom.interview.worker import Workers
from greenroom.judge.places import Place
from greenroom.judge.queueing import Bounds
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge
from greenroom.kernel.clock import ManualClock
from greenroom.kernel.errors import CapacityError, QuotaError
from greenroom.platform.channels import Channels
from greenroom.platform.database import Database
from greenroom.platform.relay import Relay

pytestmark = pytest.mark.anyio


class Desk:
    """Stands for `Answering`: what has its turn stays until it is told to end."""

    def __init__(self) -> None:
        self.judge = Judge(jobs=1, bounds=Bounds(total=4, each=3))
        self.begun: list[str] = []
        self._ended: dict[str, threading.Event] = {}

    async def answer(self, submission_id: str, _on_case: object, place: Place) -> Result:
        assert place.turn.done()
        self.begun.append(submission_id)
        await asyncio.to_thread(self._event(submission_id).wait)
        return Result("accepted", {})

    def run_visible(
        self, _item: object, source: str, _on_case: object, *, language: None, place: Place, cancel: threading.Event
    ) -> RunResult:
        assert place.turn.done()
        self.begun.append(source)
        if source == "broken":
            raise RuntimeError("broken")
        while not self._event(source).wait(0.01):
            if cancel.is_set():
                return RunResult(verdict=Verdict.judge_error, tier=1, message="the run was cancelled")
        return RunResult(verdict=Verdict.accepted, tier=1)

    def _event(self, name: str) -> threading.Event:
        return self._ended.setdefault(name, threading.Event())

    def end(self, name: str) -> None:
        self._event(name).set()

    def end_all(self) -> None:
        for event in self._ended.values():
            event.set()


async def until(condition: Any) -> None:
    for _ in range(4000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
async def workers(desk: Desk, database: Database, clock: ManualClock, channels: Channels) -> AsyncIterator[Workers]:
    one = Workers(cast(Answering, desk), channels, Claims(database, clock))
    yield one
    desk.end_all()  # no thread outlives a test that fails
    await one.stop()


@pytest.fixture
async def tries(desk: Desk, channels: Channels) -> AsyncIterator[Tries]:
    one = Tries(cast(Answering, desk), channels)
    yield one
    desk.end_all()  # no thread outlives a test that fails
    await one.stop()


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[list[tuple[Tries, Desk, Channels]]]:
    """The tries of two processes that reach each other, each with its own desk and channels."""
    found, relays = [], []
    for _ in range(2):
        desk, channels = Desk(), Channels()
        relays.append(Relay(channels, tmp_path / "channels"))
        found.append((Tries(cast(Answering, desk), channels, relays[-1]), desk, channels))
        await relays[-1].open()
    yield found
    for tries, desk, _ in found:
        desk.end_all()
        await tries.stop()
    for relay in relays:
        await relay.close()


async def events(channels: Channels, key: str) -> list[tuple[str, dict[str, Any]]]:
    async with asyncio.timeout(60):  # which is for hangs
        return [(event.name, event.data) async for event in channels.listen(key)]


async def test_answers_take_turns_between_candidates(workers: Workers, desk: Desk, channels: Channels) -> None:
    workers.put("a-0", "a")
    await until(lambda: desk.begun == ["a-0"])
    for name in ("a-1", "a-2", "a-3", "a-4", "a-5", "b-0", "b-1"):  # beyond every bound: what is stored is not refused
        workers.put(name, name[0])
    listening = asyncio.create_task(events(channels, "b-1"))
    assert [workers.before(name) for name in ("a-0", "b-0", "a-1", "b-1", "a-2")] == [None, 0, 1, 2, 3]
    await asyncio.sleep(0)
    for name in ("a-0", "b-0", "a-1", "b-1", "a-2", "a-3", "a-4", "a-5"):
        await until(lambda name=name: desk.begun[-1] == name)
        desk.end(name)
    assert [one for one in await listening if one[0] != "done"] == [
        ("position", {"before": 2}),
        ("position", {"before": 1}),
        ("position", {"before": 0}),
        ("started", {}),
    ]


async def test_an_answer_goes_before_the_second_try_of_another(workers: Workers, tries: Tries, desk: Desk) -> None:
    tries.start("a", "round-1", make_item("x"), "a-0")
    tries.start("a", "round-2", make_item("x"), "a-1")
    tries.start("a", "round-3", make_item("x"), "a-2")
    workers.put("b-0", "b")
    for name in ("a-0", "b-0", "a-1", "a-2"):
        await until(lambda name=name: desk.begun[-1:] == [name])
        desk.end(name)


async def test_a_restart_takes_answers_up_for_their_candidates(
    workers: Workers, interviews: Interviews, user: str, other_user: str, desk: Desk
) -> None:
    stored = []
    for number, who in enumerate((user, user, other_user)):
        item = interviews.catalogue.get("why-stateless")
        assert item is not None
        made = await interviews.create_with(who, [item], now=START)
        one = await interviews.begin(who, made.id, START)
        assert one is not None
        stored.append(await interviews.submit(who, one.id, text="…", token="t", now=START + timedelta(seconds=number)))
    assert await workers.start() == 3
    for name in (stored[0], stored[2], stored[1]):
        await until(lambda name=name: desk.begun[-1:] == [name])
        desk.end(name)


async def test_a_newer_try_ends_the_one_that_runs(tries: Tries, desk: Desk, channels: Channels) -> None:
    older = tries.start("a", "round", make_item("x"), "older")
    await until(lambda: desk.begun == ["older"])
    newer = tries.start("a", "round", make_item("x"), "newer")
    assert (await events(channels, f"round/{older}"))[-1] == ("done", {"verdict": None, "message": OVERTAKEN})
    await until(lambda: desk.begun == ["older", "newer"])
    desk.end("newer")
    assert (await events(channels, f"round/{newer}"))[-1] == ("done", {"verdict": "accepted", "message": None})


async def test_a_newer_try_takes_the_room_of_the_one_that_waits(tries: Tries, desk: Desk, channels: Channels) -> None:
    tries.start("a", "round-0", make_item("x"), "first")
    for number in (1, 2, 3):
        last = tries.start("a", f"round-{number}", make_item("x"), f"older-{number}")
    with pytest.raises(QuotaError):
        tries.start("a", "round-4", make_item("x"), "one too many")
    tries.start("a", "round-3", make_item("x"), "newer-3")
    assert (await events(channels, f"round-3/{last}"))[-1][1]["message"] == OVERTAKEN
    for name in ("first", "older-1", "older-2", "newer-3"):
        await until(lambda name=name: desk.begun[-1:] == [name])
        desk.end(name)
    await until(lambda: not tries._newest)
    assert "older-3" not in desk.begun


async def test_a_newer_try_is_not_refused_where_others_are(tries: Tries, desk: Desk) -> None:
    tries.start("a", "round-0", make_item("x"), "running")
    await until(lambda: desk.begun == ["running"])
    for number in (1, 2, 3):
        tries.start("b", f"round-{number}", make_item("x"), str(number))
    tries.start("c", "round-4", make_item("x"), "4")
    with pytest.raises(CapacityError, match="too many runs"):
        tries.start("d", "round-5", make_item("x"), "another")
    tries.start("a", "round-0", make_item("x"), "newer")
    await until(lambda: desk.begun == ["running", "1"])  # the one that it ended has made room


async def test_a_try_is_ended_from_another_process(elsewhere: list[tuple[Tries, Desk, Channels]]) -> None:
    (here, desk, channels), (there, _, _) = elsewhere
    run = here.start("a", "round", make_item("x"), "running")
    other = here.start("a", "other", make_item("x"), "waiting")
    await until(lambda: desk.begun == ["running"])
    await there.end("round", "Stopped.")
    assert channels.known(f"round/{run}")
    assert (await events(channels, f"round/{run}"))[-1] == ("done", {"verdict": None, "message": "Stopped."})
    await until(lambda: desk.begun == ["running", "waiting"])  # it has really ended: its place is free
    await there.end("other", "Stopped.")
    assert (await events(channels, f"other/{other}"))[-1][1]["message"] == "Stopped."


async def test_a_try_that_waits_is_ended_from_another_process(elsewhere: list[tuple[Tries, Desk, Channels]]) -> None:
    (here, desk, channels), (there, _, _) = elsewhere
    here.start("a", "first", make_item("x"), "running")
    run = here.start("a", "round", make_item("x"), "waiting")
    await until(lambda: desk.begun == ["running"])
    await there.end("round")
    assert (await events(channels, f"round/{run}"))[-1][1]["message"] == OVERTAKEN
    desk.end("running")
    await until(lambda: not here._newest)
    assert desk.begun == ["running"]


async def test_a_newer_try_at_another_process_ends_the_one_before_and_not_itself(
    elsewhere: list[tuple[Tries, Desk, Channels]],
) -> None:
    (here, desk, channels), (there, other_desk, other_channels) = elsewhere
    older = here.start("a", "round", make_item("x"), "older")
    await until(lambda: desk.begun == ["older"])
    newer = there.start("a", "round", make_item("x"), "newer")
    assert (await events(channels, f"round/{older}"))[-1] == ("done", {"verdict": None, "message": OVERTAKEN})
    other_desk.end("newer")
    assert (await events(other_channels, f"round/{newer}"))[-1][1]["verdict"] == "accepted"


async def test_what_was_said_before_a_try_began_does_not_end_it(tries: Tries, desk: Desk) -> None:
    before = time.monotonic()
    tries.start("a", "round", make_item("x"), "newer")
    await until(lambda: desk.begun == ["newer"])
    tries._heed({"end": "round", "before": before, "why": OVERTAKEN})
    assert "round" in tries._newest
    tries._heed({"end": "round", "before": time.monotonic(), "why": OVERTAKEN})
    assert "round" not in tries._newest


async def test_an_answer_ends_the_try_before_it(tries: Tries, workers: Workers, desk: Desk) -> None:
    tries.start("a", "round", make_item("x"), "try")
    await until(lambda: desk.begun == ["try"])
    tries.end("round")
    workers.put("answer", "a")
    await until(lambda: desk.begun == ["try", "answer"])
    desk.end("answer")


async def test_a_try_that_fails_on_our_side_says_so(tries: Tries, channels: Channels, desk: Desk) -> None:
    run = tries.start("a", "round", make_item("x"), "broken")
    name, body = (await events(channels, f"round/{run}"))[-1]
    assert (name, body["verdict"]) == ("done", "judge-error")
    assert desk.judge.queue().turn.done()  # the place is free again
