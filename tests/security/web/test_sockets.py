"""The live socket of a round: who may open it, and that it ends with the session, in the middle of what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.revocations import BOUND, LOOK
from greenroom.accounts.rules import ACCESS_LIFETIME, GRACE, Role
from greenroom.web.live import LOOK_S
from tests.security.site import BASE, Site, Visitor
from tests.security.socket import Socket

pytestmark = pytest.mark.anyio


@dataclass
class Room:
    """Somebody in their round."""

    site: Site
    owner: Visitor
    round_id: str

    def socket(self, headers: dict[str, str] | None = None, *, round_id: str = "", **more: Any) -> Socket:
        given = self.by_cookie() if headers is None else headers
        return self.site.socket(f"/api/v1/rounds/{round_id or self.round_id}/live", given, **more)

    def by_cookie(self, **more: str) -> dict[str, str]:
        return {"cookie": f"{self.site.app.state.cookies.access}={self.owner.session.access_token}", **more}

    def by_header(self, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.owner.session.access_token}", **more}

    def run(self, number: int = 1) -> str:
        """A run of the round has begun: its channel."""
        key = f"{self.round_id}/run{number}"
        self.site.app.state.channels.open(key)
        return key

    def say(self, key: str, name: str, *, last: bool = False, **data: Any) -> None:
        self.site.app.state.channels.publish(key, name, data, last=last)


@pytest.fixture
async def room(site: Site, ada: Visitor) -> Room:
    return Room(site, ada, (await site.interview(ada.session.user.id))[1])


async def test_control_the_owner_hears_what_happens(room: Room) -> None:
    key = room.run()
    for headers in (room.by_cookie(), room.by_cookie(origin=BASE), room.by_header()):
        async with room.socket(headers) as socket:
            await socket.accepted()
            room.say(key, "case", verdict="accepted")
            said = await socket.event()
            assert (said["of"], said["id"], said["event"]) == ("run", "run1", "case")
            assert said["data"] == {"verdict": "accepted"}


async def test_control_the_next_run_follows_the_one_before(room: Room) -> None:
    first = room.run(1)
    async with room.socket() as socket:
        await socket.accepted()
        room.say(first, "done", last=True, verdict=None)
        assert (await socket.event())["event"] == "done"
        second = room.run(2)
        room.say(second, "case", verdict="wrong-answer")
        assert (await socket.event())["id"] == "run2"
        room.say(second, "done", last=True)
        assert (await socket.event())["number"] == 2


# Origin


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://greenroom.test"},
        {"origin": "wss://greenroom.test"},
        {"origin": "https://greenroom.test:444"},
        {"origin": "https://greenroom.test.evil.example"},
        {"origin": BASE, "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
async def test_a_page_of_another_site_is_shut_out(room: Room, headers: dict[str, str]) -> None:
    room.say(room.run(), "case")
    for given in (room.by_cookie(**headers), room.by_header(**headers)):
        async with room.socket(given) as socket:
            await socket.accepted()
            assert (await socket.next()) == {"type": "websocket.close", "code": 4403, "reason": "another site"}


async def test_under_a_name_that_is_not_ours_nothing_is_opened(room: Room) -> None:
    """A foreign page whose name resolves to this machine is of its own origin."""
    headers = room.by_cookie(origin="https://evil.example")
    async with room.socket(headers, host="evil.example") as socket:
        said = await socket.next()
    assert (said["type"], said["status"]) == ("websocket.http.response.start", 421)


# Tokens


async def test_without_a_token_it_is_closed(room: Room) -> None:
    async with room.socket({}) as socket:
        assert await (await socket.accepted()).closed() == 4401


@pytest.mark.parametrize("name", ["token", "access_token", "authorization"])
async def test_with_the_token_in_the_query_it_is_closed(room: Room, name: str) -> None:
    async with room.socket({}, query=f"{name}={room.owner.session.access_token}") as socket:
        assert await (await socket.accepted()).closed() == 4401


async def test_with_another_secret_it_is_closed(room: Room) -> None:
    cookies, one = room.site.app.state.cookies, room.owner
    for headers in (
        {"authorization": "Bearer x"},
        {"authorization": f"Basic {one.session.access_token}"},
        {"authorization": f"Bearer {one.session.refresh_token}"},
        {"cookie": f"{cookies.refresh}={one.session.refresh_token}"},
        {"cookie": f"{cookies.access}={one.session.refresh_token}"},
        {"sec-websocket-protocol": one.session.access_token},
        room.by_cookie(authorization="Bearer x"),
    ):
        async with room.socket(headers) as socket:
            assert await (await socket.accepted()).closed() == 4401


async def test_with_an_ended_token_it_is_closed_and_nothing_is_renewed(room: Room) -> None:
    room.site.clock.advance(ACCESS_LIFETIME.total_seconds())
    cookies, opened = room.site.app.state.cookies, room.owner.session
    both = f"{cookies.access}={opened.access_token}; {cookies.refresh}={opened.refresh_token}"
    async with room.socket({"cookie": both}) as socket:
        assert await (await socket.accepted()).closed() == 4401
    assert (await room.owner.http.post("/api/v1/refresh")).status_code == 200


# Whose round


@pytest.mark.parametrize("role", list(Role))
async def test_a_foreign_round_is_not_there(room: Room, role: Role) -> None:
    room.say(room.run(), "case")
    other = await room.site.user(role)
    async with room.socket({"authorization": f"Bearer {other.session.access_token}"}) as socket:
        await socket.accepted()
        assert (await socket.next())["code"] == 4404


@pytest.mark.parametrize("round_id", ["nothing", "0", "%00", "' OR 1=1 --", "x" * 300, "\u00e4"])
async def test_a_round_that_is_nowhere_is_not_there(room: Room, round_id: str) -> None:
    async with room.socket(round_id=round_id) as socket:
        assert await (await socket.accepted()).closed() == 4404


async def test_a_round_that_is_deleted_meanwhile_is_not_there_any_more(room: Room) -> None:
    interview = (await room.site.work.interviews.place(room.owner.session.user.id, room.round_id)).interview
    async with room.socket() as socket:
        await socket.accepted()
        assert await socket.is_open()
        await room.site.work.interviews.delete(room.owner.session.user.id, interview.id)
        assert await socket.closed() == 4404


# In the middle


def test_the_bound_holds_with_how_often_it_is_looked() -> None:
    assert LOOK + timedelta(seconds=LOOK_S) < BOUND


@pytest.mark.parametrize(
    "way", ["logout", "everywhere", "password", "disabled", "role", "replay", "in another process"]
)
async def test_it_ends_in_the_middle_when_the_session_is_ended(room: Room, way: str) -> None:
    people, now, owner = room.site.work.accounts, room.site.clock.now(), room.owner.session
    key = room.run()
    async with room.socket() as socket:
        await socket.accepted()
        room.say(key, "case")
        await socket.event()
        if way == "logout":
            await people.sessions.leave(owner.user, NOWHERE, now)
        elif way == "everywhere":
            await people.sessions.leave_everywhere(owner.user, NOWHERE, now)
        elif way == "password":
            await people.change_password(owner.user, "four words of mine", "another four words", NOWHERE, now)
        elif way == "disabled":
            await people.set_disabled(owner.user, owner.user.id, True, NOWHERE, now)
        elif way == "role":
            await people.set_role(owner.user, owner.user.id, Role.author, NOWHERE, now)
        elif way == "replay":
            renewed = await people.sessions.refresh(owner.refresh_token, NOWHERE, now)
            await people.sessions.delivered(renewed.refresh_token, now)
            room.site.clock.advance(GRACE.total_seconds())
            assert (await room.owner.http.post("/api/v1/refresh")).status_code == 401
        else:  # only written down, as another process does
            async with people.database.write() as connection:
                await people.sessions.end_in(connection, now, "logout", owner.user.id)
        assert await socket.closed() == 4401


async def test_it_ends_with_the_access_token(room: Room) -> None:
    async with room.socket() as socket:
        await socket.accepted()
        room.site.clock.advance(ACCESS_LIFETIME.total_seconds() - 1)
        assert await socket.is_open()
        room.site.clock.advance(1)
        assert await socket.closed() == 4401


async def test_it_goes_on_with_a_newer_token_of_the_session(room: Room) -> None:
    async with room.socket() as socket:
        await socket.accepted()
        for _ in range(3):
            room.site.clock.advance(ACCESS_LIFETIME.total_seconds() - 2)
            renewed = await room.owner.http.post("/api/v1/refresh")
            await socket.send({"token": renewed.json()["access_token"]})
            assert await socket.is_open()
            room.site.clock.advance(1)
            assert await socket.is_open()
        room.site.clock.advance(ACCESS_LIFETIME.total_seconds())
        assert await socket.closed() == 4401


async def test_an_older_token_makes_it_no_shorter_and_no_longer(room: Room) -> None:
    async with room.socket() as socket:
        await socket.accepted()
        await socket.send({"token": room.owner.session.access_token})
        assert await socket.is_open()
        room.site.clock.advance(ACCESS_LIFETIME.total_seconds())
        assert await socket.closed() == 4401


async def test_a_token_of_another_session_closes_it(room: Room) -> None:
    for other in (await room.site.device(room.owner.email), await room.site.user()):
        async with room.socket() as socket:
            await socket.accepted()
            await socket.send({"token": other.session.access_token})
            assert await socket.closed() == 4401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "A" * 4100])
async def test_a_wrong_token_closes_it(room: Room, token: str) -> None:
    async with room.socket() as socket:
        await socket.accepted()
        await socket.send({"token": token})
        assert await socket.closed() == 4401


@pytest.mark.parametrize(
    "content",
    [
        {"text": ""}, {"text": "null"}, {"text": "[]"}, {"text": "{}"}, {"text": '{"token": 1}'}, {"text": "{"},
        {"text": '{"token": "x", "round": "y"}'}, {"text": "[" * 4000}, {"text": "x" * 5000}, {"bytes": b"\0"},
    ],
    ids=lambda one: repr(one)[:30],
)  # fmt: skip
async def test_what_is_not_understood_closes_it(room: Room, content: dict[str, Any]) -> None:
    async with room.socket() as socket:
        await socket.accepted()
        await socket.send_raw(**content)
        assert await socket.closed() == 1007


async def test_who_goes_away_leaves_nothing_behind(room: Room) -> None:
    import asyncio

    before = len(asyncio.all_tasks())
    for _ in range(5):
        async with room.socket() as socket:
            await socket.accepted()
    assert len(asyncio.all_tasks()) <= before


# The streams of the pages


async def test_a_stream_of_events_ends_when_the_session_is_ended(room: Room) -> None:
    import asyncio

    key, people, now = room.run(), room.site.work.accounts, room.site.clock.now()
    room.say(key, "case", verdict="accepted")
    asked = asyncio.create_task(room.owner.http.get(f"/rounds/{room.round_id}/runs/run1/stream"))
    await asyncio.sleep(LOOK_S * 3)
    assert not asked.done()
    await people.sessions.leave(room.owner.session.user, NOWHERE, now)
    answer = await asyncio.wait_for(asked, 20)
    assert "accepted" in answer.text
    assert "done" not in answer.text


async def test_control_a_stream_of_events_ends_with_what_it_tells(room: Room) -> None:
    key = room.run()
    room.say(key, "case", verdict="accepted")
    room.say(key, "done", last=True, verdict="accepted")
    answer = await room.owner.http.get(f"/rounds/{room.round_id}/runs/run1/stream")
    assert answer.text.count("event: ") == 2
