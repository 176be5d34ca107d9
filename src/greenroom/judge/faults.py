"""Failures of the judge or of an item: never of the candidate."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class BoxError(Exception):
    """The sandbox failed, not what runs in it: it did not start, it ended, it did not answer."""


class BoxEndedError(BoxError):
    """It closed its end."""


class BoxTimeoutError(BoxError):
    """No answer by the deadline."""


class UnbegunError(BoxError):
    """The case's process ended before anything of the candidate's ran in it."""


class JudgeFaultError(Exception):
    """The judge or the item failed: the run says nothing about the candidate."""


class LostError(JudgeFaultError):
    """A sandbox of the judge's ended, or did not answer, for no reason of the item's: the run may be repeated."""


class CancelledError(JudgeFaultError):
    """Somebody asked for the run to end."""


@contextmanager
def judge_faults(who: str) -> Iterator[None]:
    """Turn a failing sandbox into a JudgeFaultError that names *who*; one that was lost into LostError."""
    try:
        yield
    except (BoxEndedError, BoxTimeoutError) as error:
        raise LostError(f"{who}: {error}") from None
    except BoxError as error:
        raise JudgeFaultError(f"{who}: {error}") from None


def begin(thread: threading.Thread) -> None:
    """Start *thread*. Raises BoxError when the host has no room for another."""
    try:
        thread.start()
    except RuntimeError as error:
        raise BoxError(f"no thread can be started: {error}") from None


def line(kind: int = socket.SOCK_STREAM) -> tuple[socket.socket, socket.socket]:
    """Two ends of a new line to another process. Raises BoxError when this process may open no more files."""
    try:
        return socket.socketpair(socket.AF_UNIX, kind)
    except OSError as error:
        raise BoxError(f"no socket can be opened: {error.strerror}") from None
