"""The cookies: their flags, who gets them, and that nobody can choose another's session."""

from __future__ import annotations

import asyncio
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import select

from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.rules import ACCESS_LIFETIME, GRACE
from greenroom.accounts.service import ensure_solo_user, new_link
from greenroom.accounts.tables import refresh_tokens
from tests.security.site import WORDS, Site, Visitor, open_site

pytestmark = pytest.mark.anyio


def given(answer: httpx.Response) -> dict[str, Morsel[str]]:
    """The cookies that an answer sets, with their flags."""
    found: dict[str, Morsel[str]] = {}
    for one in answer.headers.get_list("set-cookie"):
        found.update(SimpleCookie(one))
    return found


async def _login(visitor: Visitor, email: str, **headers: str) -> httpx.Response:
    body = {"email": email, "password": WORDS}
    answer = await visitor.http.post("/api/v1/login", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_server_gives_host_cookies_that_no_script_reads(site: Site, ada: Visitor) -> None:
    answers = [
        await _login(site.visitor(), ada.email),
        await site.visitor().http.post("/login", data={"email": ada.email, "password": WORDS}),
        await ada.http.post("/api/v1/refresh"),
    ]
    for answer in answers:
        cookies = given(answer)
        assert set(cookies) == {"__Host-greenroom_access", "__Host-greenroom_refresh"}
        for one in cookies.values():
            assert (one["secure"], one["httponly"], one["path"], one["domain"]) == (True, True, "/", "")
        access, refresh = cookies["__Host-greenroom_access"], cookies["__Host-greenroom_refresh"]
        assert (access["samesite"].lower(), refresh["samesite"].lower()) == ("lax", "strict")
        assert int(access["max-age"]) == 900
        assert int(refresh["max-age"]) == 30 * 86_400


async def test_solo_mode_gives_cookies_of_its_port_over_plain_http(tmp_path: Path) -> None:
    async with open_site(tmp_path, mode="solo", public_url="", port=8555) as solo:
        now, people = solo.clock.now(), solo.work.accounts
        link = await new_link(people.database, people.sessions.keys, await ensure_solo_user(people.database, now), now)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(solo.app), base_url="http://127.0.0.1:8555")
        cookies = given(await http.get("/enter", params={"link": link}))
        assert (await http.get("/api/v1/me")).status_code == 200
        again = given(await http.get("/enter", params={"link": link}))
    assert set(cookies) == {"greenroom_8555_access", "greenroom_8555_refresh"}
    for one in cookies.values():
        assert (one["secure"], one["httponly"], one["path"], one["domain"]) == ("", True, "/", "")
    assert [one["samesite"].lower() for one in cookies.values()] == ["lax", "strict"]
    assert again == {}


async def test_a_logout_takes_both_cookies_with_the_same_flags(ada: Visitor) -> None:
    cookies = given(await ada.http.post("/api/v1/logout", headers={"x-csrf-token": ada.csrf}))
    assert set(cookies) == {"__Host-greenroom_access", "__Host-greenroom_refresh"}
    for one in cookies.values():
        assert (one.value, one["max-age"], one["secure"], one["path"]) == ("", "0", True, "/")


async def test_a_login_takes_over_no_session_that_was_put_before(site: Site, ada: Visitor) -> None:
    """Somebody puts the cookies of their own session into a browser and waits for its owner to log in."""
    eve = await site.user()
    victim = site.visitor()
    victim.wear(eve.session)
    answer = await _login(victim, ada.email)
    cookies, now = given(answer), site.clock.now()
    found = await site.work.accounts.sessions.who(answer.json()["access_token"], now)
    assert found is not None
    assert found.id == ada.session.user.id
    assert found.session_id not in (eve.session.user.session_id, ada.session.user.session_id)
    assert cookies["__Host-greenroom_refresh"].value not in (eve.session.refresh_token, ada.session.refresh_token)
    assert (await eve.http.get("/api/v1/me")).json()["email"] == eve.email


@pytest.mark.parametrize(
    "chosen",
    [
        "sid=01a228ac-4c8a-7ec8-99f3-5686c711626a",
        "__Host-greenroom_access=x",
        "__Host-greenroom_refresh=AAAA",
        "session=1",
    ],
)
async def test_a_login_takes_no_name_that_the_client_chose(site: Site, ada: Visitor, chosen: str) -> None:
    answer = await _login(site.visitor(), ada.email, cookie=chosen)
    value = chosen.partition("=")[2]
    for one in given(answer).values():
        assert value not in (one.value, answer.json()["user"]["id"])
    devices = await site.work.accounts.sessions.devices(ada.session.user.id, site.clock.now())
    assert value not in [one.id for one in devices]


