"""A key service that changes its keys, counts its calls and fails; strangers with invented key ids; a clock."""

from __future__ import annotations

import hashlib
from typing import Any

from greenroom.judge.probes.clock import Clock
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat, SlowError
from greenroom.judge.probes.service import Exchange, Service
from greenroom.judge.probes.tokens import Kit, content_of
from greenroom.judge.probes.upstream import Call, Reply, Upstream

URL, ISSUER = "https://keys.depot.example/keys", "https://gate.depot.example"
CACHE_S, COOLDOWN_S, STALE_S, LIFETIME_S = 300, 30, 3600, 900
REFUSAL = {"detail": "not authenticated"}
PATIENCE_S = 2.0
FOREVER, LONG_S = 10_000_000, 100_000


def secret(kid: str) -> str:
    return hashlib.sha256(f"depot {kid}".encode()).hexdigest()


class KeyService(Upstream):
    """What is listed, by kid: (sign_from, retire_at). `status` other than 200 is an error, 0 no answer at all."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.listed: dict[str, tuple[int, int]] = {}
        self.status = 200

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        if self.status != 0:
            return super().serve(seat, asked, body)
        held, self.held = self.held, True
        super().serve(seat, asked, body)
        self.held = held
        self.refuse(self.waiting[-1])
        return None

    def _reply(self, call: Call) -> Reply:
        if call.url != URL or self.status != 200:
            return (404 if call.url != URL else self.status), {"error": "not here, not now"}
        keys = [
            {"kid": kid, "secret": secret(kid), "sign_from": since, "retire_at": until}
            for kid, (since, until) in self.listed.items()
        ]
        return 200, {"keys": keys}


class Depot:
    """The project, its key service and a clock. Times are in seconds since the start."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.clock, self.keys = lab, Clock(), KeyService()
        self.start = int(self.clock.now)
        self.list({"spring": (-1000, FOREVER)})
        self.service: Service = lab.service("app:app", upstream=self.keys, clock=self.clock)

    def begin(self, listed: dict[str, tuple[int, int]]) -> None:
        """Let so much time pass that nothing which was fetched before counts, and begin with *listed*."""
        self.clock.advance(LONG_S)
        self.start, self.keys.status, self.keys.held = int(self.clock.now), 200, False
        self.keys.release()
        self.keys.calls.clear()
        self.list(listed)

    def list(self, listed: dict[str, tuple[int, int]]) -> None:
        self.keys.listed = {kid: (self.start + since, self.start + until) for kid, (since, until) in listed.items()}

    def at(self, seconds: int) -> None:
        self.clock.now = self.start + seconds

    @property
    def calls(self) -> int:
        return len(self.keys.calls)

    def kit(self, kid: str, key: str | None = None, scanner: str = "dock-4") -> Kit:
        claims = {"iss": ISSUER, "sub": scanner, "exp": int(self.clock.now) + LIFETIME_S}
        return Kit(key=secret(kid) if key is None else key, claims=claims, header={"kid": kid})

    def asked(self, token: str) -> Exchange:
        return self.service.begin("GET", "/parcels", headers={"Authorization": f"Bearer {token}"})

    def opens(self, token: str, what: str, scanner: str = "dock-4") -> None:
        answer = self.asked(token).wait()
        why = answer.raised.told if answer.raised is not None else answer.text[:80]
        told = f"{what} was answered {answer.status}, expected 200: {why}"
        self.lab.expect(answer.status == 200 and answer.json() == {"scanner": scanner}, told)

    def refused(self, token: str, what: str) -> None:
        answer = self.asked(token).wait()
        self.lab.expect(answer.status == 401, f"{what} was answered {answer.status}, expected 401")
        self.lab.expect(answer.json() == REFUSAL, f"{what} was answered {answer.text[:80]}, expected {REFUSAL}")

    def issued(self, scanner: str = "dock-4") -> tuple[str, object]:
        """A new token, and its kid."""
        found = self.service.post("/tokens", {"scanner": scanner}).expect(200).json()
        try:
            token = str(found["token"])
            return token, content_of(token)[0].get("kid")
        except (KeyError, TypeError, ValueError):
            self.lab.expect(False, f"POST /tokens gives {str(found)[:80]}, expected a token")
            raise

    def signs_with(self, kid: str) -> str:
        token, found = self.issued()
        self.lab.expect(found == kid, f"a new token is signed by the key {found!r}, expected {kid!r}")
        self.opens(token, f"a new token of the key {kid!r}")
        return token

    def expect_calls(self, before: int, wanted: int, what: str) -> None:
        made = self.calls - before
        self.lab.expect(made == wanted, f"{what}: {made} calls to the key service, expected {wanted}")


