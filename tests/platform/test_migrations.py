"""The migrations make the tables that the code names, once, on each sort of database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import greenroom.accounts.tables
import greenroom.grading.monitoring.tables
import greenroom.grading.registry.tables
import greenroom.grading.scheduling.tables
import greenroom.grading.serving.tables
import greenroom.interview.tables  # noqa: F401
from greenroom.platform.database import Address, Database, metadata
from greenroom.platform.migrations import migrate

_MIGRATE = """
import sys
from pathlib import Path
from greenroom.platform.migrations import migrate

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
