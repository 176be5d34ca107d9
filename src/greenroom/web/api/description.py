"""The description of the API: OpenAPI with the ways of signing in, and problems in their own media type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from greenroom.web.api.problems import without_json

_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `access_token` of `/api/v1/login`, for 15 minutes.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "description": "The same token as pages have it; what changes something then needs `X-CSRF-Token` too.",
    },
}
_OPEN = frozenset(("login", "refresh"))
"""They answer 401 to credentials that are not right, not to who has no token."""

_ABOUT = """\
The API of Greenroom. Errors are `application/problem+json` and say how to mend them. Lists are paged: `next` of an
answer is the `after` of the next request. Questions have an `ETag`. An admin who sends `X-Server-Timing: 1` is told
how long the stages of the request took (`Server-Timing`).
"""


class DescribedAPI(FastAPI):
    """The application, with what FastAPI cannot know about its API."""

    access_cookie = ""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if not self.openapi_schema:
            document = get_openapi(
                title=self.title, version=self.version, description=_ABOUT, routes=self.routes, tags=_TAGS
            )
            self.openapi_schema = without_json(_secured(document, self.access_cookie))
        return self.openapi_schema


_TAGS = [
    {"name": "accounts", "description": "Who you are: login, sessions, passwords, your data."},
    {"name": "bank", "description": "What may be asked."},
    {"name": "interviews", "description": "Interviews and their rounds, from the plan to the report."},
    {"name": "grader", "description": "The model that reads answers in words."},
    {"name": "admin", "description": "For the role admin: users, invitations, the audit, items, disputes."},
]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of every operation."""
    for path, found in document["paths"].items():
        for method, operation in found.items():
            yield method, path, operation


def _secured(document: dict[str, Any], cookie: str) -> dict[str, Any]:
    schemes = {"bearer": _SCHEMES["bearer"], "cookie": _SCHEMES["cookie"] | {"name": cookie}}
    document.setdefault("components", {})["securitySchemes"] = schemes
    for _, _, operation in operations(document):
        if "401" in operation["responses"] and operation["operationId"] not in _OPEN:
            operation["security"] = [{"bearer": []}, {"cookie": []}]
    return document
