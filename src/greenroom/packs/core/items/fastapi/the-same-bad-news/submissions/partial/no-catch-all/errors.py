"""How this service says that something went wrong."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

CODES = {404: "not_found", 405: "method_not_allowed", 409: "conflict", 422: "invalid", 429: "slow_down"}


def shaped(status: int, message: str, headers=None, **more: object) -> JSONResponse:
    """The one shape: {"error": {"code", "message"}}."""
    return JSONResponse({"error": {"code": CODES.get(status, "internal"), "message": message, **more}}, status, headers)


def install(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def known(request: Request, error: HTTPException) -> JSONResponse:
        return shaped(error.status_code, str(error.detail), error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        fields = sorted({".".join(map(str, one["loc"][1:])) for one in error.errors()})
        return shaped(422, "the request is not valid", fields=fields)
