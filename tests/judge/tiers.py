"""Which interpreter the walls of a tier let run on this host."""

from __future__ import annotations

import pytest

from greenroom.judge import walls
from greenroom.judge.faults import BoxError
from greenroom.judge.starting import Host, default_interpreter

SYSTEM_PYTHON = "/usr/bin/python3"


def interpreter_for(tier: int) -> str:
    """This environment's interpreter, or the system's where another user cannot read this one; skips without either."""
    said = []
    for interpreter in (default_interpreter(), SYSTEM_PYTHON):
        try:
            walls.try_tier(Host(interpreter), tier)
        except BoxError as error:
            said.append(str(error))
        else:
            return interpreter
    pytest.skip(f"no tier {tier} here: {'; '.join(said)}")
