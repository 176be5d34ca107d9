"""The database loses nothing: no update, no committed word."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, Table, insert, select, text, update

from greenroom.kernel.errors import EnvironmentFault
from greenroom.platform.database import Address, Database, Moment, insert_unless_there, metadata, take_turn
from greenroom.platform.migrations import migrate

counters = Table(
    "test_counters", metadata, Column("id", Integer, primary_key=True), Column("value", Integer), Column("at", Moment)
)

NewAddress = Callable[[], Address]


async def prepare(address: Address) -> Database:
    database = Database(address)
    async with database.write() as connection:
        await connection.run_sync(counters.create)
        await connection.execute(insert(counters).values(id=1, value=0))
    return database


@pytest.mark.anyio
@pytest.mark.parametrize("lock", ["row", "turn"])
async def test_concurrent_read_modify_write_loses_no_update(new_address: NewAddress, lock: str) -> None:
    database = await prepare(new_address())
    read = select(counters.c.value)

    async def add_one() -> None:
        async with database.write() as connection:
            if lock == "turn":
                await take_turn(connection, "counter")
            query = read.with_for_update() if lock == "row" else read
            value = (await connection.execute(query)).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(update(counters).values(value=value + 1))

    await asyncio.gather(*(add_one() for _ in range(50)))
    async with database.read() as connection:
        assert (await connection.execute(select(counters.c.value))).scalar_one() == 50
    await database.close()


@pytest.mark.anyio
async def test_two_servers_lose_no_update_either(new_address: NewAddress) -> None:
    address = new_address()
    database = await prepare(address)
    other = Database(address)

    async def add_one(one: Database) -> None:
        async with one.write() as connection:
            value = (await connection.execute(select(counters.c.value).with_for_update())).scalar_one()
            await connection.execute(update(counters).values(value=value + 1))

    await asyncio.gather(*(add_one(one) for one in (database, other) for _ in range(20)))
    async with other.read() as connection:
        assert (await connection.execute(select(counters.c.value))).scalar_one() == 40
    await database.close()
    await other.close()


@pytest.mark.anyio
async def test_a_failed_unit_of_work_leaves_nothing(new_address: NewAddress) -> None:
    database = await prepare(new_address())
    with pytest.raises(RuntimeError, match="midway"):
        async with database.write() as connection:
            await connection.execute(update(counters).values(value=9))
            raise RuntimeError("midway")
    async with database.read() as connection:
        assert (await connection.execute(select(counters.c.value))).scalar_one() == 0
    await database.close()


@pytest.mark.anyio
async def test_what_is_there_already_is_not_inserted_and_not_an_error(new_address: NewAddress) -> None:
    database = await prepare(new_address())

    async def add(value: int) -> bool:
        async with database.write() as connection:
            return await insert_unless_there(connection, counters, {"id": 2, "value": value})

    assert sum(await asyncio.gather(*(add(value) for value in range(8)))) == 1
    assert not await add(9)
    await database.close()


@pytest.mark.anyio
async def test_a_reader_sees_the_newest_committed_state(new_address: NewAddress) -> None:
    database = await prepare(new_address())
    async with database.read() as reader:
        for value in (0, 1, 2):
            async with database.write() as connection:
                await connection.execute(update(counters).values(value=value))
                assert (await reader.execute(select(counters.c.value))).scalar_one() == max(0, value - 1)
            assert (await reader.execute(select(counters.c.value))).scalar_one() == value
    await database.close()


@pytest.mark.anyio
async def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    database = await prepare(tmp_path / "a.db")
    async with database.read() as connection:
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
        assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 1
    await database.close()


@pytest.mark.anyio
async def test_moments_keep_their_instant_and_naive_ones_are_refused(new_address: NewAddress) -> None:
    database = await prepare(new_address())
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
