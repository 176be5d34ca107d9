"""What a token tells to whoever finds it, how long it counts, and what it still opens after rights were withdrawn."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from greenroom.judge.probes.clock import Clock
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response
from greenroom.judge.probes.tokens import ABSENT, Kit, content_of

KEY, ISSUER, AUDIENCE = "clinic-2f94b7d06ce14c0fb8a35d1e70694ac8", "https://portal.clinic.example", "portal"
LIFETIME_S, LONGEST = 15 * 60, 600
SCOPES = ("slots:read", "reports:read")
AGREED = {"iss", "aud", "sub", "iat", "exp", "scope", "jti"}
SCHEMA = """
CREATE TABLE people (
    id INTEGER PRIMARY KEY, handle TEXT UNIQUE NOT NULL, name TEXT NOT NULL, email TEXT UNIQUE NOT NULL,
    born TEXT NOT NULL, insurance TEXT NOT NULL, locked INTEGER NOT NULL DEFAULT 0, salt BLOB, password BLOB
);
CREATE TABLE rights (person INTEGER NOT NULL REFERENCES people, name TEXT NOT NULL, PRIMARY KEY (person, name));
CREATE TABLE prescriptions (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, patient TEXT, drug TEXT);
"""
PASSWORD = "tongue-depressor-8"
HEAD, NURSE, CLERK = 730_411, 730_412, 730_413
PEOPLE = {
    HEAD: ("8c0f3f5e1d7a", "Marguerite Oyelaran", "m.oyelaran@clinic.example", "1961-11-30", "KV-55120937"),
    NURSE: ("b7e2904ac6d1", "Tobiasz Lindqvist", "lindqvist.t@clinic.example", "1988-02-17", "KV-80417762"),
    CLERK: ("03d9a8e6f27b", "Ysolde Marchetti", "ysolde@clinic.example", "1975-07-04", "KV-19935508"),
}
WARDS = [f"ward-{number:02d}:rounds:write" for number in range(80)]
RIGHTS = {
    HEAD: ["slots:read", "reports:read", "prescriptions:write", *WARDS],
    NURSE: ["slots:read", "prescriptions:write"],
    CLERK: ["reports:read", "invoices:write"],
}


class Clinic:
    """The project, its database and a clock."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.clock = lab, Clock()
        password = hashlib.scrypt(PASSWORD.encode(), salt=b"gauze", n=256, r=8, p=1)
        people = [(number, *row, 0, b"gauze", password) for number, row in PEOPLE.items()]
        rights = [(number, name) for number, names in RIGHTS.items() for name in names]
        persons = ("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", people)
        self.database = Database(SCHEMA, [persons, ("INSERT INTO rights VALUES (?, ?)", rights)])
        self.service = lab.service("app:app", database=self.database, clock=self.clock)

    def login(self, number: int) -> str:
        found = self.service.post("/login", {"email": self.email(number), "password": PASSWORD}).expect(200).json()
        fine = isinstance(found, dict) and isinstance(found.get("token"), str)
        self.lab.expect(fine, f"/login gives {str(found)[:80]}, expected token")
        return str(found["token"])

    def email(self, number: int) -> str:
        return str(self.database.rows("SELECT email FROM people WHERE id = ?", number)[0][0])

    def get(self, path: str, token: str) -> Response:
        return self.service.get(path, headers={"Authorization": f"Bearer {token}"})

    def prescribe(self, token: str, drug: str = "aspirin") -> int:
        before = self.written()
        headers = {"Authorization": f"Bearer {token}"}
        status = self.service.post("/prescriptions", {"patient": "P-9", "drug": drug}, headers=headers).status
        told = f"POST /prescriptions was answered {status}, and {self.written() - before} prescriptions were stored"
        self.lab.expect(self.written() - before == (status == 201), told)
        return status

    def written(self) -> int:
        return int(self.database.rows("SELECT count(*) FROM prescriptions")[0][0])

    def kit(self, number: int = NURSE) -> Kit:
        now = int(self.clock.now)
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": PEOPLE[number][0], "iat": now, "exp": now + LIFETIME_S}
        return Kit(key=KEY, claims=claims | {"scope": "slots:read"})


def clinic(lab: Lab) -> Clinic:
    return lab.once("clinic", lambda: Clinic(lab))


