"""The posts, newest first."""

import re

from greenroom_lab import connect

_connection = connect(isolation_level=None)

# There is an index on posts (created, id). Times are whole seconds.
PAGE = """
    SELECT id, created, title FROM posts
    WHERE created <= :created AND (created < :created OR id < :id)
    ORDER BY created DESC, id DESC
    LIMIT :rows
"""
FIRST = {"created": 1 << 62, "id": 1 << 62}
CURSOR = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


class BadCursorError(ValueError):
    """A cursor that this service has not made."""


def page(limit, after):
    place = FIRST
    if after is not None:
        read = CURSOR.fullmatch(after)
        if read is None:
            raise BadCursorError(after)
        place = {"created": int(read[1]), "id": int(read[2])}
    cursor = _connection.execute(PAGE, {**place, "rows": limit + 1})
    posts = [{"id": number, "created": created, "title": title} for number, created, title in cursor]
    if len(posts) <= limit:
        return posts, None
    posts.pop()
    return posts, "{created}-{id}".format(**posts[-1])
