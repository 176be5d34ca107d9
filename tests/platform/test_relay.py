"""Channels of another process: heard to their end, or to its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from greenroom.platform.channels import Channels, Event
from greenroom.platform.relay import Relay

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[tuple[Channels, Relay, Relay]]:
    """The channels of one process, its relay, and another's."""
    channels = Channels()
    relays = [Relay(channels, tmp_path / "channels"), Relay(Channels(), tmp_path / "channels")]
    for one in relays:
        await one.open()
    yield channels, relays[0], relays[1]
    for one in relays:
        await one.close()


async def names(events: AsyncIterator[Event] | None) -> list[tuple[int, str]]:
    assert events is not None
    return [(event.number, event.name) async for event in events]


async def test_what_another_process_says_is_heard_to_its_end(pair: tuple[Channels, Relay, Relay]) -> None:
    channels, _, other = pair
    channels.open("a")
    channels.publish("a", "case", {"text": "ü" * 100_000})
    listening = asyncio.create_task(names(await other.find("a")))
    await asyncio.sleep(0)
    channels.publish("a", "case", {})
    channels.publish("a", "done", {}, last=True)
    assert await listening == [(1, "case"), (2, "case"), (3, "done")]
    assert await names(await other.find("a", after=2)) == [(3, "done")]


async def test_a_channel_that_nobody_has_is_not_found(pair: tuple[Channels, Relay, Relay]) -> None:
    channels, own, other = pair
    channels.open("a")
    assert await other.find("b") is None
    assert await own.find("a") is None  # one's own are not asked for


async def test_of_all_channels_the_one_that_was_opened_last_is_found(pair: tuple[Channels, Relay, Relay]) -> None:
    channels, own, other = pair
    for key in ("round/1", "submission", "elsewhere/1"):
        channels.open(key)
    found = channels.latest("round/", ["submission"])
    assert found is not None
    assert found[1] == "submission"
    assert await other.latest("round/", ["submission"]) == found
    assert await other.latest("round/", []) == channels.latest("round/", [])
    assert await other.latest("nothing/", []) is None
    assert await own.latest("round/", []) is None  # one's own are not asked for


async def test_a_process_that_ends_ends_what_is_heard_of_it(pair: tuple[Channels, Relay, Relay]) -> None:
    channels, own, other = pair
    channels.open("a")
    listening = asyncio.create_task(names(await other.find("a")))
    await own.close()
    assert await listening == []
    assert await other.find("a") is None


async def test_the_socket_of_a_killed_process_is_passed_over_and_removed(
    pair: tuple[Channels, Relay, Relay], tmp_path: Path
) -> None:
    channels, _, other = pair
    channels.open("a")
    channels.publish("a", "done", {}, last=True)
    dead = tmp_path / "channels" / "0.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(dead))
    assert await names(await other.find("a")) == [(1, "done")]
    assert await other.find("b") is None
    assert not dead.exists()


async def test_a_folder_that_takes_no_socket_is_done_without(tmp_path: Path) -> None:
    relay = Relay(Channels(), tmp_path / ("long" * 30))
    await relay.open()
    assert await relay.find("a") is None
    await relay.close()


def _note(heard: list[tuple[int, object]], number: int, said: object) -> None:
    heard.append((number, said))


async def test_what_one_process_tells_is_heeded_by_all_others(tmp_path: Path) -> None:
    heard: list[tuple[int, object]] = []
    relays = [Relay(Channels(), tmp_path / "channels") for _ in range(3)]
    for number, one in enumerate(relays):
        one.heed(partial(_note, heard, number))
        await one.open()
    await relays[0].tell({"end": "ü"})
    assert sorted(heard, key=str) == [(1, {"end": "ü"}), (2, {"end": "ü"})]
    await relays[2].close()
    await relays[0].tell({})
    assert heard[2:] == [(1, {})]
    for one in relays:
        await one.close()


async def test_who_fails_at_what_is_told_keeps_nobody_up(tmp_path: Path) -> None:
    relays = [Relay(Channels(), tmp_path / "channels") for _ in range(2)]
    relays[1].heed(lambda said: said["missing"])
    for one in relays:
        await one.open()
    await relays[0].tell({})
    await relays[0].tell({"missing": 1})
    for one in relays:
        await one.close()
