"""The key says which algorithm is right. What the token says of it must agree, and decides nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from greenroom.accounts.keys import KeyRing, new_key
from tests.security.tokens.forging import ABSENT, NOW, Mint, as_json, b64

NONES = ["none", "None", "NONE", "nOnE", "noNE", " none", "none ", "none\0", "\u039done", "n\u043ene", ""]
OTHERS = [
    "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "ES256", "ES256K", "ES512", "Ed25519", "Ed448", "EDDSA",
    "eddsa", "hs256", "Hs256", "HS256 ", "A128KW", "dir", "RSA-OAEP", "ECDH-ES", "sha256",
]  # fmt: skip


def test_control_a_token_of_the_keys_algorithm_is_accepted(mint: Mint) -> None:
    assert mint.accept(mint.token()).expires_at > NOW


@pytest.mark.parametrize("alg", NONES, ids=repr)
def test_alg_none_rightly_signed_is_refused(mint: Mint, alg: str) -> None:
    mint.refuse(mint.token(mint.header(alg=alg)), "another algorithm")


@pytest.mark.parametrize("alg", NONES, ids=repr)
def test_alg_none_with_an_empty_signature_is_refused(mint: Mint, alg: str) -> None:
    head, body, _ = mint.token(mint.header(alg=alg)).split(".")
    mint.refuse(f"{head}.{body}.", "not base64url")


@pytest.mark.parametrize("alg", NONES, ids=repr)
def test_alg_none_with_a_signature_of_zeros_is_refused(mint: Mint, alg: str) -> None:
    head, body, _ = mint.token(mint.header(alg=alg)).split(".")
    mint.refuse(f"{head}.{body}.{b64(bytes(64))}", "another algorithm")


@pytest.mark.parametrize("alg", OTHERS)
def test_another_algorithm_than_the_keys_is_refused(mint: Mint, alg: str) -> None:
    mint.refuse(mint.token(mint.header(alg=alg)), "another algorithm")


@pytest.mark.parametrize("alg", [None, 0, True, ["EdDSA"], ["none"], {"alg": "EdDSA"}, 1], ids=repr)
def test_an_algorithm_that_is_no_text_is_refused(mint: Mint, alg: Any) -> None:
    mint.refuse(mint.token(mint.header(alg=alg)), "another algorithm")


def test_a_missing_algorithm_is_refused(mint: Mint) -> None:
    mint.refuse(mint.token(mint.header(alg=ABSENT)), "other headers")


def _public_forms(secret: bytes) -> dict[str, bytes]:
    """Every form in which somebody may know the public key, for use as an HMAC secret."""
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = {"crv": "Ed25519", "kty": "OKP", "x": b64(raw)}
    return {
        "raw": raw,
        "raw-in-base64": base64.b64encode(raw),
        "raw-in-base64url": b64(raw).encode(),
        "raw-in-hexadecimal": raw.hex().encode(),
        "PEM": pem,
        "PEM-without-the-last-newline": pem.rstrip(b"\n"),
        "PEM-with-CRLF": pem.replace(b"\n", b"\r\n"),
        "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "OpenSSH": public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "JWK": as_json(jwk),
        "JWK-set": as_json({"keys": [jwk]}),
        "empty": b"",
    }


FORMS = list(_public_forms(bytes(32)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_hmac_secret(alg: str, form: str) -> None:
    key = new_key("EdDSA", NOW)
    mint = Mint(key, KeyRing((key,), b"p" * 32))
    head, body, _ = mint.token(mint.header(alg=alg)).split(".")
    secret = _public_forms(key.secret)[form]
    forged = hmac.new(secret, f"{head}.{body}".encode(), getattr(hashlib, f"sha{alg[2:]}")).digest()
    mint.refuse(f"{head}.{body}.{b64(forged)}", "another algorithm")


@pytest.mark.parametrize("form", FORMS)
def test_the_public_key_is_no_hmac_secret_for_a_token_that_says_eddsa(form: str) -> None:
    key = new_key("EdDSA", NOW)
    mint = Mint(key, KeyRing((key,), b"p" * 32))
    head, body, _ = mint.token().split(".")
    forged = hmac.new(_public_forms(key.secret)[form], f"{head}.{body}".encode(), hashlib.sha512).digest()
    mint.refuse(f"{head}.{body}.{b64(forged)}", "signature")


def test_a_token_of_one_key_under_the_name_of_another_algorithms_key_is_refused() -> None:
    one, two = new_key("EdDSA", NOW), new_key("HS256", NOW)
    ring = KeyRing((one, two), b"p" * 32)
    for ours, theirs in ((one, two), (two, one)):
        mint = Mint(ours, ring)
        mint.accept(mint.token())
        mint.refuse(mint.token(mint.header(kid=theirs.kid)), "another algorithm")
        mint.refuse(mint.token(mint.header(kid=theirs.kid, alg=theirs.algorithm)), "signature")
