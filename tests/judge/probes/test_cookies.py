"""What a browser keeps, what it refuses, and what it sends."""

from __future__ import annotations

import pytest

from greenroom.judge.probes.cookies import Jar

NOW = 2_000_000_000.0


def jar(*headers: str, path: str = "/auth/login") -> Jar:
    found = Jar("app.choir.example")
    found.take(headers, path, NOW)
    return found


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("__Host-s=1; Path=/", "demands Secure"),
        ("__Host-s=1; Path=/auth; Secure", "demands Path=/"),
        ("__Host-s=1; Secure", "demands Path=/"),
        ("__Host-s=1; Path=/; Secure; Domain=choir.example", "no Domain"),
        ("__host-s=1; Path=/", "demands Secure"),
        ("__Secure-s=1; Path=/auth", "demands Secure"),
        ("s=1; SameSite=None", "demands Secure"),
        ("s=1; Domain=other.example", "cannot set a cookie for other.example"),
        ("s=1; Domain=r.example", "cannot set a cookie for r.example"),
        ("=1", "names no cookie"),
        ("s", "names no cookie"),
    ],
)
def test_what_is_not_kept_is_said(header: str, why: str) -> None:
    found = jar(header)
    assert not found.kept
    assert why in found.refused[0]


def test_attributes_are_read_whatever_their_case() -> None:
    found = jar('__Host-s="abc"; path=/; SECURE; httponly; samesite=Strict; max-age=60').find("__Host-s", NOW)
    assert found is not None
    assert (found.value, found.path, found.host_only) == ("abc", "/", True)
    assert (found.secure, found.http_only, found.same_site) == (True, True, "strict")
    assert (found.expires, found.is_for_scripts) == (NOW + 60, False)


def test_a_deletion_must_be_one_that_the_browser_obeys() -> None:
    found = jar("__Host-s=1; Path=/; Secure; HttpOnly")
    found.take(['__Host-s=""; Max-Age=0; Path=/'], "/auth/logout", NOW)
    assert found.sent("/", NOW) == {"__Host-s": "1"}
    found.take(['__Host-s=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Secure'], "/auth/logout", NOW)
    assert found.sent("/", NOW) == {}
    other = jar("s=1; Path=/auth")
    other.take(["s=; Max-Age=0; Path=/"], "/", NOW)
    assert other.sent("/auth/x", NOW) == {"s": "1"}


def test_lifetimes() -> None:
    assert jar("s=1; Max-Age=60").sent("/auth", NOW + 59) == {"s": "1"}
    assert jar("s=1; Max-Age=60").sent("/auth", NOW + 60) == {}
    assert jar("s=1; Max-Age=0; Expires=Fri, 01 Jan 2038 00:00:00 GMT").sent("/auth", NOW) == {}
    assert jar("s=1; Expires=Fri, 01 Jan 2038 00:00:00 GMT").find("s", NOW + 86_400) is not None
    session = jar("s=1; Max-Age=soon; Expires=whenever").find("s", NOW)
    assert session is not None
    assert session.expires is None
    assert jar("s=1; Max-Age=999999999999").find("s", NOW + 401 * 86_400) is None


def test_paths() -> None:
    found = jar("a=1; Path=/", "b=2; Path=/auth", "c=3")
    assert found.sent("/auth/refresh", NOW) == {"a": "1", "b": "2", "c": "3"}
    assert found.sent("/authors", NOW) == {"a": "1"}
    assert jar("d=4", path="/login").sent("/x", NOW) == {"d": "4"}


@pytest.mark.parametrize(
    ("same_site", "get", "post"),
    [("SameSite=Strict", False, False), ("SameSite=Lax", True, False), ("SameSite=None", True, True), ("", True, True)],
)
def test_a_cookie_goes_along_with_requests_of_other_sites_as_it_says(same_site: str, get: bool, post: bool) -> None:
    found = jar(f"s=1; Secure; Path=/; {same_site}")
    assert bool(found.sent("/", NOW, method="GET", site="cross-site")) is get
    assert bool(found.sent("/", NOW, method="POST", site="cross-site")) is post
    assert found.sent("/", NOW, method="POST", site="same-site") == {"s": "1"}
