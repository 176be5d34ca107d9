"""The posts, newest first."""

from typing import Any

from greenroom_lab import connect

_connection = connect(isolation_level=None)

# There is an index on posts (created, id). Times are whole seconds.
PAGE = "SELECT id, created, title FROM posts WHERE id < ? ORDER BY created DESC, id DESC LIMIT ?"


class BadCursorError(ValueError):
    """A cursor that this service has not made."""


def page(limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """At most *limit* posts from the place that the cursor *after* marks, and the cursor of the next page."""
    try:
        start = int(after) if after is not None else 1 << 60
    except ValueError:
        raise BadCursorError(after) from None
    rows = _connection.execute(PAGE, (start, limit)).fetchall()
    posts = [{"id": number, "created": created, "title": title} for number, created, title in rows]
    return posts, str(posts[-1]["id"]) if len(posts) == limit else None
