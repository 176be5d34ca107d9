"""The posts, newest first."""

import base64
import json
from typing import Any

from greenroom_lab import connect

_connection = connect(isolation_level=None)

# There is an index on posts (created, id). Times are whole seconds.
FIRST = "SELECT id, created, title FROM posts ORDER BY created DESC, id DESC LIMIT ?"
LATER = """
    SELECT id, created, title FROM posts WHERE (created, id) <= (?, ?) ORDER BY created DESC, id DESC LIMIT ?
"""


class BadCursorError(ValueError):
    """A cursor that this service has not made."""


def decoded(cursor: str) -> tuple[int, int]:
    """The place that *cursor* marks."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
    except ValueError:
        raise BadCursorError(cursor) from None
    if (
        not isinstance(place, list)
        or len(place) != 2
        or not all(type(one) is int and 0 <= one < 1 << 62 for one in place)
    ):
        raise BadCursorError(cursor)
    if encoded(*place) != cursor:
        raise BadCursorError(cursor)
    return place[0], place[1]


def encoded(created: int, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([created, number]).encode()).decode()


def page(limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """At most *limit* posts from the place that the cursor *after* marks, and the cursor of the next page."""
    if after is None:
        rows = _connection.execute(FIRST, (limit + 1,)).fetchall()
    else:
        rows = _connection.execute(LATER, (*decoded(after), limit + 1)).fetchall()
    posts = [{"id": number, "created": created, "title": title} for number, created, title in rows[:limit]]
    following = encoded(posts[-1]["created"], posts[-1]["id"]) if len(rows) > limit else None
    return posts, following
