"""Signing in with a one-time link, knowing who asks, signing out."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import insert, select, update

from greenroom.accounts.rules import LINK_LIFETIME, SESSION_LIFETIME, SOLO_USER_ID, User, secret_hash
from greenroom.accounts.tables import links, sessions, users
from greenroom.kernel.ids import new_id
from greenroom.platform.database import Database, insert_unless_there


async def ensure_solo_user(database: Database, now: datetime) -> str:
    """The id of the single local user, who is made at the first start."""
    async with database.write() as connection:
        row = {"id": SOLO_USER_ID, "name": "You", "created_at": now}
        await insert_unless_there(connection, users, row)
    return SOLO_USER_ID


async def new_link(database: Database, user_id: str, now: datetime) -> str:
    """The secret of a fresh one-time link; earlier unused links of the user stop working."""
    secret = secrets.token_urlsafe(32)
    row = {"secret_hash": secret_hash(secret), "user_id": user_id, "expires_at": now + LINK_LIFETIME}
    async with database.write() as connection:
        # Two at once would each leave a link that works.
        await connection.execute(select(users.c.id).where(users.c.id == user_id).with_for_update())
        await connection.execute(
            update(links).where(links.c.user_id == user_id, links.c.used_at.is_(None)).values(used_at=now)
        )
        await connection.execute(insert(links).values(row))
    return secret


async def enter(database: Database, link: str, now: datetime) -> str | None:
    """Use a link up and open a session: returns the cookie's secret, or None for a used, old or unknown link."""
    secret = secrets.token_urlsafe(32)
    async with database.write() as connection:
        spent = await connection.execute(
            update(links)
            .where(links.c.secret_hash == secret_hash(link), links.c.used_at.is_(None), links.c.expires_at > now)
            .values(used_at=now)
            .returning(links.c.user_id)
        )
        user_id = spent.scalar_one_or_none()
        if user_id is None:
            return None
        row = {
            "id": new_id(now),
            "user_id": user_id,
            "secret_hash": secret_hash(secret),
            "created_at": now,
            "expires_at": now + SESSION_LIFETIME,
        }
        await connection.execute(insert(sessions).values(row))
    return secret


_who = (
    select(users.c.id, users.c.name, sessions.c.id.label("session_id"), sessions.c.expires_at)
    .join(users, users.c.id == sessions.c.user_id)
    .where(sessions.c.ended_at.is_(None))
)


async def who(database: Database, secret: str, now: datetime) -> User | None:
    """The user of the open session behind a cookie, or None."""
    async with database.read() as connection:
        found = await connection.execute(_who.where(sessions.c.secret_hash == secret_hash(secret)))
        row = found.one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return User(id=row.id, name=row.name, session_id=row.session_id)


async def leave(database: Database, user: User, now: datetime) -> None:
    """End the session."""
    async with database.write() as connection:
        await connection.execute(update(sessions).where(sessions.c.id == user.session_id).values(ended_at=now))
