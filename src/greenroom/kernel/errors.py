"""Errors that a person can act on.

    GreenroomError
    ├── InputError        what was handed in cannot be used; nothing was changed
    ├── NotFoundError     the named thing does not exist (or is not yours)
    ├── ConflictError     newer work is already there
    ├── CapacityError     try again later: a queue is full
    │   └── QuotaError    one's own share of the queue is used up
    └── EnvironmentFault  the machine, not the person: disk, permissions, missing parts

Every error carries the *mend*: one sentence that says what to do next.
"""

from __future__ import annotations


class GreenroomError(Exception):
    """Base of all expected errors: a message, a mend and, for the terminal, an exit code."""

    exit_code = 2
    status = 400
    code = "error"

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend

    def line(self) -> str:
        """The error as one line: what is wrong, then what to do."""
        return f"{self.message} — {self.mend}" if self.mend else self.message


class InputError(GreenroomError):
    """What was handed in cannot be used; nothing was changed."""

    status = 422
    code = "invalid-input"


class NotFoundError(GreenroomError):
    """The named thing does not exist, or it is not the caller's."""

    status = 404
    code = "not-found"


class ConflictError(GreenroomError):
    """Newer work is already there; the caller's copy is out of date."""

    status = 409
    code = "conflict"


class CapacityError(GreenroomError):
    """A bounded queue is full: trying again later will work, at the earliest after `retry_after_s` seconds."""

    status = 503
    code = "busy"
    retry_after_s = 10


class QuotaError(CapacityError):
    """The caller's own share of a bounded queue is used up: others still find room."""

    status = 429
    code = "too-many"


class EnvironmentFault(GreenroomError):
    """The machine stands in the way: a full disk, a read-only folder, a missing part."""

    status = 507
    code = "environment"
