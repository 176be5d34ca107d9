"""The migrations make the tables that the code names, once, on each sort of database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import greenroom.accounts.tables
import greenroom.grading.intake.tables
import greenroom.grading.monitoring.tables
import greenroom.grading.registry.tables
import greenroom.grading.scheduling.tables
import greenroom.grading.serving.tables
import greenroom.interview.tables  # noqa: F401
from greenroom.platform.database import Address, Database, metadata
from greenroom.platform.migrations import migrate, migrations_folder, newest
from greenroom.platform.sqlite import migration_engine

_MIGRATE = """
import sys
from pathlib import Path
from greenroom.platform.migrations import migrate, migrations_folder, newest
from greenroom.platform.sqlite import migration_engine

address = sys.argv[1]
sys.stdin.read(1)
migrate(address if "://" in address else Path(address))
"""


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [one for one in compare_metadata(context, metadata) if "test_counters" not in str(one)]


@pytest.mark.anyio
async def test_migrations_match_the_tables_and_run_twice(new_address: Callable[[], Address]) -> None:
    address = new_address()
    migrate(address)
    migrate(address)
    database = Database(address)
    async with database.read() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


@pytest.mark.anyio
async def test_processes_that_start_at_once_migrate_once(new_address: Callable[[], Address]) -> None:
    address = new_address()
    command = [sys.executable, "-c", _MIGRATE, str(address)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        for _ in range(4)
    ]
    for one in running:
        assert one.stdin is not None
        one.stdin.write("x")
        one.stdin.flush()
    said = [(one.communicate(timeout=120)[1], one.returncode) for one in running]
    assert [code for _, code in said] == [0] * 4, said
    database = Database(address)
    async with database.read() as connection:
        versions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalars().all()
    await database.close()
    newest = max(path.stem[:4] for path in (Path(__file__).parents[2] / "migrations" / "versions").glob("0*.py"))
    assert versions == [newest]


def test_a_new_file_that_another_process_writes_is_waited_for(tmp_path: Path) -> None:
    """SQLite says "locked" at once here, whatever its timeout: seen when four processes made one database."""
    path = tmp_path / "greenroom.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other, ThreadPoolExecutor(1) as thread:
        other.execute("BEGIN IMMEDIATE")
        migrating = thread.submit(migrate, path)
        with pytest.raises(TimeoutError):
            migrating.result(timeout=0.5)
        other.execute("COMMIT")
        migrating.result(timeout=60)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_who_finds_the_newest_schema_does_not_even_load_alembic(new_address: Callable[[], Address]) -> None:
    assert newest(migrations_folder()) == ScriptDirectory(str(migrations_folder())).get_current_head()
    address = new_address()
    script = f"{_MIGRATE}\nprint('alembic' in sys.modules)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    loaded = [
        subprocess.run(
            [sys.executable, "-c", script, str(address)], input="x", capture_output=True, text=True, check=True,
            env=environment,
        ).stdout.strip()
        for _ in range(2)
    ]  # fmt: skip
    assert loaded == ["True", "False"]


def migrated_to(revision: str, path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    engine = migration_engine(path)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_links_and_invitations_of_before_they_were_keyed_open_nothing(tmp_path: Path) -> None:
    path, moment = tmp_path / "greenroom.db", "2026-03-02 09:00:00.000000"
    migrated_to("0005", path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO users (id, name, created_at) VALUES ('u', 'Ada', ?)", (moment,))
        connection.execute("INSERT INTO links VALUES ('plain', 'u', 'reset', ?, NULL)", (moment,))
        for number, used in ((1, moment), (2, None)):
            values = (str(number), str(number), moment, moment, used)
            connection.execute(
                "INSERT INTO invitations (id, secret_hash, role, created_at, expires_at, used_at)"
                " VALUES (?, ?, 'admin', ?, ?, ?)",
                values,
            )
    migrate(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM links").fetchall() == []
        withdrawn = "SELECT id FROM invitations WHERE withdrawn_at IS NOT NULL"
        assert connection.execute(withdrawn).fetchall() == [("2",)]
