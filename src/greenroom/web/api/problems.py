"""Problems as the API tells them: `application/problem+json`, RFC 9457."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """What is wrong, and what to do."""

    type: str = Field(examples=["about:blank#not-found"])
    title: str = Field(examples=["There is nothing here"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no such session"])
    mend: str = Field(examples=["it may have ended already"])


_SAYS = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the credentials are not right.",
    403: "Refused: it came from another site, or is not for you.",
    404: "There is no such thing, or it is not yours.",
    409: "Something newer is there.",
    413: "That is too large.",
    415: "Of another media type than JSON.",
    422: "The input cannot be used.",
    429: "Too often: `Retry-After` has the seconds.",
    503: "Busy: `Retry-After` has the seconds.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer with these, besides what any route may."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    every = sorted({*statuses, 400, 413})
    return {status: {"model": Problem, "description": _SAYS[status], "content": content} for status in every}
