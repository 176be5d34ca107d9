"""What PostgreSQL's troubles mean to a person, and that the server goes on after them."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Insert, insert, select, text
from tests.interview.builders import START
from tests.postgresql import Postgres

from greenroom.accounts.tables import users
from greenroom.kernel.errors import EnvironmentFault, InputError
from greenroom.platform.database import Database
from greenroom.platform.migrations import migrate
from greenroom.platform.postgresql import place_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def own() -> Iterator[Postgres]:
    """A server that may be stopped."""
    with Postgres() as server:
        yield server


def add_user(name: str) -> Insert:
    return insert(users).values({"id": name, "name": name, "created_at": START})


async def answer_of(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(text("SELECT 41 + 1"))).scalar_one())


async def fault_of(address: str) -> EnvironmentFault:
    """What is said of *address* by a unit of work, and the same by the migrations before it."""
    with pytest.raises(EnvironmentFault) as first:
        migrate(address)
    database = Database(address)
    try:
        with pytest.raises(EnvironmentFault) as caught:
            async with database.write():
                pass
    finally:
        await database.close()
    assert first.value.line() == caught.value.line()
    return caught.value


async def test_nobody_listens(tmp_path: Path) -> None:
    for address in (f"postgresql://me:secret@/nothing?host={tmp_path}", "postgresql://me:secret@127.0.0.1:1/nothing"):
        fault = await fault_of(address)
        assert "cannot be reached" in fault.message
        assert "start PostgreSQL" in fault.mend
        assert "secret" not in fault.line()


async def test_the_sign_in_is_refused(postgres: Postgres) -> None:
    postgres.ask("CREATE ROLE locked LOGIN PASSWORD 'right'")
    name = place_of(postgres.new_database()).split()[2]
    for user in ("locked:wrong", "locked"):
        fault = await fault_of(postgres.address(name, user=user))
        assert "refuses the sign-in" in fault.message
        assert "GREENROOM_DATABASE_URL" in fault.mend
    database = Database(postgres.address(name, user="locked:right"))
    assert await answer_of(database) == 42
    await database.close()


async def test_the_database_does_not_exist(postgres: Postgres) -> None:
    fault = await fault_of(postgres.address("missing"))
    assert "missing" in fault.message
    assert "createdb" in fault.mend


async def test_a_user_who_may_not_make_tables_is_told(postgres: Postgres) -> None:
    postgres.ask("CREATE ROLE guest LOGIN")
    name = place_of(postgres.new_database()).split()[2]
    with pytest.raises(EnvironmentFault) as caught:
        migrate(postgres.address(name, user="guest"))
    assert "owner" in caught.value.mend


async def test_no_connection_is_left(postgres: Postgres) -> None:
    postgres.ask("CREATE ROLE narrow LOGIN CONNECTION LIMIT 1")
    database = Database(postgres.address("postgres", user="narrow"))
    async with database.read():
        with pytest.raises(EnvironmentFault, match="no connection left") as caught:
            async with database.write():
                pass
    assert "GREENROOM_WORKERS" in caught.value.mend
    await database.close()


async def test_after_a_restart_it_goes_on_by_itself(own: Postgres) -> None:
    database = Database(own.new_database())
    assert await answer_of(database) == 42
    own.stop()
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        await answer_of(database)
    own.start()
    assert await answer_of(database) == 42
    await database.close()


async def test_a_session_that_is_ended_in_a_transaction_leaves_nothing(postgres: Postgres) -> None:
    database = Database(postgres.new_migrated_database())
    with pytest.raises(EnvironmentFault):
        async with database.write() as connection:
            await connection.execute(add_user("lost"))
            pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
            postgres.ask(f"SELECT pg_terminate_backend({pid})")
            await connection.execute(select(users.c.id))
    async with database.read() as connection:
        assert (await connection.execute(select(users.c.id))).all() == []
    await database.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small disk")
async def test_a_full_disk_is_said_and_nothing_that_was_accepted_is_lost(postgres: Postgres) -> None:
    disk = postgres.folder / "small"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], check=True)
    shutil.chown(disk, "nobody")
    database = Database(postgres.new_database())
    try:
        postgres.ask(f"CREATE TABLESPACE small LOCATION '{disk}'")
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE kept (n INTEGER, filling TEXT) TABLESPACE small"))
        accepted = 0
        with pytest.raises(EnvironmentFault, match="no space left"):
            for number in range(10_000):
                async with database.write() as connection:
                    row = {"n": number, "filling": "x" * 1500}
                    await connection.execute(text("INSERT INTO kept VALUES (:n, :filling)"), row)
                accepted += 1
        async with database.read() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM kept"))).scalar_one() == accepted > 0
        async with database.write() as connection:
            await connection.execute(text("DROP TABLE kept"))
        postgres.ask("DROP TABLESPACE small")
    finally:
        await database.close()
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize("name", ["a\x00b", "x" * 81])
async def test_what_cannot_be_stored_is_the_callers_fault(postgres: Postgres, name: str) -> None:
    database = Database(postgres.new_migrated_database())
    with pytest.raises(InputError):
        async with database.write() as connection:
            await connection.execute(add_user(name[:36]).values(name=name))
    await database.close()


async def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(EnvironmentFault, match="asyncpg") as caught:
        Database("postgresql://me@localhost/greenroom")
    assert "greenroom[scale]" in caught.value.mend


async def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="GREENROOM_DATABASE_URL"):
        Database("postgresql://me@localhost:port/greenroom")


async def test_a_password_is_never_shown() -> None:
    where = place_of("postgresql://me:secret@db.example:6000/greenroom")
    assert where == "PostgreSQL database greenroom at db.example:6000"
