"""A host that allows less: simulated by a parent whose system call filter refuses what the walls are made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.judge.tiers import interpreter_for

from greenroom.judge.inside import syscalls
from greenroom.judge.starting import default_interpreter

UNSHARE = {"x86_64": 272, "aarch64": 97}
LANDLOCK = 444
SOURCE = "def add_up(numbers):\n    return sum(numbers)\n"

LESS = """\
import ctypes, errno, os, struct, sys
from greenroom.judge.inside import seccomp, syscalls
refused = [int(word) for word in sys.argv[1].split(",")]
code = [(0x20, 0, 0, 0)]
for number in refused:
    code += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | errno.EPERM)]
code.append((0x06, 0, 0, 0x7FFF0000))
raw = b"".join(struct.pack("=HBBI", *one) for one in code)
held = ctypes.create_string_buffer(raw, len(raw))
syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
syscalls.prctl(syscalls.PR_SET_SECCOMP, 2, ctypes.byref(seccomp._Filter(len(code), ctypes.cast(held, ctypes.c_void_p))))
os.execv(sys.executable, [sys.executable, "-m", "greenroom.cli.main", *sys.argv[2:]])
"""


def greenroom(refused: list[int], *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "200"} | environment
    command = [sys.executable, "-c", LESS, ",".join(map(str, refused)), *arguments]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=90, check=False)


@pytest.fixture
def solution(tmp_path: Path) -> Path:
    path = tmp_path / "solution.py"
    path.write_text(SOURCE)
    return path


def judged(refused: list[int], pack: Path, solution: Path) -> dict[str, object]:
    done = greenroom(refused, "judge", "run", "--pack", str(pack), "--item", "add-up", str(solution), "--json")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_without_namespaces_the_next_tier_is_taken(pack: Path, solution: Path) -> None:
    # Tier 2 as root becomes another user, who cannot read an interpreter below /root: then there is none left.
    tier = 2 if interpreter_for(2) == default_interpreter() else 3
    found = judged([UNSHARE[syscalls.machine()]], pack, solution)
    assert found["tier"] == tier
    assert found["verdict"] == ("accepted" if tier == 2 else "judge-error")


def test_without_any_walls_nothing_is_run_and_the_reason_is_said(pack: Path, solution: Path) -> None:
    found = judged([UNSHARE[syscalls.machine()], LANDLOCK], pack, solution)
    assert (found["verdict"], found["tier"], found["cases"]) == ("judge-error", 3, [])
    assert "tier 1:" in str(found["message"])
    assert "tier 2:" in str(found["message"])


def test_a_server_for_others_does_not_start_without_walls(tmp_path: Path) -> None:
    refused = [UNSHARE[syscalls.machine()], LANDLOCK]
    done = greenroom(refused, "run", "--no-browser", GREENROOM_HOST="0.0.0.0", GREENROOM_DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "a server for others needs a sandbox" in done.stderr
    assert "GREENROOM_HOST=127.0.0.1" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_doctor_says_that_the_sandbox_is_missing(tmp_path: Path) -> None:
    done = greenroom([UNSHARE[syscalls.machine()], LANDLOCK], "doctor", "--json", GREENROOM_DATA_DIR=str(tmp_path))
    facts = {fact["name"]: fact for fact in json.loads(done.stdout)["facts"]}
    assert done.returncode == 1
    assert facts["sandbox"]["state"] == "missing"
    assert facts["sandbox"]["mend"]
