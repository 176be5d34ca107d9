"""How this service says that something went wrong."""

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

CODES = {404: "not_found", 405: "method_not_allowed", 409: "conflict", 422: "invalid", 429: "slow_down"}
log = logging.getLogger("library")


def answer(request, error):
    """The response to any error."""
    headers, body = None, {}
    if isinstance(error, RequestValidationError):
        status, message = 422, "some fields are not right"
        body["fields"] = sorted({".".join(str(part) for part in one["loc"][1:]) for one in error.errors()})
    elif isinstance(error, HTTPException):
        status, message, headers = error.status_code, error.detail, error.headers
    else:
        log.error("unexpected", exc_info=error)
        status, message = 500, "please try again later"
    body |= {"code": CODES.get(status, "internal"), "message": message}
    return JSONResponse({"error": body}, status, headers)


def install(app: FastAPI) -> None:
    for kind in (HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, answer)
