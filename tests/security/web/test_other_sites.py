"""What a page of another site can make a browser send, and what it can read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.security.site import BASE, UNSAFE, WORDS, Site, Visitor

pytestmark = pytest.mark.anyio

FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "origin": BASE},
    {"sec-fetch-site": "Same-Origin"},
    {"sec-fetch-site": ""},
    {"origin": "null"},
    {"origin": ""},
    {"origin": "https://evil.example"},
    {"origin": "http://greenroom.test"},
    {"origin": "https://greenroom.test:8443"},
    {"origin": "https://greenroom.test.evil.example"},
    {"origin": "https://evil.greenroom.test"},
    {"origin": "https://greenroom.test/"},
    {"origin": "https://GREENROOM.test"},
    {"origin": "https://evil.example", "sec-fetch-site": "same-origin"},
]
BEFORE_LOGIN = {
    "/api/v1/login": {"json": {"email": "someone@example.org", "password": WORDS}},
    "/api/v1/register": {"json": {"email": "eve@example.org", "name": "Eve", "password": WORDS}},
    "/api/v1/password/forgot": {"json": {"email": "someone@example.org"}},
    "/api/v1/password/reset": {"json": {"link": "x", "password": WORDS}},
    "/login": {"data": {"email": "someone@example.org", "password": WORDS}},
    "/register": {"data": {"email": "eve@example.org", "name": "Eve", "password": WORDS}},
    "/forgot": {"data": {"email": "someone@example.org"}},
    "/reset": {"data": {"link": "x", "password": WORDS}},
}
ENDING = ["/api/v1/logout", "/api/v1/logout-everywhere", "/leave", "/account/leave-everywhere"]


@pytest.fixture(scope="module")
async def someone(site: Site) -> Visitor:
    return await site.user(email="someone@example.org")


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", BEFORE_LOGIN)
async def test_another_site_logs_nobody_in_and_registers_nobody(
    site: Site, someone: Visitor, path: str, headers: dict[str, str]
) -> None:
    given: dict[str, Any] = BEFORE_LOGIN[path]
    answer = await site.visitor().http.post(path, headers=headers, **given)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_another_site_renews_nothing(ada: Visitor, headers: dict[str, str]) -> None:
    assert (await ada.http.post("/api/v1/refresh", headers=headers)).status_code == 403
    assert (await ada.http.post("/api/v1/refresh")).status_code == 200  # the token was not spent


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("path", ENDING)
async def test_another_site_logs_nobody_out(ada: Visitor, path: str, headers: dict[str, str]) -> None:
    answer = await ada.http.post(path, headers={"x-csrf-token": ada.csrf, **headers})
    assert answer.status_code == 403
    assert await ada.signed_in()


@pytest.mark.parametrize("token", [None, "", "0" * 32, "\u00e4", "another session's"], ids=repr)
@pytest.mark.parametrize("path", ENDING)
async def test_without_the_form_token_nobody_is_logged_out(
    site: Site, ada: Visitor, path: str, token: str | None
) -> None:
    if token == "another session's":
        token = (await site.device(ada.email)).csrf
    headers = {} if token is None else {"x-csrf-token": token.encode()}
    answer = await ada.http.post(path, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 403
    assert await ada.signed_in()


@pytest.mark.parametrize("headers", [{}, {"origin": BASE}, {"sec-fetch-site": "same-origin", "origin": BASE}], ids=str)
@pytest.mark.parametrize("path", ENDING)
async def test_control_ones_own_page_logs_out(ada: Visitor, path: str, headers: dict[str, str]) -> None:
    answer = await ada.http.post(path, headers={"x-csrf-token": ada.csrf, **headers})
    assert answer.status_code in (204, 303)
    assert not await ada.signed_in(authorization=f"Bearer {ada.session.access_token}")


@pytest.mark.parametrize("headers", [{}, {"origin": BASE}, {"sec-fetch-site": "same-origin"}], ids=str)
async def test_control_ones_own_page_logs_in(site: Site, someone: Visitor, headers: dict[str, str]) -> None:
    body = {"email": someone.email, "password": WORDS}
    assert (await site.visitor().http.post("/api/v1/login", json=body, headers=headers)).status_code == 200


async def test_a_form_of_another_content_type_logs_nobody_in(site: Site, someone: Visitor) -> None:
    """What a form of another site can send without asking first is no JSON."""
    text = f'{{"email": "{someone.email}", "password": "{WORDS}"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = await site.visitor().http.post("/api/v1/login", content=text, headers={"content-type": kind})
        assert answer.status_code == 422, kind


def _filled(path: str) -> str:
    return path.replace("{", "").replace("}", "")


def _paths(site: Site) -> dict[str, set[str]]:
    """Every path with its methods."""
    found: dict[str, set[str]] = {}
    for route in site.routes():
        if route.path and getattr(route, "methods", None):
            found.setdefault(str(route.path), set()).update(route.methods or ())
    assert len(found) > 40
    return found


async def test_getting_what_changes_something_is_refused_on_every_route(site: Site, ada: Visitor) -> None:
    paths = _paths(site)
    unsafe = [path for path, methods in paths.items() if methods & UNSAFE and "GET" not in methods]
    assert len(unsafe) > 20
    for path in unsafe:
        for method in ("GET", "HEAD", "TRACE", "PROPFIND"):
            answer = await ada.http.request(method, _filled(path), headers={"x-csrf-token": ada.csrf})
            assert answer.status_code in (404, 405), (method, path, answer.status_code)
    assert await ada.signed_in()


@pytest.mark.parametrize("name", ["x-http-method-override", "x-method-override", "x-http-method"])
async def test_a_method_that_a_header_names_is_not_taken(ada: Visitor, name: str) -> None:
    for method in ("DELETE", "POST"):
        assert (await ada.http.get("/api/v1/me", headers={name: method})).status_code == 200
    assert (await ada.http.get("/api/v1/me", params={"_method": "DELETE"})).status_code == 200
    assert await ada.signed_in()


async def test_no_route_lets_another_origin_read_it(site: Site, ada: Visitor) -> None:
    for path, methods in _paths(site).items():
        for method in [*sorted(methods - {"HEAD"}), "OPTIONS"]:
            for origin in ("https://evil.example", "null", BASE):
                headers = {"origin": origin, "access-control-request-method": method}
                answer = await ada.http.request(method, _filled(path), headers=headers)
                said = [one for one in answer.headers if one.startswith("access-control-")]
                assert said == [], (method, path)
                assert answer.status_code < 500, (method, path)
                if method == "OPTIONS":
                    assert answer.status_code in (404, 405), path


async def test_no_answer_can_be_framed_or_embedded_elsewhere(site: Site, ada: Visitor) -> None:
    for path, methods in _paths(site).items():
        if "GET" in methods:
            headers = (await ada.http.get(_filled(path))).headers
            assert "frame-ancestors 'none'" in headers["content-security-policy"], path
            assert headers["cross-origin-resource-policy"] == "same-origin", path
            assert headers["x-content-type-options"] == "nosniff", path
