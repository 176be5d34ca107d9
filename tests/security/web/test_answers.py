"""What the routes answer says nothing of who has an account; passwords and links over HTTP."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from greenroom.accounts.rules import RESET_LIFETIME
from tests.security.site import WORDS, Site, Visitor

pytestmark = pytest.mark.anyio

_CHANGING = re.compile(r"'nonce-[^']*'|nonce=\"[^\"]*\"|csp-nonce\" content=\"[^\"]*\"")


def said(answer: httpx.Response, email: str) -> tuple[Any, ...]:
    """Status, headers and body, without what is random in every answer and without the address itself."""
    random = ("content-length", "date")
    headers = {name: _CHANGING.sub("", value) for name, value in answer.headers.items() if name not in random}
    return answer.status_code, headers, _CHANGING.sub("", answer.text).replace(email, "@")


FORMS: dict[str, dict[str, Any]] = {
    "/api/v1/login": {"json": {"password": "a wrong password"}},
    "/login": {"data": {"password": "a wrong password"}},
    "/api/v1/register": {"json": {"name": "Eve", "password": WORDS}},
    "/register": {"data": {"name": "Eve", "password": WORDS}},
    "/api/v1/password/forgot": {"json": {}},
    "/forgot": {"data": {}},
}


@pytest.mark.parametrize("path", FORMS)
async def test_a_known_and_an_unknown_address_get_the_same_answer(site: Site, ada: Visitor, path: str) -> None:
    kind, fields = next(iter(FORMS[path].items()))
    answers = []
    for email in (ada.email, f"not-{ada.email}"):
        given: dict[str, Any] = {kind: {"email": email, **fields}}
        answers.append(said(await site.visitor(accept="text/html").http.post(path, **given), email))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("path", ["/api/v1/login", "/login"])
async def test_somebody_who_is_shut_out_gets_the_answer_of_a_wrong_password(
    site: Site, ada: Visitor, path: str
) -> None:
    from greenroom.accounts.audit import NOWHERE

    people, now, user = site.work.accounts, site.clock.now(), ada.session.user
    await people.set_disabled(user, user.id, True, NOWHERE, now)
    answers = []
    for password in (WORDS, "a wrong password"):
        kind = "json" if "/api/" in path else "data"
        given: dict[str, Any] = {kind: {"email": ada.email, "password": password}}
        answers.append(said(await site.visitor().http.post(path, **given), ada.email))
    assert answers[0] == answers[1]


PASSWORDS = {
    "64 characters": "abcdefgh" * 8,
    "73 characters": "abcdefgh" * 9 + "i",
    "1024 characters": "abcd" * 256,
    "NUL inside": "nul \0 in between it",
    "NUL at the end": "four words of mine\0",
    "umlauts": "p\u00e4ssw\u00f6rter im b\u00fcro",
    "outside the first plane": "\U0001f511\U0001f5dd\ufe0f and two keys",
    "right to left": "\u05e1\u05d9\u05e1\u05de\u05d4 \u05d0\u05e8\u05d5\u05db\u05d4",
    "spaces around": "  four words of mine  ",
    "line breaks": "four\nwords\r\nof\tmine",
}


@pytest.mark.parametrize("kind", PASSWORDS)
async def test_every_password_over_http_counts_to_its_last_character(site: Site, kind: str) -> None:
    password, email = PASSWORDS[kind], f"{kind.replace(' ', '-')}@example.org"
    http = site.visitor().http
    body = {"email": email, "name": "Ada", "password": password}
    assert (await http.post("/api/v1/register", json=body)).status_code == 202

    async def login(given: str) -> int:
        answer = await site.visitor().http.post("/api/v1/login", json={"email": email, "password": given})
        return answer.status_code

    assert await login(password) == 200
    for other in (password[:-1], password.swapcase(), password.partition("\0")[0], password[:64], password[:72]):
        if other != password:
            assert await login(other) in (401, 422)


@pytest.mark.parametrize(
    "password", ["x" * 1025, "x" * 100_000, "half \ud800", 1, None, ["x"], {"x": 1}, ""], ids=lambda one: repr(one)[:12]
)
async def test_a_password_that_can_be_none_is_refused_before_any_work(site: Site, ada: Visitor, password: Any) -> None:
    import json

    text = json.dumps({"email": ada.email, "password": password})
    answer = await site.visitor().http.post("/api/v1/login", content=text, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "x" * 100 not in answer.text


async def test_a_reset_link_works_once_and_in_time(site: Site, ada: Visitor) -> None:
    http = site.visitor().http

    def letters() -> list[Path]:
        every = (site.work.settings.data_dir / "mail").glob("*.eml")
        return sorted((one for one in every if ada.email in one.read_text()), key=lambda one: one.stat().st_mtime_ns)

    async def link() -> str:
        before = len(letters())
        await http.post("/api/v1/password/forgot", json={"email": ada.email})
        for _ in range(200):
            if len(letters()) > before:
                break
            await asyncio.sleep(0.05)
        return letters()[-1].read_text().replace("=\n", "").partition("/reset#")[2].split()[0]

    async def reset(secret: str, password: str) -> int:
        return (await http.post("/api/v1/password/reset", json={"link": secret, "password": password})).status_code

    first = await link()
    assert await reset(first, "another four words") == 204
    assert await reset(first, "a third of four words") == 403
    assert not await ada.signed_in()
    older, newer = await link(), await link()
    assert await reset(older, "a third of four words") == 403
    site.clock.advance(RESET_LIFETIME.total_seconds())
    assert await reset(newer, "a third of four words") == 403
    for wrong in ("", "x", first[:-1], first.swapcase(), "' OR 1=1 --", "\0"):
        assert await reset(wrong, "a third of four words") in (403, 422)


async def test_a_reset_link_signs_nobody_in(site: Site, ada: Visitor) -> None:
    http = site.visitor().http
    for path in ("/enter", "/reset"):
        answer = await http.get(path, params={"link": "A" * 43})
        assert "set-cookie" not in answer.headers
    assert (await http.get("/enter", params={"link": "A" * 43})).status_code == 403


@pytest.mark.parametrize("path", ["/interviews/{}", "/rounds/{}", "/rounds/{}/debrief", "/admin/users/{}"])
@pytest.mark.parametrize("name", ["%00", "x%00", "%ED%A0%80", "%FF", "%0A", "%25", "x" * 300])
async def test_a_name_that_no_database_can_be_asked_for_is_not_there(
    site: Site, ada: Visitor, path: str, name: str
) -> None:
    assert (await ada.http.get(path.format(name))).status_code in (403, 404)
