"""All that is stored of one person, as files of JSON in a zip archive."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from greenroom.accounts.audit import MOST_ENTRIES, Entry, entries
from greenroom.accounts.rules import User
from greenroom.accounts.tables import sessions, users
from greenroom.bank.findings import without_phrasings
from greenroom.grading.intake.queries import consents
from greenroom.interview import queries
from greenroom.interview.tables import disputes, interviews, rounds
from greenroom.platform.database import Database

_README = """\
This is everything that Greenroom stores of you, as of {moment}.

account.json      name, address, role
sessions.json     where you are and were logged in
activity.json     what you did with your account
training.json     whether and when you let the grader learn from your answers
disputes.json     findings that you disputed, and what was decided
interviews/       each interview with its rounds, drafts, submissions and findings

Your password is not among it: only a hash of it is stored, and that is of no use to you.
"""


_disputed = (
    select(disputes)
    .join(rounds, rounds.c.id == disputes.c.round_id)
    .join(interviews, interviews.c.id == rounds.c.interview_id)
    .order_by(disputes.c.id)
)


async def export(database: Database, user: User, now: datetime) -> bytes:
    """The archive."""
    async with database.read() as connection:
        account = (await connection.execute(select(users).where(users.c.id == user.id))).one()
        devices = (await connection.execute(select(sessions).where(sessions.c.user_id == user.id))).all()
        ids = (await connection.execute(select(interviews.c.id).where(interviews.c.user_id == user.id))).scalars().all()
        whole = [await queries.interview(connection, one, user.id) for one in ids]
        agreed = await consents(connection, user.id)
        disputed = (await connection.execute(_disputed.where(interviews.c.user_id == user.id))).all()
    done = await _activity(database, user.id)
    files: dict[str, Any] = {
        "account.json": {name: value for name, value in account._mapping.items() if name != "password_hash"},
        "sessions.json": [dict(row._mapping) for row in devices],
        "training.json": [dict(row._mapping) for row in agreed],
        "disputes.json": [
            {name: value for name, value in row._mapping.items() if name != "decided_by"} for row in disputed
        ],
        "activity.json": [asdict(one) for one in done],
    }
    files |= {f"interviews/{one.id}.json": without_phrasings(asdict(one)) for one in whole if one is not None}
    return await asyncio.to_thread(_zipped, files, now)


async def _activity(database: Database, user_id: str) -> list[Entry]:
    """All that the user did, the newest first; it is read in pages."""
    found: list[Entry] = []
    while page := await entries(database, actor=user_id, before=found[-1].id if found else None, limit=MOST_ENTRIES):
        found += page
    return found


def _zipped(files: dict[str, Any], now: datetime) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr("README.txt", _README.format(moment=now.isoformat(timespec="seconds")))
        for name, value in files.items():
            written.writestr(name, json.dumps(value, default=_plain, ensure_ascii=False, indent=1))
    return archive.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)
