"""Live channels: order, replay, and an end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from greenroom.platform.channels import MOST_EVENTS, Channels, Event

pytestmark = pytest.mark.anyio


async def collect(channels: Channels, key: str, after: int = 0) -> list[tuple[int, str]]:
    return [(event.number, event.name) async for event in channels.listen(key, after)]


async def test_listeners_before_and_after_see_the_same() -> None:
    channels = Channels()
    channels.open("a")
    early = asyncio.create_task(collect(channels, "a"))
    await asyncio.sleep(0)
    channels.publish("a", "case", {})
    await asyncio.sleep(0)
    channels.publish("a", "done", {}, last=True)
    assert await early == [(1, "case"), (2, "done")] == await collect(channels, "a")


async def test_a_reconnecting_listener_gets_only_what_it_missed() -> None:
    channels = Channels()
    channels.open("a")
    for number in range(5):
        channels.publish("a", str(number), {}, last=number == 4)
    assert await collect(channels, "a", after=3) == [(4, "3"), (5, "4")]


async def test_events_of_another_thread_arrive() -> None:
    channels = Channels()
    channels.open("a")
    publish = channels.publisher("a")
    listener = asyncio.create_task(collect(channels, "a"))
    await asyncio.to_thread(publish, "case", {})
    await asyncio.sleep(0)
    channels.publish("a", "done", {}, last=True)
    assert [name for _, name in await listener] == ["case", "done"]


async def test_a_flood_is_bounded_but_its_end_arrives() -> None:
    channels = Channels()
    channels.open("a")
    for _ in range(MOST_EVENTS + 500):
        channels.publish("a", "case", {})
    channels.publish("a", "done", {}, last=True)
    events = await collect(channels, "a")
    assert len(events) == MOST_EVENTS + 1
    assert events[-1][1] == "done"


async def test_closed_channels_are_forgotten_after_a_while_and_open_ones_are_not() -> None:
    time = 0.0
    channels = Channels(now=lambda: time)
    for key in ("open", "closed"):
        channels.open(key)
    channels.publish("closed", "done", {}, last=True)
    time = 10_000.0
    channels.open("new")
    assert [channels.known(key) for key in ("open", "closed", "new")] == [True, False, True]


async def test_an_unknown_channel_ends_at_once() -> None:
    assert await collect(Channels(), "nothing") == []


async def test_a_passing_event_reaches_who_listens_now_and_counts_for_nothing() -> None:
    channels = Channels()
    channels.open("a")
    early = asyncio.create_task(collect(channels, "a"))
    for before in (3, 2):
        channels.publish_passing("a", "position", {"before": before})
        await asyncio.sleep(0)
    late = [event.data async for event in first(channels, "a")]
    assert late == [{"before": 2}]
    channels.publish("a", "case", {})
    channels.publish("a", "done", {}, last=True)
    assert await early == [(0, "position"), (0, "position"), (1, "case"), (2, "done")]
    assert await collect(channels, "a") == [(1, "case"), (2, "done")]


async def test_many_passing_events_leave_room_for_the_cases() -> None:
    channels = Channels()
    channels.open("a")
    for before in range(MOST_EVENTS * 2):
        channels.publish_passing("a", "position", {"before": before})
    channels.publish("a", "case", {})
    channels.publish("a", "done", {}, last=True)
    assert [name for _, name in await collect(channels, "a")] == ["case", "done"]


async def first(channels: Channels, key: str) -> AsyncIterator[Event]:
    async for event in channels.listen(key):
        yield event
        return
