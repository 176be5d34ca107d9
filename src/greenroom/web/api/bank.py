"""`/api/v1/items`: what may be asked, as far as a candidate may read it before a round."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from greenroom.bank.models import Kind, Topic
from greenroom.kernel.errors import NotFoundError
from greenroom.web.api.documents import Document, Shelf
from greenroom.web.api.problems import problems
from greenroom.web.api.routing import api_router
from greenroom.web.api.schemas import ItemDetail, ItemPage
from greenroom.web.session import Bearing

router = api_router("bank")

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, Path(pattern=SLUG, max_length=64, examples=["rate-limit-sliding-window"])]
After = Annotated[str, Query(pattern=rf"^$|{SLUG}", max_length=64, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]

_ETAG = {"ETag": {"description": "Of the body; for `If-None-Match`.", "schema": {"type": "string"}}}
_CACHED: dict[int | str, dict[str, Any]] = {
    200: {"headers": _ETAG},
    304: {"description": "The client has it: its `If-None-Match` names the `ETag`.", "headers": _ETAG},
}


def _shelf(request: Request) -> Shelf:
    found: Shelf = request.app.state.shelf
    return found


def _answer(request: Request, document: Document) -> Response:
    known = document.is_known(request.headers.get("if-none-match"))
    answer = Response(b"" if known else document.body, status_code=304 if known else 200)
    answer.raw_headers = list(document.headers if known else document.headers_with_body)
    return answer


@router.get(
    "/items", operation_id="list_items", response_model=ItemPage, responses=_CACHED | problems(401, 422),
    dependencies=[Bearing],
)  # fmt: skip
async def items(
    request: Request, after: After = "", limit: Limit = 20, topic: Topic | None = None, kind: Kind | None = None
) -> Response:
    """The questions by slug, a page at a time."""
    return _answer(request, _shelf(request).page(after=after, limit=limit, topic=topic, kind=kind))


@router.get(
    "/items/{slug}", operation_id="read_item", response_model=ItemDetail, responses=_CACHED | problems(401, 404, 422),
    dependencies=[Bearing],
)  # fmt: skip
async def item(request: Request, slug: Slug) -> Response:
    """One question."""
    document = _shelf(request).detail(slug)
    if document is None:
        raise NotFoundError("there is no such item", mend="see /api/v1/items for those that there are")
    return _answer(request, document)
