"""What an attack is, and the three tables of them.

A *containment* attack returns "contained" when it got nothing, else what it got; its item expects "contained", so the
verdict `accepted` proves the wall. The other attacks must get one of the named verdicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

from greenroom.judge.results import Verdict

SECRET = 918_273_645
"""What the items of `forging` expect: it must never be found in the candidate's process."""

HELPERS = """\
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)

def refused(*attempts):
    for attempt in attempts:
        try:
            got = attempt()
        except OSError:
            continue
        return f"got {got!r}"
    return "contained"

def call(number, *words):
    code = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, words))
    if code < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return code
"""


@dataclass(frozen=True)
class Attack:
    """*source* defines `solve()`; it must get one of *verdicts*, and *message* must be part of what is said of it."""

    name: str
    source: str
    verdicts: tuple[Verdict, ...]
    message: str = ""
    x86_only: bool = False
    wall_s: float = 20.0


def attack(
    name: str, body: str, *verdicts: Verdict, message: str = "", x86_only: bool = False, wall_s: float = 20.0
) -> Attack:
    """An attack whose `solve` has *body*; by default it is a containment attack.

    *wall_s* is its wall limit: long, so that a busy host does not decide, but where nothing else can end it.
    """
    lines = dedent(body).strip().splitlines()
    source = HELPERS + "\ndef solve():\n" + "\n".join(f"    {line}" for line in lines) + "\n"
    return Attack(name, source, verdicts or (Verdict.accepted,), message, x86_only, wall_s)
