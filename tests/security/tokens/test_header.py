"""The header has `alg`, `typ` and `kid`, and nothing that brings a key, names a place for one, or changes the rules."""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from greenroom.accounts.keys import new_key
from tests.security.tokens.forging import ABSENT, NOW, Mint, b64

ADDRESSES = [
    "https://evil.example/keys.json",
    "http://127.0.0.1:1/keys",
    "file:///etc/passwd",
    "//evil.example/keys",
    "https://greenroom.test@evil.example/",
    "",
]


def test_control_alg_typ_and_kid_alone_are_accepted(mint: Mint, no_network: list[Any]) -> None:
    mint.accept(mint.token())
    assert no_network == []


def test_control_the_order_of_the_names_does_not_matter(mint: Mint) -> None:
    mint.accept(mint.token(dict(reversed(mint.header().items()))))


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_an_address_of_keys_is_refused_and_never_asked(
    mint: Mint, no_network: list[Any], name: str, address: str
) -> None:
    mint.refuse(mint.token(mint.header(**{name: address})), "other headers")
    assert no_network == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_as_the_name_of_the_key_is_refused_and_never_asked(
    mint: Mint, no_network: list[Any], address: str
) -> None:
    mint.refuse(mint.token(mint.header(kid=address)), "no key has such a name")
    assert no_network == []


def _forged_with_own_key(mint: Mint, name: str) -> str:
    own = Ed25519PrivateKey.generate()
    raw = own.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64(raw), "kid": mint.key.kid, "alg": "EdDSA"}
    brought: dict[str, Any] = {"jwk": jwk, "jwks": {"keys": [jwk]}, "x5c": [b64(raw)]}
    headers = {"typ": "at+jwt", "kid": mint.key.kid, name: brought[name]}
    return jwt.encode(mint.claims(), own, algorithm="EdDSA", headers=headers)


@pytest.mark.parametrize("name", ["jwk", "jwks", "x5c"])
def test_a_key_that_the_token_brings_is_refused(mint: Mint, name: str) -> None:
    mint.refuse(_forged_with_own_key(mint, name), "other headers")


def test_the_right_key_brought_along_is_refused_too(mint: Mint) -> None:
    jwk = {"kty": "oct", "k": b64(mint.key.secret)}
    mint.refuse(mint.token(mint.header(jwk=jwk)), "other headers")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("crit", ["exp"]),
        ("crit", ["b64"]),
        ("crit", ["https://example.org/policy"]),
        ("crit", []),
        ("crit", "exp"),
        ("crit", None),
        ("b64", False),
        ("b64", True),
        ("b64", None),
        ("zip", "DEF"),
        ("cty", "JWT"),
        ("enc", "A128GCM"),
        ("x5t", "AAAA"),
        ("x5t#S256", "AAAA"),
        ("iss", "greenroom.test"),
        ("exp", 1),
        ("nonce", "1"),
        ("url", "https://evil.example"),
        ("epk", {}),
        ("Alg", "none"),
        ("ALG", "none"),
        ("kid ", "x"),
        ("", ""),
        ("__proto__", {"alg": "none"}),
    ],
    ids=repr,
)
def test_any_other_header_is_refused(mint: Mint, name: str, value: Any) -> None:
    mint.refuse(mint.token(mint.header(**{name: value})), "other headers")


def test_b64_false_with_crit_and_a_plain_payload_is_refused(mint: Mint) -> None:
    header = mint.header(crit=["b64"], b64=False)
    mint.refuse(mint.token(header), "other headers")
    head = mint.token(header).split(".")[0]
    mint.refuse(mint.parts(head, "{plain}"), "not base64url")
    mint.refuse(mint.parts(head, ""), "not base64url")


@pytest.mark.parametrize(
    "typ",
    [
        "JWT", "jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "at+jwt ", " at+jwt", "at", "dpop+jwt", "rt+jwt",
        "logout+jwt", "JOSE", "", None, 0, True, ["at+jwt"], {"at+jwt": 1},
    ],
    ids=repr,
)  # fmt: skip
def test_another_type_is_refused(mint: Mint, typ: Any) -> None:
    mint.refuse(mint.token(mint.header(typ=typ)), "another type")


def test_a_missing_type_is_refused(mint: Mint) -> None:
    mint.refuse(mint.token(mint.header(typ=ABSENT)), "other headers")


def test_a_missing_kid_is_refused(mint: Mint) -> None:
    mint.refuse(mint.token(mint.header(kid=ABSENT)), "other headers")


@pytest.mark.parametrize(
    "kid",
    [
        "../../../../dev/null", "..\\..\\keys", "/dev/null", "/etc/passwd", "./keys.json", "keys.json", "%2e%2e%2fkeys",
        "file:keys.json", "C:\\keys", "\\\\evil.example\\share",
    ],
)  # fmt: skip
def test_a_path_as_kid_is_refused(mint: Mint, kid: str) -> None:
    mint.refuse(mint.token(mint.header(kid=kid)), "no key has such a name")


@pytest.mark.parametrize(
    "kid",
    [
        "' OR 1=1 --", "x' UNION SELECT 'secret", "\"; DROP TABLE users; --", "$(id)", "`id`", "|id", "a;b", "${7*7}",
        "{{7*7}}", "%s%n", "x\0y", "x\ny", "x\r\nX-Header: 1", "*", ".*", "[a-z]", "", " ", "A" * 65,
        "\u00e4", "k\u0131d",
    ],
    ids=repr,
)  # fmt: skip
def test_an_injection_as_kid_is_refused(mint: Mint, kid: str) -> None:
    mint.refuse(mint.token(mint.header(kid=kid)), "no key has such a name")


@pytest.mark.parametrize("kid", ["unknown", "0", "-", "_", "null", "undefined", "default", "A" * 64])
def test_an_unknown_kid_is_refused(mint: Mint, kid: str) -> None:
    mint.refuse(mint.token(mint.header(kid=kid)), "an unknown or retired key")


def test_a_kid_of_almost_the_name_is_refused(mint: Mint) -> None:
    name = mint.key.kid
    for kid in (name[:-1], name + "A", name.swapcase()):
        mint.refuse(mint.token(mint.header(kid=kid)), "an unknown or retired key")
    mint.refuse(mint.token(mint.header(kid=name + "\n")), "no key has such a name")


@pytest.mark.parametrize("kid", [None, 0, 1, True, False, [], {}, ["x"], {"$ne": ""}], ids=repr)
def test_a_kid_that_is_no_text_is_refused(mint: Mint, kid: Any) -> None:
    mint.refuse(mint.token(mint.header(kid=kid)), "no key has such a name")


def test_the_kid_in_a_list_is_refused(mint: Mint) -> None:
    mint.refuse(mint.token(mint.header(kid=[mint.key.kid])), "no key has such a name")


def test_the_name_of_a_key_of_another_ring_is_refused(mint: Mint) -> None:
    other = new_key(mint.key.algorithm, NOW)
    mint.refuse(Mint(other, mint.ring).token(), "an unknown or retired key")
