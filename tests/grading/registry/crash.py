"""A process that registers and promotes a model, and is killed at a step: `crash.py FOLDER STEP`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.grading.models import linear_model
from tests.grading.registry.test_registry import GOOD_VERDICT, registry_in

from greenroom.grading.registry.linear import KIND, to_bytes
from greenroom.grading.registry.service import Origin
from greenroom.platform.database import Database


async def main(folder: Path, fatal: str) -> None:
    def on_step(name: str) -> None:
        if name == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    now = datetime(2026, 3, 3, tzinfo=UTC)
    registry = registry_in(Database(folder / "greenroom.db"), folder, on_step)
    content = to_bytes(linear_model("second", seed=2))
    await registry.register("second", KIND, content, origin=Origin(), metrics={}, now=now)
    await registry.nominate("second", now)
    await registry.promote("second", GOOD_VERDICT, now, champion="first", by=None)
    await registry.database.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
