"""An attacker's kit against the orders service: tokens made by hand, with the standard library alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

ISSUER, AUDIENCE = "https://login.shop.example", "orders"
WEB, MOBILE = "e6b1d0-web-77aa41c9f02e4d58b6c3a91e5d8f2074", "e6b1d0-mobile-04fd6b83c71e4a92a5d8be30f7c61952"
ROBOTS = "User-agent: *\nDisallow: /me"
DIGESTS = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
REFUSAL = {"detail": "not authenticated"}
ABSENT = object()


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(header: Any, claims: Any, key: str, digest: str = "HS256") -> str:
    text = ".".join(part(json.dumps(one).encode()) for one in (header, claims))
    mac = hmac.new(key.encode(), text.encode(), DIGESTS[digest]).digest()
    return f"{text}.{part(mac)}"


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    found = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": now + 600} | changed
    return {name: value for name, value in found.items() if value is not ABSENT}


def token(**changed: Any) -> str:
    return signed({"alg": "HS256", "typ": "JWT", "kid": "web"}, claims(**changed), WEB)


def orders(lab: Lab) -> Service:
    """The service with keys of this examination, in one process for all checks."""
    files = lab.files | {"keys/web": WEB.encode() + b"\n", "keys/mobile": MOBILE.encode() + b"\n"}
    return lab.once("orders", lambda: lab.service("app:app", files=files))


def asked(service: Service, text: str) -> Response:
    return service.get("/me", headers={"Authorization": f"Bearer {text}"})


def let_in(lab: Lab, service: Service, text: str, user: str, what: str) -> None:
    answer = asked(service, text)
    told = f"{what} was answered {answer.status} {answer.text[:80]}, expected 200 for {user}"
    lab.expect(answer.status == 200 and answer.json() == {"user": user}, told)


def kept_out(lab: Lab, service: Service, tokens: dict[str, str]) -> str:
    """None of *tokens* is let in; how many were is said, and what the first one was."""
    entered = [what for what, text in tokens.items() if asked_quietly(service, text) == 200]
    lab.expect(not entered, f"{len(entered)} of {len(tokens)} tokens were let in, expected 0; the first: {entered[:1]}")
    return f"0 of {len(tokens)} let in"


def asked_quietly(service: Service, text: str) -> int | None:
    exchange = service.begin("GET", "/me", headers={"Authorization": f"Bearer {text}"})
    exchange.wait_for(lambda one: one.done)
    return exchange.status


@check("contract", visible=True)
def a_valid_token_names_its_user(lab: Lab) -> str:
    key = lab.text("keys/web").strip()
    text = signed({"alg": "HS256", "typ": "JWT", "kid": "web"}, claims(), key)
    service = lab.service("app:app")
    try:
        let_in(lab, service, text, "ada", "a valid token")
    finally:
        lab.end(service.seat)
    return "200 for ada"


@check("contract")
def other_valid_tokens_are_let_in(lab: Lab) -> str:
    service, now = orders(lab), int(time.time())
    let_in(lab, service, token(sub="grace"), "grace", "a token with a replaced key")
    mobile = signed({"kid": "mobile", "alg": "HS256"}, claims(sub="alan"), MOBILE)
    let_in(lab, service, mobile, "alan", "a token with the key mobile")
    let_in(lab, service, token(sub="edsger", aud=["billing", AUDIENCE]), "edsger", "a token for two audiences")
    let_in(lab, service, token(sub="barbara", nbf=now - 60, iat=now - 60), "barbara", "a token with nbf in the past")
    let_in(lab, service, token(sub="donald", exp=now - 12), "donald", "a token that expired 12 s ago (tolerance 30 s)")
    let_in(lab, service, token(sub="tony", nbf=now + 15), "tony", "a token that begins in 15 s (tolerance 30 s)")
    let_in(lab, service, token(sub="leslie", exp=now + 600.5), "leslie", "a token with a fraction in exp")
    return "7 of 7 let in"


@check("forged")
def no_forged_token_is_let_in(lab: Lab) -> str:
    service = orders(lab)
    tokens = {}
    for spelling in ("none", "None", "NONE", "nOnE", "", "HS512 "):
        head = {"alg": spelling, "typ": "JWT", "kid": "web"}
        text = ".".join(part(json.dumps(one).encode()) for one in (head, claims()))
        tokens[f"alg {spelling!r} without a signature"] = text + "."
        tokens[f"alg {spelling!r} with an old signature"] = text + "." + token().rpartition(".")[2]
    for other in ("HS384", "HS512"):
        tokens[f"an honest key under {other}"] = signed({"alg": other, "kid": "web"}, claims(), WEB, other)
        tokens[f"HS256 in the header, {other} in truth"] = signed({"alg": "HS256", "kid": "web"}, claims(), WEB, other)
    whole = token()
    head, body, mac = whole.split(".")
    tokens["a wrong key"] = signed({"alg": "HS256", "kid": "web"}, claims(), "secret")
    tokens["an empty key"] = signed({"alg": "HS256", "kid": "web"}, claims(), "")
    tokens["the key of the other kid"] = signed({"alg": "HS256", "kid": "web"}, claims(), MOBILE)
    tokens["a changed payload"] = f"{head}.{part(json.dumps(claims(sub='root')).encode())}.{mac}"
    tokens["half a signature"] = f"{head}.{body}.{mac[:20]}"
    tokens["no signature"] = f"{head}.{body}."
    return kept_out(lab, service, tokens)


@check("forged")
def no_key_is_chosen_by_the_sender(lab: Lab) -> str:
    service = orders(lab)
    known = {
        "../static/robots.txt": ROBOTS,
        "./../static/robots.txt": ROBOTS,
        "....//static/robots.txt": ROBOTS,
        "../keys/../static/robots.txt": ROBOTS,
        "/dev/null": "",
        "../settings.py": lab.text("settings.py").strip(),
        "web/../../settings.py": lab.text("settings.py").strip(),
        "": "",
        "nobody": "",
        "' UNION SELECT 'secret' --": "secret",
    }
    tokens = {f"kid {kid!r}": signed({"alg": "HS256", "kid": kid}, claims(), key) for kid, key in known.items()}
    tokens["kid 'nobody', signed with web"] = signed({"alg": "HS256", "kid": "nobody"}, claims(), WEB)
    tokens["no kid, signed with web"] = signed({"alg": "HS256"}, claims(), WEB)
    tokens["kid '../keys/web'"] = signed({"alg": "HS256", "kid": "../keys/web"}, claims(), WEB)
    jwk = {"kty": "oct", "k": part(b"mine")}
    tokens["a key in the header"] = signed({"alg": "HS256", "kid": "web", "jwk": jwk}, claims(), "mine")
    return kept_out(lab, service, tokens)


@check("claims")
def no_token_for_somebody_else_is_let_in(lab: Lab) -> str:
    tokens = {
        "another audience": token(aud="billing"),
        "a longer audience": token(aud="orders-admin"),
        "a shorter audience": token(aud="order"),
        "an audience of many letters": token(aud="my orders and more"),
        "audiences without ours": token(aud=["billing", "orders2"]),
        "no audience in a list": token(aud=[]),
        "another issuer": token(iss="https://login.shop.example.evil.example"),
        "an issuer with a slash": token(iss=ISSUER + "/"),
    }
    tokens |= {f"no {name}": token(**{name: ABSENT}) for name in ("iss", "aud", "sub", "exp")}
    tokens |= {f"{name} is null": token(**{name: None}) for name in ("iss", "aud", "sub", "exp")}
    tokens |= {"an empty subject": token(sub=""), "a number as subject": token(sub=7)}
    return kept_out(lab, orders(lab), tokens)


@check("claims")
def no_token_out_of_its_time_is_let_in(lab: Lab) -> str:
    now = int(time.time())
    tokens = {
        "expired yesterday": token(exp=now - 86_400),
        "expired 45 s ago (tolerance 30 s)": token(exp=now - 45),
        "begins in an hour": token(nbf=now + 3600),
        "begins in 60 s (tolerance 30 s)": token(nbf=now + 60),
        "exp in quotes": token(exp=str(now + 600)),
        "exp is true": token(exp=True),
        "exp in a list": token(exp=[now + 600]),
        "exp is a word": token(exp="tomorrow"),
        "nbf in quotes": token(nbf=str(now - 600)),
        "nbf is a word": token(nbf="yesterday"),
    }
    return kept_out(lab, orders(lab), tokens)


@check("answers")
def every_refusal_is_the_same(lab: Lab) -> str:
    service, now = orders(lab), int(time.time())
    body = part(json.dumps(claims()).encode())
    odd = {
        "no header at all": None,
        "another scheme": "Basic YWRhOmFkYQ==",
        "no token": "Bearer",
        "an empty token": "Bearer ",
        "a word": "Bearer abc",
        "two parts": "Bearer a.b",
        "three letters": "Bearer a.b.c",
        "five parts": "Bearer a.b.c.d.e",
        "an expired token": f"Bearer {token(exp=now - 600)}",
        "a token of another audience": f"Bearer {token(aud='billing')}",
        "a token without exp": f"Bearer {token(exp=ABSENT)}",
        "a wrong key": f"Bearer {signed({'alg': 'HS256', 'kid': 'web'}, claims(), 'secret')}",
        "an unknown kid": f"Bearer {signed({'alg': 'HS256', 'kid': 'nobody'}, claims(), WEB)}",
        "no kid": f"Bearer {signed({'alg': 'HS256'}, claims(), WEB)}",
        "a list as kid": f"Bearer {signed({'alg': 'HS256', 'kid': ['web']}, claims(), WEB)}",
        "a null byte in kid": f"Bearer {signed({'alg': 'HS256', 'kid': 'web' + chr(0)}, claims(), WEB)}",
        "a folder as kid": f"Bearer {signed({'alg': 'HS256', 'kid': '.'}, claims(), WEB)}",
        "no alg": f"Bearer {signed({'kid': 'web'}, claims(), WEB)}",
        "a number as alg": f"Bearer {signed({'alg': 256, 'kid': 'web'}, claims(), WEB)}",
        "a list as header": f"Bearer {signed(['HS256'], claims(), WEB)}",
        "a list as payload": f"Bearer {signed({'alg': 'HS256', 'kid': 'web'}, ['ada'], WEB)}",
        "a header that is no JSON": f"Bearer {part(b'{alg')}.{body}.{part(b'x')}",
        "a header that is no UTF-8": f"Bearer {part(bytes([255, 254]))}.{body}.{part(b'x')}",
        "a list as audience": f"Bearer {token(aud=[1, None])}",
    }
    for what, authorization in odd.items():
        headers = {} if authorization is None else {"Authorization": authorization}
        exchange = service.begin("GET", "/me", headers=headers)
        exchange.wait_for(lambda one: one.done)
        raised = f" ({exchange.raised.told})" if exchange.raised is not None else ""
        lab.expect(exchange.status == 401, f"{what} was answered {exchange.status}, expected 401{raised}")
        answer = exchange.wait()
        lab.expect(answer.text and answer.json() == REFUSAL, f"{what} was answered {answer.text[:80]}, not as agreed")
        scheme = answer.header("www-authenticate")
        lab.expect(scheme == "Bearer", f"{what} was answered with WWW-Authenticate: {scheme}, expected Bearer")
    return f"{len(odd)} of {len(odd)} refusals alike"
