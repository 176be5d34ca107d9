"""Plans in words, and what the steps of a statement say of the rows that it reads."""

from __future__ import annotations

import sqlite3

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.plans import Plan
from greenroom.judge.probes.sql import ask
from greenroom.judge.results import Verdict

SCHEMA = """
CREATE TABLE orders (id INTEGER PRIMARY KEY, shop INTEGER, day INTEGER, state TEXT);
CREATE INDEX by_shop ON orders (shop, day);
CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER);
"""


def plan(sql: str) -> Plan:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    found = Plan.of(connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())
    connection.close()
    return found


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT * FROM orders", "reads every row of orders"),
        ("SELECT * FROM orders WHERE id = 1", "finds rows of orders by their key (rowid=?)"),
        ("SELECT shop, day FROM orders", "reads every entry of the index by_shop"),
        ("SELECT * FROM orders ORDER BY shop", "reads every entry of the index by_shop, and its row of orders"),
        (
            "SELECT day FROM orders WHERE shop = 1 AND day > 2",
            "finds entries of the index by_shop (shop=? AND day>?), and needs no row of orders",
        ),
        (
            "SELECT * FROM orders WHERE shop = 1 ORDER BY state",
            "finds rows of orders by the index by_shop (shop=?)\nsorts what was read for ORDER BY",
        ),
        (
            "SELECT * FROM orders WHERE shop = 1 ORDER BY day, state",
            "finds rows of orders by the index by_shop (shop=?)\nsorts what was read for the rest of ORDER BY",
        ),
        (
            "SELECT id FROM orders WHERE id IN (SELECT order_id FROM lines)",
            "finds rows of orders by their key (rowid=?)\nlist subquery 1\n  reads every row of lines",
        ),
        (
            "SELECT * FROM lines JOIN orders ON day = order_id",
            "reads every row of lines\n"
            "finds entries of an index that it builds for this statement alone (day=?), and needs no row of orders",
        ),
        ("SELECT max(id) FROM lines", "finds the first or the last row of lines"),
    ],
)
def test_a_plan_is_told_in_words(sql: str, told: str) -> None:
    assert plan(sql).told == told


def test_a_plan_says_what_is_scanned_sorted_and_used() -> None:
    good = plan("SELECT * FROM orders WHERE shop = 1 ORDER BY day")
    assert (good.scans("orders"), good.sorts, good.uses("by_shop")) == (False, False, True)
    bad = plan("SELECT * FROM orders WHERE day = 1 ORDER BY state")
    assert (bad.scans("orders"), bad.sorts, bad.uses("by_shop")) == (True, True, False)


def test_steps_bound_the_rows_that_are_read() -> None:
    rows = [(number, number % 50, number % 9, "open") for number in range(1, 5001)]
    database = Database(SCHEMA, [("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)])
    for sql, read in (
        ("SELECT count(*) FROM orders WHERE state = 'gone'", 5000),
        ("SELECT count(*) FROM orders WHERE shop = 7 AND state = 'gone'", 100),
        ("SELECT * FROM orders WHERE id = 9", 1),
    ):
        assert 3 * read <= ask(database, sql).steps <= 20 * read + 200


APP = """
    from greenroom_lab import connect
    OPEN = []
    def read(sql):
        return len(connect().execute(sql).fetchall())
    def hold(count):
        OPEN.extend(connect() for _ in range(count))
    def release():
        while OPEN:
            OPEN.pop().close()
    """

CHECKS = """
        SCHEMA = "CREATE TABLE orders (id INTEGER PRIMARY KEY, shop INTEGER, state TEXT);"
        ROWS = [(number, number % 50, "open") for number in range(1, 5001)]

        def shop():
            return Database(SCHEMA, [("INSERT INTO orders VALUES (?, ?, ?)", ROWS)])
    """


def test_steps_count_whatever_is_fetched_later(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            database = shop()
            seat = lab.process(database=database)
            for sql in ("SELECT id FROM orders", "SELECT id FROM orders WHERE shop + 0 = 3", "SELECT 1"):
                lab.measure(f"r{len(database.statements)}", lab.call("app:read", sql, seat=seat))
            for number, statement in enumerate(database.statements):
                lab.measure(f"s{number}", statement.steps)
        """
    found = examine({"app.py": APP}, CHECKS + checks).measures
    assert [found[f"r{number}"] for number in range(3)] == [5000, 100, 1]
    assert 15 <= found["s0"] <= 60  # thousands, for 5,000 rows handed over in portions of 100
    assert 20 <= found["s1"] <= 60
    assert found["s2"] == 0


def test_a_project_cannot_use_up_what_the_examiner_has(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            for _ in range(4):
                database = shop()
                seat = lab.process(database=database)
                try:
                    lab.call("app:hold", 700, seat=seat)
                except Exception as error:
                    assert "OperationalError: too many connections" in str(error), error
                assert database.connections == 100
                lab.end(seat)
                assert database.connections == 0
        """
    result = examine({"app.py": APP}, CHECKS + checks)
    assert result.verdict is Verdict.accepted, (result.message, result.cases)


def test_a_server_gives_so_many_connections_and_no_more(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            database = shop()
            database.most_connections = 3
            seat = lab.process(database=database)
            lab.call("app:hold", 3, seat=seat)
            assert (database.connections, database.refused) == (3, 0)
            try:
                lab.call("app:hold", 1, seat=seat)
            except Exception as error:
                lab.measure("told", "OperationalError: too many connections" in str(error))
            lab.measure("refused", database.refused)
            lab.call("app:release", seat=seat)
            assert database.connections == 0
            lab.call("app:hold", 2, seat=seat)
            assert (database.connections, database.peak_connections, database.opened) == (2, 3, 5)
        """
    result = examine({"app.py": APP}, CHECKS + checks)
    assert result.measures == {"told": 1, "refused": 1}, result.cases
    assert result.cases[0].message is None
