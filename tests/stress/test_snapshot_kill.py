"""`kill -9` while a snapshot is written: none of it is there afterwards, and the next one is whole."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from greenroom.grading.intake.schemas import Found
from greenroom.grading.intake.service import Snapshots
from greenroom.grading.intake.tables import snapshot_quarantine, snapshot_rows, training_snapshots
from greenroom.platform.database import Address, Database

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 1, 1, tzinfo=UTC)

_INGEST = """
import asyncio, sys, time
from pathlib import Path
from greenroom.grading.intake.service import Snapshots
from greenroom.platform.database import AsyncConnection, Database
from tests.stress.test_snapshot_kill import NOW, rows

address, stop_after = sys.argv[1], int(sys.argv[2])
execute, inserts = AsyncConnection.execute, 0

async def counted(self, statement, *given, **more):
    global inserts
    done = await execute(self, statement, *given, **more)
    if getattr(statement, "is_insert", False):
        inserts += 1
        if inserts == stop_after:
            print("here", flush=True)
            time.sleep(120)
    return done

AsyncConnection.execute = counted
database = Database(address if "://" in address else Path(address))
asyncio.run(Snapshots(database).ingest(rows(), NOW))
"""


def rows() -> list[Found]:
    good = [
        {"item": "i", "point": "p", "answer": f"answer {number}", "state": ("present", "absent")[number % 2]}
        for number in range(1200)
    ]
    return [Found("file", str(number), values) for number, values in enumerate([*good, {"no": "row"}])]


# The snapshot's own row is the first insert, its 1,200 rows three more, and the quarantine the last.
@pytest.mark.parametrize("stop_after", [1, 3, 5])
async def test_a_killed_ingestion_leaves_nothing(address: Address, stop_after: int) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])}
    command = [sys.executable, "-c", _INGEST, str(address), str(stop_after)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
    finally:
        process.kill()
        process.communicate()
    database = Database(address)
    try:
        async with database.read() as connection:
            for table in (training_snapshots, snapshot_rows, snapshot_quarantine):
                assert (await connection.execute(select(func.count()).select_from(table))).scalar_one() == 0
        snapshots = Snapshots(database)
        made = await snapshots.ingest(rows(), NOW)
        assert made.snapshot is not None
        content = await snapshots.read(made.snapshot.id)
        assert (len(content.rows), content.manifest["quarantined"]) == (1200, 1)
    finally:
        await database.close()
