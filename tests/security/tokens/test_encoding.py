"""There is one way to write a token. Whatever reads the same elsewhere but is written otherwise is refused."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest

from greenroom.accounts.tokens import MOST_BYTES
from tests.security.tokens.forging import Mint, as_json, b64

PARTS = ["header", "claims", "signature"]


def _with(token: str, part: str, change: Any) -> str:
    parts = token.split(".")
    at = PARTS.index(part)
    parts[at] = change(parts[at])
    return ".".join(parts)


def test_control_the_canonical_form_is_accepted(mint: Mint) -> None:
    mint.accept(mint.token())


# Duplicate names


@pytest.mark.parametrize("name", ["alg", "typ", "kid"])
@pytest.mark.parametrize("again", ["the same", "none", "escaped"])
def test_a_header_that_stands_twice_is_refused(mint: Mint, name: str, again: str) -> None:
    header = mint.header()
    value = '"none"' if again == "none" else f'"{header[name]}"'
    second = f"\\u{ord(name[0]):04x}{name[1:]}" if again == "escaped" else name
    for text in (
        f'{{"{second}":{value},' + as_json(header)[1:].decode(),
        as_json(header)[:-1].decode() + f',"{second}":{value}}}',
    ):
        mint.refuse(mint.token(text.encode()), "a name stands twice")


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"])
@pytest.mark.parametrize("again", ["the same", "another", "escaped"])
def test_a_claim_that_stands_twice_is_refused(mint: Mint, name: str, again: str) -> None:
    claims = mint.claims()
    value = b'"another"' if again == "another" else as_json(claims[name])
    second = f"\\u{ord(name[0]):04x}{name[1:]}" if again == "escaped" else name
    for text in (
        b'{"%s":%s,' % (second.encode(), value) + as_json(claims)[1:],
        as_json(claims)[:-1] + b',"%s":%s}' % (second.encode(), value),
    ):
        mint.refuse(mint.token(claims=text), "a name stands twice")


# base64


@pytest.mark.parametrize("padding", ["=", "==", "===", "%3d"])
@pytest.mark.parametrize("part", PARTS)
def test_padding_is_refused(mint: Mint, part: str, padding: str) -> None:
    mint.refuse(_with(mint.token(), part, lambda text: text + padding), "not base64url")


def test_padding_under_a_right_signature_is_refused(mint: Mint) -> None:
    head = base64.urlsafe_b64encode(as_json(mint.header()) + b" " * 2).decode()
    while not head.endswith("="):
        head = base64.urlsafe_b64encode(base64.urlsafe_b64decode(head) + b" ").decode()
    mint.refuse(mint.parts(head, b64(as_json(mint.claims()))), "not base64url")


@pytest.mark.parametrize("part", PARTS)
def test_bits_that_mean_nothing_are_refused(mint: Mint, part: str) -> None:
    """The last character of a part that is no multiple of three bytes long has bits which no decoder looks at."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    at = PARTS.index(part)
    raw = [as_json(mint.header()), as_json(mint.claims()), b""]
    while at < 2 and len(raw[at]) % 3 == 0:
        raw[at] += b" "
    head, body = b64(raw[0]), b64(raw[1])
    plain = mint.parts(head, body)
    mint.accept(plain)
    parts = plain.split(".")
    parts[at] = parts[at][:-1] + alphabet[alphabet.index(parts[at][-1]) ^ 1]
    assert base64.urlsafe_b64decode(parts[at] + "==") == base64.urlsafe_b64decode(plain.split(".")[at] + "==")
    token = mint.parts(parts[0], parts[1]) if at < 2 else ".".join(parts)
    mint.refuse(token, "not canonical")


@pytest.mark.parametrize(
    "letter", ["+", "/", " ", "\n", "\t", "\r", "\0", "*", "~", ",", "\u212a", "\uff21", "\u00e4", "%41"], ids=repr
)
@pytest.mark.parametrize("part", PARTS)
def test_a_letter_of_another_alphabet_is_refused(mint: Mint, part: str, letter: str) -> None:
    mint.refuse(_with(mint.token(), part, lambda text: text[:4] + letter + text[4:]), "not base64url")


def test_the_alphabet_of_plain_base64_under_a_right_signature_is_refused(mint: Mint) -> None:
    claims = mint.claims()
    standard = base64.b64encode(as_json(claims)[:-1] + b' ,"x":"???>>>"}').decode().rstrip("=")
    assert set("+/") & set(standard)
    mint.refuse(mint.parts(b64(as_json(mint.header())), standard), "not base64url")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_an_impossible_length_is_refused(mint: Mint, part: str) -> None:
    def lengthened(text: str) -> str:
        return text + "A" * ((1 - len(text)) % 4)

    mint.refuse(_with(mint.token(), part, lengthened), "not base64url")


# JSON


@pytest.mark.parametrize(
    "text",
    [
        b"", b" ", b"null", b"true", b"1", b'"at+jwt"', b"[]", b'[{"alg":"none"}]', b"{", b"{}x", b"{}{}", b"{'alg':1}",
        b"{alg:1}", b'{"alg":"none",}', b"\xef\xbb\xbf{}", b"\xff\xfe{\0}\0", b"{}\0", b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\n"}', b"// x\n{}", b"{/**/}",
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("part", ["header", "claims"])
def test_what_is_no_json_object_is_refused(mint: Mint, part: str, text: bytes) -> None:
    token = mint.token(text) if part == "header" else mint.token(claims=text)
    mint.refuse(token, "not ")


def test_utf16_is_refused(mint: Mint) -> None:
    text = as_json(mint.claims()).decode()
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        mint.refuse(mint.token(claims=text.encode(encoding)), "not JSON")


@pytest.mark.parametrize("opener", [b"[", b'{"a":'], ids=["lists", "objects"])
@pytest.mark.parametrize("depth", [10, 100, 400])
@pytest.mark.parametrize("part", ["header", "claims"])
def test_deep_json_is_refused(mint: Mint, part: str, depth: int, opener: bytes) -> None:
    closer = b"]" if opener == b"[" else b"}"
    deep = opener * depth + b"1" + closer * depth
    base = as_json(mint.header() if part == "header" else mint.claims())
    text = base[:-1] + b',"deep":' + deep + b"}"
    mint.refuse(mint.token(text) if part == "header" else mint.token(claims=text), "other " if depth < 400 else "")


@pytest.mark.parametrize("opener", [b"[", b'{"a":'], ids=["lists", "objects"])
def test_json_as_deep_as_a_token_is_long_is_refused(mint: Mint, opener: bytes) -> None:
    mint.refuse(mint.token(claims=opener * (2700 // len(opener))), "not JSON")


# Size


@pytest.mark.parametrize("more", [1, 1000, 1_000_000])
def test_a_token_over_four_kib_is_refused_unread(mint: Mint, more: int) -> None:
    token = mint.token(as_json(mint.header()) + b" " * 3 * MOST_BYTES)
    mint.refuse((token + "A" * more)[: MOST_BYTES + more], "too long")


def test_control_white_space_within_four_kib_is_accepted(mint: Mint) -> None:
    mint.accept(mint.token(as_json(mint.header()) + b" " * 2000))


def test_a_flood_is_refused_without_work_that_grows_with_it(mint: Mint) -> None:
    small, large = "A" * (MOST_BYTES + 1), "A." * 10_000_000
    took = []
    for text in (small, large):
        begun = time.process_time()
        for _ in range(50):
            mint.refuse(text, "too long")
        took.append(time.process_time() - begun)
    print(f"50 refusals of 4 KiB and of 20 MB: {took[0]:.4f} s and {took[1]:.4f} s")