def depot(lab: Lab, listed: dict[str, tuple[int, int]]) -> Depot:
    one: Depot = lab.once("depot", lambda: Depot(lab))
    one.begin(listed)
    return one


@check("contract", visible=True)
def a_scanner_gets_in_with_its_token(lab: Lab) -> str:
    one = depot(lab, {"spring": (-1000, FOREVER)})
    token, kid = one.issued("dock-9")
    lab.expect(kid == "spring", f"the token's kid is {kid!r}, expected 'spring'")
    one.opens(token, "a new token", "dock-9")
    one.refused("abc", "a word")
    one.refused(one.kit("spring", "another secret, not the listed one").token(), "a token with another key")
    one.at(LIFETIME_S)
    one.refused(token, "a token whose time is over")
    return "1 let in, 3 refused"


@check("overlap", visible=True)
def two_keys_count_while_they_overlap(lab: Lab) -> str:
    one = depot(lab, {"spring": (-1000, 1500), "summer": (100, FOREVER), "autumn": (9_000, FOREVER)})
    old = one.signs_with("spring")
    one.at(99)
    one.signs_with("spring")
    one.at(100)
    new = one.signs_with("summer")
    one.opens(old, "a token of the key before")
    one.opens(new, "a token of the new key")
    one.refused(one.kit("spring", secret("summer")).token(), "a token of one key under the other's kid")
    one.refused(one.kit("summer", secret("spring")).token(), "a token of one key under the other's kid")
    one.refused(one.kit("").token({"alg": "HS256", "kid": ""}), "a token with an empty kid")
    return "signed by spring, then by summer; both verify"


@check("overlap")
def a_retired_key_is_refused_in_time(lab: Lab) -> str:
    one = depot(lab, {"may": (-500, 200), "june": (-400, 120), "july": (-300, FOREVER)})
    one.signs_with("july")
    one.at(119)
    one.opens(one.kit("june").token(), "a token of a key that is retired in 1 s")
    one.at(120)
    one.refused(one.kit("june").token(), "a token of a key that is retired since 0 s")
    one.opens(one.kit("may").token(), "a token of a key that is retired in 80 s")
    one.at(1000)
    one.refused(one.kit("may").token(), "a token of a key that is retired since 800 s")
    one.opens(one.kit("july").token(), "a token of a key that counts")
    one.list({"august": (900, FOREVER)})
    one.at(1000 + CACHE_S + 1)
    one.signs_with("august")
    one.refused(one.kit("july").token(), f"a token of a key that vanished from the list {CACHE_S} s ago")
    return "2 retired and 1 vanished key refused"


@check("calls")
def keys_are_fetched_seldom(lab: Lab) -> str:
    one = depot(lab, {"spring": (-1000, FOREVER)})
    for _ in range(10):
        one.opens(one.issued()[0], "a new token")
    one.expect_calls(0, 1, "20 requests at once")
    one.at(CACHE_S - 1)
    one.opens(one.kit("spring").token(), "a token")
    one.expect_calls(0, 1, f"a request after {CACHE_S - 1} s")
    one.at(CACHE_S + 1)
    for _ in range(5):
        one.opens(one.kit("spring").token(), "a token")
    one.expect_calls(0, 2, f"5 requests after {CACHE_S + 1} s")
    one.list({"spring": (-1000, FOREVER), "summer": (300, FOREVER)})
    one.at(CACHE_S + 100)
    one.opens(one.kit("summer").token(), "a token of a key that is listed since the last fetch")
    one.expect_calls(2, 1, "a new kid")
    one.signs_with("summer")
    return "1 call for 20 requests, 1 after the cache's time, 1 for a new kid"


