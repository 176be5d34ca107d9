"""DMOJ's judge as a peer: its command line, running, is handed one submission after the other.

Its package needs the header of libseccomp to be built (`libseccomp-dev`); where that is missing, DMOJ is not measured.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path

_START_S = 60.0
_ANSWER_S = 20.0


class Dmoj:
    """A running `dmoj-cli` of the package in *packages*, with one problem in *folder*. Raises OSError without it."""

    def __init__(self, packages: Path, folder: Path) -> None:
        if not (packages / "dmoj").is_dir():
            raise FileNotFoundError("dmoj is not installed")
        problem = folder / "problems" / "onecase"
        problem.mkdir(parents=True, exist_ok=True)
        (problem / "init.yml").write_text("test_cases:\n- {in: a.in, out: a.out, points: 1}\n")
        (problem / "a.in").write_text("2\n")
        (problem / "a.out").write_text("4\n")
        interpreter = getattr(sys, "_base_executable", sys.executable)
        config = folder / "judge.yml"
        config.write_text(
            f"problem_storage_globs: ['{folder}/problems/*']\nruntime: {{python3: {os.path.realpath(interpreter)}}}\n"
        )
        self._source = folder / "dmoj.py"
        self._source.write_text("def solve(n):\n    return 2 * n\n\nprint(solve(int(input())))\n")
        (folder / "history").touch()
        start = f"import sys; sys.path.insert(0, {str(packages)!r}); from dmoj.cli import main; sys.exit(main())"
        options = ["-c", str(config), "--no-ansi", "-e", "PY3", "--history", str(folder / "history")]
        self._process = subprocess.Popen(
            [sys.executable, "-c", start, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._read(b"dmoj>", _START_S)

    def run(self) -> None:
        """One submission, from the command to its end."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"submit onecase PY3 {self._source} -tl 2 -ml 262144\n".encode())
        self._process.stdin.flush()
        said = self._read(b"Done grading", _ANSWER_S)
        assert b" AC " in said, said.decode(errors="replace")

    def _read(self, until: bytes, seconds: float) -> bytes:
        assert self._process.stdout is not None
        said, deadline = b"", time.monotonic() + seconds
        while until not in said:
            ready, _, _ = select.select([self._process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            part = os.read(self._process.stdout.fileno(), 65536) if ready else b""
            if not part:
                self._process.kill()
                raise OSError(f"dmoj does not answer: {said[-300:].decode(errors='replace')}")
            said += part
        return said

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
