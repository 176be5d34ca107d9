"""Two requests of two processes, one statement at a time; the lab's clock; the refresh kit."""

from __future__ import annotations

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.probes.refreshing import Sessions, orders, replayed, works_after_logout
from greenroom.judge.results import Verdict

NAIVE = """
    state = db.execute("SELECT spent FROM tokens WHERE id = 1").fetchone()[0]
    if not state:
        db.execute("UPDATE tokens SET spent = 1 WHERE id = 1")
    return not state
"""
ATOMIC = """
    return db.execute("UPDATE tokens SET spent = 1 WHERE id = 1 AND NOT spent").rowcount == 1
"""
LOCKED = """
    db.execute("BEGIN IMMEDIATE")
    state = db.execute("SELECT spent FROM tokens WHERE id = 1").fetchone()[0]
    db.execute("UPDATE tokens SET spent = 1 WHERE id = 1")
    db.execute("COMMIT")
    return not state
"""
DEFERRED = LOCKED.replace(" IMMEDIATE", "")
LEFT_OPEN = LOCKED.replace('    db.execute("COMMIT")\n', "    OPEN.append(db)\n")
APP = """\
from fastapi import FastAPI
from greenroom_lab import connect

app = FastAPI()
OPEN = []

def exchange(db):
    {body}

@app.post("/refresh")
def refresh() -> bool:
    db = connect(isolation_level=None)
    try:
        return exchange(db)
    finally:
        if db not in OPEN:
            db.close()
"""
CHECKS = """
    from greenroom.judge.probes.refreshing import interleaved, orders

    @check("all")
    def one(lab):
        script = "CREATE TABLE tokens (id INTEGER PRIMARY KEY, spent INTEGER); INSERT INTO tokens VALUES (1, 0)"
        database = Database(script)
        workers = [lab.service("app:app", database=database) for _ in range(2)]
        seen = []
        for order in orders(4):
            database.execute("UPDATE tokens SET spent = 0")
            race = interleaved(database, [lambda one=one: one.begin("POST", "/refresh") for one in workers], order)
            if not all(one.done for one in race.exchanges):
                return f"left waiting after {race.statements}"
            seen.append("".join({200: one.wait().text[0]}.get(one.status, "x") for one in race.exchanges))
        return " ".join(sorted(set(seen)))
    """


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (NAIVE, "tf tt"),
        (ATOMIC, "tf"),
        (LOCKED, "tf"),
        (DEFERRED, "ft tf tx xt"),
        (LEFT_OPEN, "left waiting after (3, 1)"),
    ],
    ids=["naive", "atomic", "locked", "deferred", "left-open"],
)
def test_what_orders_of_statements_bring_to_light(examine: Examine, body: str, seen: str) -> None:
    result = examine({"app.py": APP.format(body=body.strip())}, CHECKS)
    assert result.cases[0].message == seen


def test_every_order_interrupts_the_first_and_some_the_second() -> None:
    assert orders(2) == [(0, 1), (0, 1, 1), (0, 0, 1), (0, 0, 1, 1)]
    assert len(orders(9)) == 81
    few = orders(9, most=10)
    assert len(few) == len(set(few)) == 10
    assert set(few) <= set(orders(9))


def test_time_passes_when_the_examiner_says_so(examine: Examine) -> None:
    app = """
        import greenroom_lab
        def now():
            return greenroom_lab.now()
        """
    checks = """
        from greenroom.judge.probes.clock import START, Clock
        from greenroom.judge.probes.seats import RaisedError

        @check("all")
        def one(lab):
            clock = Clock()
            first, second = lab.process(clock=clock), lab.process(clock=clock)
            assert lab.call("app:now", seat=first) == START
            clock.advance(90.5)
            assert lab.call("app:now", seat=first) == lab.call("app:now", seat=second) == START + 90.5
            try:
                lab.call("app:now")
            except RaisedError as error:
                return error.what.text
        """
    result = examine({"app.py": app}, checks)
    assert (result.verdict, result.cases[0].message) == (Verdict.accepted, "this lab has no clock")


class Store:
    """Refresh tokens in memory; *flaws* are what it does not do."""

    def __init__(self, *flaws: str) -> None:
        self.flaws = flaws
        self.families: dict[str, int] = {}
        self.spent: set[str] = set()
        self.ended: set[int] = set()

    def login(self) -> str:
        return self._issue(len(self.families))

    def _issue(self, family: int) -> str:
        token = f"token {len(self.families)}"
        self.families[token] = family
        return token

    def refresh(self, token: str) -> str | None:
        family = self.families[token]
        if family in self.ended:
            return None
        if token in self.spent and "accepts" not in self.flaws:
            if "everybody" in self.flaws:
                self.ended.update(self.families.values())
            elif "no alarm" not in self.flaws:
                self.ended.add(family)
            return None
        self.spent.add(token)
        return self._issue(family)

    def logout(self, token: str) -> None:
        if "stays" not in self.flaws:
            self.ended.add(self.families[token])

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.login, self.refresh, self.logout)


@pytest.mark.parametrize(
    ("flaws", "found"),
    [
        ((), (False, False, True)),
        (("accepts",), (True, True, True)),
        (("no alarm",), (False, True, True)),
        (("everybody",), (False, False, False)),
    ],
)
def test_a_replay_shows_what_a_store_does(flaws: tuple[str, ...], found: tuple[bool, ...]) -> None:
    for depth in (1, 3):
        replay = replayed(Store(*flaws).sessions, depth=depth)
        assert (replay.accepted, replay.newest, replay.others) == found


def test_a_logout_that_ends_nothing_is_seen() -> None:
    assert not works_after_logout(Store().sessions)
    assert works_after_logout(Store("stays").sessions)
