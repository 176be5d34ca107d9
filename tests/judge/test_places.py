"""Places and the queue before them: positions, cancelling, closing, lending; and how the judge uses them."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.judge.small_items import double_item

from greenroom.bank.specs import Limits
from greenroom.judge.faults import CancelledError
from greenroom.judge.places import Places
from greenroom.judge.queueing import Bounds
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge
from greenroom.kernel.errors import CapacityError, QuotaError

RIGHT = "def solve(n):\n    return 2 * n\n"
SLEEPER = "import time\ndef solve(n):\n    time.sleep(60)\n"
LONG = Limits(cpu_s=30, wall_s=60, memory_mb=128, processes=8)


def test_a_position_is_told_at_first_and_when_it_changes() -> None:
    places = Places(1)
    told: dict[str, list[int]] = {"b": [], "c": []}
    holder = places.enter("a")
    assert holder.turn.done()
    more = [places.enter("a") for _ in range(3)]
    b = places.enter("b", on_position=told["b"].append)
    c = places.enter("c", on_position=told["c"].append)
    second_b = places.enter("b")
    assert [place.before for place in (b, c, more[0], second_b, more[1])] == [0, 1, 2, 3, 4]
    holder.leave()  # a had its turn: b is next, then c
    assert b.turn.done()
    assert [place.before for place in (b, c, more[0], second_b, more[1])] == [None, 0, 1, 2, 3]
    b.leave()
    assert c.turn.done()
    assert told == {"b": [0], "c": [1, 0]}
    for place in (*more, c, second_b):
        place.leave()
    assert places.waiting == 0


def test_who_leaves_the_queue_makes_room_at_once() -> None:
    places = Places(1, Bounds(total=2, each=1))
    holder, first, second = places.enter("a"), places.enter("a"), places.enter("b")
    with pytest.raises(QuotaError):
        places.enter("a")
    with pytest.raises(CapacityError):
        places.enter("c")
    first.leave()
    assert (second.before, first.before) == (0, None)
    third = places.enter("a")
    assert third.before == 1
    holder.leave()
    assert not first.turn.done()
    assert second.turn.done()


def test_leaving_twice_gives_back_one_place() -> None:
    places = Places(1)
    first = places.enter()
    first.leave()
    first.leave()
    assert places.enter().turn.done()
    assert not places.enter().turn.done()


def test_a_cancelled_wait_ends_and_leaves_its_place_to_others() -> None:
    places, cancel = Places(1), threading.Event()
    holder, waiting = places.enter(), places.enter()
    cancel.set()
    with pytest.raises(CancelledError, match="was cancelled"):
        waiting.wait(cancel)
    waiting.leave()
    holder.leave()
    assert places.enter().turn.done()


def test_closing_refuses_those_who_wait_and_those_who_come() -> None:
    places = Places(1)
    holder, waiting = places.enter(), places.enter()
    places.close()
    with pytest.raises(CancelledError, match="closed"):
        waiting.wait()
    with pytest.raises(CancelledError, match="closed"):
        places.enter()
    assert places.borrow() is None
    waiting.leave()
    holder.leave()


def test_a_listener_that_fails_harms_nobody() -> None:
    def fail(_before: int) -> None:
        raise RuntimeError("gone")

    places = Places(1)
    holder = places.enter()
    failing, other = places.enter(on_position=fail), places.enter()
    holder.leave()
    assert failing.turn.done()
    failing.leave()
    assert other.turn.done()


@pytest.mark.anyio
async def test_a_wait_that_asyncio_cancels_does_not_take_the_place() -> None:
    places = Places(1)
    holder, waiting, next_one = places.enter(), places.enter(), places.enter()
    task = asyncio.ensure_future(asyncio.wrap_future(waiting.turn))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    holder.leave()  # before the cancelled one has left
    assert next_one.turn.done()
    waiting.leave()
    next_one.leave()
    assert places.enter().turn.done()


def test_a_place_is_lent_only_while_nobody_waits_and_is_wanted_when_somebody_does() -> None:
    places = Places(2)
    own = places.enter()
    loan = places.borrow()
    assert loan is not None
    assert not loan.wanted
    assert places.borrow() is None
    waiting = places.enter("b")
    assert loan.wanted
    assert not waiting.turn.done()
    loan.give_back()
    assert waiting.turn.done()
    assert places.borrow() is None
    own.leave()
    assert places.borrow() is not None


def test_many_threads_never_hold_more_places_than_there_are() -> None:
    places, lock = Places(3), threading.Lock()
    held, most, turns = 0, 0, 0

    def work(candidate: int) -> None:
        nonlocal held, most, turns
        for _ in range(60):
            place = places.enter(candidate)
            place.wait()
            with lock:
                held, turns = held + 1, turns + 1
                most = max(most, held)
            time.sleep(0.0002)
            with lock:
                held -= 1
            place.leave()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(12)))
    assert (most, turns, places.waiting) == (3, 12 * 60, 0)


def wait_until(places: Places, waiting: int) -> None:
    deadline = time.monotonic() + 20
    while places.waiting != waiting:
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.005)


def test_a_judge_takes_turns_between_candidates_and_says_the_positions(judge: Judge, tmp_path: Path) -> None:
    crowded = Judge(jobs=1, tier=judge.tier)
    ended: list[str] = []
    told: list[int] = []
    stop = threading.Event()
    item = double_item(tmp_path / "item", limits=LONG)

    def run(name: str) -> None:
        own = {"on_position": told.append} if name == "a-1" else {}
        assert crowded.run(item, RIGHT, candidate=name[0], **own).verdict is Verdict.accepted  # type: ignore[arg-type]
        ended.append(name)

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(crowded.run, item, SLEEPER, candidate="a", cancel=stop)
        names = ["a-0", "a-1", "a-2", "b-0"]
        runs = []
        for waiting, name in enumerate(names, 1):
            if waiting == 1:
                held = time.monotonic() + 20
                while not crowded._running:
                    assert time.monotonic() < held
                    time.sleep(0.005)
            runs.append(pool.submit(run, name))
            wait_until(crowded._places, waiting)
        stop.set()
        for one in runs:
            one.result(timeout=60)
        assert first.result().message == "the run was cancelled"
    crowded.close()
    assert ended == ["b-0", "a-0", "a-1", "a-2"]
    assert told == [1, 2, 1, 0]


def test_a_judge_refuses_what_is_beyond_its_bounds(judge: Judge, tmp_path: Path) -> None:
    full = Judge(jobs=1, tier=judge.tier, bounds=Bounds(total=1))
    item = double_item(tmp_path / "item")
    holder, waiting = full.queue("a"), full.queue("b")
    with pytest.raises(CapacityError):
        full.run(item, RIGHT, candidate="c")
    must = full.queue("c", bounded=False)
    holder.leave()
    assert full.run(item, RIGHT, place=waiting).verdict is Verdict.accepted
    assert not must.turn.done()  # who waited for the place keeps it
    waiting.leave()
    assert must.turn.done()
    full.close()


def test_a_cancelled_run_that_waits_leaves_the_queue(judge: Judge, tmp_path: Path) -> None:
    crowded, cancel = Judge(jobs=1, tier=judge.tier), threading.Event()
    holder = crowded.queue()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(crowded.run, double_item(tmp_path / "item"), RIGHT, cancel=cancel)
        wait_until(crowded._places, 1)
        cancel.set()
        result = running.result(timeout=20)
    assert (result.verdict, result.message) == (Verdict.judge_error, "the run was cancelled")
    assert crowded._places.waiting == 0
    holder.leave()
    crowded.close()
