"""Refresh tokens of two workers with one database: stolen, replayed, exchanged twice at once, and half exchanged."""

from __future__ import annotations

import base64
import binascii
import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from greenroom.judge.probes.clock import Clock
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.refreshing import Sessions, interleaved, orders, replayed, works_after_logout
from greenroom.judge.probes.service import Service

DAY_S = 86_400
LEAST = 22  # characters of base64 for 128 bits
SCHEMA = "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT UNIQUE, salt BLOB, password BLOB);"
PEOPLE = {7: "ada@slope.example", 8: "bo@slope.example"}
PASSWORD = "piste-noire-71"
STORED = hashlib.scrypt(PASSWORD.encode(), salt=b"snow", n=256, r=8, p=1)
REFUSAL = {"detail": "log in again"}


class Resort:
    """Two workers of the project over one database, and a clock."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.clock = lab, Clock()
        rows = [(number, email, b"snow", STORED) for number, email in PEOPLE.items()]
        self.database = Database(SCHEMA, [("INSERT INTO members VALUES (?, ?, ?, ?)", rows)])
        self.workers = lab.services("app:app", 2, database=self.database, clock=self.clock)
        self._turns = 0

    def worker(self, database: Database) -> Service:
        return self.lab.service("app:app", database=database, clock=self.clock)

    @property
    def next(self) -> Service:
        """The workers take turns."""
        self._turns += 1
        return self.workers[self._turns % 2]

    def login(self, number: int = 7) -> str:
        return self._refresh_of(self.next.post("/login", {"email": PEOPLE[number], "password": PASSWORD}).expect(200))

    def refresh(self, token: str, at: Service | None = None) -> str | None:
        answer = (at or self.next).post("/refresh", {"refresh": token})
        answer.expect(200, 401)
        if answer.status == 401:
            self.lab.expect(answer.json() == REFUSAL, f"a refusal says {answer.text[:80]}, expected {REFUSAL}")
            return None
        return self._refresh_of(answer)

    def logout(self, token: str) -> None:
        self.next.post("/logout", {"refresh": token}).expect(204)

    def _refresh_of(self, answer: Any) -> str:
        found = answer.json()
        fine = isinstance(found, dict) and all(isinstance(found.get(one), str) for one in ("access", "refresh"))
        self.lab.expect(fine, f"{answer.asked} gives {answer.text[:80]}, expected access and refresh")
        return str(found["refresh"])

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.login, self.refresh, self.logout)


def resort(lab: Lab) -> Resort:
    return lab.once("resort", lambda: Resort(lab))


@check("contract", visible=True)
def a_skier_stays_signed_in(lab: Lab) -> str:
    one = resort(lab)
    given = one.next.post("/login", {"email": PEOPLE[8], "password": PASSWORD}).expect(200).json()
    for step in range(3):
        headers = {"Authorization": f"Bearer {given['access']}"}
        found = one.next.get("/pass", headers=headers).expect(200).json()
        lab.expect(found == {"member": 8}, f"/pass gives {found} after {step} exchanges")
        given = one.next.post("/refresh", {"refresh": given["refresh"]}).expect(200).json()
    one.next.post("/login", {"email": PEOPLE[8], "password": "piste-verte"}).expect(401)
    lab.expect(one.refresh("nobody-has-made-this-token") is None, "a token that nobody has made was exchanged")
    return "3 exchanges in a row"


@check("at-rest", visible=True)
def the_database_holds_no_key(lab: Lab) -> str:
    one = resort(lab)
    made = [one.login(), one.login(8), one.login()]
    made += [str(one.refresh(made[2]))]
    short = min(map(len, made))
    lab.expect(short >= LEAST, f"a refresh token has {short} characters, too few to be beyond guessing")
    stored = list(texts(one.database))
    held = sum(any(token in form for text in stored for form in readings(text)) for token in made)
    lab.expect(held == 0, f"{held} of {len(made)} refresh tokens stand in the database, budget 0")
    tried = sorted({text for text in stored if len(text) >= LEAST})[:40]
    opened = sum(one.refresh(text) is not None for text in tried)
    lab.expect(opened == 0, f"{opened} of {len(tried)} values of the database were exchanged at /refresh, budget 0")
    return f"0 of {len(made)} tokens found in {len(stored)} values"


def texts(database: Database) -> Iterator[str]:
    """Every value in the database that is text or could be read as such, apart from the members' own."""
    tables = [name for (name,) in database.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table in {"members", "sqlite_sequence"}:
            continue
        for row in database.rows(f'SELECT * FROM "{table}"'):
            for value in row:
                yield value.hex() if isinstance(value, bytes) else str(value)
                if isinstance(value, bytes):
                    yield value.decode("utf-8", "replace")
                    yield base64.urlsafe_b64encode(value).decode().rstrip("=")


def readings(text: str) -> Iterator[str]:
    """*text*, backwards, and as what its letters may stand for."""
    yield from (text, text[::-1], text.swapcase())
    for decode in (bytes.fromhex, lambda one: base64.urlsafe_b64decode(one + "=" * (-len(one) % 4))):
        try:
            yield decode(text).decode("utf-8", "replace")
        except (ValueError, binascii.Error):
            continue


@check("contract")
def tokens_have_an_end(lab: Lab) -> str:
    one = resort(lab)
    first, other = one.login(), one.login()
    one.clock.advance(20 * DAY_S)
    second = one.refresh(first)
    lab.expect(second is not None, "a token of 20 days was refused, it is good for 30")
    one.clock.advance(20 * DAY_S)
    lab.expect(one.refresh(other) is None, "a token of 40 days was exchanged, it is good for 30")
    lab.expect(one.refresh(str(second)) is not None, "a token of 20 days was refused, it is good for 30")
    lab.expect(not works_after_logout(one.sessions), "a token was exchanged after its logout")
    one.logout("nobody-has-made-this-token")
    return "refused after 30 days and after a logout"


@check("family")
def a_replay_ends_one_login(lab: Lab) -> str:
    one = resort(lab)
    for depth in (1, 3):
        replay = replayed(one.sessions, depth=depth)
        told = f"a token came again after {depth} exchanges"
        lab.expect(not replay.accepted, f"{told}, and was exchanged once more")
        lab.expect(not replay.newest, f"{told}; 1 token of that login still works, budget 0")
        lab.expect(replay.others, f"{told}, and another login of the same skier ended with it")
    return "0 tokens of the login work afterwards, other logins go on"


@check("family")
def a_login_that_is_over_stays_over(lab: Lab) -> str:
    one = resort(lab)
    first = one.login()
    second = str(one.refresh(first))
    one.refresh(first)
    fresh = one.worker(one.database)
    alive = sum(one.refresh(token, fresh) is not None for token in (first, second, first))
    lab.expect(alive == 0, f"{alive} of 3 attempts went through at a worker that was started later, budget 0")
    lab.end(fresh.seat)
    spent = one.login(8)
    newest = str(one.refresh(spent))
    one.logout(spent)
    lab.expect(one.refresh(newest) is None, "a logout with a spent token left the login's newest token working")
    return "nothing comes back, at any worker"


@check("once")
def two_at_once_make_one_successor(lab: Lab) -> str:
    one = resort(lab)
    before = len(one.database.statements)
    one.refresh(one.login())
    length = min(len(one.database.statements) - before, 12)
    seen = orders(length, most=6)
    for order in seen:
        token = one.login()
        calls = [
            lambda worker=worker: worker.begin("POST", "/refresh", json_body={"refresh": token})
            for worker in one.workers
        ]
        race = interleaved(one.database, calls, order)
        lab.expect(all(call.done for call in race.exchanges), "two exchanges at once, and one waits for ever")
        statuses = sorted(call.status or 0 for call in race.exchanges)
        told = f"one token, two workers at once: answered {statuses[0]} and {statuses[1]}, expected 200 and 401"
        lab.expect(statuses == [200, 401], told)
    return f"1 successor in each of {len(seen)} orders of statements"


@check("whole")
def a_login_is_never_lost(lab: Lab) -> str:
    one = resort(lab)
    service, old = one.workers[0], one.login()
    moments: list[tuple[str, bool, Database]] = []
    one.database.hold = lambda _sql, _connection: True
    asked = service.begin("POST", "/refresh", json_body={"refresh": old})
    while True:
        service.until(lambda: asked.done or one.database.is_held(service.seat))
        state = dumped(one.database)
        if state is not None and (not moments or moments[-1][:2] != (state, asked.status is not None)):
            moments.append((state, asked.status is not None, copied(one.database)))
        if asked.done:
            break
        one.database.release(1)
    one.database.hold = None
    new = one._refresh_of(asked.wait().expect(200))
    last = moments[-1][0]
    early = sum(answered and state != last for state, answered, _ in moments)
    lab.expect(early == 0, "the answer is sent before the exchange is stored")
    between = [kept for state, _, kept in moments if state not in {moments[0][0], last}]
    lost = sum(not works(one, copied(kept), new) and not works(one, copied(kept), old) for kept in between)
    told = f"{len(between)} moments between the old token and the new one"
    lab.expect(lost == 0, f"{told}; in {lost} of them neither works, budget 0")
    return told


def dumped(database: Database) -> str | None:
    """What others see of the database; None while it is locked for them."""
    try:
        return "\n".join(database.own.iterdump())
    except sqlite3.OperationalError:
        return None


def copied(database: Database) -> Database:
    made = Database("")
    database.own.backup(made.own)
    return made


def works(one: Resort, database: Database, token: str) -> bool:
    """Whether a worker that starts on *database* exchanges *token*."""
    service = one.worker(database)
    try:
        return one.refresh(token, service) is not None
    finally:
        one.lab.end(service.seat)
