"""A server process as `greenroom.cli.workers` starts it, with a clock that tests move and hashes that are cheap."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from greenroom.accounts.passwords import Passwords
from greenroom.cli import workers
from greenroom.kernel.clock import SystemClock

CLOCK = "GREENROOM_TEST_CLOCK"
"""The variable with the path of the file in which the time stands."""


def main() -> None:
    """The worker's main, with the socket's descriptor as its argument."""
    path = Path(os.environ[CLOCK])

    def now(self: SystemClock) -> datetime:
        return datetime.fromisoformat(path.read_text(encoding="ascii"))

    SystemClock.now = now  # type: ignore[method-assign]
    (Passwords.__init__.__kwdefaults__ or {})["memory_kib"] = 64
    workers.main()


if __name__ == "__main__":
    main()
