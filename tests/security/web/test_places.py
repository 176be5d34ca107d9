"""Where an access token may stand, and that no other secret stands in for it."""

from __future__ import annotations

from typing import Any

import pytest

from greenroom.accounts.rules import ACCESS_LIFETIME
from tests.security.site import Site, Visitor

pytestmark = pytest.mark.anyio

ME = "/api/v1/me"


@pytest.fixture
def bare(site: Site) -> Visitor:
    """Somebody without cookies."""
    return site.visitor()


async def test_control_in_the_authorization_header(bare: Visitor, ada: Visitor) -> None:
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert await bare.signed_in(authorization=f"{scheme} {ada.session.access_token}")


async def test_control_in_the_access_cookie(ada: Visitor) -> None:
    assert await ada.signed_in()


@pytest.mark.parametrize(
    "name", ["access_token", "token", "authorization", "bearer", "jwt", "link", "__Host-greenroom_access"]
)
@pytest.mark.parametrize("path", [ME, "/history", "/api/v1/sessions"])
async def test_in_the_query_it_is_not_looked_at(bare: Visitor, ada: Visitor, path: str, name: str) -> None:
    assert (await bare.http.get(path, params={name: ada.session.access_token})).status_code == 401


@pytest.mark.parametrize("name", ["access_token", "token", "csrf_token"])
async def test_in_a_form_it_is_not_looked_at(bare: Visitor, ada: Visitor, name: str) -> None:
    assert (await bare.http.post("/leave", data={name: ada.session.access_token})).status_code == 401
    assert await ada.signed_in()


@pytest.mark.parametrize("name", ["x-access-token", "x-auth-token", "x-authorization", "proxy-authorization", "token"])
async def test_in_another_header_it_is_not_looked_at(bare: Visitor, ada: Visitor, name: str) -> None:
    for value in (ada.session.access_token, f"Bearer {ada.session.access_token}"):
        assert not await bare.signed_in(**{name: value})


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "Basic {}",
        "Token {}",
        "DPoP {}",
        "Bearer",
        "Bearer {},{}",
        "Bearer {} {}",
        "Bearer  ",
        "Bearer:{}",
        "Bearer\t{}",
    ],
)
async def test_under_another_scheme_it_is_refused(bare: Visitor, ada: Visitor, form: str) -> None:
    assert not await bare.signed_in(authorization=form.format(ada.session.access_token, ada.session.access_token))


@pytest.mark.parametrize(
    "name",
    ["greenroom_access", "access", "__Secure-greenroom_access", "__host-greenroom_access", "greenroom_8477_access"],
)
async def test_in_another_cookie_it_is_not_looked_at(bare: Visitor, ada: Visitor, name: str) -> None:
    assert not await bare.signed_in(cookie=f"{name}={ada.session.access_token}")


async def test_a_refresh_token_is_no_access_token(bare: Visitor, ada: Visitor, site: Site) -> None:
    refresh, cookies = ada.session.refresh_token, site.app.state.cookies
    assert not await bare.signed_in(authorization=f"Bearer {refresh}")
    assert not await bare.signed_in(cookie=f"{cookies.access}={refresh}")


async def test_an_access_token_is_no_refresh_token(bare: Visitor, ada: Visitor, site: Site) -> None:
    token, name = ada.session.access_token, site.app.state.cookies.refresh
    assert (await bare.http.post("/api/v1/refresh", headers={"cookie": f"{name}={token}"})).status_code == 401
    assert not await bare.signed_in(cookie=f"{name}={token}")
    assert await ada.signed_in()


@pytest.mark.parametrize("place", ["header", "query", "body", "access cookie"])
async def test_a_refresh_token_elsewhere_than_in_its_cookie_renews_nothing(
    bare: Visitor, ada: Visitor, site: Site, place: str
) -> None:
    token, cookies = ada.session.refresh_token, site.app.state.cookies
    given: Any = {
        "header": {"headers": {"authorization": f"Bearer {token}"}},
        "query": {"params": {"refresh_token": token, cookies.refresh: token}},
        "body": {"json": {"refresh_token": token}},
        "access cookie": {"headers": {"cookie": f"{cookies.access}={token}"}},
    }[place]
    assert (await bare.http.post("/api/v1/refresh", **given)).status_code == 401
    assert (await ada.http.post("/api/v1/refresh")).status_code == 200


async def test_a_bad_header_is_not_mended_by_a_good_cookie(ada: Visitor) -> None:
    """Otherwise a request could name one session and act in another."""
    for value in ("Bearer x", "Basic eDp5", "", "Bearer " + ada.session.access_token[:-2]):
        assert not await ada.signed_in(authorization=value)


async def test_a_form_token_is_no_session(bare: Visitor, ada: Visitor, site: Site) -> None:
    assert not await bare.signed_in(authorization=f"Bearer {ada.csrf}")
    assert not await bare.signed_in(cookie=f"{site.app.state.cookies.refresh}={ada.csrf}")


async def test_an_ended_access_token_in_a_header_is_not_renewed(bare: Visitor, ada: Visitor, site: Site) -> None:
    token = ada.session.access_token
    assert await bare.signed_in(authorization=f"Bearer {token}")
    site.clock.advance(ACCESS_LIFETIME.total_seconds())
    answer = await ada.http.get(ME, headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/api/v1/login", "/api/v1/refresh", "/api/v1/password"])
async def test_an_answer_with_tokens_is_stored_by_nobody(ada: Visitor, path: str) -> None:
    body = {
        "/api/v1/login": {"email": ada.email, "password": "four words of mine"},
        "/api/v1/password": {"old": "four words of mine", "new": "another four words"},
    }.get(path)
    answer = await ada.http.post(path, json=body, headers={"x-csrf-token": ada.csrf})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "refresh" not in answer.text


@pytest.mark.parametrize("size", [4097, 20_000, 60_000])
async def test_a_token_over_four_kib_is_refused(bare: Visitor, size: int) -> None:
    assert not await bare.signed_in(authorization="Bearer " + "A" * size)
