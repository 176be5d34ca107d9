"""The lab's storage as a project's client shows it: files by name, kept by the examiner.

Frames: {what: read | write | rename | delete | list, name, new} with the written bytes -> {} with the read bytes, or
the encoded names of `list`. A reply with {error: {type, text}} raises that.
"""

from __future__ import annotations

from .. import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .agent import Agent

_ERRORS = {"FileNotFoundError": FileNotFoundError, "ValueError": ValueError}


class Storage:
    """Files by name. What has returned is durable."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent

    def read(self, name: str) -> bytes:
        """What is in the file. Raises FileNotFoundError."""
        return self._ask("read", name)

    def write(self, name: str, content: bytes) -> None:
        """Make the file, or write it anew: when the power fails meanwhile, only a beginning is there."""
        self._ask("write", name, bytes(content))

    def rename(self, name: str, to: str) -> None:
        """Let the file have another name, in one step; one that had this name is gone. Raises FileNotFoundError."""
        self._ask("rename", name, new=to)

    def delete(self, name: str) -> None:
        """Remove the file. Raises FileNotFoundError."""
        self._ask("delete", name)

    def list(self, prefix: str = "") -> list[str]:
        """The names that begin with *prefix*, sorted."""
        names: list[str] = values.decode(self._ask("list", prefix))
        return names

    def _ask(self, what: str, name: str, content: bytes = b"", **more: Any) -> bytes:
        reply, given = self._agent.ask({"to": "storage", "what": what, "name": name, **more}, content)
        error = reply.get("error")
        if error is not None:
            raise _ERRORS.get(error["type"], OSError)(error["text"])
        return given