async def test_each_login_is_a_session_of_its_own(site: Site, ada: Visitor) -> None:
    tokens = [(await _login(ada, ada.email)).json()["access_token"] for _ in range(3)]
    moment, sessions = site.clock.now(), site.work.accounts.sessions
    found = {user.session_id for one in tokens if (user := await sessions.who(one, moment)) is not None}
    assert len(found) == 3


async def test_the_loser_of_a_race_keeps_its_cookies(site: Site, ada: Visitor) -> None:
    tab = site.visitor()
    tab.wear(ada.session)
    assert (await ada.http.post("/api/v1/refresh")).status_code == 200
    lost = await tab.http.post("/api/v1/refresh")
    assert lost.status_code == 409
    assert given(lost) == {}
    assert lost.json()["type"].endswith("refresh-raced")
    assert await ada.signed_in()


async def test_every_request_of_a_page_that_races_is_served(site: Site, ada: Visitor) -> None:
    tab = site.visitor()
    tab.wear(ada.session)
    site.clock.advance(ACCESS_LIFETIME.total_seconds())
    first, second = await ada.http.get("/api/v1/me"), await tab.http.get("/api/v1/me")
    assert (first.status_code, second.status_code) == (200, 200)
    assert (len(given(first)), len(given(second))) == (2, 0)


async def test_a_replay_after_the_grace_takes_the_cookies_and_ends_the_session(site: Site, ada: Visitor) -> None:
    thief = site.visitor("203.0.113.9")
    thief.wear(ada.session)
    assert (await ada.http.post("/api/v1/refresh")).status_code == 200
    site.clock.advance(GRACE.total_seconds())
    replayed = await thief.http.post("/api/v1/refresh")
    assert replayed.status_code == 401
    assert {one["max-age"] for one in given(replayed).values()} == {"0"}
    assert not await ada.signed_in()
    assert (await ada.http.post("/api/v1/refresh")).status_code == 401


async def test_a_page_with_a_dead_session_loses_its_cookies(site: Site, ada: Visitor) -> None:
    await site.work.accounts.sessions.leave_everywhere(ada.session.user, NOWHERE, site.clock.now())
    answer = await ada.http.get("/history")
    assert answer.status_code == 401
    assert {one["max-age"] for one in given(answer).values()} == {"0"}


async def test_an_answer_that_was_sent_makes_the_token_before_it_useless(site: Site, ada: Visitor) -> None:
    before = ada.session.refresh_token
    assert (await ada.http.post("/api/v1/refresh")).status_code == 200
    site.clock.advance(GRACE.total_seconds())
    thief = site.visitor()
    answer = await thief.http.post("/api/v1/refresh", headers={"cookie": f"__Host-greenroom_refresh={before}"})
    assert answer.status_code == 401


async def test_nothing_is_given_to_who_does_not_log_in(site: Site) -> None:
    stranger = site.visitor()
    for path in ("/", "/login", "/register", "/forgot", "/reset", "/history", "/api/v1/me", "/health"):
        assert given(await stranger.http.get(path)) == {}, path


async def test_a_stream_that_brings_new_cookies_makes_the_token_before_them_useless_at_once(
    site: Site, ada: Visitor
) -> None:
    round_id = (await site.interview(ada.session.user.id))[1]
    channels, key = site.app.state.channels, f"{round_id}/run1"
    channels.open(key)
    before = ada.session.refresh_token
    ada.http.cookies.delete("__Host-greenroom_access")
    streaming = asyncio.create_task(ada.http.get(f"/rounds/{round_id}/runs/run1/stream"))
    for _ in range(200):
        if await _spent_and_delivered(site, before):
            break
        await asyncio.sleep(0.05)
    assert await _spent_and_delivered(site, before)
    assert not streaming.done()
    channels.publish(key, "done", {}, last=True)
    assert len(given(await streaming)) == 2


async def _spent_and_delivered(site: Site, token: str) -> bool:
    hashed = site.work.accounts.sessions.keys.ring(site.clock.now()).hash("refresh", token)
    async with site.work.database.read() as connection:
        query = select(refresh_tokens.c.delivered_at).where(refresh_tokens.c.hash == hashed)
        return (await connection.execute(query)).scalar_one() is not None
