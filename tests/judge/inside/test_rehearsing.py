"""What the rehearsal of the libraries leaves behind: speed, and nothing that a project could see."""

from __future__ import annotations

import json
import subprocess
import sys

_ASKED = """
import asyncio, json, os, threading
from greenroom.judge.inside import rehearsing

def state():
    return {
        "descriptors": sorted(os.listdir("/proc/self/fd")),
        "threads": [one.name for one in threading.enumerate()],
        "loop": vars(asyncio.get_event_loop_policy()._local),
    }

rehearsing.rehearse()  # imports what it needs
before = state()
rehearsing.rehearse()
from sqlalchemy.orm import DeclarativeBase
left = [
    one.__qualname__
    for one in DeclarativeBase.__subclasses__()
    if one.__module__ == rehearsing.__name__
]
steps = iter(range(1000))
rehearsing.rehearse_until(lambda: next(steps) < 0)
rehearsing.rehearse_until(lambda: next(steps) > 0)
print(json.dumps({"before": before, "after": state(), "left": left, "steps": next(steps)}))
"""


def test_nothing_of_it_remains() -> None:
    command = [sys.executable, "-W", "error", "-c", _ASKED]
    said = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["after"] == found["before"]
    assert found["left"] == []
    assert found["steps"] > 20  # it was gone through in small steps, and given up at once when wanted
