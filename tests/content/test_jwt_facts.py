"""Facts that the items under `packs/core/items/jwt` state, asserted against the real libraries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

KEY = "a test key that is long enough for SHA-256"
HS256 = ["HS256"]


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signed(payload: bytes, header: bytes = b'{"alg":"HS256"}') -> str:
    message = f"{_unpadded(header)}.{_unpadded(payload)}"
    return f"{message}.{_unpadded(hmac.new(KEY.encode(), message.encode(), hashlib.sha256).digest())}"


def test_anybody_reads_header_and_payload_without_the_key() -> None:
    """`inside-a-token`: the parts are base64url text, not ciphertext."""
    token = jwt.encode({"sub": "42", "role": "editor"}, KEY, algorithm="HS256")
    header, payload, signature = token.split(".")
    assert json.loads(_raw(header)) == {"alg": "HS256", "typ": "JWT"}
    assert json.loads(_raw(payload)) == {"sub": "42", "role": "editor"}
    assert len(_raw(signature)) == 32


def test_the_signature_covers_header_and_payload_as_they_stand() -> None:
    """`inside-a-token`: the MAC is computed over `header.payload`, so a change of either is noticed."""
    token = jwt.encode({"sub": "42", "role": "reader"}, KEY, algorithm="HS256")
    header, payload, signature = token.split(".")
    expected = hmac.new(KEY.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    assert _raw(signature) == expected
    forged = _unpadded(b'{"sub":"42","role":"admin"}')
    other_header = _unpadded(b'{"alg":"HS256"}')
    for changed in (f"{header}.{forged}.{signature}", f"{other_header}.{payload}.{signature}"):
        with pytest.raises(jwt.InvalidSignatureError):
            jwt.decode(changed, KEY, algorithms=HS256)


def test_a_token_is_verified_without_any_store_and_survives_a_logout() -> None:
    """`tokens-or-sessions`: whoever holds the key verifies; forgetting the user changes nothing."""
    users = {"42": {"role": "admin"}}
    token = jwt.encode({"sub": "42", "role": users["42"]["role"]}, KEY, algorithm="HS256")
    users["42"]["role"] = "reader"
    assert jwt.decode(token, KEY, algorithms=HS256)["role"] == "admin"
    users.clear()
    assert jwt.decode(token, KEY, algorithms=HS256)["sub"] == "42"


def test_the_verifier_names_the_algorithms() -> None:
    """`what-a-verifier-checks`: without a list PyJWT refuses; `none` is refused whatever the header says."""
    token = jwt.encode({"sub": "42"}, KEY, algorithm="HS256")
    with pytest.raises(jwt.DecodeError):
        jwt.decode(token, KEY)
    unsigned = jwt.encode({"sub": "42"}, None, algorithm="none")  # type: ignore[arg-type]
    assert unsigned.endswith(".")
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(unsigned, KEY, algorithms=HS256)
    for key in ("", KEY):
        with pytest.raises(jwt.PyJWTError):
            jwt.decode(unsigned, key, algorithms=["HS256", "none"])
    with pytest.raises(jwt.InvalidAlgorithmError):
        jwt.decode(token, KEY, algorithms=["HS512"])


def test_a_public_key_is_no_hmac_secret() -> None:
    """`what-a-verifier-checks`: the library refuses the classic confusion of RS256 with HS256."""
    pem = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
    with pytest.raises(jwt.InvalidKeyError):
        jwt.encode({"sub": "42"}, pem, algorithm="HS256")


def test_issuer_is_checked_only_when_asked_for() -> None:
    """`what-a-verifier-checks`: a good signature says nothing of who the token is from."""
    token = jwt.encode({"sub": "42", "iss": "https://other.example"}, KEY, algorithm="HS256")
    assert jwt.decode(token, KEY, algorithms=HS256)["iss"] == "https://other.example"
    with pytest.raises(jwt.InvalidIssuerError):
        jwt.decode(token, KEY, algorithms=HS256, issuer="https://login.example")
    with pytest.raises(jwt.MissingRequiredClaimError):
        jwt.decode(jwt.encode({"sub": "42"}, KEY), KEY, algorithms=HS256, issuer="https://login.example")


def test_audience_must_be_one_of_the_tokens() -> None:
    """`what-a-verifier-checks`, `verify-hs256`: a token for another service is refused, in both `aud` forms."""
    token = jwt.encode({"aud": ["billing", "orders"]}, KEY, algorithm="HS256")
    assert jwt.decode(token, KEY, algorithms=HS256, audience="orders")
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, KEY, algorithms=HS256, audience="admin")
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(token, KEY, algorithms=HS256)
    with pytest.raises(jwt.MissingRequiredClaimError):
        jwt.decode(jwt.encode({"sub": "42"}, KEY), KEY, algorithms=HS256, audience="orders")


def test_expiry_is_refused_on_the_second_itself_but_never_required_by_default() -> None:
    """`what-a-verifier-checks`, `verify-hs256`: `exp` equal to now has expired; a token without `exp` passes."""
    now = datetime.now(tz=UTC)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(jwt.encode({"exp": int(now.timestamp())}, KEY), KEY, algorithms=HS256)
    with pytest.raises(jwt.ImmatureSignatureError):
        jwt.decode(jwt.encode({"nbf": now + timedelta(minutes=5)}, KEY), KEY, algorithms=HS256)
    immortal = jwt.encode({"sub": "42"}, KEY)
    assert jwt.decode(immortal, KEY, algorithms=HS256) == {"sub": "42"}
    with pytest.raises(jwt.MissingRequiredClaimError):
        jwt.decode(immortal, KEY, algorithms=HS256, options={"require": ["exp"]})


def test_leeway_forgives_a_little_clock_skew() -> None:
    """`what-a-verifier-checks`: seconds of leeway are given by the verifier, not by the token."""
    token = jwt.encode({"exp": datetime.now(tz=UTC) - timedelta(seconds=3)}, KEY)
    assert jwt.decode(token, KEY, algorithms=HS256, leeway=30)


@pytest.mark.parametrize("payload", [b'{"exp":"99999999999"}', b'{"sub":"1","sub":"2"}'])
def test_pyjwt_is_lenient_where_the_code_items_are_strict(payload: bytes) -> None:
    """`verify-hs256` debrief: PyJWT takes a numeric string as `exp`, and the last of two equal names."""
    assert jwt.decode(_signed(payload), KEY, algorithms=HS256)


def test_the_standard_decoder_skips_foreign_characters() -> None:
    """`verify-hs256`: `urlsafe_b64decode` drops what is not in its alphabet instead of refusing it."""
    assert base64.urlsafe_b64decode("eyJh!!IjoxfQ==") == base64.urlsafe_b64decode("eyJhIjoxfQ==")
    assert base64.urlsafe_b64decode("TR==") == base64.urlsafe_b64decode("TQ==") == b"M"


def test_json_keeps_the_last_of_two_equal_names_and_reads_nan() -> None:
    """`verify-hs256`: `json.loads` alone is not strict."""
    assert json.loads('{"a": 1, "a": 2}') == {"a": 2}
    assert json.loads('{"a": NaN}')["a"] != json.loads('{"a": NaN}')["a"]


def test_a_short_secret_is_warned_about() -> None:
    """`verify-hs256` debrief: RFC 7518 asks for a key as long as the hash."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        jwt.encode({"sub": "42"}, "hunter2", algorithm="HS256")
    assert any("RFC 7518" in str(warning.message) for warning in caught)


