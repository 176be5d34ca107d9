"""The shop's PostgreSQL."""

import greenroom_lab
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

engine = create_engine("postgresql+pg8000://", creator=greenroom_lab.postgres)


def sqlstate(error: DBAPIError) -> str | None:
    """PostgreSQL's five-letter code of what went wrong, such as 23505 for a duplicate key."""
    said = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return said.get("C") if isinstance(said, dict) else None
