"""Failures of the judge or of an item: never of the candidate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class BoxError(Exception):
    """The sandbox failed, not what runs in it: it did not start, it ended, it did not answer."""


class BoxEndedError(BoxError):
    """It closed its end."""


class BoxTimeoutError(BoxError):
    """No answer by the deadline."""


class JudgeFaultError(Exception):
    """The judge or the item failed: the run says nothing about the candidate."""


class CancelledError(JudgeFaultError):
    """Somebody asked for the run to end."""


@contextmanager
def judge_faults(who: str) -> Iterator[None]:
    """Turn a failing sandbox into a JudgeFaultError that names *who*."""
    try:
        yield
    except BoxError as error:
        raise JudgeFaultError(f"{who}: {error}") from None
