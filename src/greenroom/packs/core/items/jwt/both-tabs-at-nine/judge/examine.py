"""Two tabs at two workers, statement by statement; late tabs; and thieves who hope to be taken for one."""

from __future__ import annotations

import hashlib
from typing import Any

from greenroom.judge.probes.clock import Clock
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.refreshing import interleaved, orders
from greenroom.judge.probes.service import Exchange, Response, Service

GRACE_S = 10
SCHEMA = "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT UNIQUE, salt BLOB, password BLOB);"
EMAIL, PASSWORD, MEMBER = "lea@books.example", "debit-and-credit-4", 5
STORED = hashlib.scrypt(PASSWORD.encode(), salt=b"ink", n=256, r=8, p=1)
REFUSAL = {"detail": "log in again"}


class Ledger:
    """Two workers of the project over one database, and a clock."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.clock = lab, Clock()
        row = (MEMBER, EMAIL, b"ink", STORED)
        self.database = Database(SCHEMA, [("INSERT INTO members VALUES (?, ?, ?, ?)", [row])])
        self.workers = lab.services("app:app", 2, database=self.database, clock=self.clock)
        self._turns = 0

    @property
    def next(self) -> Service:
        """The workers take turns."""
        self._turns += 1
        return self.workers[self._turns % 2]

    def login(self) -> str:
        answer = self.next.post("/login", {"email": EMAIL, "password": PASSWORD}).expect(200)
        return str(self.tokens_in(answer)["refresh"])

    def refresh(self, token: str) -> Response:
        return self.next.post("/refresh", {"refresh": token})

    def begun(self, worker: int, token: str) -> Exchange:
        return self.workers[worker].begin("POST", "/refresh", json_body={"refresh": token})

    def tokens_in(self, answer: Response) -> dict[str, Any]:
        found = answer.json()
        fine = isinstance(found, dict) and isinstance(found.get("access"), str) and "refresh" in found
        self.lab.expect(fine, f"{answer.asked} gives {answer.text[:80]}, expected access and refresh")
        return dict(found)

    def won(self, token: str) -> str:
        """The successor of *token*."""
        found = self.tokens_in(self.refresh(token).expect(200))["refresh"]
        told = f"a current token was answered with refresh {found!r}, expected a token"
        self.lab.expect(isinstance(found, str), told)
        return str(found)

    def late(self, token: str, what: str) -> None:
        """*token* is served as a late tab's."""
        answer = self.refresh(token)
        self.lab.expect(answer.status == 200, f"{what} was answered {answer.status}, expected 200")
        found = self.tokens_in(answer)
        self.lab.expect(found["refresh"] is None, f"{what} got a second refresh token, expected null")
        self.lab.expect(self.opens(found["access"]), f"{what} got an access token that does not open /ledger")

    def refused(self, token: str, what: str) -> None:
        answer = self.refresh(token)
        self.lab.expect(answer.status == 401, f"{what} was answered {answer.status}, expected 401")
        self.lab.expect(answer.json() == REFUSAL, f"{what} was answered {answer.text[:80]}, expected {REFUSAL}")

    def opens(self, access: str) -> bool:
        answer = self.next.get("/ledger", headers={"Authorization": f"Bearer {access}"})
        return answer.status == 200 and answer.json() == {"member": MEMBER}


def ledger(lab: Lab) -> Ledger:
    return lab.once("ledger", lambda: Ledger(lab))


@check("contract", visible=True)
def one_tab_stays_signed_in(lab: Lab) -> str:
    one = ledger(lab)
    token = one.login()
    for _ in range(3):
        token = one.won(token)
        one.clock.advance(3600)
    one.refused("nobody-has-made-this-token", "a token that nobody has made")
    other = one.login()
    one.next.post("/logout", {"refresh": other}).expect(204)
    one.refused(other, "a token after its logout")
    one.clock.advance(30 * 86_400)
    one.refused(token, "a token of 30 days")
    return "3 exchanges in a row"


@check("grace", visible=True)
def a_late_tab_stays_signed_in(lab: Lab) -> str:
    one = ledger(lab)
    token = one.login()
    successor = one.won(token)
    one.late(token, "a tab that was late by 0 s")
    one.clock.advance(2)
    one.late(token, "a tab that was late by 2 s")
    one.clock.advance(GRACE_S - 3)
    for _ in range(3):
        one.late(token, f"a tab that was late by {GRACE_S - 1} s")
    one.clock.advance(600)
    one.won(one.won(successor))
    return "5 late tabs, and the login goes on"


@check("winner")
def exactly_one_gets_the_successor(lab: Lab) -> str:
    one = ledger(lab)
    before = len(one.database.statements)
    one.won(one.login())
    length = min(len(one.database.statements) - before, 8)
    tried = orders(length, most=10)
    token = one.login()
    for order in tried:
        race = interleaved(one.database, [lambda: one.begun(0, token), lambda: one.begun(1, token)], order)
        lab.expect(all(call.done for call in race.exchanges), "two tabs at once, and one waits for ever")
        statuses = [call.status or 500 for call in race.exchanges]
        told = f"two tabs at once were answered {statuses[0]} and {statuses[1]}, expected 200 twice"
        lab.expect(statuses == [200, 200], told)
        found = [one.tokens_in(call.wait())["refresh"] for call in race.exchanges]
        successors = [text for text in found if isinstance(text, str)]
        lab.expect(len(successors) == 1, f"two tabs at once got {len(successors)} successors, expected 1")
        one.clock.advance(60)
        token = one.won(successors[0])
    return f"1 successor in each of {len(tried)} orders of statements"


@check("thief")
def later_it_is_a_theft(lab: Lab) -> str:
    one = ledger(lab)
    token, other = one.login(), one.login()
    successor = one.won(token)
    one.clock.advance(GRACE_S + 1)
    one.refused(token, f"a token {GRACE_S + 1} s after its exchange")
    one.refused(successor, "the newest token of a login with a theft")
    one.refused(token, "a stolen token, once more")
    one.won(other)
    return "the login is over, another one goes on"


@check("thief")
def nobody_prolongs_the_moment(lab: Lab) -> str:
    one = ledger(lab)
    token = one.login()
    one.clock.advance(7200)
    successor = one.won(token)
    for _ in range(3):
        one.clock.advance(3)
        one.late(token, "a tab within the ten seconds")
    one.clock.advance(3)
    one.refused(token, "a token 12 s after its exchange, used every 3 s meanwhile")
    one.refused(successor, "the newest token of a login with a theft")
    return "ten seconds from the exchange, not from the last use"


@check("thief")
def a_login_that_has_ended_gets_nothing(lab: Lab) -> str:
    one = ledger(lab)
    token = one.login()
    successor = one.won(token)
    one.clock.advance(1)
    one.next.post("/logout", {"refresh": successor}).expect(204)
    one.refused(token, "a late tab of a login that was ended 0 s before")
    first = one.login()
    second = one.won(first)
    one.clock.advance(GRACE_S + 5)
    third = one.won(second)
    one.refused(first, "a stolen token")
    one.refused(second, "a late tab of a login that a theft has ended")
    one.refused(third, "the newest token of a login with a theft")
    return "0 of 3 served"
