"""`Server-Timing`: how long the stages of a request's life cycle took, told to an admin who asks for it.

The stages are measured where they happen. Each route has a second handler whose dependencies, parameters, endpoint and
response model note their time; it serves the requests that ask, and costs the others nothing.
"""

from __future__ import annotations

import copy
import functools
import inspect
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request, Response
from fastapi import routing as fastapi_routing
from fastapi.routing import APIRoute

from greenroom.web.lean import shortened

HEADER = b"x-server-timing"
STAGES = ("routing", "dependencies", "validation", "endpoint", "serialisation")
PRIVILEGED = "admin"

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass
class Timing:
    """The seconds of one request by stage. Time within a stage counts for the innermost one."""

    began: float = field(default_factory=time.perf_counter)
    spent: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    _inner: list[float] = field(default_factory=list)

    def routed(self) -> None:
        """The route was found."""
        self.spent["routing"] = time.perf_counter() - self.began

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What is done in the block belongs to the stage *name*."""
        began = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = time.perf_counter() - began
            self.spent[name] += took - self._inner.pop()
            if self._inner:
                self._inner[-1] += took

    def header(self) -> bytes:
        """The value of `Server-Timing` (milliseconds), with the total up to now."""
        parts = [f"{name};dur={seconds * 1000:.3f}" for name, seconds in self.spent.items()]
        return ", ".join((*parts, f"total;dur={(time.perf_counter() - self.began) * 1000:.3f}")).encode()


_current: ContextVar[Timing | None] = ContextVar("timing", default=None)


def asked_for(headers: list[tuple[bytes, bytes]]) -> bool:
    """Whether the request asks for its timing."""
    return (HEADER, b"1") in headers


def told_to(state: Mapping[str, Any]) -> bytes | None:
    """The header's value, where somebody asked who may know; None otherwise."""
    timing: Timing | None = state.get("timing")
    if timing is None:
        return None
    user = state.get("user")
    return timing.header() if user is not None and user.role.value == PRIVILEGED else None


class TimedRoute(APIRoute):
    """A route that notes its stages when it is asked to, and takes the short way else where it can."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:
        super().__init__(path, endpoint, **given)
        self.app = shortened(self, self.app)  # where it is included somewhere, that makes an application of its own

    def get_route_handler(self) -> _Handler:
        """Its handler: the plain one, or for a request that asks the one that notes."""
        plain, noting = super().get_route_handler(), self._noting_handler()

        async def handle(request: Request) -> Response:
            timing: Timing | None = request.scope["state"].get("timing")
            if timing is None:
                return await plain(request)
            timing.routed()
            token = _current.set(timing)
            try:
                return await noting(_NotingRequest(request.scope, request.receive, request._send))
            finally:
                _current.reset(token)

        return handle

    def _noting_handler(self) -> _Handler:
        target = self._target()
        plain = target.dependant, target.response_field
        target.dependant = _noting(target.dependant, "endpoint")
        target.response_field = _noting_field(target.response_field, "serialisation")
        try:
            return super().get_route_handler()
        finally:
            target.dependant, target.response_field = plain

    def _target(self) -> Any:
        """What FastAPI makes the handler from: what an inclusion has made of the route, where it was included."""
        included = getattr(fastapi_routing, "_effective_route_context_var", None)
        context = included.get() if included is not None else None
        return context if context is not None and context.original_route is self else self


class _NotingRequest(Request):
    """Reading and parsing the body belongs to the validation."""

    async def body(self) -> bytes:
        with _stage("validation"):
            return await super().body()

    async def json(self) -> Any:
        with _stage("validation"):
            return await super().json()


@contextmanager
def _stage(name: str) -> Iterator[None]:
    timing = _current.get()
    if timing is None:
        yield
    else:
        with timing.stage(name):
            yield


_FIELDS = ("path_params", "query_params", "header_params", "cookie_params", "body_params")


def _noting(dependant: Any, stage: str) -> Any:
    fields = {name: [_noting_field(one, "validation") for one in getattr(dependant, name)] for name in _FIELDS}
    return replace(
        dependant,
        call=_noting_call(dependant.call, stage),
        dependencies=[_noting(one, "dependencies") for one in dependant.dependencies],
        **fields,
    )


@functools.cache  # the same callable stays the same one: FastAPI calls a dependency once in a request
def _noting_call(call: Callable[..., Any], stage: str) -> Callable[..., Any]:
    if inspect.isgeneratorfunction(call) or inspect.isasyncgenfunction(call) or not inspect.isfunction(call):
        return call
    if not inspect.iscoroutinefunction(call):
        return _noting_method(call, stage)

    @functools.wraps(call)
    async def noted(*args: Any, **kwargs: Any) -> Any:
        with _stage(stage):
            return await call(*args, **kwargs)

    return noted


def _noting_field(plain: Any, stage: str) -> Any:
    if plain is None:
        return None
    noted = copy.copy(plain)
    for name in ("validate", "serialize", "serialize_json"):
        if hasattr(plain, name):
            setattr(noted, name, _noting_method(getattr(plain, name), stage))
    return noted


def _noting_method(method: Callable[..., Any], stage: str) -> Callable[..., Any]:
    @functools.wraps(method)
    def noted(*args: Any, **kwargs: Any) -> Any:
        with _stage(stage):
            return method(*args, **kwargs)

    return noted
