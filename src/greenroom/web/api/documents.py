"""Bank content as the API gives it: rendered once, with its ETag, since a bank does not change while a server runs."""

from __future__ import annotations

import bisect
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from greenroom.bank.models import Item, Kind, Topic
from greenroom.web.api.schemas import ItemDetail, ItemPage, ItemSummary

_MOST_PAGES = 512


@dataclass(frozen=True)
class Document:
    """A JSON body and its strong entity tag (RFC 9110, section 8.8.3), quotes included."""

    body: bytes
    etag: str
    headers: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, body: bytes) -> Document:
        """*body* with the tag that belongs to it."""
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = (
            (b"etag", etag.encode()),
            (b"cache-control", b"private, no-cache"),
            (b"vary", b"authorization, cookie"),
        )
        return cls(body, etag, headers)

    @cached_property
    def headers_with_body(self) -> tuple[tuple[bytes, bytes], ...]:
        """Those of an answer that has the body."""
        length = str(len(self.body)).encode()
        return (*self.headers, (b"content-length", length), (b"content-type", b"application/json"))

    def is_known(self, if_none_match: str | None) -> bool:
        """Whether a client that sends this `If-None-Match` has it already."""
        if if_none_match is None:
            return False
        return if_none_match == self.etag or any(
            one.strip().removeprefix("W/") in (self.etag, "*") for one in if_none_match.split(",")
        )


class Shelf:
    """Every item that may be asked, by slug."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = sorted(items, key=lambda item: item.slug)
        self._details = {item.slug: Document.of(_detail(item).model_dump_json().encode()) for item in self._items}
        self._pages: OrderedDict[tuple[str, int, Topic | None, Kind | None], Document] = OrderedDict()

    def detail(self, slug: str) -> Document | None:
        """One item; None when there is none of that name."""
        return self._details.get(slug)

    def page(self, *, after: str, limit: int, topic: Topic | None, kind: Kind | None) -> Document:
        """At most *limit* items whose slug comes after *after*. The pages asked for last are kept."""
        key = (after, limit, topic, kind)
        found = self._pages.pop(key, None) or self._page(after, limit, topic, kind)
        self._pages[key] = found
        if len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)
        return found

    def _page(self, after: str, limit: int, topic: Topic | None, kind: Kind | None) -> Document:
        start = bisect.bisect_right(self._items, after, key=lambda item: item.slug)
        fitting = [
            item
            for item in self._items[start:]
            if (topic is None or item.topic is topic) and (kind is None or item.kind is kind)
        ]
        last = fitting[limit - 1].slug if len(fitting) > limit else None
        page = ItemPage(items=[_summary(item) for item in fitting[:limit]], next=last)
        return Document.of(page.model_dump_json().encode())


def _summary(item: Item) -> ItemSummary:
    return ItemSummary(slug=item.slug, title=item.title, kind=item.kind, topic=item.topic, minutes=item.head.minutes)


def _detail(item: Item) -> ItemDetail:
    return ItemDetail(**_summary(item).model_dump(), prompt=item.prompt)
