"""Bringing the database to the newest schema, from inside the program."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError

from greenroom.platform.database import environment_fault


def migrations_folder() -> Path:
    """Where the migrations lie: in the wheel beside the code, in a checkout at its top."""
    package = Path(__file__).parent.parent
    packaged = package / "migrations"
    return packaged if packaged.is_dir() else package.parent.parent / "migrations"


def migrate(database: Path) -> None:
    """Run every migration that *database* lacks. Raises EnvironmentFault for a full disk or a foreign file."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{database}")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DatabaseError as error:
        fault = environment_fault(error, database)
        if fault is None:
            raise
        raise fault from error
    finally:
        engine.dispose()
