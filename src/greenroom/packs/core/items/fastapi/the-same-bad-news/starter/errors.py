"""How this service says that something went wrong."""

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

CODES = {404: "not_found", 405: "method_not_allowed", 409: "conflict", 422: "invalid", 429: "slow_down"}


def shaped(status: int, message: str, **more: object) -> JSONResponse:
    """The one shape: {"error": {"code", "message"}}."""
    return JSONResponse({"error": {"code": CODES.get(status, "internal"), "message": message, **more}}, status)


def install(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def known(request: Request, error: HTTPException) -> JSONResponse:
        return shaped(error.status_code, str(error.detail))
