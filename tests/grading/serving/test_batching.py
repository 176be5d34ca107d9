"""Natural batching: what queues meanwhile is read together, the queue is bounded, and one's fault is one's own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.grading.models import concept_item

from greenroom.grading.registry.errors import GraderBusy
from greenroom.grading.registry.protocols import Row
from greenroom.grading.serving.batching import Batches

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Reader:
    """Gives each row's answer back; it can be held, and stumbles over `bad`."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.threads: set[int] = set()
        self.free = threading.Event()
        self.free.set()

    def __call__(self, rows: Sequence[Row]) -> list[str]:
        self.batches.append(len(rows))
        self.threads.add(threading.get_ident())
        assert self.free.wait(20)
        if any(row.answer == "bad" for row in rows):
            raise ValueError("bad")
        return [row.answer for row in rows]


def asked(folder: Path, *answers: str) -> list[Row]:
    item = concept_item(folder)
    return [Row(item, item.head.rubric[0], answer) for answer in answers]


async def until_busy(reader: Reader) -> None:
    while not reader.batches:  # noqa: ASYNC110 (another thread says so)
        await asyncio.sleep(0.005)


async def test_what_queues_while_the_model_is_busy_is_read_together(tmp_path: Path) -> None:
    reader = Reader()
    batches = Batches(reader, most_rows=8)
    reader.free.clear()
    rows = asked(tmp_path, *map(str, range(21)))
    tasks = [asyncio.create_task(batches.score([rows[0]]))]
    await until_busy(reader)
    tasks += [asyncio.create_task(batches.score([row])) for row in rows[1:]]
    await asyncio.sleep(0.01)
    assert batches.waiting == 20
    reader.free.set()
    found = await asyncio.gather(*tasks)
    assert found == [[str(number)] for number in range(21)]
    assert reader.batches == [1, 8, 8, 4]
    assert threading.get_ident() not in reader.threads
    await batches.close()


async def test_a_full_queue_refuses_at_once_and_says_when(tmp_path: Path) -> None:
    reader = Reader()
    batches = Batches(reader, most_waiting=2)
    reader.free.clear()
    row = asked(tmp_path, "a")
    first = asyncio.create_task(batches.score(row))
    await until_busy(reader)
    waiting = [asyncio.create_task(batches.score(row)) for _ in range(2)]
    await asyncio.sleep(0.01)
    with pytest.raises(GraderBusy) as busy:
        await batches.score(row)
    assert (busy.value.status, busy.value.retry_after_s) == (503, 2)
    reader.free.set()
    assert await asyncio.gather(first, *waiting) == [["a"]] * 3
    await batches.close()
    with pytest.raises(GraderBusy):
        await batches.score(row)


async def test_a_bad_request_fails_alone(tmp_path: Path) -> None:
    reader = Reader()
    batches = Batches(reader)
    reader.free.clear()
    rows = asked(tmp_path, "first", "a", "bad", "b")
    tasks = [asyncio.create_task(batches.score([rows[0]]))]
    await until_busy(reader)
    tasks += [asyncio.create_task(batches.score([row])) for row in rows[1:]]
    await asyncio.sleep(0.01)
    reader.free.set()
    first, a, bad, b = await asyncio.gather(*tasks, return_exceptions=True)
    assert (first, a, b) == (["first"], ["a"], ["b"])
    assert isinstance(bad, ValueError)
    await batches.close()


async def test_who_has_gone_away_is_not_read(tmp_path: Path) -> None:
    reader = Reader()
    batches = Batches(reader)
    reader.free.clear()
    rows = asked(tmp_path, "first", "gone", "b")
    first = asyncio.create_task(batches.score([rows[0]]))
    await until_busy(reader)
    gone, b = (asyncio.create_task(batches.score([row])) for row in rows[1:])
    await asyncio.sleep(0.01)
    gone.cancel()
    reader.free.set()
    assert await b == ["b"]
    assert await first == ["first"]
    assert reader.batches == [1, 1]
    await batches.close()


async def test_what_is_read_at_once_takes_no_thread_and_the_rest_does(tmp_path: Path) -> None:
    reader, here = Reader(), threading.get_ident()
    quick: list[int] = []

    def at_once(rows: Sequence[Row]) -> list[str] | None:
        assert threading.get_ident() == here
        if any(row.answer == "long" for row in rows):
            return None
        quick.append(len(rows))
        return [row.answer for row in rows]

    batches = Batches(reader, most_rows=4, at_once=at_once)
    rows = asked(tmp_path, *map(str, range(10)), "long")
    found = await asyncio.gather(*(batches.score([row]) for row in rows))
    assert found == [*([str(number)] for number in range(10)), ["long"]]
    assert (quick, reader.batches) == ([4, 4], [3])
    assert here not in reader.threads
    assert batches.waiting == 0
    await batches.close()


async def test_others_have_their_turn_between_two_batches_that_are_read_at_once(tmp_path: Path) -> None:
    turns: list[str] = []

    def at_once(rows: Sequence[Row]) -> list[str]:
        turns.append("batch")
        return [row.answer for row in rows]

    batches = Batches(Reader(), most_rows=1, at_once=at_once)
    loop = asyncio.get_running_loop()

    def other() -> None:
        turns.append("other")
        if len(turns) < 20:
            loop.call_soon(other)

    tasks = [asyncio.create_task(batches.score([row])) for row in asked(tmp_path, "a", "b", "c")]
    await asyncio.sleep(0)
    loop.call_soon(other)
    await asyncio.gather(*tasks)
    assert "".join(turns).count("batchbatch") == 0
    await batches.close()


async def test_rows_wait_until_they_are_taken_whoever_has_gone_away(tmp_path: Path) -> None:
    reader = Reader()
    batches = Batches(reader, most_waiting=3)
    reader.free.clear()
    rows = asked(tmp_path, "first", "a", "b", "c")
    first = asyncio.create_task(batches.score(rows[:1]))
    await until_busy(reader)
    gone = asyncio.create_task(batches.score(rows[1:]))
    await asyncio.sleep(0.01)
    assert batches.waiting == 3
    gone.cancel()
    reader.free.set()
    assert await first == ["first"]
    await batches.close()
    assert (batches.waiting, reader.batches) == (0, [1])
