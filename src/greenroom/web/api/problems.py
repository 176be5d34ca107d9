"""Problems as the API tells them: `application/problem+json`, RFC 9457."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
"""Below this path every answer is for a program."""


class Problem(BaseModel):
    """What is wrong, and what to do."""

    type: str = Field(examples=["about:blank#not-found"])
    title: str = Field(examples=["There is nothing here"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such session"])
    mend: str = Field(examples=["it may have ended already"])


_SAYS = {
    400: "The request cannot be read, or its JSON is nested too deeply.",
    401: "Nobody is signed in, or the credentials are not right.",
    403: "Refused: it came from another site, or is not for you.",
    404: "There is no such thing, or it is not yours.",
    409: "Something newer is there.",
    413: "The body is too large.",
    415: "Of another media type than JSON.",
    421: "This server does not answer for that host name.",
    422: "The input cannot be used.",
    429: "Too often: `Retry-After` has the seconds.",
    431: "The headers are too many or too large.",
    500: "Something went wrong on our side.",
    503: "Busy: `Retry-After` has the seconds.",
    507: "The machine is in the way: its disk is full, for instance.",
}
_ALWAYS = (400, 413, 421, 431, 500, 507)
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}}
_CHALLENGE = {"WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}}}
_HEADERS = {401: _CHALLENGE, 429: _RETRY, 503: _RETRY}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these, besides what any route may."""
    counted = (429,) if 401 in statuses else ()
    return {status: _problem(status) for status in sorted({*statuses, *counted, *_ALWAYS})}


def _problem(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    found = {"model": Problem, "description": _SAYS[status], "content": content}
    return found | ({"headers": _HEADERS[status]} if status in _HEADERS else {})


def problem(status: int, title: str, detail: str, mend: str = "", code: str = "http") -> dict[str, Any]:
    """The body of such an answer."""
    return {"type": f"about:blank#{code}", "title": title, "status": status, "detail": detail, "mend": mend}


def without_json(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI *document* with problems as `application/problem+json` alone, never as plain JSON."""
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            for answer in operation.get("responses", {}).values():
                if MEDIA_TYPE in answer.get("content", {}):
                    answer["content"] = {MEDIA_TYPE: answer["content"][MEDIA_TYPE]}
    return document
