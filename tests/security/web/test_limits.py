"""The rate limits hold whatever a client says of itself, and nobody can lock another person out with them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable

import httpx2 as httpx
import pytest

from tests.security.site import WORDS, Site, Visitor, open_site

pytestmark = pytest.mark.anyio

LIMITS = {
    "limit_login": "3/hour",
    "limit_login_user": "6/hour",
    "limit_login_address": "9/hour",
    "limit_letters": "2/hour",
    "limit_requests": "20/hour",
}


@pytest.fixture(scope="module")
async def limited(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """With few tries of everything."""
    async with open_site(tmp_path_factory.mktemp("limited"), **LIMITS) as site:
        yield site


@pytest.fixture(scope="module")
async def behind(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """The same behind proxies of ours."""
    async with open_site(tmp_path_factory.mktemp("behind"), trusted_proxies=("10.0.0.0/8",), **LIMITS) as site:
        yield site


_count = itertools.count(1)


@pytest.fixture
def net() -> str:
    """The first part of addresses that nobody has used before: the counts outlive a test."""
    return f"100.64.{next(_count)}"


@pytest.fixture
def email(net: str) -> str:
    return f"ada@{net.replace('.', '-')}.example.org"


async def _login(visitor: Visitor, email: str, password: str = "wrong words", **headers: str) -> httpx.Response:
    return await visitor.http.post("/api/v1/login", json={"email": email, "password": password}, headers=headers)


async def test_control_a_few_tries_are_answered_and_the_next_is_told_when(limited: Site, net: str) -> None:
    someone = limited.visitor(f"{net}.1")
    assert [(await _login(someone, f"a@{net}.org")).status_code for _ in range(4)] == [401, 401, 401, 429]
    refused = await _login(someone, f"a@{net}.org")
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["content-type"] == "application/problem+json"


async def test_a_try_too_many_with_the_right_password_is_refused_too(limited: Site, net: str, email: str) -> None:
    await limited.user(email=email)
    someone = limited.visitor(f"{net}.1")
    for _ in range(3):
        await _login(someone, email)
    assert (await _login(someone, email, WORDS)).status_code == 429


@pytest.mark.parametrize(
    "name",
    [
        "x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip", "client-ip", "true-client-ip", "cf-connecting-ip",
        "via",
    ],
)  # fmt: skip
async def test_a_header_that_names_another_address_is_not_believed(
    limited: Site, net: str, email: str, name: str
) -> None:
    someone = limited.visitor(f"{net}.1")
    for number in range(3):
        await _login(someone, email, **{name: f"203.0.113.{number}"})
    assert (await _login(someone, email, **{name: "203.0.113.99"})).status_code == 429


@pytest.mark.parametrize("spoofed", ["203.0.113.77", "10.9.9.9", "127.0.0.1", "nonsense", "203.0.113.8, 10.0.0.1", ""])
async def test_behind_a_trusted_proxy_what_the_client_says_of_itself_is_not_believed(
    behind: Site, net: str, email: str, spoofed: str
) -> None:
    proxy = behind.visitor("10.1.2.3")
    for number in range(3):
        await _login(proxy, email, **{"x-forwarded-for": f"203.0.113.{number}, {net}.7"})
    assert (await _login(proxy, email, **{"x-forwarded-for": f"{spoofed}, {net}.7"})).status_code == 429
    assert (await _login(proxy, email, **{"x-forwarded-for": f"{spoofed}, {net}.7, 10.4.4.4"})).status_code == 429


async def test_behind_a_trusted_proxy_two_clients_are_counted_apart(behind: Site, net: str, email: str) -> None:
    proxy = behind.visitor("10.1.2.3")
    for _ in range(4):
        last = await _login(proxy, email, **{"x-forwarded-for": f"{net}.7"})
    assert last.status_code == 429
    assert (await _login(proxy, email, **{"x-forwarded-for": f"{net}.8"})).status_code == 401


async def test_a_client_that_is_no_proxy_of_ours_is_not_believed(behind: Site, net: str, email: str) -> None:
    someone = behind.visitor(f"{net}.1")
    for number in range(3):
        await _login(someone, email, **{"x-forwarded-for": f"203.0.113.{number}"})
    assert (await _login(someone, email, **{"x-forwarded-for": "203.0.113.99"})).status_code == 429


async def test_the_addresses_of_one_ipv6_site_count_as_one(limited: Site, email: str) -> None:
    answers = [await _login(limited.visitor(f"2001:db8:1:2::{number}"), email) for number in range(4)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert (await _login(limited.visitor("2001:db8:1:3::1"), email)).status_code == 401


SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "a space before it": " {}".format,
    "full width": lambda text: "\uff41" + text[1:],
    "a modifier letter": lambda text: "ad\u1d43" + text[3:],
    "another at sign": lambda text: text.replace("@", "\uff20"),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_another_spelling_of_an_address_is_the_same_account_and_counts_so(
    limited: Site, net: str, email: str, spelling: str
) -> None:
    await limited.user(email=email)
    someone, other = limited.visitor(f"{net}.1"), SPELLINGS[spelling](email)
    assert (await _login(someone, other, WORDS)).status_code == 200  # the same account
    for one in (email, other, email):
        assert (await _login(someone, one)).status_code == 401
    assert (await _login(someone, other)).status_code == 429


async def test_a_flood_from_everywhere_shuts_out_strangers_and_not_the_owner(
    limited: Site, net: str, email: str
) -> None:
    await limited.user(email=email, address=f"{net}.200")
    strangers = [await _login(limited.visitor(f"{net}.{number}"), email) for number in range(12)]
    assert [one.status_code for one in strangers] == [401] * 6 + [429] * 6
    assert (await _login(limited.visitor(f"{net}.200"), email, WORDS)).status_code == 200


async def test_an_owner_whose_ipv6_address_has_changed_within_its_site_is_known(
    limited: Site, net: str, email: str
) -> None:
    await limited.user(email=email, address="2001:db8:7:7::1")
    for number in range(7):
        await _login(limited.visitor(f"{net}.{number}"), email)
    assert (await _login(limited.visitor("2001:db8:7:7:a:b:c:d"), email, WORDS)).status_code == 200
    assert (await _login(limited.visitor("2001:db8:7:8::1"), email, WORDS)).status_code == 429


async def test_a_flood_from_one_address_shuts_out_that_address(limited: Site, net: str, email: str) -> None:
    await limited.user(email=email, address=f"{net}.9")
    attacker = limited.visitor(f"{net}.66")
    for number in range(9):
        await _login(attacker, f"somebody{number}@example.org")
    assert (await _login(attacker, "somebody-else@example.org")).status_code == 429
    assert (await _login(limited.visitor(f"{net}.9"), email, WORDS)).status_code == 200


async def test_a_flood_of_letters_fills_nobodys_mailbox_and_tells_nothing(limited: Site, net: str, email: str) -> None:
    await limited.user(email=email)
    for wanted in (email, f"nobody-{email}"):
        answers = [
            await limited.visitor(f"{net}.{n}").http.post("/api/v1/password/forgot", json={"email": wanted})
            for n in range(4)
        ]
        assert [one.status_code for one in answers] == [202, 202, 429, 429]
    for _ in range(200):
        letters = (limited.work.settings.data_dir / "mail").glob("*.eml")
        if sum(email in one.read_text(encoding="utf-8") for one in letters) >= 2:
            break
        await asyncio.sleep(0.05)
    await limited.work.accounts.post.close()
    letters = (limited.work.settings.data_dir / "mail").glob("*.eml")
    assert sum(email in one.read_text(encoding="utf-8") for one in letters) == 2


async def test_the_page_is_limited_with_the_api(limited: Site, net: str, email: str) -> None:
    someone = limited.visitor(f"{net}.1", accept="text/html")
    form = {"email": email, "password": "wrong words"}
    answers = [await someone.http.post("/login", data=form) for _ in range(4)]
    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert (await _login(someone, email)).status_code == 429


async def test_a_user_has_so_many_requests_of_the_api_and_others_theirs(limited: Site, net: str) -> None:
    ada, bob = [await limited.user(email=f"{name}@{net}.org", address=f"{net}.{n}") for n, name in ((1, "a"), (2, "b"))]
    statuses = [(await ada.http.get("/api/v1/me")).status_code for _ in range(25)]
    assert statuses == [200] * 20 + [429] * 5
    assert (await bob.http.get("/api/v1/me")).status_code == 200
    assert (await ada.http.get("/history")).status_code == 200
