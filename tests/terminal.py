"""The `greenroom` command as a newcomer runs it."""

from __future__ import annotations

import subprocess
import sys


def greenroom(*words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greenroom.cli.main", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