def claims_of(lab: Lab, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        return content_of(token)
    except ValueError:
        lab.expect(False, f"{token[:40]!r}… is no JWT that the other services can read")
        raise


@check("contract", visible=True)
def everybody_does_what_they_may(lab: Lab) -> str:
    one = clinic(lab)
    head, nurse, clerk = one.login(HEAD), one.login(NURSE), one.login(CLERK)
    statuses = [one.get("/slots", token).status for token in (head, nurse, clerk)]
    lab.expect(statuses == [200, 200, 403], f"/slots was answered {statuses}, expected [200, 200, 403]")
    statuses = [one.prescribe(token) for token in (head, nurse, clerk)]
    lab.expect(statuses == [201, 201, 403], f"/prescriptions was answered {statuses}, expected [201, 201, 403]")
    for number, token in ((HEAD, head), (CLERK, clerk)):
        wanted = {"name": PEOPLE[number][1], "email": PEOPLE[number][2]}
        found = one.get("/me", token).expect(200).json()
        lab.expect(found == wanted, f"/me gives {found}, expected {wanted}")
    by = one.database.rows("SELECT person FROM prescriptions ORDER BY id")
    lab.expect(by == [(HEAD,), (NURSE,)], f"prescriptions are stored for {by}, expected {[(HEAD,), (NURSE,)]}")
    one.get("/slots", "abc").expect(401)
    one.service.post("/login", {"email": PEOPLE[HEAD][2], "password": "wrong"}).expect(401)
    return "3 people, 8 requests"


@check("lean", visible=True)
def a_token_is_short_and_as_agreed(lab: Lab) -> str:
    one = clinic(lab)
    token = one.login(HEAD)
    lab.expect(len(token) <= LONGEST, f"the head physician's token has {len(token)} characters, budget {LONGEST}")
    _, claims = claims_of(lab, token)
    more, fewer = sorted(set(claims) - AGREED), sorted(AGREED - {"jti"} - set(claims))
    lab.expect(not more and not fewer, f"claims beyond what was agreed: {more}; missing: {fewer}")
    handle = PEOPLE[HEAD][0]
    lab.expect(claims["sub"] == handle, f"sub is {claims['sub']!r}, expected the handle {handle!r}")
    mine = (claims["iss"], claims["aud"])
    fine = claims["iss"] == ISSUER and claims["aud"] in (AUDIENCE, [AUDIENCE])
    lab.expect(fine, f"iss and aud are {mine}, expected {(ISSUER, AUDIENCE)}")
    return f"{len(token)} characters, budget {LONGEST}"


@check("lean")
def it_tells_nothing_of_its_owner(lab: Lab) -> str:
    one = clinic(lab)
    told = 0
    for number, row in PEOPLE.items():
        header, claims = claims_of(lab, one.login(number))
        said = "\n".join(readings([header, claims])).lower()
        told += sum(secret.lower() in said for secret in secrets_of(number, row))
        wanted = [name for name in SCOPES if name in RIGHTS[number]]
        scope = claims.get("scope")
        fine = isinstance(scope, str) and sorted(scope.split()) == sorted(wanted)
        lab.expect(fine, f"scope is {str(scope)[:60]!r}, expected {' '.join(wanted)!r}")
    lab.expect(told == 0, f"3 tokens tell {told} facts about their owners, budget 0")
    return "0 facts in 3 tokens"


def secrets_of(number: int, row: tuple[str, ...]) -> Iterator[str]:
    """What is personal of somebody, and digests of it, which can be guessed and compared."""
    _, name, email, born, insurance = row
    plain = [name, *name.split(), email, email.split("@")[0], born, born.replace("-", ""), insurance, insurance[3:]]
    yield from {*plain, str(number), "ward-07", "prescriptions:write"}
    for text in (name, email, email.lower(), insurance, str(number)):
        for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
            yield digest(text.encode()).hexdigest()[:16]
            yield base64.urlsafe_b64encode(digest(text.encode()).digest()).decode()[:16]


def readings(value: Any) -> Iterator[str]:
    """Every text in *value*, and what its letters may stand for."""
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for one in value:
            yield from readings(one)
        return
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    yield from (text, text[::-1])
    for decode in (bytes.fromhex, lambda one: base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))):
        try:
            yield decode(text).decode("utf-8", "replace")
        except ValueError:
            continue


