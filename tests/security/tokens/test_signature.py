"""The signature is there, whole, canonical, and of these two parts."""

from __future__ import annotations

import pytest

from greenroom.accounts.keys import KeyRing, new_key
from tests.security.tokens.forging import NOW, Mint, b64

_ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the base point of Ed25519 (RFC 8032, section 5.1): S + order verifies where S is not held to be below it."""


def test_control_the_untouched_token_is_accepted(mint: Mint) -> None:
    mint.accept(mint.token())


@pytest.mark.parametrize("wrong", ["missing", "empty", "blank", "dots", "padding alone", "one character"])
def test_no_signature_is_refused(mint: Mint, wrong: str) -> None:
    head, body, _ = mint.token().split(".")
    said = {
        "missing": (f"{head}.{body}", "not three parts"),
        "empty": (f"{head}.{body}.", "not base64url"),
        "blank": (f"{head}.{body}. ", "not base64url"),
        "dots": (f"{head}.{body}..", "not three parts"),
        "padding alone": (f"{head}.{body}.==", "not base64url"),
        "one character": (f"{head}.{body}.A", "not base64url"),
    }
    mint.refuse(*said[wrong])


@pytest.mark.parametrize("bit", [0, 7, 100, 255])
def test_a_flipped_bit_is_refused(mint: Mint, bit: int) -> None:
    head, body, _ = mint.token().split(".")
    signature = bytearray(mint.sign(head, body))
    signature[bit // 8] ^= 1 << bit % 8
    mint.refuse(f"{head}.{body}.{b64(bytes(signature))}", "signature")


@pytest.mark.parametrize("length", [1, 8, 16, 31])
def test_a_shortened_signature_is_refused(mint: Mint, length: int) -> None:
    head, body, _ = mint.token().split(".")
    mint.refuse(f"{head}.{body}.{b64(mint.sign(head, body)[:length])}", "signature")


@pytest.mark.parametrize("more", [b"\0", b"x" * 32])
def test_a_lengthened_signature_is_refused(mint: Mint, more: bytes) -> None:
    head, body, _ = mint.token().split(".")
    mint.refuse(f"{head}.{body}.{b64(mint.sign(head, body) + more)}", "signature")


@pytest.mark.parametrize("content", [bytes(64), bytes(32), b"\xff" * 64, b"\x01" + bytes(63)], ids=len)
def test_a_made_up_signature_is_refused(mint: Mint, content: bytes) -> None:
    head, body, _ = mint.token().split(".")
    mint.refuse(f"{head}.{body}.{b64(content)}", "signature")


def test_the_signature_of_another_token_is_refused(mint: Mint) -> None:
    head, body, _ = mint.token().split(".")
    other = mint.token(claims=mint.claims(jti="A" * 22)).rpartition(".")[2]
    mint.refuse(f"{head}.{body}.{other}", "signature")


def test_other_claims_under_the_signature_are_refused(mint: Mint) -> None:
    head, _, signature = mint.token().split(".")
    other = mint.token(claims=mint.claims(sub="0" * 8 + mint.claims()["sub"][8:])).split(".")[1]
    mint.refuse(f"{head}.{other}.{signature}", "signature")


def test_another_key_of_the_same_name_is_refused(mint: Mint) -> None:
    stranger = new_key(mint.key.algorithm, NOW)
    forger = Mint(type(stranger)(mint.key.kid, stranger.algorithm, stranger.secret, NOW), mint.ring)
    mint.refuse(forger.token(), "signature")


def test_a_key_of_nulls_is_refused(mint: Mint) -> None:
    forger = Mint(type(mint.key)(mint.key.kid, mint.key.algorithm, bytes(32), NOW), mint.ring)
    mint.refuse(forger.token(), "signature")


def test_a_signature_with_s_beyond_the_order_is_refused() -> None:
    key = new_key("EdDSA", NOW)
    mint = Mint(key, KeyRing((key,), b"p" * 32))
    head, body, _ = mint.token().split(".")
    signature = mint.sign(head, body)
    beyond = (int.from_bytes(signature[32:], "little") + _ORDER).to_bytes(32, "little")
    mint.refuse(f"{head}.{body}.{b64(signature[:32] + beyond)}", "signature")


@pytest.mark.parametrize(
    "form",
    ["{0}.{1}.{2}.", "{0}.{1}.{2}.{2}", "{0}.{1}.{2}.{2}.{2}", "{0}.{1}..{2}", ".{1}.{2}", "{0}..{2}", "..", "", "."],
)
def test_another_number_of_parts_or_an_empty_part_is_refused(mint: Mint, form: str) -> None:
    mint.refuse(form.format(*mint.token().split(".")), "not ")


@pytest.mark.parametrize(
    "form", [" {}", "{} ", "{}\n", "\t{}", "{}\r\n", "\ufeff{}", "{}\0", '"{}"', "Bearer {}"], ids=repr
)
def test_anything_around_the_token_is_refused(mint: Mint, form: str) -> None:
    mint.refuse(form.format(mint.token()), "not base64url")


def test_the_json_serialisation_is_refused(mint: Mint) -> None:
    head, body, signature = mint.token().split(".")
    mint.refuse(f'{{"protected":"{head}","payload":"{body}","signature":"{signature}"}}', "not three parts")
