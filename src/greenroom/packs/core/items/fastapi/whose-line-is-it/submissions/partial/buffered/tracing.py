"""The id of the request that is being served, for whoever logs or calls another service."""

from contextvars import ContextVar
from uuid import uuid4

_current: ContextVar[str] = ContextVar("request_id", default="")


def new_id() -> str:
    return uuid4().hex


def begin(request_id: str) -> None:
    """From here on the work is that of *request_id*."""
    _current.set(request_id)


def request_id() -> str:
    """The id of the request at hand; empty outside of one."""
    return _current.get()
