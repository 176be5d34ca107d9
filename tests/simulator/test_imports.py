"""What importing costs: a server starts without numba, which takes a second; the first run brings it."""

from __future__ import annotations

import subprocess
import sys


def test_a_server_starts_without_numba() -> None:
    script = "import sys; from greenroom.entry import app; print('numba' in sys.modules, 'sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
