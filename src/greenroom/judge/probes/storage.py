"""A project's files, kept by the examiner, and a power failure at any step of what is done with them.

The project asks for them outside its process (`greenroom_lab.storage()`), so the order of its steps, and what is left
of them when the process is gone, cannot be told otherwise than it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from greenroom.judge.inside import values
from greenroom.judge.probes.seats import FailedError, Seat

MOST_FILES = 1000
MOST_BYTES = 16 * 1024 * 1024
MOST_STEPS = 40
"""Changes in one call; a crash is tried at each."""

_LONGEST_NAME = 200

Mode = Literal["torn", "after"]


@dataclass(frozen=True)
class Step:
    """A change of the files: `write`, `rename` or `delete`."""

    what: str
    name: str


@dataclass
class Storage:
    """Files by name. `steps` are all changes so far.

    A write is not atomic, a rename is. `fail_at` lets the power fail at a step: then `failed` is that step, and the
    process hears of nothing any more.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    failed: Step | None = None
    _fail_at: tuple[int, Mode] | None = None

    def stand(self) -> None:
        """No failure is to come, and what failed is on again."""
        self.failed = self._fail_at = None

    def fail_at(self, step: int, mode: Mode) -> None:
        """Let the power fail at the *step*-th change from now, counted from 1.

        With `torn` a write leaves the first half of what it was to write; other changes are never torn. With `after`
        the change is made, and the process does not hear of it.
        """
        self.failed, self._fail_at = None, (len(self.steps) + step, mode)

    def serve(self, seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        """Do what the project's client asks; nothing is answered after a power failure."""
        what, name = str(asked["what"]), asked["name"]
        if self.failed is not None:
            return None
        if not isinstance(name, str) or len(name) > _LONGEST_NAME or not (name or what == "list"):
            return _error("ValueError", f"{str(name)[:80]!r} is not a name of 1 to {_LONGEST_NAME} characters")
        if what == "list":
            return {}, values.encode(sorted(one for one in self.files if one.startswith(name)))
        if what != "write" and name not in self.files:
            return _error("FileNotFoundError", f"there is no file {name!r}")
        if what == "read":
            return {}, self.files[name]
        return self._changed(what, name, asked, body)

    def _changed(self, what: str, name: str, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes] | None:
        kept = sum(len(content) for other, content in self.files.items() if other != name)
        if what == "write" and (kept + len(body) > MOST_BYTES or len(self.files) >= MOST_FILES):
            return _error("OSError", "no space is left in the storage")
        self.steps.append(Step(what, name))
        fails = self._fail_at is not None and self._fail_at[0] == len(self.steps)
        torn = fails and what == "write" and self._fail_at is not None and self._fail_at[1] == "torn"
        if what == "write":
            self.files[name] = body[: len(body) // 2] if torn else body
        elif what == "rename":
            self.files[str(asked["new"])[:_LONGEST_NAME]] = self.files.pop(name)
        elif what == "delete":
            del self.files[name]
        if fails:
            self.failed, self._fail_at = self.steps[-1], None
            return None
        return {}, b""


@dataclass
class Crashes:
    """Crash points of one function, each once: `next` arms the storage for it, until a call ends without a crash.

    A write has two of them, in the middle and after it, other changes one.
    """

    storage: Storage
    count: int = 0
    returned: Any = None
    _step: int = 1
    _mode: Mode = "torn"

    def call(self, seat: Seat, target: str, *arguments: Any) -> bool:
        """Call *target* in *seat*; True when the power failed in it at the next crash point, and the process is gone.

        False when it came to its end before: then all points have been tried, and `returned` is what it gave.
        Raises FailedError for more than MOST_STEPS changes, and as `Seat.wait`.
        """
        if self._step > MOST_STEPS:
            raise FailedError(f"more than {MOST_STEPS} changes of the storage in one {target.partition(':')[2]}()")
        self.storage.fail_at(self._step, self._mode)
        number = seat.request("call", values.encode([*arguments]), target=target)
        seat.until(lambda: self.storage.failed is not None or seat.has_answered(number))
        failed = self.storage.failed
        if failed is None:
            self.storage.stand()
            self.returned = seat.wait(number, during=f"{target.partition(':')[2]}() raised")
            return False
        seat.crash()
        self.storage.stand()
        self.count += 1
        if failed.what == "write" and self._mode == "torn":
            self._mode = "after"
        else:
            self._step, self._mode = self._step + 1, "torn"
        return True


def _error(kind: str, text: str) -> tuple[dict[str, Any], bytes]:
    return {"error": {"type": kind, "text": text}}, b""
