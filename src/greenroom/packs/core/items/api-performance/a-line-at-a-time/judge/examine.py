"""Exports that are read slowly, to the end or not."""

import csv
import io
import random
import re
import sqlite3

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.heartbeat import settle
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import UNLIMITED, Exchange, Service
from greenroom.judge.probes.usage import cost

AHEAD = 400
SHORT, LONG, WIDE, PEAK_MB = 300, 2000, 3000, 4
SCHEMA = "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, cents INTEGER NOT NULL, note TEXT);"


def orders_of(seed: int, size: int) -> list[tuple[int, str, int, str | None]]:
    rng = random.Random(seed)
    numbers = sorted(rng.sample(range(1, size * 3), size))
    return [
        (one, f"customer {rng.randrange(10**6)}", rng.randrange(10**5), rng.choice((None, "", "gift")))
        for one in numbers
    ]


def office(lab: Lab, rows: list[tuple[int, str, int, str | None]], *, own: bool = False) -> tuple[Database, Service]:
    """The service, where there are these orders; in a process of its *own*, also where one is still connected."""

    def make() -> tuple[Database, Service]:
        database = Database(SCHEMA)
        return database, lab.service("app:app", database=database)

    database, service = make() if own else lab.lasting("office", make)
    if not own and database.connections:
        database, service = make()
    database.execute("DELETE FROM orders")
    database.own.execute("BEGIN")
    database.own.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    database.own.execute("COMMIT")
    database.fetched, database.peak_connections = 0, database.connections
    return database, service


def written(rows: list[tuple[int, str, int, str | None]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("id", "customer", "cents", "note"), *rows])
    return text.getvalue()


def lines(asked: Exchange) -> int:
    """Orders that the client has taken: the first line has the names."""
    return max(0, sum(part.count(b"\n") for part in asked.parts) - 1)


def take(lab: Lab, service: Service, asked: Exchange, wanted: int) -> None:
    """Take part by part until there are *wanted* lines."""
    while lines(asked) < wanted and not asked.done:
        before = len(asked.parts)
        asked.give(1)
        came = service.within(lambda before=before: len(asked.parts) > before or asked.done)
        lab.expect(came, f"no more parts after {lines(asked)} lines")


def pause(service: Service) -> None:
    """Time for a project that reads on by itself, though nobody takes anything."""
    settle(service, 15)
    service.seat.board.settle(0.03)


@check("contract", visible=True)
def three_orders_are_exported(lab: Lab) -> str:
    rows = [(1, "Ada", 1250, None), (2, "Bo, Inc.", 99, 'said "now"'), (5, "Cy", 0, "two\nlines")]
    _, service = office(lab, rows)
    answer = service.get("/orders.csv").expect(200)
    lab.expect(answer.text == written(rows), f"got {answer.text!r}, expected {written(rows)!r}")
    lab.expect((answer.header("Content-Type") or "").startswith("text/csv"), f"it is {answer.header('Content-Type')}")
    lab.expect("orders.csv" in (answer.header("Content-Disposition") or ""), "it has no file name any more")
    return "3 orders and the names of the columns"


@check("contract")
def none_and_many_are_exported(lab: Lab) -> str:
    database, service = office(lab, [])
    for rows in ([], orders_of(1, 100), orders_of(2, 333)):
        database.execute("DELETE FROM orders")
        for row in rows:
            database.execute("INSERT INTO orders VALUES (?, ?, ?, ?)", *row)
        answer = service.get("/orders.csv").expect(200)
        lab.expect(answer.text == written(rows), f"the export of {len(rows)} orders is not right")
        lab.expect(answer.complete, "the export has no end")
    return "0, 100 and 333 orders"


@check("flat", visible=True)
def a_slow_client_holds_the_reading_back(lab: Lab) -> str:
    rows = orders_of(3, 1000)
    database, service = office(lab, rows)
    asked = service.begin("GET", "/orders.csv", credit=1)
    service.within(lambda: asked.parts or asked.done)
    worst = 0
    for wanted in (1, 150, 320):
        take(lab, service, asked, wanted)
        pause(service)
        worst = max(worst, database.fetched - lines(asked))
        lab.expect(worst <= AHEAD, f"{worst} rows read ahead of a client that has taken {lines(asked)}, budget {AHEAD}")
        lab.expect(lines(asked) <= database.fetched, "lines came that were not read")
        lab.expect(lines(asked) <= wanted + AHEAD, f"a part has {lines(asked)} lines, budget {AHEAD}")
    asked.give(UNLIMITED)
    lab.expect(asked.wait().text == written(rows), "the export of 1000 orders is not right")
    return f"{worst} rows read ahead at most, budget {AHEAD}"


