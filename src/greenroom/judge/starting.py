"""Starting the interpreter that becomes a sandbox or a zygote, and what all of them are made of."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from greenroom.judge.environments import PLAIN, Environment
from greenroom.judge.faults import BoxError

_LAUNCH = Path(__file__).parent / "inside" / "launch.py"


@dataclass(frozen=True)
class Host:
    """What boxes are made of: the *interpreter* that runs inside, a folder for scratch files, the first slot's uid."""

    interpreter: str
    scratch: Path | None = None
    first_uid: int = 61_500


def default_interpreter() -> str:
    """The base interpreter of this process: not the virtual environment's link, whose target must be found anyway."""
    base: str = getattr(sys, "_base_executable", sys.executable) or sys.executable
    return os.path.realpath(base)


def launch(
    interpreter: str, descriptor: int, kind: Literal["box", "zygote"], environment: Environment = PLAIN
) -> subprocess.Popen[bytes]:
    """Run `inside/launch.py` with *descriptor* as its only one, no variables and a session of its own.

    It loads the libraries of *environment* first. Raises BoxError when the interpreter cannot be started.
    """
    arguments = [str(descriptor), kind, environment.name, *environment.paths]
    try:
        return subprocess.Popen(  # noqa: S603 (an interpreter of ours, a script of ours)
            [interpreter, "-I", "-S", "-B", str(_LAUNCH), *arguments],
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("GREENROOM_JUDGE_STDERR") else subprocess.DEVNULL,
            pass_fds=(descriptor,),
            start_new_session=True,
        )
    except OSError as error:
        raise BoxError(f"{interpreter} does not start: {error.strerror}") from None
