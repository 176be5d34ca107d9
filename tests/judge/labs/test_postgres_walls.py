"""What a hostile project can do to the PostgreSQL of the labs: nothing beyond its own database, and not for long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.judge.labs.conftest import Examine
from tests.servers import wait_until

from greenroom.judge import census
from greenroom.judge.environments import MissingError
from greenroom.judge.faults import BoxError
from greenroom.judge.postgres import installation, settings
from greenroom.judge.postgres.server import Lease, Server
from greenroom.judge.probes.client import Client, LostServerError, RefusedError
from greenroom.judge.results import Verdict
from greenroom.judge.starting import Host, default_interpreter

REFUSED = {
    "COPY (SELECT 1) TO PROGRAM 'cat > /tmp/x'": "42501",
    "COPY pg_class FROM PROGRAM 'id'": "42501",
    "COPY (SELECT 1) TO '/tmp/x'": "42501",
    "CREATE TABLE app.f (l text); COPY app.f FROM '/etc/ld.so.cache'": "42501",
    "SELECT pg_read_file('PG_VERSION')": "42501",
    "SELECT pg_read_binary_file('global/pg_control')": "42501",
    "SELECT pg_ls_dir('.')": "42501",
    "SELECT pg_stat_file('PG_VERSION')": "42501",
    "SELECT pg_ls_waldir()": "42501",
    "SELECT lo_import('/etc/passwd')": "42501",
    "SELECT lo_create(0)": "42501",
    "SELECT lo_from_bytea(0, 'x')": "42501",
    "SELECT lo_export(1, '/tmp/x')": "42501",
    "CREATE EXTENSION hstore": "42501",
    "CREATE EXTENSION dblink": "42501",
    "CREATE EXTENSION postgres_fdw": "42501",
    "CREATE FUNCTION app.s(text) RETURNS int AS 'libc.so.6', 'system' LANGUAGE c": "42501",
    "CREATE LANGUAGE plpython3u": "0A000",
    "LOAD 'dblink'": "42501",
    "CREATE ROLE other": "42501",
    "ALTER ROLE CURRENT_USER SUPERUSER": "42501",
    "SET ROLE postgres": "42501",
    "SET SESSION AUTHORIZATION postgres": "42501",
    "CREATE DATABASE more": "42501",
    "ALTER SYSTEM SET fsync = on": "42501",
    "SET temp_file_limit = -1": "42501",
    "SET deadlock_timeout = '1h'": "42501",
    "SET log_min_messages = debug5": "42501",
    "CREATE TEMP TABLE x (v int)": "42501",
    "CREATE TABLE public.x (v int)": "42501",
    "CREATE SCHEMA more": "42501",
    "DROP TABLE public.t": "42501",
    "ALTER TABLE public.t ADD COLUMN w int": "42501",
    "TRUNCATE public.t": "42501",
    "CREATE TRIGGER x AFTER INSERT ON public.t EXECUTE FUNCTION suppress_redundant_updates_trigger()": "42501",
    "CREATE RULE x AS ON SELECT TO public.t DO INSTEAD SELECT 1": "42501",
    "CREATE EVENT TRIGGER x ON sql_drop EXECUTE FUNCTION suppress_redundant_updates_trigger()": "42501",
    "CREATE TABLESPACE x LOCATION '/tmp'": "42501",
    "CREATE SUBSCRIPTION x CONNECTION 'host=/tmp' PUBLICATION y": "42501",
    "CREATE FOREIGN DATA WRAPPER x": "42501",
    "SELECT pg_reload_conf()": "42501",
    "SELECT pg_rotate_logfile()": "42501",
    "SELECT pg_switch_wal()": "42501",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'": "42501",
    "CHECKPOINT": "42501",
    "BEGIN; PREPARE TRANSACTION 'for ever'": "55000",
    "SELECT * FROM pg_authid": "42501",
    "SELECT generate_series(1, 100000000) ORDER BY 1 DESC": "53400",
    "SET work_mem = '1GB'; SELECT count(DISTINCT g) FROM generate_series(1, 20000000) g": "53200",
    "SELECT repeat('x', 1000000000)": "53200",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    try:
        installation.find()
    except MissingError as error:
        pytest.skip(str(error))
    with closing(Server(Host(default_interpreter()), 1, 1)) as made:
        yield made


@pytest.fixture
def lease(server: Server) -> Iterator[Lease]:
    found = server.lease()
    with closing(found.connect("own")) as own:
        own.run("CREATE TABLE t (v int); INSERT INTO t VALUES (1)")
    yield found
    found.give_back()


@pytest.fixture
def client(lease: Lease) -> Iterator[Client]:
    with closing(lease.connect("project")) as made:
        yield made


@pytest.mark.parametrize("sql", REFUSED)
def test_the_project_may_not(client: Client, sql: str) -> None:
    with pytest.raises(RefusedError) as refused:
        client.run(sql)
    assert refused.value.code == REFUSED[sql], refused.value


def test_the_project_may_change_rows_and_make_things_of_its_own(client: Client) -> None:
    client.run("INSERT INTO t VALUES (2); UPDATE t SET v = 3; DELETE FROM t WHERE v = 1")
    client.run("CREATE TABLE guard (v int); INSERT INTO guard VALUES (1)")
    client.run("DO $$ BEGIN PERFORM pg_advisory_xact_lock(1); END $$")
    assert client.run("SELECT current_user <> 'postgres', 'app.guard'::regclass = 'guard'::regclass") == [(True, True)]


def test_what_it_makes_does_not_deceive_the_examiner(lease: Lease, client: Client) -> None:
    client.run("CREATE TABLE app.t (v int); INSERT INTO app.t VALUES (99)")
    client.run("ALTER ROLE CURRENT_USER SET search_path = pg_temp")
    with closing(lease.connect("own")) as own:
        assert own.run("SELECT v FROM t") == [(1,)]


def test_databases_do_not_see_each_other(server: Server, lease: Lease, client: Client) -> None:
    other = server.lease()
    try:
        with closing(other.connect("project")) as neighbour:
            neighbour.run("CREATE TABLE app.secret (v int); INSERT INTO app.secret VALUES (7)")
            assert client.run("SELECT count(*) FROM pg_class WHERE relname = 'secret'") == [(0,)]
            for sql in ("SELECT pg_terminate_backend($1::int)", "SELECT pg_cancel_backend($1::int)"):
                with pytest.raises(RefusedError):
                    client.run(sql, neighbour.pid)
            text = "SELECT query FROM pg_stat_activity WHERE pid = $1::int"
            assert client.run(text, neighbour.pid) == [("<insufficient privilege>",)]
    finally:
        other.give_back()


def test_it_cannot_have_more_connections_than_its_share(lease: Lease) -> None:
    made = [lease.connect("project") for _ in range(settings.PROJECT_CONNECTIONS)]
    with pytest.raises(Exception, match="too many connections"):
        lease.connect("project")
    for one in made:
        one.close()


def test_a_statement_without_end_is_ended(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert f"'{settings.MOST_STATEMENT_S:g} s'" in settings.STALE
    monkeypatch.setattr(settings, "STALE", settings.STALE.replace(f"'{settings.MOST_STATEMENT_S:g} s'", "'1 s'"))
    client.run("SET statement_timeout = 0")
    with pytest.raises((RefusedError, LostServerError)):
        client.run("DO $$ BEGIN LOOP END LOOP; END $$")


def test_a_database_without_end_is_shut_and_the_others_have_room(server: Server, lease: Lease) -> None:
    other = server.lease()
    with closing(other.connect("own")) as neighbour:
        neighbour.run("CREATE TABLE room (v text)")
        until = time.monotonic() + 60
        while time.monotonic() < until:  # it comes again each time that its session is ended
            try:
                with closing(lease.connect("project")) as client:
                    client.run("SET statement_timeout = 0")
                    for number in range(1000):
                        rows = "SELECT repeat('x', 1000) FROM generate_series(1, 5000)"
                        client.run(f"CREATE TABLE app.t{number}_{client.pid} AS {rows}")
                        neighbour.run("INSERT INTO room VALUES (repeat('x', 1000))")
            except (RefusedError, LostServerError) as error:
                assert getattr(error, "code", "") != "53100", "the disk that all share was full"
            except BoxError as error:
                assert "not permitted to log in" in str(error)
                break
        else:
            pytest.fail("it was never shut out")
        extra = server.lease()
        with closing(lease.connect("own")) as own:
            (size,) = own.run("SELECT pg_database_size(current_database())")[0]
            assert int(str(size)) < 2 * settings.MOST_DATABASE_MB << 20
        extra.give_back()
    other.give_back()


def test_a_full_disk_is_waited_for_not_the_end_of_the_server(
    server: Server, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, create, refused = server._box, server._create, iter(range(3))

    def with_a_full_disk() -> Lease:
        if next(refused, None) is not None:
            raise RefusedError({"C": "53100", "M": "could not write to file: No space left on device"})
        return create()

    monkeypatch.setattr(server, "_create", with_a_full_disk)
    found = [server.lease() for _ in range(2)]
    assert server._box is box
    assert next(refused, None) is None
    for one in found:
        one.give_back()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_keeper_that_breaks_is_followed_by_another(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(server, "_tend", broken)
        with pytest.raises(BoxError, match="keeper"):
            server.lease()
        wait_until(lambda: server._keeper is None)
    server.lease().give_back()


def test_nothing_is_heard_outside_its_own_walls(server: Server, client: Client) -> None:
    assert server._box is not None
    assert {"namespaces", "seccomp", "no capabilities"} <= set(server._box.walls)
    looked_at = 0
    for pid in census.descendants(server._box.pid):
        try:
            told = Path(f"/proc/{pid}/status").read_text()
        except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            continue
        looked_at += 1
        status = dict(line.split(":\t", 1) for line in told.splitlines() if ":\t" in line)
        assert status["CapEff"].strip("0") == ""
        assert status["NoNewPrivs"] == "1"
        assert status["Seccomp"] == "2"
        if os.geteuid() == 0:
            assert set(status["Uid"].split()) != {"0"}
    assert looked_at
    assert client.run("SHOW listen_addresses") == [("",)]


def test_a_server_that_was_killed_is_started_anew(server: Server) -> None:
    server.lease().give_back()
    assert server._box is not None
    os.kill(server._box.pid, signal.SIGKILL)
    wait_until(lambda: server._box is None or not server._box.alive)
    found = server.lease()
    with closing(found.connect("project")) as client:
        assert client.run("SELECT 1") == [(1,)]
    found.give_back()


def test_it_ends_with_a_judge_that_is_killed() -> None:
    source = """
        import time
        from greenroom.judge import census
        from greenroom.judge.postgres.server import Server
        from greenroom.judge.starting import Host, default_interpreter
        server = Server(Host(default_interpreter()), 1, 1)
        lease = server.lease()
        print(server._box.pid, *census.descendants(server._box.pid), flush=True)
        time.sleep(600)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        assert len(pids) > 3
        process.kill()
    wait_until(lambda: not any(_lives(pid) for pid in pids))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize(
    "sent",
    [
        "b'\\\\0' * 100",
        "b'\\\\0\\\\0\\\\0\\\\x08\\\\x04\\\\xd2\\\\x16\\\\x2e'",
        "b'F\\\\0\\\\0\\\\0\\\\x04'",
        "b'Q\\\\x7f\\\\0\\\\0\\\\0'",
        "b'B\\\\0\\\\0\\\\0\\\\x06\\\\0\\\\0'",
        "b'p\\\\0\\\\0\\\\0\\\\x04'",
    ],
)
def test_bytes_that_no_driver_sends_hurt_only_the_sender(examine: Examine, server: Server, sent: str) -> None:
    app = f"""
        import greenroom_lab
        def send():
            connection = greenroom_lab.postgres()
            line = connection._usock._line
            line.write({sent.replace(chr(92) * 2, chr(92))})
            return line.readinto(bytearray(1))
        """
    checks = """
        @check("all")
        def one(lab):
            database = Postgres(lab, "SELECT 1")
            lab.call("app:send", seat=lab.process(database=database))
        @check("all")
        def two(lab):
            assert Postgres(lab, "SELECT 1").rows("SELECT 1") == [(1,)]
        """
    result = examine({"app.py": app}, checks, postgres=True)
    assert result.cases[1].verdict is Verdict.accepted, result
    assert result.cases[0].verdict in (Verdict.wrong_answer, Verdict.runtime_error), result.cases[0]


def test_the_driver_may_be_rewritten_and_changes_nothing_of_who_it_is(examine: Examine, server: Server) -> None:
    app = """
        import greenroom_lab
        from greenroom_lab import postgres
        from pg8000 import dbapi
        connect = dbapi.connect
        def as_superuser(user, **more):
            return connect("postgres", **more | {"database": "template1"})
        dbapi.connect = as_superuser
        def who():
            cursor = postgres().cursor()
            cursor.execute("SELECT current_user, current_database(), session_user")
            return list(cursor.fetchone())
        """
    checks = """
        @check("all")
        def one(lab):
            database = Postgres(lab, "SELECT 1")
            found = lab.call("app:who", seat=lab.process(database=database))
            assert len(set(found)) == 1 and found[0].startswith("lab_"), found
        """
    assert examine({"app.py": app}, checks, postgres=True).verdict is Verdict.accepted