@check("flat")
def a_long_table_takes_no_more_memory_than_a_short_one(lab: Lab) -> str:
    note = "n" * WIDE
    database, service = office(lab, [(number, "Ada", number, note) for number in range(1, SHORT + 1)], own=True)
    service.get("/orders.csv").expect(200)
    more = ((number, "Ada", number, note) for number in range(SHORT + 1, LONG + 1))
    database.own.execute("BEGIN")
    database.own.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", more)
    database.own.execute("COMMIT")
    with cost(service.seat) as used:
        answer = service.get("/orders.csv").expect(200)
    sent = len(answer.body) / 1e6
    lab.expect(answer.text.count(note) == LONG, f"the export of {LONG} orders is not right")
    told = f"{used.peak_mb:.1f} MB of memory for an export of {sent:.0f} MB, budget {PEAK_MB}"
    lab.measure("peak_mb", used.peak_mb)
    lab.expect(used.peak_mb <= PEAK_MB, told)
    return told if used.known else "memory is not measured on this system"


@check("flat")
def others_are_served_while_the_database_thinks(lab: Lab) -> str:
    rows = orders_of(4, 120)
    database, service = office(lab, rows)
    database.hold = lambda sql, connection: sql.lstrip().upper().startswith(("SELECT", "WITH"))
    asked = service.begin("GET", "/orders.csv")
    lab.expect(service.within(lambda: database.held or asked.done), "the export does not ask the database")
    health = service.begin("GET", "/health")
    lab.expect(service.within(lambda: health.done), "the database is slow, and /health is not answered")
    database.hold = None
    database.release()
    lab.expect(asked.wait().expect(200).text == written(rows), "the export of 120 orders is not right")
    return "/health is answered while the database thinks"


@check("whole")
def orders_that_stay_are_in_it_once(lab: Lab) -> str:
    rows = orders_of(5, 700)
    database, service = office(lab, rows)
    asked = service.begin("GET", "/orders.csv", credit=1)
    gone = set()
    for wanted in (110, 230, 340):
        take(lab, service, asked, wanted)
        pause(service)
        first = [row[0] for row in rows if row[0] not in gone][:40]
        try:
            database.own.execute(f"DELETE FROM orders WHERE id IN ({','.join(map(str, first))})")
        except sqlite3.OperationalError:  # the export's statement is still being read, and keeps the table as it is
            continue
        gone |= set(first)
    asked.give(UNLIMITED)
    text = asked.wait().text
    found = [int(line.partition(",")[0]) for line in text.splitlines() if re.match("[0-9]{1,9},", line)]
    missing = sum(row[0] not in set(found) for row in rows if row[0] not in gone)
    twice = len(found) - len(set(found))
    lab.expect(not missing and not twice, f"{missing} orders missing and {twice} there twice, budget 0 and 0")
    return "0 missing, 0 twice"


@check("closed")
def clients_that_leave_cost_nothing(lab: Lab) -> str:
    rows = orders_of(6, 600)
    database, service = office(lab, rows)
    for turn in range(4):
        asked = service.begin("GET", "/orders.csv", credit=1)
        take(lab, service, asked, 40 + 70 * turn)
        asked.disconnect()
        lab.expect(service.within(lambda asked=asked: asked.done), "an export goes on though its client is gone")
        pause(service)
        ahead = database.fetched
        pause(service)
        lab.expect(database.fetched == ahead, "rows are read for a client that is gone")
    lab.expect(service.get("/orders.csv").expect(200).text == written(rows), "the export of 600 orders is not right")
    peak = database.peak_connections
    lab.expect(peak <= 2, f"{peak} connections open at once after 5 exports one by one, budget 2")
    return f"{peak} connections open at most, budget 2"
