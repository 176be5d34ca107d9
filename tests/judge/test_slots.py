from __future__ import annotations

import subprocess
import sys

from greenroom.judge import slots

FIRST = 3_000_000  # far from what a running judge uses: nothing here becomes that user

HOLD = """
import sys
from greenroom.judge import slots
held = slots.take(3_000_000)
print(held.uid, flush=True)
sys.stdin.read()
"""


def test_no_two_living_slots_have_one_uid_and_the_lowest_free_is_next() -> None:
    first, second = slots.take(FIRST), slots.take(FIRST)
    assert (first.uid, second.uid) == (FIRST, FIRST + 1)
    first.give_back()
    third = slots.take(FIRST)
    assert third.uid == FIRST
    for slot in (second, third):
        slot.give_back()


def test_other_processes_keep_away_and_a_killed_one_gives_back() -> None:
    environment = {"PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        taken = int(other.stdout.readline())
        mine = slots.take(FIRST)
        assert mine.uid != taken
        mine.give_back()
        other.kill()
        other.wait()
    again = slots.take(FIRST)
    assert again.uid == taken
    again.give_back()
