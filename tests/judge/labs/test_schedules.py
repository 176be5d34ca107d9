"""Interleaved transactions: faults are found, in the same order each time, and sound code is not blamed."""

from __future__ import annotations

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.results import Verdict

APP = """
import greenroom_lab
from sqlalchemy import create_engine, text

engine = create_engine("postgresql+pg8000://", creator=greenroom_lab.postgres)
serializable = engine.execution_options(isolation_level="SERIALIZABLE")

def warm():
    with engine.begin() as db:
        db.execute(text("SELECT 1"))
    with serializable.begin() as db:
        db.execute(text("SELECT 1"))

def value(db, number, tail=""):
    return db.execute(text("SELECT v FROM t WHERE id = :id" + tail), {"id": number}).scalar_one()

def put(db, number, found):
    db.execute(text("UPDATE t SET v = :v WHERE id = :id"), {"id": number, "v": found})

def forgetful(number):
    with engine.begin() as db:
        put(db, number, value(db, number) + 1)

def locking(number):
    with engine.begin() as db:
        put(db, number, value(db, number, " FOR UPDATE") + 1)

def serial(number):
    for _ in range(5):
        try:
            with serializable.begin() as db:
                put(db, number, value(db, number) + 1)
            return
        except Exception as error:
            if error.orig.args[0]["C"] != "40001":
                raise
    raise RuntimeError("gave up")

def crosswise(number):
    with engine.begin() as db:
        put(db, number, value(db, number, " FOR UPDATE") + 1)
        put(db, 3 - number, value(db, 3 - number, " FOR UPDATE") + 1)

def endless(number):
    while True:
        with engine.begin() as db:
            value(db, number)

def open_end(number):
    db = engine.connect()
    db.execute(text("SELECT 1"))
    globals()["kept"] = db
"""

CHECKS = """
from greenroom.judge.probes.lab import Lab

TABLE = "CREATE TABLE t (id int PRIMARY KEY, v int NOT NULL)"
ROWS = [("INSERT INTO t VALUES ($1, $2)", [(1, 0), (2, 0)])]

def workers(lab, database, count=2):
    seats = [lab.process(database=database) for _ in range(count)]
    for seat in seats:
        lab.call("app:warm", seat=seat)
    return seats

def tried(lab, name, arguments, total, **more):
    database = Postgres(lab, TABLE, ROWS)
    def check(run):
        for one in run.outcomes:
            if one.raised is not None:
                return f"raised {one.raised.type} {one.raised.text[:200]}"
        found = [v for (v,) in database.rows("SELECT v FROM t ORDER BY id")]
        return None if sum(found) == total else f"{found}, expected {total} together"
    actors = [calls(seat, f"app:{name}", number) for seat, number in zip(workers(lab, database), arguments)]
    return explore(database, actors, check, before=database.reset, **more)
"""


@pytest.mark.parametrize(
    ("name", "arguments", "total", "said"),
    [
        ("forgetful", (1, 1), 2, "[1, 0], expected 2 together"),
        ("crosswise", (1, 2), 4, "40P01"),
        ("endless", (1, 1), 0, "it has not come to an end after 100 statements"),
        ("open_end", (1, 1), 0, "a transaction was left open"),
    ],
)
def test_a_fault_is_found_in_the_same_order_each_time(
    on_postgres: Examine, name: str, arguments: tuple[int, int], total: int, said: str
) -> None:
    checks = f"""
@check("all")
def one(lab):
    found = [tried(lab, {name!r}, {arguments}, {total}) for _ in range(2)]
    assert len({{one.broken[0].run.told for one in found}}) == 1, [one.broken[0].run.told for one in found]
    assert len({{one.runs for one in found}}) == 1, found
    found[0].expect_sound()
"""
    case = on_postgres({"app.py": APP}, CHECKS + checks).cases[0]
    assert case.verdict is Verdict.wrong_answer, case.message
    assert said in str(case.message)


@pytest.mark.parametrize(
    ("name", "arguments", "total"), [("locking", (1, 1), 2), ("serial", (1, 1), 2), ("forgetful", (1, 2), 2)]
)
def test_sound_code_stands_every_order(on_postgres: Examine, name: str, arguments: tuple[int, int], total: int) -> None:
    checks = f"""
@check("all")
def one(lab):
    found = tried(lab, {name!r}, {arguments}, {total}, most_runs=60)
    assert found.complete, found.runs
    return found.expect_sound()
"""
    case = on_postgres({"app.py": APP}, CHECKS + checks).cases[0]
    assert case.verdict is Verdict.accepted, case.message
    assert "none breaks it" in str(case.message)


def test_all_orders_of_two_times_three_statements_are_twenty(on_postgres: Examine) -> None:
    checks = """
@check("all")
def one(lab):
    seen = []
    database = Postgres(lab, TABLE, ROWS)
    actors = [calls(seat, "app:forgetful", number) for seat, number in zip(workers(lab, database), (1, 2))]
    found = explore(database, actors, lambda run: seen.append(run.told), before=database.reset)
    assert found.runs == len(set(seen)) == 20 and found.complete, found
    few = explore(database, actors, lambda run: seen.append(run.told), before=database.reset, changes=1)
    assert few.runs == 6, few
    return seen[0]
"""
    case = on_postgres({"app.py": APP}, CHECKS + checks).cases[0]
    assert case.verdict is Verdict.accepted, case.message
    assert case.message == "1 SELECT, 1 UPDATE, 1 COMMIT, 2 SELECT, 2 UPDATE, 2 COMMIT"