@check("calls")
def invented_keys_cause_no_calls(lab: Lab) -> str:
    one = depot(lab, {"spring": (-1000, FOREVER)})
    one.signs_with("spring")
    kit = one.kit("spring")
    invented = {f"kid {number}": one.kit(f"kid-{number}").token() for number in range(20)}
    forged = kit.key_ids() | kit.own_keys() | kit.unsigned() | invented
    for what, token in forged.items():
        one.refused(token, what)
    one.expect_calls(0, 1, f"{len(forged)} forged tokens right after a fetch")
    for seconds, wanted in ((COOLDOWN_S + 1, 1), (2 * COOLDOWN_S - 9, 0), (2 * COOLDOWN_S + 2, 1)):
        before = one.calls
        one.at(seconds)
        for number in range(12):
            one.refused(one.kit(f"made-up-{seconds}-{number}").token(), "a token with an invented kid")
        one.expect_calls(before, wanted, f"12 invented kids, {seconds} s after the start")
        one.opens(one.kit("spring").token(), "a good token among invented ones")
    elsewhere = sum(call.url != URL for call in one.keys.calls)
    lab.expect(elsewhere == 0, f"{elsewhere} calls to addresses that a token named, budget 0")
    return f"2 calls for {len(forged) + 36} forged tokens, budget 2"


@check("calls")
def requests_share_a_call(lab: Lab) -> str:
    one = depot(lab, {"spring": (-1000, FOREVER)})
    one.signs_with("spring")
    one.at(COOLDOWN_S + 5)
    one.list({"spring": (-1000, FOREVER), "summer": (0, FOREVER)})
    one.keys.held = True
    before = one.calls
    asked = [one.asked(one.kit("summer").token()) for _ in range(6)]
    one.service.until(lambda: one.calls > before or all(call.done for call in asked))
    lab.expect(one.calls > before, "a kid that is not in the list was refused without looking again")
    known = one.asked(one.kit("spring").token())
    try:
        one.service.until(lambda: known.done, PATIENCE_S)
    except SlowError:
        lab.expect(False, "a request whose key is at hand waits for the key service")
    known.wait().expect(200)
    settle(one.service)
    one.keys.held = False
    one.keys.release()
    opened = sum(call.wait().status == 200 for call in asked)
    lab.expect(opened == 6, f"6 requests with the new key at once: {opened} served, expected 6")
    one.expect_calls(before, 1, "6 requests with the new key at once")
    return "6 requests, 1 call"


def settle(service: Service) -> None:
    """Let the loop go round often enough for everything that is ready."""
    for _ in range(20):
        ping = service.ping()
        service.until(lambda ping=ping: service.seat.has_answered(ping))


@check("outage")
def the_last_list_serves_on(lab: Lab) -> str:
    one = depot(lab, {"spring": (-1000, FOREVER), "summer": (600, 2000)})
    one.signs_with("spring")
    for status, since in ((503, CACHE_S + 10), (0, CACHE_S + 400)):
        one.keys.status = status
        one.at(since)
        before = one.calls
        for _ in range(4):
            one.opens(one.kit("spring").token(), "a token while the key service is away")
        one.expect_calls(before, 1, "4 requests while the key service is away")
    one.signs_with("summer")
    one.at(2001)
    one.refused(one.kit("summer").token(), "a token of a key that was retired while the key service is away")
    one.at(STALE_S - 5)
    one.opens(one.kit("spring").token(), f"a token {STALE_S - 5} s after the last fetch")
    one.at(STALE_S + COOLDOWN_S)
    for status in (
        one.asked(one.kit("spring").token()).wait().status,
        one.service.post("/tokens", {"scanner": "dock-1"}).status,
    ):
        lab.expect(status == 503, f"{STALE_S + COOLDOWN_S} s after the last fetch the answer is {status}, expected 503")
    one.keys.status = 200
    one.at(STALE_S + 3 * COOLDOWN_S)
    one.opens(one.kit("spring").token(), "a token after the key service has come back")
    one.signs_with("spring")
    return "served for an hour, then 503, and served again"
