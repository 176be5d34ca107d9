"""An exception of the project's, as its agent tells of it: a candidate's word, cut to what can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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


def raised_of(said: Any) -> Raised:
    """What an agent says of an exception; texts are cut, and what does not fit is left out."""
    if not isinstance(said, dict):
        return Raised("Exception", "", ())
    lines = []
    for one in said.get("lines") or ():
        if isinstance(one, dict) and isinstance(one.get("line"), int):
            lines.append((str(one.get("file"))[:200], one["line"], str(one.get("code"))[:200]))
    return Raised(str(said.get("type"))[:80], str(said.get("text"))[:1000], tuple(lines[:12]))
