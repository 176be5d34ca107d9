"""The short way through a route: for plain dependencies, at most a JSON body, and an endpoint that returns a model.

FastAPI's own way looks in each request for what such a route has not, for more time than the route itself takes.
What the short way does not take (a body that is not valid, another media type) goes FastAPI's way from the beginning,
before anything was run: refusals are the same, to the letter.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response, params
from fastapi.datastructures import DefaultPlaceholder
from pydantic import BaseModel, TypeAdapter
from starlette.types import ASGIApp, Receive, Scope, Send

from greenroom.web.bodies import read_body, replay

_JSON = b"application/json"
_NOTHING_OF = (
    *("path_params", "query_params", "header_params", "cookie_params"),
    *("response_param_name", "background_tasks_param_name", "security_scopes_param_name"),
    *("http_connection_param_name", "websocket_param_name", "concurrency"),
)
_CHANGES = ("include", "exclude", "exclude_unset", "exclude_defaults", "exclude_none")


@dataclass(frozen=True)
class _Step:
    """A call of the route: under which name it takes the request, and under which ones what earlier steps gave."""

    call: Callable[..., Any]
    request: str | None
    takes: tuple[tuple[str, int], ...]

    def arguments(self, request: Request, given: list[Any]) -> dict[str, Any]:
        """What it is called with."""
        found = {name: given[at] for name, at in self.takes}
        if self.request is not None:
            found[self.request] = request
        return found


def shortened(route: Any, whole: ASGIApp) -> ASGIApp:
    """*whole*, FastAPI's application of *route*, with the short way before it where the route is plain enough."""
    steps = _steps_of(route)
    if steps is None or not _returns_model(route):
        return whole
    field, tell = route.body_field, _teller(route)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        arguments: dict[str, Any] = {}
        valid = "timing" not in scope["state"] and "fastapi.telemetry" not in scope  # the whole way notes its stages
        if valid and field is not None:
            body, _ = await read_body(receive)
            receive = replay(body, receive)
            valid, arguments[field.name] = _valid(field, scope, body)
        if not valid:
            await whole(scope, receive, send)
            return
        found = await _run(steps, Request(scope, receive, send), arguments)
        if isinstance(found, Response):
            await found(scope, receive, send)
        else:
            await tell(send, found)

    return app


def _teller(route: Any) -> Callable[[Send, Any], Awaitable[None]]:
    """What sends the model that the endpoint gave, as JSON."""
    model, status = route.response_model, route.status_code or 200
    adapter = TypeAdapter(model)

    async def tell(send: Send, found: Any) -> None:
        if not isinstance(found, model):
            found = adapter.validate_python(found, from_attributes=True)
        body = adapter.dump_json(found, by_alias=True)
        headers = [(b"content-length", str(len(body)).encode()), (b"content-type", _JSON)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return tell


async def _run(steps: list[_Step], request: Request, arguments: dict[str, Any]) -> Any:
    """Run the dependencies, each after those that it needs, and the endpoint, which also takes *arguments*."""
    given: list[Any] = []
    for step in steps[:-1]:
        given.append(await step.call(**step.arguments(request, given)))
    return await steps[-1].call(**steps[-1].arguments(request, given), **arguments)


def _valid(field: Any, scope: Scope, body: bytes) -> tuple[bool, Any]:
    """Whether *body* is JSON that the model of *field* takes, and the model."""
    kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    if kind != _JSON:
        return False, None
    try:
        found, errors = field.validate(json.loads(body), loc=("body",))
    except (ValueError, RecursionError):
        return False, None
    return not errors, found


def _steps_of(route: Any) -> list[_Step] | None:
    """The calls of *route* in FastAPI's order, the endpoint last; None where one of them is not plain."""
    steps: list[_Step] = []
    plain = _takes_plain_body(route) and getattr(route, "max_body_size", None) is None
    if not plain or _placed(route.dependant, steps, {}) is None:
        return None
    return steps


def _returns_model(route: Any) -> bool:
    """Whether the answer is a model, written as it is."""
    model = route.response_model
    changed = any(getattr(route, f"response_model_{name}") for name in _CHANGES)
    as_usual = isinstance(route.response_class, DefaultPlaceholder) and route.response_model_by_alias
    return inspect.isclass(model) and issubclass(model, BaseModel) and as_usual and not changed


def _takes_plain_body(route: Any) -> bool:
    """Whether the body is nothing, or one model as JSON that has to be there."""
    field, known = route.body_field, route.dependant.body_params
    if field is None:
        return not known
    info = field.field_info
    as_json = isinstance(info, params.Body) and not isinstance(info, params.Form) and info.media_type == _JSON.decode()
    return len(known) == 1 and not route._embed_body_fields and as_json and bool(info.is_required())


def _placed(dependant: Any, steps: list[_Step], places: dict[Any, int]) -> int | None:
    """The place among *steps* of what *dependant* gives, added after what it needs; None where that is not plain."""
    if dependant.call in places:
        return places[dependant.call]
    if not _is_plain(dependant):
        return None
    takes: list[tuple[str, int]] = []
    for one in dependant.dependencies:
        place = None if one.body_params else _placed(one, steps, places)
        if place is None:
            return None
        if one.name is not None:
            takes.append((one.name, place))
    places[dependant.call] = len(steps)
    steps.append(_Step(dependant.call, dependant.request_param_name, tuple(takes)))
    return places[dependant.call]


def _is_plain(dependant: Any) -> bool:
    """Whether it is a coroutine function of the request and of others like it, called once in a request."""
    if not inspect.iscoroutinefunction(dependant.call) or not dependant.use_cache:
        return False
    return not any(getattr(dependant, name, None) for name in _NOTHING_OF)
