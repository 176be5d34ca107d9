"""An attacker's kit against the orders service: tokens made by hand, with the standard library alone."""

from __future__ import annotations

import time

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service
from greenroom.judge.probes.tokens import ABSENT, Kit

ISSUER, AUDIENCE, LEEWAY_S = "https://login.shop.example", "orders", 30
WEB, MOBILE = "e6b1d0-web-77aa41c9f02e4d58b6c3a91e5d8f2074", "e6b1d0-mobile-04fd6b83c71e4a92a5d8be30f7c61952"
ROBOTS = "User-agent: *\nDisallow: /me"
REFUSAL = {"detail": "not authenticated"}


def kit(key: str = WEB, kid: str = "web") -> Kit:
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ada", "exp": int(time.time()) + 600}
    return Kit(key=key, claims=claims, header={"kid": kid})


def loading(lab: Lab) -> Service:
    """The service with keys of this examination, as it loads beside the one with the project's own."""
    files = lab.files | {"keys/web": WEB.encode() + b"\n", "keys/mobile": MOBILE.encode() + b"\n"}
    return lab.once("loading", lambda: lab.ahead("app:app", files=files))


def orders(lab: Lab) -> Service:
    """The same, started: one process for all checks."""
    return loading(lab).started()


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
    text = kit(key).token()
    if not lab.visible_only:
        loading(lab)
    service = lab.service("app:app")
    try:
        let_in(lab, service, text, "ada", "a valid token")
    finally:
        lab.end(service.seat)
    return "200 for ada"


@check("contract")
def other_valid_tokens_are_let_in(lab: Lab) -> str:
    service, now, token = orders(lab), int(time.time()), kit().token
    let_in(lab, service, token(sub="grace"), "grace", "a token with a replaced key")
    mobile = kit(MOBILE, "mobile").token({"typ": ABSENT}, sub="alan")
    let_in(lab, service, mobile, "alan", "a token with the key mobile")
    let_in(lab, service, token(sub="edsger", aud=["billing", AUDIENCE]), "edsger", "a token for two audiences")
    let_in(lab, service, token(sub="barbara", nbf=now - 60, iat=now - 60), "barbara", "a token with nbf in the past")
    let_in(lab, service, token(sub="donald", exp=now - 12), "donald", "a token that expired 12 s ago (tolerance 30 s)")
    let_in(lab, service, token(sub="tony", nbf=now + 15), "tony", "a token that begins in 15 s (tolerance 30 s)")
    let_in(lab, service, token(sub="leslie", exp=now + 600.5), "leslie", "a token with a fraction in exp")
    return "7 of 7 let in"


@check("forged")
def no_forged_token_is_let_in(lab: Lab) -> str:
    others = {"the key of the other kid": kit(MOBILE).token(), "a key from the README": kit("changeme").token()}
    return kept_out(lab, orders(lab), kit().unsigned() | kit().resigned() | others)


@check("forged")
def no_key_is_chosen_by_the_sender(lab: Lab) -> str:
    settings = lab.text("settings.py").strip()
    known = {
        "../static/robots.txt": ROBOTS,
        "./../static/robots.txt": ROBOTS,
        "....//static/robots.txt": ROBOTS,
        "../keys/../static/robots.txt": ROBOTS,
        "../settings.py": settings,
        "web/../../settings.py": settings,
        "../keys/web": WEB,
    }
    return kept_out(lab, orders(lab), kit().key_ids(known) | kit().own_keys())


@check("claims")
def no_token_for_somebody_else_is_let_in(lab: Lab) -> str:
    others = {"audiences without ours": kit().token(aud=["billing", "orders2"]), "billing": kit().token(aud="billing")}
    return kept_out(lab, orders(lab), kit().strangers() | others)


@check("claims")
def no_token_out_of_its_time_is_let_in(lab: Lab) -> str:
    return kept_out(lab, orders(lab), kit().times(int(time.time()), LEEWAY_S))


@check("answers")
def every_refusal_is_the_same(lab: Lab) -> str:
    service, token = orders(lab), kit().token
    odd = {"no header at all": None, "another scheme": "Basic YWRhOmFkYQ==", "no token": "Bearer"}
    tokens = kit().malformed() | {
        "an expired token": token(exp=int(time.time()) - 600),
        "a token of another audience": token(aud="billing"),
        "a token without exp": token(exp=ABSENT),
        "a list as audience": token(aud=[1, None]),
        "a wrong key": kit("secret").token(),
        "an unknown kid": token({"kid": "nobody"}),
        "no kid": token({"kid": ABSENT}),
        "a list as kid": token({"kid": ["web"]}),
        "a null byte in kid": token({"kid": "web\0"}),
        "a folder as kid": token({"kid": "."}),
    }
    odd |= {what: f"Bearer {text}" for what, text in tokens.items()}
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
