"""Interviews with submissions as rows in the database, for logs that refer to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert

from greenroom.accounts.tables import users
from greenroom.grading.serving.service import Reference
from greenroom.interview.tables import interviews, rounds, submissions
from greenroom.platform.database import Database


async def add_submissions(database: Database, count: int, now: datetime, *, prefix: str = "s") -> list[Reference]:
    """One interview with one round and one submission, *count* times."""
    ids = [f"{prefix}{number}" for number in range(count)]
    async with database.write() as connection:
        await connection.execute(insert(users), [{"id": f"{prefix}-u", "name": "Ada", "created_at": now}])
        common = {"topics": [], "minutes": 5, "level": "mixed", "seed": 1, "created_at": now, "warm_up": False}
        made = [{"id": one, "user_id": f"{prefix}-u", "state": "finished", **common} for one in ids]
        await connection.execute(insert(interviews), made)
        asked = {"position": 0, "item": "why-stateless", "item_version": 1, "title": "t", "topic": "jwt"}
        rest = {"kind": "concept", "limit_s": 60}
        await connection.execute(insert(rounds), [{"id": one, "interview_id": one, **asked, **rest} for one in ids])
        handed_in = {"token": "t", "sort": "answer", "text": "x", "created_at": now, "state": "done"}
        await connection.execute(insert(submissions), [{"id": one, "round_id": one, **handed_in} for one in ids])
    return [Reference(one, one, one) for one in ids]
