"""The rate limits hold whatever a client says of itself, and nobody can lock another person out with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.security.site import WORDS, Site, Visitor, open_site

pytestmark = pytest.mark.anyio

EMAIL = "ada@example.org"
LIMITS = {
    "limit_login": "3/hour",
    "limit_login_user": "6/hour",
    "limit_login_address": "9/hour",
    "limit_letters": "2/hour",
}


@asynccontextmanager
async def _site(folder: Path, **settings: Any) -> AsyncIterator[Site]:
    async with open_site(folder, **(LIMITS | settings)) as site:
        await site.user(email=EMAIL, address="192.0.2.1")
        yield site


@pytest.fixture
async def limited(tmp_path: Path) -> AsyncIterator[Site]:
    async with _site(tmp_path) as site:
        yield site


async def _login(visitor: Visitor, email: str = EMAIL, password: str = "wrong words", **headers: str) -> httpx.Response:
    return await visitor.http.post("/api/v1/login", json={"email": email, "password": password}, headers=headers)


async def test_control_a_few_tries_are_answered_and_the_next_is_told_when(limited: Site) -> None:
    someone = limited.visitor("198.51.100.1")
    assert [(await _login(someone)).status_code for _ in range(4)] == [401, 401, 401, 429]
    refused = await _login(someone)
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["content-type"] == "application/problem+json"


async def test_a_refused_try_with_the_right_password_is_refused_too(limited: Site) -> None:
    someone = limited.visitor("198.51.100.1")
    for _ in range(3):
        await _login(someone)
    assert (await _login(someone, password=WORDS)).status_code == 429


@pytest.mark.parametrize(
    "name",
    [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "x-client-ip",
        "client-ip",
        "true-client-ip",
        "cf-connecting-ip",
        "via",
    ],
)
async def test_a_header_that_names_another_address_is_not_believed(tmp_path: Path, name: str) -> None:
    async with _site(tmp_path) as site:
        someone = site.visitor("198.51.100.1")
        for number in range(3):
            await _login(someone, **{name: f"203.0.113.{number}"})
        assert (await _login(someone, **{name: "203.0.113.99"})).status_code == 429


async def test_behind_a_trusted_proxy_what_the_client_says_of_itself_is_not_believed(tmp_path: Path) -> None:
    async with _site(tmp_path, trusted_proxies=("10.0.0.0/8",)) as site:
        proxy = site.visitor("10.1.2.3")
        for number in range(3):
            await _login(proxy, **{"x-forwarded-for": f"203.0.113.{number}, 198.51.100.7"})
        for spoofed in ("203.0.113.77", "10.9.9.9", "127.0.0.1", "nonsense", "203.0.113.8, 10.0.0.1"):
            said = f"{spoofed}, 198.51.100.7"
            assert (await _login(proxy, **{"x-forwarded-for": said})).status_code == 429, spoofed


async def test_behind_a_trusted_proxy_two_clients_are_counted_apart(tmp_path: Path) -> None:
    async with _site(tmp_path, trusted_proxies=("10.0.0.0/8",)) as site:
        proxy = site.visitor("10.1.2.3")
        for _ in range(4):
            last = await _login(proxy, **{"x-forwarded-for": "198.51.100.7"})
        assert last.status_code == 429
        assert (await _login(proxy, **{"x-forwarded-for": "198.51.100.8"})).status_code == 401


async def test_a_client_that_is_no_proxy_of_ours_is_not_believed(tmp_path: Path) -> None:
    async with _site(tmp_path, trusted_proxies=("10.0.0.0/8",)) as site:
        someone = site.visitor("198.51.100.1")
        for number in range(3):
            await _login(someone, **{"x-forwarded-for": f"203.0.113.{number}"})
        assert (await _login(someone, **{"x-forwarded-for": "203.0.113.99"})).status_code == 429


async def test_the_addresses_of_one_ipv6_site_count_as_one(limited: Site) -> None:
    answers = [await _login(limited.visitor(f"2001:db8:1:2::{number}")) for number in range(4)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert (await _login(limited.visitor("2001:db8:1:3::1"))).status_code == 401


@pytest.mark.parametrize(
    "spelling",
    [
        "ADA@EXAMPLE.ORG",
        " ada@example.org",
        "\uff41da@example.org",
        "ad\uff41@example.org",
        "ada@ex\u1d43mple.org",
        "ada\uff20example.org",
    ],
)
async def test_another_spelling_of_an_address_is_the_same_account_and_counts_so(limited: Site, spelling: str) -> None:
    someone = limited.visitor("198.51.100.1")
    assert (await _login(someone, spelling, WORDS)).status_code == 200  # the same account
    for email in (EMAIL, spelling, EMAIL):
        assert (await _login(someone, email)).status_code == 401
    assert (await _login(someone, spelling)).status_code == 429


async def test_a_flood_from_everywhere_shuts_out_strangers_and_not_the_owner(limited: Site) -> None:
    stranger = [await _login(limited.visitor(f"198.51.100.{number}")) for number in range(12)]
    assert [one.status_code for one in stranger] == [401] * 6 + [429] * 6
    assert (await _login(limited.visitor("192.0.2.1"), password=WORDS)).status_code == 200


async def test_an_owner_whose_ipv6_address_has_changed_within_its_site_is_known(limited: Site) -> None:
    await limited.user(email="eve@example.org", address="2001:db8:7:7::1")
    for number in range(7):
        await _login(limited.visitor(f"198.51.100.{number}"), "eve@example.org")
    assert (await _login(limited.visitor("2001:db8:7:7:a:b:c:d"), "eve@example.org", WORDS)).status_code == 200
    assert (await _login(limited.visitor("2001:db8:7:8::1"), "eve@example.org", WORDS)).status_code == 429


async def test_a_flood_from_one_address_shuts_out_that_address(limited: Site) -> None:
    await limited.user(email="eve@example.org", address="192.0.2.9")
    attacker = limited.visitor("198.51.100.66")
    for number in range(9):
        await _login(attacker, f"somebody{number}@example.org")
    assert (await _login(attacker, "somebody-else@example.org")).status_code == 429
    assert (await _login(limited.visitor("192.0.2.9"), "eve@example.org", WORDS)).status_code == 200


async def test_a_flood_of_letters_fills_nobodys_mailbox_and_tells_nothing(limited: Site) -> None:
    for email in (EMAIL, "nobody@example.org"):
        answers = [
            await limited.visitor(f"198.51.100.{n}").http.post("/api/v1/password/forgot", json={"email": email})
            for n in range(4)
        ]
        assert [one.status_code for one in answers] == [202, 202, 429, 429]
    await limited.work.accounts.post.close()
    assert len(list((limited.work.settings.data_dir / "mail").glob("*.eml"))) == 2


async def test_the_page_is_limited_with_the_api(limited: Site) -> None:
    someone = limited.visitor("198.51.100.1", accept="text/html")
    form = {"email": EMAIL, "password": "wrong words"}
    answers = [await someone.http.post("/login", data=form) for _ in range(4)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert (await _login(someone)).status_code == 429