def test_a_short_secret_falls_to_a_word_list() -> None:
    """`inside-a-token` debrief: with one token in hand a weak HMAC secret is guessed offline."""
    token = jwt.encode({"sub": "42"}, "letmein" * 5, algorithm="HS256")
    message, _, signature = token.rpartition(".")
    words = ["password" * 5, "qwerty" * 5, "letmein" * 5]
    found = [w for w in words if hmac.new(w.encode(), message.encode(), hashlib.sha256).digest() == _raw(signature)]
    assert found == ["letmein" * 5]


def _cookie_app() -> Starlette:
    async def login(_request: Request) -> Response:
        response = JSONResponse({"access_token": "short-lived"})
        response.set_cookie(
            "refresh", "opaque", path="/auth/refresh", httponly=True, secure=True, samesite="strict", max_age=1209600
        )
        return response

    async def seen(request: Request) -> Response:
        return JSONResponse({"cookies": dict(request.cookies)})

    routes = [Route("/auth/login", login, methods=["POST"]), Route("/auth/refresh", seen), Route("/orders", seen)]
    return Starlette(routes=routes)


def test_a_refresh_cookie_travels_by_itself_and_only_to_its_path() -> None:
    """`two-lifetimes`, `where-the-token-lives`: clients attach cookies unasked; `Path` narrows where to."""
    with TestClient(_cookie_app(), base_url="https://testserver") as client:
        header = client.post("/auth/login").headers["set-cookie"].lower()
        for attribute in ("httponly", "secure", "samesite=strict", "path=/auth/refresh"):
            assert attribute in header
        assert client.get("/auth/refresh").json()["cookies"] == {"refresh": "opaque"}
        assert client.get("/orders").json()["cookies"] == {}


def test_a_secure_cookie_stays_home_on_plain_http() -> None:
    """`two-lifetimes`: `Secure` keeps the cookie off unencrypted connections."""
    with TestClient(_cookie_app(), base_url="http://shop.example") as client:
        client.post("/auth/login")
        assert client.get("/auth/refresh").json()["cookies"] == {}


def test_a_random_refresh_token_is_found_by_its_plain_hash() -> None:
    """`refresh-in-the-database`: a fast unsalted hash is deterministic, so one indexed look-up finds the row."""
    token = secrets.token_urlsafe(32)
    rows: dict[str, dict[str, Any]] = {hashlib.sha256(token.encode()).hexdigest(): {"user": 42}}
    assert token not in rows
    assert rows[hashlib.sha256(token.encode()).hexdigest()] == {"user": 42}


def test_denylisting_the_text_of_a_token_can_be_walked_around() -> None:
    """`logout-that-holds`: one token has several spellings that verify, so a revocation goes by `jti`."""
    token = jwt.encode({"sub": "42", "jti": "a1"}, KEY, algorithm="HS256")
    respelled = f"{token}="
    assert respelled != token
    assert jwt.decode(respelled, KEY, algorithms=HS256)["jti"] == "a1"
