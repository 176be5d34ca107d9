"""Bringing the database to the newest schema, from inside the program."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from greenroom.platform import postgresql, sqlite
from greenroom.platform.database import Address, turn_key


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


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