@check("short")
def it_counts_for_fifteen_minutes(lab: Lab) -> str:
    one = clinic(lab)
    token = one.login(NURSE)
    _, claims = claims_of(lab, token)
    lives = claims["exp"] - claims["iat"] if isinstance(claims.get("exp"), int) else None
    lab.expect(lives == LIFETIME_S, f"a token lives for {lives} s, expected {LIFETIME_S}")
    lab.expect(claims["iat"] == one.clock.now, "iat is not the time at which the token was made")
    one.clock.advance(LIFETIME_S - 1)
    one.get("/slots", token).expect(200)
    one.clock.advance(1)
    statuses = [one.get(path, token).status for path in ("/slots", "/me")] + [one.prescribe(token)]
    lab.expect(statuses == [401] * 3, f"after {LIFETIME_S} s the answers are {statuses}, expected 401 three times")
    return f"{lives} s"


@check("short")
def others_and_older_ones_are_refused(lab: Lab) -> str:
    one = clinic(lab)
    kit, now = one.kit(), int(one.clock.now)
    one.get("/slots", kit.token()).expect(200)
    one.get("/slots", kit.token(aud=["laboratory", AUDIENCE])).expect(200)
    person = {"id": NURSE, "handle": PEOPLE[NURSE][0], "name": PEOPLE[NURSE][1], "email": PEOPLE[NURSE][2]}
    old = {"aud": ABSENT, "scope": ABSENT, "sub": str(NURSE), "person": person, "rights": RIGHTS[NURSE]}
    odd = kit.strangers(("iss", "aud", "exp", "iat")) | kit.unsigned() | {
        "an old token": kit.token(**old, exp=now + 12 * 3600),
        "an old token that ends soon": kit.token(**old, iat=now - 12 * 3600 + 300, exp=now + 300),
        "a token of ours for twelve hours": kit.token(exp=now + 12 * 3600),
        "one that ends soon, of twelve hours": kit.token(iat=now - 12 * 3600 + 300, exp=now + 300),
        "one that does not say when it was made": kit.token(iat=ABSENT),
        "a token of the laboratory": kit.token(aud="laboratory"),
    }
    for what, text in odd.items():
        status = one.get("/slots", text).status
        lab.expect(status == 401, f"{what} was answered {status} by /slots, expected 401")
    return f"{len(odd)} of {len(odd)} refused"


@check("rights")
def what_is_withdrawn_is_withdrawn(lab: Lab) -> str:
    one = clinic(lab)
    token, other = one.login(NURSE), one.login(HEAD)
    lab.expect(one.prescribe(token) == 201, "a nurse with the right to prescribe cannot")
    one.database.execute("DELETE FROM rights WHERE person = ? AND name = 'prescriptions:write'", NURSE)
    status = one.prescribe(token, "morphine")
    lab.expect(status == 403, f"0 s after the right was withdrawn a prescription was answered {status}, expected 403")
    one.database.execute("UPDATE people SET locked = 1 WHERE id = ?", HEAD)
    status = one.prescribe(other, "morphine")
    lab.expect(status == 403, f"0 s after the person was locked a prescription was answered {status}, expected 403")
    one.database.execute("UPDATE people SET locked = 0 WHERE id = ?", HEAD)
    one.database.execute("INSERT INTO rights VALUES (?, 'prescriptions:write')", NURSE)
    statuses = [one.prescribe(token), one.prescribe(other)]
    lab.expect(statuses == [201, 201], f"rights were given back, and prescriptions are answered {statuses}")
    return "403 from that moment on"


@check("rights")
def names_are_as_they_are_now(lab: Lab) -> str:
    one = clinic(lab)
    token = one.login(CLERK)
    change = "UPDATE people SET name = ?, email = ? WHERE id = ?"
    one.database.execute(change, "Ysolde Brandt", "brandt@clinic.example", CLERK)
    found = one.get("/me", token).expect(200).json()
    wanted = {"name": "Ysolde Brandt", "email": "brandt@clinic.example"}
    row = PEOPLE[CLERK]
    one.database.execute(change, row[1], row[2], CLERK)
    lab.expect(found == wanted, f"/me gives {found} after a change, expected {wanted}")
    return "as it is now"


@check("rights")
def reading_asks_nobody(lab: Lab) -> str:
    one = clinic(lab)
    tokens = [one.login(HEAD), one.login(NURSE)]
    with one.database.counted() as statements:
        for _ in range(5):
            for token in tokens:
                one.get("/slots", token).expect(200)
    lab.expect(len(statements) == 0, f"{len(statements)} statements for 10 requests to /slots, budget 0")
    return "0 statements for 10 requests, budget 0"
