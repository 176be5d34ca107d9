"""Tokens before and after their logout, at two workers, in several spellings, and what the table keeps of them."""

from __future__ import annotations

import itertools

from greenroom.judge.probes.clock import Clock
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Exchange, Service
from greenroom.judge.probes.tokens import Kit, respelled

KEY, ISSUER = "gazette-6d1c09f4b2a84e7fa35b90e8c7d2416a", "https://login.gazette.example"
LIFETIME_S, LEEWAY_S = 4 * 3600, 30
REFUSAL = {"detail": "not authenticated"}


class Gazette:
    """Two workers over one database, and tablets with tokens."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.clock, self.database = lab, Clock(), Database("")
        self.workers = lab.services("app:app", 2, database=self.database, clock=self.clock)
        self._ids = itertools.count(1)

    def worker(self) -> Service:
        return self.lab.service("app:app", database=self.database, clock=self.clock)

    def token(self, editor: str = "nell") -> str:
        now = int(self.clock.now)
        # Ids are as `tokens.make` gives them: 36 characters, no two alike.
        name = f"5b1e7a44-0c1d-4b52-9d3e-{next(self._ids):012x}"
        claims = {"iss": ISSUER, "sub": editor, "iat": now, "exp": now + LIFETIME_S, "jti": name}
        return Kit(key=KEY, claims=claims).token()

    def asked(self, token: str, worker: int = 0, path: str = "/drafts") -> Exchange:
        method = "POST" if path == "/logout" else "GET"
        return self.workers[worker].begin(method, path, headers={"Authorization": f"Bearer {token}"})

    def serves(self, token: str, worker: int = 0) -> bool:
        answer = self.asked(token, worker).wait().expect(200, 401)
        if answer.status == 401:
            self.lab.expect(answer.json() == REFUSAL, f"a refusal says {answer.text[:80]}, expected {REFUSAL}")
        return answer.status == 200

    def logout(self, token: str, worker: int = 0) -> None:
        self.asked(token, worker, "/logout").wait().expect(204)

    def rows(self) -> int:
        """How many rows there are in all tables of the project's."""
        tables = self.database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        return sum(self.database.rows(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in tables)


def gazette(lab: Lab) -> Gazette:
    return lab.once("gazette", lambda: Gazette(lab))


@check("contract", visible=True)
def a_tablet_works_until_it_is_logged_out(lab: Lab) -> str:
    one = gazette(lab)
    tablet, desk = one.token(), one.token()
    found = one.asked(tablet).wait().expect(200).json()
    lab.expect(isinstance(found, dict) and found.get("editor") == "nell", f"/drafts gives {found} for nell")
    one.logout(tablet)
    lab.expect(not one.serves(tablet), "a token is still served after its logout")
    lab.expect(one.serves(desk), "the logout of one tablet has ended another token of the same editor")
    one.asked(tablet, path="/logout").wait().expect(401)
    lab.expect(not one.serves("abc"), "a word was taken for a token")
    return "1 token ended, 1 goes on"


@check("holds", visible=True)
def it_holds_at_the_other_worker(lab: Lab) -> str:
    one = gazette(lab)
    here, there = one.token(), one.token()
    before = [one.serves(here, 1), one.serves(there, 0)]
    one.logout(here, 0)
    one.logout(there, 1)
    after = [one.serves(here, 1), one.serves(there, 0)]
    lab.expect(all(before), "a good token was refused before its logout")
    lab.expect(not any(after), f"{sum(after)} of 2 tokens are served by the other worker after their logout, budget 0")
    return "0 of 2 served after their logout"


@check("holds")
def it_holds_for_later_workers_and_other_spellings(lab: Lab) -> str:
    one = gazette(lab)
    ended, good = one.token("omar"), one.token("omar")
    one.logout(ended, 1)
    one.workers.append(one.worker())
    served = sum(one.serves(ended, worker) for worker in range(3))
    lab.expect(served == 0, f"{served} of 3 workers serve the token after its logout, budget 0")
    lab.expect(one.serves(good, 2), "a worker that was started later refuses a good token")
    lab.end(one.workers.pop().seat)
    spelled = respelled(ended)
    served = sum(one.serves(text) for text in spelled.values())
    lab.expect(served == 0, f"{served} of {len(spelled)} other spellings of a logged-out token are served, budget 0")
    first = one.token()
    unlike = next(iter(text for text in respelled(first).values() if one.serves(text)), first)
    one.logout(unlike)
    lab.expect(not one.serves(first), "a token was logged out in another spelling, and is served as it was")
    return "0 of 3 workers and no other spelling"


@check("holds")
def it_is_stored_before_it_is_confirmed(lab: Lab) -> str:
    one = gazette(lab)
    token = one.token()
    one.database.hold = lambda sql, _connection: not sql.lstrip().upper().startswith("SELECT")
    asked = one.asked(token, path="/logout")
    one.workers[0].until(lambda: asked.done or one.database.held)
    early = asked.status is not None
    one.database.hold = None
    one.database.release()
    asked.wait().expect(204)
    lab.expect(not early, "204 is answered before anything is stored")
    lab.expect(not one.serves(token, 1), "a token is still served after its logout")
    return "stored first, confirmed then"


@check("shrinks")
def the_list_does_not_grow_for_ever(lab: Lab) -> str:
    one = gazette(lab)
    one.clock.advance(LIFETIME_S + LEEWAY_S + 1)
    one.logout(one.token())
    start = one.rows()
    for _ in range(5):
        one.logout(one.token())
    grown = one.rows()
    one.clock.advance(LIFETIME_S + LEEWAY_S + 1)
    one.logout(one.token(), 1)
    left = one.rows()
    told = f"{start} rows after one logout, {grown} after six, {left} when six had expired and one was new"
    lab.expect(left <= start, f"{told}; expected {start} at the end")
    return told


@check("shrinks")
def nothing_is_forgotten_too_early(lab: Lab) -> str:
    one = gazette(lab)
    ended, good = one.token(), one.token()
    one.logout(ended)
    for wait in (LIFETIME_S - 10, 9, 2, LEEWAY_S - 3):
        one.clock.advance(wait)
        one.logout(one.token())
        lab.expect(one.serves(good, 1), "a good token is refused, and there was no logout of it")
        lab.expect(not one.serves(ended, 1), "a logged-out token is served again while tokens of its age still are")
    one.clock.advance(LEEWAY_S)
    lab.expect(not one.serves(good), "a token is served after its end")
    return "refused until it could not be used any more"


@check("lean")
def a_request_costs_one_statement(lab: Lab) -> str:
    one = gazette(lab)
    for _ in range(12):
        one.logout(one.token())
    tokens = [one.token() for _ in range(5)]
    with one.database.counted() as statements:
        served = sum(one.serves(token) for token in tokens)
    lab.expect(served == 5, f"{served} of 5 good tokens are served after 12 logouts, expected 5")
    told = f"{len(statements)} statements for 5 requests"
    lab.expect(len(statements) <= 5, f"{told}, budget 5")
    plans = [one.database.plan(statement).lines for statement in statements]
    scanned = sum(any(line.startswith("SCAN") and line != "SCAN CONSTANT ROW" for line in lines) for lines in plans)
    lab.expect(scanned == 0, f"{told}, {scanned} of which read a whole table, budget 0")
    return f"{told}, 0 of which read a whole table"


@check("closed")
def without_the_list_nobody_is_let_in(lab: Lab) -> str:
    one = gazette(lab)
    token, other = one.token(), one.token()
    one.logout(token)
    one.database.execute("BEGIN EXCLUSIVE")  # whoever asks for anything is told that the database is locked
    try:
        for text, what in ((token, "a logged-out token"), (other, "a token")):
            status = status_of(one.asked(text))
            lab.expect(status >= 400, f"{what} was answered {status} although the list cannot be read")
        status = status_of(one.asked(other, path="/logout"))
        lab.expect(status >= 400, f"a logout was answered {status} although nothing could be stored")
    finally:
        one.database.execute("ROLLBACK")
    lab.expect(one.serves(other), "a good token is refused once the database answers again")
    return "0 of 2 tokens served, 0 of 1 logouts confirmed"


def status_of(exchange: Exchange) -> int:
    """The status; 500 when the application raised before it began a response."""
    exchange.wait_for(lambda one: one.done)
    return exchange.status or 500
