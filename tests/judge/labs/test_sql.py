"""A candidate's SQL on the examiner's data: what it may, how far it may go, and what is said when it may not."""

from __future__ import annotations

import pytest

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab
from greenroom.judge.probes.seats import FailedError, SlowError
from greenroom.judge.probes.sql import May, Sql, ask, parts_of

SCHEMA = """
CREATE TABLE visits (id INTEGER PRIMARY KEY, place TEXT NOT NULL, day INTEGER NOT NULL);
CREATE INDEX by_place ON visits (place);
"""
VISITS = [(number, f"place {number % 7}", number % 30) for number in range(1, 501)]


@pytest.fixture
def database() -> Database:
    return Database(SCHEMA, [("INSERT INTO visits VALUES (?, ?, ?)", VISITS)])


def sql(text: str) -> Sql:
    return Sql(Lab(None, {"answer.sql": text.encode()}, visible_only=False), "answer.sql")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("-- nothing\n/* at all */ ;", []),
        ("SELECT 1", [("SELECT 1", 1)]),
        ("SELECT ';' ;\n\nSELECT 2;\n-- end", [("SELECT ';' ;", 1), ("SELECT 2;", 3)]),
        ("-- first\nSELECT 1; -- ; not here\n", [("-- first\nSELECT 1;", 1)]),
        (
            "CREATE TRIGGER t AFTER INSERT ON v BEGIN SELECT 1; SELECT 2; END; SELECT 3",
            [("CREATE TRIGGER t AFTER INSERT ON v BEGIN SELECT 1; SELECT 2; END;", 1), ("SELECT 3", 1)],
        ),
    ],
)
def test_a_file_is_split_into_statements(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(part.sql, part.line) for part in parts_of(text)] == expected


def test_a_query_is_answered_with_its_plan_and_its_work(database: Database) -> None:
    found = sql("SELECT count(*) AS many FROM visits WHERE place = ?").query(database, "place 3")
    assert (found.columns, found.rows) == (("many",), [(72,)])
    assert found.plan is not None
    assert found.plan.uses("by_place")
    assert not found.plan.scans("visits")


def test_more_work_is_seen_and_an_index_makes_it_less(database: Database) -> None:
    text = "SELECT count(*) FROM visits WHERE day = 3"
    before = sql(text).query(database)
    assert before.plan is not None
    assert before.plan.scans("visits")
    sql("CREATE INDEX by_day ON visits (day);").execute(database, "build")
    after = sql(text).query(database)
    assert after.rows == before.rows
    assert after.plan is not None
    assert after.plan.uses("by_day")
    assert after.steps < before.steps
    own = ask(database, "SELECT * FROM visits WHERE day = ?", 3)
    assert own.plan is not None
    assert own.plan.uses("by_day")


@pytest.mark.parametrize(
    ("text", "may"),
    [
        ("DELETE FROM visits", "read"),
        ("CREATE TABLE more (id)", "read"),
        ("CREATE TABLE more (id)", "change"),
        ("ATTACH DATABASE '/tmp/other.db' AS other", "build"),
        ("VACUUM INTO '/tmp/copy.db'", "build"),
        ("PRAGMA journal_mode = OFF", "build"),
        ("PRAGMA writable_schema = ON", "build"),
        ("SELECT load_extension('x')", "build"),
        ("SELECT place REGEXP '(a+)+b' FROM visits", "build"),
        ("CREATE VIRTUAL TABLE t USING fts5(x)", "build"),
        ("DETACH DATABASE main", "build"),
    ],
)
def test_what_is_not_allowed_is_refused_and_changes_nothing(database: Database, text: str, may: May) -> None:
    before = list(database.own.iterdump())
    with pytest.raises(FailedError, match=r"answer\.sql, line 1"):
        sql(text).execute(database, may)
    assert list(database.own.iterdump()) == before


def test_what_is_allowed_is_done(database: Database) -> None:
    sql("UPDATE visits SET day = 99 WHERE id = 1; INSERT INTO visits VALUES (900, 'x', 1);").execute(database, "change")
    assert database.rows("SELECT day FROM visits WHERE id = 1") == [(99,)]
    sql("CREATE TABLE more (id INTEGER); INSERT INTO more SELECT id FROM visits; DROP TABLE visits;").execute(
        database, "build"
    )
    assert database.rows("SELECT count(*) FROM more") == [(501,)]


def test_a_transaction_that_is_left_open_is_undone(database: Database) -> None:
    sql("BEGIN; DELETE FROM visits;").execute(database, "change")
    assert database.rows("SELECT count(*) FROM visits") == [(500,)]


@pytest.mark.parametrize(
    "text",
    [
        "WITH RECURSIVE m(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM m) SELECT count(*) FROM m",
        "SELECT count(*) FROM visits a, visits b, visits c, visits d",
    ],
)
def test_what_does_not_end_is_ended(database: Database, text: str) -> None:
    with pytest.raises(SlowError, match="steps of SQLite's machine"):
        sql(text).query(database, most_steps=500_000)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("SELECT hex(zeroblob(900000000))", "too big"),
        ("WITH RECURSIVE m(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM m LIMIT 200000) SELECT n FROM m", "rows"),
        ("SELECT absent FROM visits", "no such column"),
        ("SELEC 1", "syntax error"),
        ("SELECT ?", "binding"),
        ("SELECT 1; SELECT 2", "it has 2 statements"),
        ("-- later", "it has 0 statements"),
    ],
)
def test_what_goes_wrong_is_told(database: Database, text: str, why: str) -> None:
    with pytest.raises(FailedError, match=why):
        sql(text).query(database)


def test_the_line_of_the_statement_is_told(database: Database) -> None:
    with pytest.raises(FailedError, match=r"answer\.sql, line 4: no such table: nowhere"):
        sql("SELECT 1;\n\n-- here\nSELECT *\nFROM nowhere;\n".replace("-- here\n", "\n")).execute(database, "read")
