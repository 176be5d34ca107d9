"""The attacker's kit against verifiers that are right, and against each of the mistakes that it is for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest

from greenroom.judge.probes.tokens import ABSENT, RSA, Kit, RsaKey, Tokens, content_of, part, respelled, signed

NOW = int(time.time())
SECRET = "c0ffee-9d1f7a52e0b84c36a1f4be27d3905c68"
CLAIMS: dict[str, Any] = {"iss": "https://login.example", "aud": "orders", "sub": "ada", "exp": NOW + 600}
KIT = Kit(key=SECRET, claims=CLAIMS, header={"kid": "web"})


def fresh() -> Kit:
    """A kit whose tokens are good now: the library looks at the clock, and these tests may be a long time coming."""
    return Kit(key=SECRET, claims=CLAIMS | {"exp": int(time.time()) + 600}, header={"kid": "web"})


RSA_KIT = Kit(key=RSA, claims=CLAIMS, header={"kid": "web"}, alg="RS256")
PEM = """\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAmXCfcZCvS8qCpRmHBTK0
lCFMhDAqSjsZaYjUwaLjZW93ryD4kKLstnmspguBRIB4xHPrWZbZd5Jwz3DKwBsl
/uhjVQ+C5uVXIntvmfIQl77X5vCCNIPcOqqYo0fd4dK5xRgjNCn9z3yydhKeBYzN
jnQ38DwJpA15NFnaazMv8e1w8PT0Lb/MG3YD26ud4yLCSStKqnANlX2DupvQg4tw
ZrcxZ3ojMYtA4/pgZnukWFum8C7/sT77X/pa1xqPGl7KGl89SOb+7CVYK/xOPmlV
qu2UYSLc+IRDDFPGjNcBls1Q9MvtcVw/9XEI5J6NfqJ/2hgRFzm8LToRuhn8vPZ2
4QIDAQAB
-----END PUBLIC KEY-----
"""

COLLECTIONS: dict[str, Callable[[Kit], Tokens]] = {
    "unsigned": Kit.unsigned,
    "resigned": Kit.resigned,
    "own_keys": Kit.own_keys,
    "key_ids": Kit.key_ids,
    "headers": Kit.headers,
    "times": lambda kit: kit.times(kit.claims["exp"] - 600, 30),
    "strangers": Kit.strangers,
    "twofold": Kit.twofold,
    "malformed": Kit.malformed,
    "respelled": lambda kit: respelled(kit.token()),
}


class RefusedError(Exception):
    """The token is not believed."""


class Strict:
    """A verifier, gate by gate. Each of *open* is a gate that is left open, the mistake that a collection is for."""

    def __init__(self, *open_gates: str) -> None:
        self.open = open_gates

    def believes(self, token: str) -> bool:
        try:
            self._check(token)
        except (RefusedError, ValueError, KeyError, TypeError, RecursionError, AttributeError):
            return False
        return True

    def _check(self, token: str) -> None:
        if "letters" not in self.open and not re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]*", token, re.ASCII):
            raise RefusedError
        head, body, mac = token.split(".")
        header, claims = self._json(head), self._json(body)
        self._header(header)
        key = self._key(header)
        alg = header.get("alg", "") if "alg" in self.open else "HS256"
        if header.get("alg") != alg or (header.get("typ", "JWT") != "JWT" and "typ" not in self.open):
            raise RefusedError
        if not (alg.lower().strip() in {"none", ""} and "none" in self.open):
            digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
            expected = hmac.new(key, f"{head}.{body}".encode(), digest).digest()
            given = self._bytes(mac)
            if not hmac.compare_digest(expected[: len(given)] if "half" in self.open and given else expected, given):
                raise RefusedError
        self._claims(claims)

    def _header(self, header: dict[str, Any]) -> None:
        if "crit" not in self.open and ("crit" in header or "b64" in header):
            raise RefusedError

    def _key(self, header: dict[str, Any]) -> bytes:
        if "jwk" in self.open and "jwk" in header:
            return self._bytes(header["jwk"]["k"])
        if "kid" in self.open and str(header.get("kid")).endswith("dev/null"):
            return b""
        if "any-kid" not in self.open and header.get("kid") != "web":
            raise RefusedError
        return SECRET.encode()

    def _claims(self, claims: dict[str, Any]) -> None:
        exp: Any = claims.get("exp")
        nbf, aud = claims.get("nbf", 0), claims.get("aud")
        if "types" in self.open:
            exp, nbf = exp and float(exp), float(nbf)
        for at in (exp, nbf):
            if isinstance(at, bool) or not isinstance(at, int | float):
                raise RefusedError
        audiences = [aud] if isinstance(aud, str) else aud
        fine = (
            ("exp" in self.open or exp > NOW - 30)
            and nbf <= NOW + 30
            and ("iss" in self.open or claims.get("iss") == CLAIMS["iss"])
            and ("aud" in self.open or (isinstance(audiences, list) and "orders" in audiences))
            and ("sub" in self.open or (isinstance(claims.get("sub"), str) and claims["sub"]))
        )
        if not fine:
            raise RefusedError

    def _bytes(self, text: str) -> bytes:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if "letters" not in self.open and part(found) != text:
            raise RefusedError
        return found

    def _json(self, text: str) -> dict[str, Any]:
        def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            if len({name for name, _ in pairs}) < len(pairs) and "twofold" not in self.open:
                raise RefusedError
            return dict(pairs)

        found = json.loads(self._bytes(text), object_pairs_hook=once)
        if not isinstance(found, dict):
            raise RefusedError
        return found


def let_in(verifier: Strict, collection: str, kit: Kit = KIT) -> list[str]:
    return [what for what, token in COLLECTIONS[collection](kit).items() if verifier.believes(token)]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_strict_verifier_refuses_all_of_it(collection: str) -> None:
    assert Strict().believes(KIT.token())
    assert let_in(Strict(), collection) == []
    assert let_in(Strict(), collection, RSA_KIT) == []


@pytest.mark.parametrize(
    ("gates", "collection", "telling"),
    [
        (("alg", "none"), "unsigned", "alg 'nOnE' without a signature"),
        (("half",), "unsigned", "half a signature"),
        (("alg",), "resigned", "the honest key under HS512"),
        (("jwk",), "own_keys", "a symmetric key in the header"),
        (("kid",), "key_ids", "kid '/dev/null'"),
        (("any-kid",), "key_ids", "kid ['a'] under an honest signature"),
        (("crit",), "headers", "an unknown critical field"),
        (("typ",), "headers", "a type of another purpose"),
        (("exp",), "times", "expired yesterday"),
        (("types",), "times", "exp is in quotes"),
        (("iss",), "strangers", "the issuer 'https://login.example/'"),
        (("aud",), "strangers", "no aud"),
        (("sub",), "strangers", "the subject 7"),
        (("twofold",), "twofold", "sub twice"),
        (("letters",), "respelled", "another last letter"),
    ],
)
def test_each_mistake_lets_something_in(gates: tuple[str, ...], collection: str, telling: str) -> None:
    assert telling in let_in(Strict(*gates), collection)


def test_the_public_key_as_a_secret_is_a_forgery_that_works_on_who_takes_any_algorithm() -> None:
    def believes(token: str, key: str) -> bool:
        head, body, mac = token.split(".")
        alg = content_of(token)[0]["alg"]
        digest = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}[alg]
        return part(hmac.new(key.encode(), f"{head}.{body}".encode(), digest).digest()) == mac

    tokens = RSA_KIT.resigned()
    assert believes(tokens["HS256 with the public key's PEM as its key"], PEM)
    assert believes(tokens["HS512 with the public key's JWK as its key"], json.dumps(RSA.jwk, separators=(",", ":")))


def test_the_library_with_all_its_options_refuses_nearly_all_and_believes_the_honest_ones() -> None:
    def believes(token: str) -> bool:
        options: Any = {"require": ["iss", "aud", "sub", "exp"]}
        try:
            jwt.decode(token, SECRET, ["HS256"], options, audience="orders", issuer=CLAIMS["iss"], leeway=30)
        except jwt.PyJWTError:
            return False
        return True

    kit = fresh()
    assert believes(kit.token())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = {
            name: [what for what, text in make(kit).items() if believes(text)] for name, make in COLLECTIONS.items()
        }
    assert [name for name in ("unsigned", "resigned", "own_keys") if found[name]] == []
    # What is left to the caller: the kid, types of times, and letters that are not canonical.
    assert "exp is in quotes" in found["times"]
    assert "padding" in found["respelled"]


def test_the_library_reads_what_the_kit_makes() -> None:
    kit = fresh()
    wanted = dict(kit.claims)
    token = kit.token({"kid": "mobile"}, sub="grace", nbf=ABSENT)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "mobile"}
    assert jwt.decode(token, SECRET, ["HS256"], audience="orders") == wanted | {"sub": "grace"}
    assert content_of(token) == (jwt.get_unverified_header(token), wanted | {"sub": "grace"})
    made = jwt.encode(wanted, SECRET * 2, "HS512", headers={"kid": "web"})
    header, claims = content_of(made)
    assert signed(header, claims, SECRET * 2, "HS512").count(".") == 2
    assert jwt.decode(signed(header, claims, SECRET * 2, "HS512"), SECRET * 2, ["HS512"], audience="orders") == wanted


def test_an_rsa_signature_is_the_padded_digest_to_whom_has_the_public_key() -> None:
    head, body, mac = RSA_KIT.token().split(".")
    number = pow(int.from_bytes(base64.urlsafe_b64decode(mac + "=="), "big"), RSA.public, RSA.modulus)
    padded = number.to_bytes(256, "big")
    assert padded.startswith(b"\0\1" + b"\xff" * 202 + b"\0\x30\x31")
    assert padded.endswith(hashlib.sha256(f"{head}.{body}".encode()).digest())


def test_a_key_signs_alike_with_its_prime_and_without() -> None:
    assert RSA.prime
    assert RSA.sign(b"hello") == replace(RSA, prime=0).sign(b"hello")


def test_public_keys_are_written_as_they_are_published() -> None:
    assert RSA.pem == PEM
    assert set(RSA.jwk) == {"kty", "n", "e"}
    assert RSA.jwk["e"] == "AQAB"
    assert RsaKey(modulus=0x7F, public=3, private=0).pem.count("\n") == 3


def test_no_two_forgeries_of_a_collection_are_the_honest_token() -> None:
    for name, make in COLLECTIONS.items():
        tokens = make(KIT)
        assert KIT.token() not in tokens.values(), name
        assert all(what and text != what for what, text in tokens.items() if what != "nothing"), name


def test_respelled_tokens_have_the_same_signature_for_a_lenient_reader() -> None:
    honest = KIT.token()
    for text in respelled(honest).values():
        assert text != honest
        mac = text.rpartition(".")[2]
        assert base64.urlsafe_b64decode(mac + "=" * (-len(mac) % 4)) == base64.urlsafe_b64decode(honest[-43:] + "=")
