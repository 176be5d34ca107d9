"""The database loses nothing: no update, no committed word."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table, insert, select, text, update

from greenroom.kernel.errors import EnvironmentFault
from greenroom.platform.database import Database, Moment, metadata
from greenroom.platform.migrations import migrate

counters = Table(
    "test_counters", metadata, Column("id", Integer, primary_key=True), Column("value", Integer), Column("at", Moment)
)


async def prepare(path: Path) -> Database:
    database = Database(path)
    async with database.write() as connection:
        await connection.run_sync(counters.create)
        await connection.execute(insert(counters).values(id=1, value=0))
    return database


@pytest.mark.anyio
async def test_concurrent_read_modify_write_loses_no_update(tmp_path: Path) -> None:
    database = await prepare(tmp_path / "a.db")

    async def add_one() -> None:
        async with database.write() as connection:
            value = (await connection.execute(select(counters.c.value))).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(update(counters).values(value=value + 1))

    await asyncio.gather(*(add_one() for _ in range(50)))
    async with database.read() as connection:
        assert (await connection.execute(select(counters.c.value))).scalar_one() == 50
    await database.close()


@pytest.mark.anyio
async def test_two_processes_lose_no_update_either(tmp_path: Path) -> None:
    database = await prepare(tmp_path / "a.db")
    other = Database(tmp_path / "a.db")

    async def add_one(one: Database) -> None:
        async with one.write() as connection:
            value = (await connection.execute(select(counters.c.value))).scalar_one()
            await connection.execute(update(counters).values(value=value + 1))

    await asyncio.gather(*(add_one(one) for one in (database, other) for _ in range(20)))
    async with other.read() as connection:
        assert (await connection.execute(select(counters.c.value))).scalar_one() == 40
    await database.close()
    await other.close()


@pytest.mark.anyio
async def test_a_failed_unit_of_work_leaves_nothing(tmp_path: Path) -> None:
    database = await prepare(tmp_path / "a.db")
    with pytest.raises(RuntimeError, match="midway"):
        async with database.write() as connection:
            await connection.execute(update(counters).values(value=9))
            raise RuntimeError("midway")
    async with database.read() as connection:
        assert (await connection.execute(select(counters.c.value))).scalar_one() == 0
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
    await database.close()


@pytest.mark.anyio
async def test_moments_keep_their_instant_and_naive_ones_are_refused(tmp_path: Path) -> None:
    database = await prepare(tmp_path / "a.db")
    moment = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    async with database.write() as connection:
        await connection.execute(update(counters).values(at=moment))
    async with database.read() as connection:
        stored = (await connection.execute(select(counters.c.at))).scalar_one()
    assert (stored, stored.tzinfo) == (moment, UTC)
    with pytest.raises(Exception, match="naive"):
        async with database.write() as connection:
            await connection.execute(update(counters).values(at=datetime(2026, 5, 1)))  # noqa: DTZ001
    await database.close()


_WRITER = """
import asyncio, sys
from pathlib import Path
from sqlalchemy import text
from greenroom.platform.database import Database

async def main():
    database = Database(Path(sys.argv[1]))
    for number in range(1, 10**6):
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (:n)"), {"n": number})
        print(number, flush=True)

asyncio.run(main())
"""


def test_what_was_committed_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kept (n INTEGER PRIMARY KEY)")
    connection.close()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, env=environment
    ) as writer:
        assert writer.stdout is not None
        acknowledged = 0
        for line in writer.stdout:
            acknowledged = int(line)
            if acknowledged >= 25:
                writer.send_signal(signal.SIGKILL)
                break
    with sqlite3.connect(path) as connection:
        kept = {row[0] for row in connection.execute("SELECT n FROM kept")}
    connection.close()
    assert set(range(1, acknowledged + 1)) <= kept


def test_migrations_match_the_tables_and_run_twice(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    import greenroom.accounts.tables
    import greenroom.interview.tables  # noqa: F401

    path = tmp_path / "a.db"
    migrate(path)
    migrate(path)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if "test_counters" not in str(one)]
    engine.dispose()
    assert differences == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this is not a database " * 100)
    with pytest.raises(EnvironmentFault, match="not a Greenroom database"):
        migrate(path)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")


@needs_root
@pytest.mark.anyio
async def test_a_full_disk_is_said_and_nothing_that_was_accepted_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)], check=True)
    try:
        database = await prepare(disk / "a.db")
        accepted = 1
        with pytest.raises(EnvironmentFault, match="disk is full"):
            for number in range(2, 10_000):
                async with database.write() as connection:
                    await connection.execute(insert(counters).values(id=number, value=10**15 + number))
                accepted += 1
        (disk / "a.db-wal").stat()
        async with database.read() as connection:
            assert len((await connection.execute(select(counters.c.id))).all()) == accepted
        await database.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@needs_root
def test_a_read_only_folder_is_said_at_the_start(tmp_path: Path) -> None:
    from greenroom.platform.settings import load_settings, prepare_data_dir

    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(disk)], check=True)
    try:
        with pytest.raises(EnvironmentFault) as caught:
            prepare_data_dir(load_settings(data_dir=disk))
        assert f"{disk} cannot be written" in caught.value.message
        assert "GREENROOM_DATA_DIR" in caught.value.mend
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
