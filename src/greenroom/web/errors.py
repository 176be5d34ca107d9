"""Errors as pages, or as problem+json where JSON was asked for: what is wrong, then the mend."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from greenroom.kernel.errors import CapacityError, GreenroomError
from greenroom.web.api.problems import MEDIA_TYPE, PREFIX, problem
from greenroom.web.page import render

log = structlog.get_logger(__name__)

_TITLES = {
    401: "You are not signed in",
    403: "That was refused",
    404: "There is nothing here",
    405: "That does not work this way",
    409: "Something newer is there",
    413: "That is too large",
    422: "That cannot be used",
    429: "That is too much at once",
    500: "Something went wrong on our side",
    503: "Busy",
    507: "The machine is in the way",
}


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(GreenroomError, _expected)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unexpected)


async def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, GreenroomError)
    if error.status >= 500:
        log.warning("request failed", error=error.line(), path=request.url.path)
    answer = _answer(request, error.status, error.message, error.mend, error.code)
    if isinstance(error, CapacityError):
        answer.headers["retry-after"] = str(error.retry_after_s)
    return answer


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = "This page does not exist." if error.status_code == 404 else str(error.detail)
    answer = _answer(request, error.status_code, message, "", "http")
    answer.headers.update(error.headers or {})
    return answer


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return _answer(
        request, 422, f"{where}: {first['msg']}" if where else str(first["msg"]), "mend the value", "invalid"
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("unexpected error", path=request.url.path, exc_info=error)
    mend = "what you typed is kept; reload the page, and look into the log in the terminal"
    return _answer(request, 500, "This was not expected.", mend, "unexpected")


def _answer(request: Request, status: int, message: str, mend: str, code: str) -> Response:
    title = _TITLES.get(status, "That did not work")
    if request.url.path.startswith(PREFIX) or "text/html" not in request.headers.get("accept", ""):
        headers = {"www-authenticate": "Bearer"} if status == 401 else None
        body = problem(status, title, message, mend, code)
        return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)
    return render(request, "error.html", {"status": status, "title": title, "message": message, "mend": mend}, status)
