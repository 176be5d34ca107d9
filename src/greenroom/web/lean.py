"""The shortest handler: for a route whose endpoint takes the request alone and returns a model.

FastAPI's own handler solves what is not there, for more time than such an endpoint takes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter

_NOTHING_OF = (
    *("path_params", "query_params", "header_params", "cookie_params", "body_params", "dependencies"),
    *("response_param_name", "background_tasks_param_name", "security_scopes_param_name"),
)


def lean_handler(route: Any) -> Callable[[Request], Coroutine[Any, Any, Response]] | None:
    """The handler of *route*, or None where FastAPI's is needed."""
    dependant, model = route.dependant, route.response_model
    plain = inspect.iscoroutinefunction(dependant.call) and dependant.request_param_name is not None
    if not plain or any(getattr(dependant, name) for name in _NOTHING_OF):
        return None
    if not (inspect.isclass(model) and issubclass(model, BaseModel)):
        return None
    endpoint, name, status = dependant.call, dependant.request_param_name, route.status_code or 200
    written = TypeAdapter(model).dump_json

    async def handle(request: Request) -> Response:
        found = await endpoint(**{name: request})
        return Response(written(found), status_code=status, media_type="application/json")

    return handle
