"""The claims: exactly these names, each of one type, for this realm, now. Every token here is rightly signed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from greenroom.accounts.rules import ACCESS_LIFETIME, LEEWAY
from tests.security.tokens.forging import ABSENT, AT, NOW, REALM, SESSION, TOKEN_ID, USER, Mint

NAMES = ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"]
STRINGS = NAMES[:5]
TIMES = NAMES[5:]
NO_STRINGS = [None, 0, 1, True, 1795978710, [], {}, ["x"], {"x": 1}]
NO_TIMES = [None, True, False, "", "1795978710", str(AT + 600), [], [AT], {}, {"at": AT}]
LIFETIME = int(ACCESS_LIFETIME.total_seconds())
MARGIN = int(LEEWAY.total_seconds())


def test_control_the_good_claims_are_accepted(mint: Mint) -> None:
    access = mint.accept(mint.token())
    assert (access.user_id, access.session_id, access.token_id) == (USER, SESSION, TOKEN_ID)
    assert access.expires_at == NOW + ACCESS_LIFETIME


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_claim_is_refused(mint: Mint, name: str) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: ABSENT})), "other claims")


@pytest.mark.parametrize(
    "name",
    ["role", "admin", "scope", "client_id", "email", "auth_time", "Sub", "SUB", " sub", "exp ", "", "x5u", "cnf"],
)
def test_a_further_claim_is_refused(mint: Mint, name: str) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: "admin"})), "other claims")


@pytest.mark.parametrize("value", NO_STRINGS, ids=repr)
@pytest.mark.parametrize("name", STRINGS)
def test_a_claim_that_is_no_text_is_refused(mint: Mint, name: str, value: Any) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: value})), "a claim of another type")


@pytest.mark.parametrize("value", NO_TIMES, ids=repr)
@pytest.mark.parametrize("name", TIMES)
def test_a_time_that_is_no_whole_number_is_refused(mint: Mint, name: str, value: Any) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: value})), "a time of another type")


@pytest.mark.parametrize("value", [0, -1, -AT], ids=str)
@pytest.mark.parametrize("name", TIMES)
def test_a_time_before_all_times_is_refused(mint: Mint, name: str, value: int) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: value})), "a time of another type")


@pytest.mark.parametrize("value", [b"1e10", b"1795978710.0", b"1.5", b"1E3", b"-0.0", b"1e400"], ids=repr)
@pytest.mark.parametrize("name", TIMES)
def test_a_time_with_a_fraction_or_an_exponent_is_refused(mint: Mint, name: str, value: bytes) -> None:
    mint.refuse(mint.token(claims=_with_raw(mint, name, value)), "not a whole number")


@pytest.mark.parametrize("value", [b"NaN", b"Infinity", b"-Infinity"], ids=repr)
@pytest.mark.parametrize("name", [*TIMES, "sub"])
def test_a_number_that_is_none_is_refused(mint: Mint, name: str, value: bytes) -> None:
    mint.refuse(mint.token(claims=_with_raw(mint, name, value)), "not a whole number")


@pytest.mark.parametrize("digits", [13, 20, 400, 2000])
@pytest.mark.parametrize("name", TIMES)
def test_a_huge_number_is_refused(mint: Mint, name: str, digits: int) -> None:
    mint.refuse(mint.token(claims=_with_raw(mint, name, b"9" * digits)), "a huge number")


def _with_raw(mint: Mint, name: str, value: bytes) -> bytes:
    """Claims in which *name* is written as *value*, unquoted."""
    from tests.security.tokens.forging import as_json

    return as_json(mint.claims(**{name: "@"})).replace(b'"@"', value)


# exp


@pytest.mark.parametrize("ago", [0, 1, LIFETIME, 10**6])
def test_a_token_is_refused_from_its_end_on(mint: Mint, ago: int) -> None:
    token = mint.token()
    mint.accept(token, NOW + ACCESS_LIFETIME - timedelta(milliseconds=1))
    mint.refuse(token, "it has ended", NOW + ACCESS_LIFETIME + timedelta(seconds=ago))


@pytest.mark.parametrize("more", [1, 60, 86_400, 10**9])
def test_a_lifetime_over_fifteen_minutes_is_refused(mint: Mint, more: int) -> None:
    mint.refuse(mint.token(claims=mint.claims(exp=AT + LIFETIME + more)), "it lives too long")


def test_a_lifetime_over_fifteen_minutes_is_refused_whenever_it_began(mint: Mint) -> None:
    mint.refuse(mint.token(claims=mint.claims(iat=AT - 600, nbf=AT - 600, exp=AT + 301)), "it lives too long")


def test_control_a_shorter_lifetime_is_accepted(mint: Mint) -> None:
    mint.accept(mint.token(claims=mint.claims(exp=AT + 1)))


@pytest.mark.parametrize("value", [253402300800, 999_999_999_999], ids=str)
def test_an_end_beyond_all_dates_is_refused(mint: Mint, value: int) -> None:
    mint.refuse(mint.token(claims=mint.claims(exp=value)), "it lives too long")
    mint.refuse(mint.token(claims=mint.claims(exp=value, iat=value - 1)), "it is of the future")


# iat and nbf


@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_control_a_clock_that_is_ahead_by_the_leeway_is_accepted(mint: Mint, name: str) -> None:
    mint.accept(mint.token(claims=mint.claims(**{name: AT + MARGIN})))


@pytest.mark.parametrize("ahead", [MARGIN + 1, 60, 899])
@pytest.mark.parametrize("name", ["iat", "nbf"])
def test_a_token_of_the_future_is_refused(mint: Mint, name: str, ahead: int) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: AT + ahead})), "it is of the future")


def test_a_token_that_ends_before_it_begins_is_refused(mint: Mint) -> None:
    mint.refuse(mint.token(claims=mint.claims(iat=AT + 3, nbf=AT + 3, exp=AT + 2)), "it has ended")


# iss and aud


@pytest.mark.parametrize(
    "value",
    ["", "other", "Greenroom.test", "greenroom.test ", "greenroom.test/", "https://greenroom.test", "greenroom.tes"],
    ids=repr,
)
def test_another_issuer_is_refused(mint: Mint, value: str) -> None:
    mint.refuse(mint.token(claims=mint.claims(iss=value)), "another issuer")


@pytest.mark.parametrize(
    "value",
    ["", "other", "greenroom.test", "GREENROOM.TEST/API", "greenroom.test/api/", "greenroom.test/api,x", "*"],
    ids=repr,
)
def test_another_audience_is_refused(mint: Mint, value: str) -> None:
    mint.refuse(mint.token(claims=mint.claims(aud=value)), "another audience")


@pytest.mark.parametrize("name", ["iss", "aud"])
def test_a_list_with_the_right_one_is_refused(mint: Mint, name: str) -> None:
    right = {"iss": REALM.issuer, "aud": REALM.audience}[name]
    for value in ([right], [right, "other"], {right: True}):
        mint.refuse(mint.token(claims=mint.claims(**{name: value})), "a claim of another type")


# sub, sid and jti


@pytest.mark.parametrize(
    "value",
    [
        "", "admin", "1", "*", "%", "' OR 1=1 --", USER.upper(), USER[:-1], USER + "0", USER + "\n", " " + USER,
        USER[1:],
        USER.replace("-", ""), "{" + USER + "}", "urn:uuid:" + USER, "../" + USER, "\0", USER.replace("0", "\u0660"),
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("name", ["sub", "sid"])
def test_an_id_of_another_form_is_refused(mint: Mint, name: str, value: str) -> None:
    mint.refuse(mint.token(claims=mint.claims(**{name: value})), "an id of another form")


@pytest.mark.parametrize(
    "value", ["", "x", TOKEN_ID[:-1], TOKEN_ID + "A", TOKEN_ID + "\n", "*" * 22, "\u00e4" * 22, USER], ids=repr
)
def test_a_token_id_of_another_form_is_refused(mint: Mint, value: str) -> None:
    mint.refuse(mint.token(claims=mint.claims(jti=value)), "an id of another form")