def test_three_actors_and_two_in_one_process(on_postgres: Examine) -> None:
    app = (
        APP
        + """
from fastapi import FastAPI
app = FastAPI()

@app.post("/{kind}")
def post(kind: str):
    {"forgetful": forgetful, "locking": locking}[kind](1)
"""
    )
    checks = """
@check("all")
def one(lab):
    database = Postgres(lab, TABLE, ROWS)
    services = [lab.service("app:app", database=database) for _ in range(2)]
    def check(run):
        assert [one.status for one in run.outcomes] == [200] * 3, run
        return None if database.rows("SELECT v FROM t WHERE id = 1") == [(3,)] else "lost"
    for kind, count in (("locking", 0), ("forgetful", 1)):
        actors = [asks(services[at], "POST", f"/{kind}") for at in (0, 0, 1)]
        found = explore(database, actors, check, before=database.reset, most_runs=25)
        assert len(found.broken) == count, (kind, found)
"""
    case = on_postgres({"app.py": app}, CHECKS + checks).cases[0]
    assert case.verdict is Verdict.accepted, case.message


def test_a_wait_within_a_process_ends_nothing(on_postgres: Examine) -> None:
    app = (
        APP
        + """
import threading
from fastapi import FastAPI
app = FastAPI()
lock = threading.Lock()

@app.post("/")
def post():
    with lock:
        forgetful(1)
"""
    )
    checks = """
@check("all")
def one(lab):
    database = Postgres(lab, TABLE, ROWS)
    service = lab.service("app:app", database=database)
    service.post("/")
    actors = [asks(service, "POST", "/") for _ in range(2)]
    found = explore(database, actors, lambda run: None, before=database.reset, most_runs=2)
    assert database.rows("SELECT v FROM t WHERE id = 1") == [(2,)] and not found.broken, found
"""
    case = on_postgres({"app.py": app}, CHECKS + checks).cases[0]
    assert case.verdict is Verdict.accepted, case.message


SQLITE = """
import sqlite3
from greenroom_lab import connect

CONNECTION = connect(isolation_level=None)

def value():
    return CONNECTION.execute("SELECT v FROM t").fetchone()[0]

def forgetful():
    CONNECTION.execute("UPDATE t SET v = ?", (value() + 1,))

def in_transaction():
    CONNECTION.execute("BEGIN IMMEDIATE")
    CONNECTION.execute("UPDATE t SET v = ?", (value() + 1,))
    CONNECTION.execute("COMMIT")

def again():
    while True:
        try:
            CONNECTION.execute("BEGIN")
            CONNECTION.execute("UPDATE t SET v = ?", (value() + 1,))
            CONNECTION.execute("COMMIT")
            return
        except sqlite3.OperationalError:
            CONNECTION.execute("ROLLBACK")

def moved():
    CONNECTION.execute("UPDATE t SET v = v - 1")
    CONNECTION.execute("UPDATE t SET v = v + 1")
"""


@pytest.mark.parametrize(
    ("name", "verdict"), [("forgetful", "wrong-answer"), ("in_transaction", "accepted"), ("again", "accepted")]
)
def test_sqlite_has_schedules_too(examine: Examine, name: str, verdict: str) -> None:
    checks = f"""
        @check("all")
        def one(lab):
            database = Database("CREATE TABLE t (v INTEGER);")
            seats = [lab.process(database=database) for _ in range(2)]
            def before():
                database.execute("DELETE FROM t")
                database.execute("INSERT INTO t VALUES (0)")
            def check(run):
                return None if database.rows("SELECT v FROM t") == [(2,)] else "an addition was lost"
            actors = [calls(seat, "app:{name}") for seat in seats]
            found = explore(database, actors, check, before=before, changes=2)
            assert found.complete or found.broken
            return found.expect_sound()
        """
    case = examine({"app.py": SQLITE}, checks).cases[0]
    assert case.verdict.value == verdict, case.message
    if verdict == "wrong-answer":
        assert case.message == (
            "an addition was lost. The order of the statements: 1 SELECT, 2 SELECT, 2 UPDATE, 1 UPDATE"
        )


def test_a_process_crashes_at_every_boundary(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            database = Database("CREATE TABLE t (v INTEGER);")
            def before():
                database.execute("DELETE FROM t")
                database.execute("INSERT INTO t VALUES (5)")
            seen = []
            for name in ("moved", "in_transaction"):
                actor = lambda: calls(lab.process(database=database), f"app:{name}")
                for crash in crashes(database, actor, before=before):
                    seen.append((crash.executed, (crash.sql or "-").split()[0], database.rows("SELECT v FROM t")[0][0]))
            assert seen == [
                (0, "UPDATE", 5), (1, "UPDATE", 4), (2, "-", 5),
                (0, "BEGIN", 5), (1, "SELECT", 5), (2, "UPDATE", 5), (3, "COMMIT", 5), (4, "-", 6),
            ], seen
        """
    case = examine({"app.py": SQLITE}, checks).cases[0]
    assert case.verdict is Verdict.accepted, case.message
