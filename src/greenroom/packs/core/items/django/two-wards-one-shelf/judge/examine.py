"""Two processes, and their statements in every order in which one request can interrupt another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Exchange, Service

SCHEMA = """
CREATE TABLE bank_stock (id integer PRIMARY KEY AUTOINCREMENT, "group" varchar(3) NOT NULL UNIQUE,
    units integer NOT NULL, note varchar(200) NOT NULL);
CREATE TABLE bank_movement (id integer PRIMARY KEY AUTOINCREMENT, units integer NOT NULL, station varchar(40) NOT NULL,
    stock_id bigint NOT NULL REFERENCES bank_stock (id));
CREATE INDEX movement_stock ON bank_movement (stock_id);
"""
GROUPS = ("0-", "0+", "A-", "A+", "B-", "B+", "AB-", "AB+")
MOST_STATEMENTS = 12
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


def bank() -> Database:
    stocks = [(at, group, at * 7 + 12, f"shelf {at}") for at, group in enumerate(GROUPS, 1)]
    movements = [(at, units) for at, _, units, _ in stocks]
    return Database(
        SCHEMA,
        [
            ("INSERT INTO bank_stock VALUES (?, ?, ?, ?)", stocks),
            ("INSERT INTO bank_movement (stock_id, units, station) VALUES (?, ?, 'inventory')", movements),
        ],
    )


@dataclass(frozen=True)
class Asking:
    """One request: what is done to the group AB-, and with what."""

    what: str
    body: dict[str, Any]

    def begin(self, service: Service) -> Exchange:
        return service.begin("POST", f"/stock/AB-/{self.what}", json_body=self.body)

    @property
    def told(self) -> str:
        return f"{self.what} {self.body.get('units', '')}".strip()


def taken(units: int) -> Asking:
    return Asking("issue", {"units": units, "station": "ward 3"})


def brought(units: int) -> Asking:
    return Asking("receive", {"units": units, "station": "donors"})


NOTE = Asking("note", {"note": "irradiated"})


@dataclass(frozen=True)
class House:
    database: Database
    here: Service
    there: Service

    def shelf(self) -> tuple[int, str]:
        ((units, note),) = self.database.rows("SELECT units, note FROM bank_stock WHERE \"group\" = 'AB-'")
        return units, note

    def set(self, units: int, note: str = "fresh") -> None:
        """So many units, which the journal knows of."""
        self.database.execute("DELETE FROM bank_movement WHERE stock_id = 7")
        self.database.execute("UPDATE bank_stock SET units = ?, note = ? WHERE id = 7", units, note)
        self.database.execute("INSERT INTO bank_movement (stock_id, units, station) VALUES (7, ?, 'inventory')", units)

    def journal(self) -> int:
        return int(self.database.rows("SELECT sum(units) FROM bank_movement WHERE stock_id = 7")[0][0])


def house(lab: Lab) -> House:
    """One database and two processes for all checks."""

    def begin() -> House:
        database = bank()
        return House(database, served(lab, database), served(lab, database))

    return lab.once("house", begin)


def served(lab: Lab, database: Database) -> Service:
    return lab.service("config.asgi:application", database=database, start=False)


def said(lab: Lab, exchange: Exchange) -> int:
    """The status, which is one of those that were agreed on."""
    exchange.wait_for(lambda one: one.done)
    why = exchange.raised.told if exchange.raised is not None else ""
    status = exchange.status
    lab.expect(
        status in (200, 409), f"{exchange.asked} was answered {status or 'not at all'}, expected 200 or 409 {why}"
    )
    return int(status or 0)


def interrupted(lab: Lab, at: int, first: Asking, second: Asking) -> tuple[int, int] | None:
    """Both statuses when *first* is held before its statement *at* and *second*, in another process, is not.

    None when it has no such statement. A second request that has to wait for the first one is waited for.
    """
    made = house(lab)
    database, mine, count = made.database, list[int](), [0]

    def hold(_sql: str, connection: int) -> bool:
        if not mine:
            mine.append(connection)
        count[0] += connection == mine[0]
        return connection == mine[0] and count[0] == at

    database.hold = hold
    one = first.begin(made.here)
    made.here.until(lambda: bool(database.held) or one.done)
    database.hold = None
    if not database.held:
        said(lab, one)
        return None
    other = second.begin(made.there)
    made.there.until(lambda: other.done or database.blocked > 0)
    database.release()
    return said(lab, one), said(lab, other)


@check("contract", visible=True)
def a_quiet_day(lab: Lab) -> str:
    service = house(lab).here
    path = "/stock/A-"
    before = service.get(path).expect(200).json()
    lab.expect(before == {"group": "A-", "units": 33, "note": "shelf 3"}, f"GET {path} gave {before}")
    asked = [
        ("issue", {"units": 2, "station": "ward 1"}, 200, 31),
        ("issue", {"units": 32, "station": "ward 2"}, 409, 31),
        ("receive", {"units": 4, "station": "donors"}, 200, 35),
        ("issue", {"units": 35, "station": "ward 3"}, 200, 0),
        ("issue", {"units": 1, "station": "ward 4"}, 409, 0),
        ("note", {"note": "empty"}, 200, 0),
    ]
    for what, body, status, left in asked:
        answer = service.post(f"{path}/{what}", body).expect(status).fields()
        lab.expect(answer.get("units") == left, f"{what} {body} gave {answer}, expected {left} units")
    found = service.get(path).expect(200).json()
    lab.expect(found == {"group": "A-", "units": 0, "note": "empty"}, f"at the end GET {path} gave {found}")
    rows = house(lab).database.rows("SELECT units, station FROM bank_movement WHERE stock_id = 3 ORDER BY id")
    wanted = [(33, "inventory"), (-2, "ward 1"), (4, "donors"), (-35, "ward 3")]
    lab.expect(rows == wanted, f"the journal of A- is {rows}, expected {wanted}")
    return "four changes, two refusals"


@check("contract")
def unknown_groups_are_not_found(lab: Lab) -> str:
    service, database = house(lab).there, house(lab).database
    before = database.rows("SELECT count(*), sum(units) FROM bank_movement")
    service.get("/stock/C+").expect(404)
    for what, body in (("issue", {"units": 1, "station": "x"}), ("receive", {"units": 1, "station": "x"})):
        service.post(f"/stock/C+/{what}", body).expect(404)
    service.post("/stock/C+/note", {"note": "x"}).expect(404)
    after = database.rows("SELECT count(*), sum(units) FROM bank_movement")
    lab.expect(before == after, "the journal was changed for a group that is not there")
    return "four times 404"


def every_order(lab: Lab, pairs: list[tuple[Asking, Asking]], units: int) -> int:
    """All orders of each pair; afterwards shelf and journal have what the answers said."""
    made, tried = house(lab), 0
    for first, second in pairs:
        for at in range(1, MOST_STATEMENTS):
            made.set(units)
            statuses = interrupted(lab, at, first, second)
            if statuses is None:
                break
            tried += 1
            expected = units
            for asking, status in zip((first, second), statuses, strict=True):
                if status == 200 and "units" in asking.body:
                    expected += asking.body["units"] * (-1 if asking.what == "issue" else 1)
            found = made.shelf()[0]
            told = f"{first.told} was interrupted by {second.told} before its statement {at}, with {units} units there"
            lab.expect(found >= 0, f"{told}: {found} units are left")
            lab.expect(found == expected, f"{told}, answered {statuses}: {found} units are left, expected {expected}")
            lab.expect(made.journal() == expected, f"{told}: the journal says {made.journal()}, expected {expected}")
            both = expected == units + sum(sign(one) for one in (first, second))
            possible = units + min(sign(first), sign(second), sign(first) + sign(second)) >= 0
            lab.expect(both or not possible, f"{told}: answered {statuses}, though there were enough")
            lab.expect(200 in statuses, f"{told}: both were refused")
    return tried


def sign(asking: Asking) -> int:
    return asking.body.get("units", 0) * (-1 if asking.what == "issue" else 1)


@check("lost")
def no_change_is_lost(lab: Lab) -> str:
    pairs = [(taken(2), taken(3)), (brought(5), taken(4)), (taken(1), brought(6))]
    return f"{every_order(lab, pairs, 12)} orders of statements, 0 changes lost"


@check("zero")
def nobody_takes_what_is_gone(lab: Lab) -> str:
    tried = every_order(lab, [(taken(2), taken(2)), (taken(1), taken(3))], 3)
    return f"{tried} orders of statements, never below zero"


@check("fields")
def a_note_and_a_change_do_not_undo_each_other(lab: Lab) -> str:
    made, tried = house(lab), 0
    for first, second in ((taken(2), NOTE), (NOTE, taken(2)), (NOTE, brought(4))):
        wanted = (9 + sign(first) + sign(second), "irradiated")
        for at in range(1, MOST_STATEMENTS):
            made.set(9)
            statuses = interrupted(lab, at, first, second)
            if statuses is None:
                break
            tried += 1
            told = f"{first.told} was interrupted by {second.told} before its statement {at}"
            lab.expect(made.shelf() == wanted, f"{told}: units and note are {made.shelf()}, expected {wanted}")
    return f"{tried} orders of statements, units and notes as they should be"


@check("journal")
def a_power_cut_between_two_statements(lab: Lab) -> str:
    made = house(lab)
    for asking, service in ((taken(2), made.here), (brought(4), made.there)):
        made.set(9)
        cut(lab, made, asking, service)
        shelf, journal = made.shelf()[0], made.journal()
        lab.expect(
            shelf == journal, f"after a power cut in {asking.told}: {shelf} on the shelf, {journal} in the journal"
        )
    return "two power cuts after the first change; shelf and journal agree"


def cut(lab: Lab, made: House, asking: Asking, service: Service) -> None:
    """End the process once it has changed something and is about to send its next statement."""
    database, at = made.database, len(made.database.statements)

    def hold(_sql: str, _connection: int) -> bool:
        return any(one.sql.lstrip().upper().startswith(CHANGES) for one in database.statements[at:])

    database.hold = hold
    exchange = asking.begin(service)
    service.until(lambda: bool(database.held) or exchange.done)
    database.hold = None
    service.seat.crash()
    database.disconnect(service.seat)
