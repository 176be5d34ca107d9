"""How a check of a project fails, and what is told of a process: how it ended, what it raised, what it uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class FailedError(Exception):
    """The project does not do what a check asks; the text says so to the candidate, with what was measured."""


class SlowError(Exception):
    """No answer came in time."""


class GarbledError(Exception):
    """The process has sent what no agent sends."""


class TooMuchError(Exception):
    """The project has the examiner do, or keep, more than any answer needs; the text says so to the candidate."""


@dataclass(frozen=True)
class Ended:
    """How a process ended: `killed` is the limit that it passed, if any; `said` the last of what it printed."""

    exit_code: int
    killed: str | None
    said: str


@dataclass(frozen=True)
class Usage:
    """What the kernel says of a process of the project and of all that it has made, out of their reach.

    Memory is above that of a process which has loaded the libraries and nothing else, in MB: now, and at most in its
    life. `cpu_s` is CPU time in seconds, which does not pass while it waits for a core.
    """

    resident_mb: float
    peak_mb: float
    cpu_s: float


class EndedError(Exception):
    """The process ended while it was needed."""

    def __init__(self, how: Ended) -> None:
        self.how = how
        super().__init__(how.said)


@dataclass(frozen=True)
class Raised:
    """An exception of the project: its type and text, and the lines that it passed, the last one last."""

    type: str
    text: str
    lines: tuple[tuple[str, int, str], ...]

    @property
    def told(self) -> str:
        """It in one or a few lines."""
        at = "".join(f"\n  {file}, line {line}: {code}" for file, line, code in self.lines[-4:])
        return f"{self.type}: {self.text}{at}" if self.text else f"{self.type}{at}"


class RaisedError(Exception):
    """The project raised; `what` is what."""

    def __init__(self, raised: Raised, during: str) -> None:
        self.what, self.during = raised, during
        super().__init__(f"{during}: {raised.told}")


def raised_of(said: Any) -> Raised:
    """What an agent says of an exception; texts are cut, and what does not fit is left out."""
    if not isinstance(said, dict):
        return Raised("Exception", "", ())
    lines = []
    for one in said.get("lines") or ():
        if isinstance(one, dict) and isinstance(one.get("line"), int):
            lines.append((str(one.get("file"))[:200], one["line"], str(one.get("code"))[:200]))
    return Raised(str(said.get("type"))[:80], str(said.get("text"))[:1000], tuple(lines[:12]))
