"""Bringing the database to the newest schema, from inside the program."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from greenroom.platform import postgresql, sqlite
from greenroom.platform.addresses import Address
from greenroom.platform.database import turn_key


def migrations_folder() -> Path:
    """Where the migrations lie: in the wheel beside the code, in a checkout at its top."""
    package = Path(__file__).parent.parent
    packaged = package / "migrations"
    return packaged if packaged.is_dir() else package.parent.parent / "migrations"


def migrate(database: Address) -> None:
    """Run every migration that *database* lacks; of several processes that ask at once, one does, the others wait.

    Blocks. Raises EnvironmentFault for a full disk, a foreign file, or a PostgreSQL that cannot be used.
    """
    if isinstance(database, Path):
        _migrate_sqlite(database)
    else:
        # This is called where a loop runs already, and the driver needs one: it gets its own, in a thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _migrate_postgresql(database)).result()


def _migrate_sqlite(path: Path) -> None:
    engine = sqlite.migration_engine(path)
    try:
        with engine.connect() as connection:
            _upgrade(connection)
    except Exception as error:
        fault = sqlite.environment_fault(error, path)
        if fault is None:
            raise
        raise fault from error
    finally:
        engine.dispose()


async def _migrate_postgresql(address: str) -> None:
    engine = postgresql.migration_engine(address)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = 0"))
            await connection.execute(text(f"SELECT pg_advisory_xact_lock({turn_key('migrations')})"))
            await connection.run_sync(_upgrade)
    except Exception as error:
        fault = postgresql.explained(error, postgresql.place_of(address))
        if fault is None:
            raise
        raise fault from error
    finally:
        await engine.dispose()


def newest(folder: Path) -> str:
    """The number of the newest migration in *folder*, by which its file's name begins."""
    return max(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*_*.py"))


def _is_newest(connection: Connection) -> bool:
    if not inspect(connection).has_table("alembic_version"):
        return False
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [
        newest(migrations_folder())
    ]


def _upgrade(connection: Connection) -> None:
    if _is_newest(connection):
        return
    from alembic import command  # it loads for longer than all else here takes, and most starts need none of it
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
