"""All SQL of accounts, but for the audit and the revocations, which stand with what they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, bindparam, delete, func, insert, or_, select, update

from greenroom.accounts.rules import GRACE
from greenroom.accounts.tables import invitations, links, refresh_tokens, sessions, users
from greenroom.platform.database import AsyncConnection, Database
from greenroom.platform.lookups import Lookup


class Who(NamedTuple):
    """The user of a session."""

    id: str
    name: str
    email: str | None
    role: str


_who = Lookup(
    select(users.c.id, users.c.name, users.c.email, users.c.role)
    .join(sessions, users.c.id == sessions.c.user_id)
    .where(sessions.c.ended_at.is_(None), users.c.disabled_at.is_(None))
    .where(sessions.c.id == bindparam("session_id"), sessions.c.user_id == bindparam("user_id"))
    .where(sessions.c.expires_at > bindparam("now"))
)


async def who(database: Database, session_id: str, user_id: str, now: datetime) -> Who | None:
    """The user of a session that goes on, or None; one SELECT, by the primary key."""
    row = await database.first(_who, session_id=session_id, user_id=user_id, now=now)
    return Who(*row) if row is not None else None


async def user(connection: AsyncConnection, user_id: str, *, lock: bool = False) -> Row[Any] | None:
    """A user by id; with *lock*, nobody else changes them until this transaction ends.

    Who decides by a user's row whether a session may begin or has to end locks it, so that a login never slips past
    a new password.
    """
    query = select(users).where(users.c.id == user_id)
    if lock:
        query = query.with_for_update(key_share=True)
    return (await connection.execute(query)).one_or_none()


async def user_by_email(connection: AsyncConnection, email: str) -> Row[Any] | None:
    """A user by normal address."""
    return (await connection.execute(select(users).where(users.c.email == email))).one_or_none()


async def users_page(connection: AsyncConnection, *, search: str, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """Users by id, those whose name or address contains *search*, after the id *after*."""
    query = select(users).order_by(users.c.id).limit(limit)
    if search:
        wanted = search.casefold()
        query = query.where(
            or_(
                func.lower(users.c.name).contains(wanted, autoescape=True),
                users.c.email.contains(wanted, autoescape=True),
            )
        )
    if after is not None:
        query = query.where(users.c.id > after)
    return (await connection.execute(query)).all()


async def add_user(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store a new user."""
    await connection.execute(insert(users).values(row))


async def change_user(connection: AsyncConnection, user_id: str, **values: Any) -> bool:
    """Set columns of a user; False when there is none."""
    changed = await connection.execute(update(users).where(users.c.id == user_id).values(**values))
    return changed.rowcount == 1


async def remove_user(connection: AsyncConnection, user_id: str) -> bool:
    """Remove a user with all that is theirs; False when there is none."""
    return (await connection.execute(delete(users).where(users.c.id == user_id))).rowcount == 1


async def other_admins(connection: AsyncConnection, user_id: str) -> int:
    """How many admins there are besides this user. Their rows are locked where the database can."""
    query = (
        select(users.c.id)
        .where(users.c.role == "admin", users.c.disabled_at.is_(None))
        .order_by(users.c.id)
        .with_for_update()
    )
    return sum(one != user_id for one in (await connection.execute(query)).scalars())


async def any_admin(connection: AsyncConnection) -> bool:
    """Whether somebody administers."""
    query = select(users.c.id).where(users.c.role == "admin", users.c.disabled_at.is_(None)).limit(1)
    return (await connection.execute(query)).first() is not None


# Sessions


async def add_session(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store a new session."""
    await connection.execute(insert(sessions).values(row))


async def live_sessions(connection: AsyncConnection, user_id: str, now: datetime) -> Sequence[Row[Any]]:
    """The user's sessions that go on, the latest seen first."""
    query = (
        select(sessions)
        .where(
            sessions.c.user_id == user_id,
            sessions.c.ended_at.is_(None),
            sessions.c.idle_at > now,
            sessions.c.expires_at > now,
        )
        .order_by(sessions.c.seen_at.desc(), sessions.c.id)
    )
    return (await connection.execute(query)).all()


async def end_sessions(
    connection: AsyncConnection,
    now: datetime,
    reason: str,
    *,
    user_id: str | None = None,
    session_id: str | None = None,
) -> list[str]:
    """End the sessions of a user, or one of them; returns the ids of those that had not ended before."""
    query = update(sessions).where(sessions.c.ended_at.is_(None)).values(ended_at=now, end_reason=reason)
    if user_id is not None:
        query = query.where(sessions.c.user_id == user_id)
    if session_id is not None:
        query = query.where(sessions.c.id == session_id)
    if user_id is None and session_id is None:
        raise ValueError("whose sessions?")
    return list((await connection.execute(query.returning(sessions.c.id))).scalars())


async def known_addresses(connection: AsyncConnection, user_id: str) -> set[str]:
    """Where the user's latest sessions were used from."""
    query = select(sessions.c.address).where(sessions.c.user_id == user_id).order_by(sessions.c.id.desc()).limit(100)
    return set((await connection.execute(query)).scalars())


# Refresh tokens


async def spend(connection: AsyncConnection, token: str, successor: str, now: datetime) -> str | None:
    """Spend the refresh token with the hash *token* and name its *successor*: the session's id, for one caller.

    This one statement decides a race. A token that was spent, but whose successor never was sent, can be spent again
    after the grace: the server had stopped in between.
    """
    alive = (
        select(sessions.c.id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(
            sessions.c.id == refresh_tokens.c.session_id,
            sessions.c.ended_at.is_(None),
            sessions.c.idle_at > now,
            sessions.c.expires_at > now,
            users.c.disabled_at.is_(None),
        )
    )
    unsent = and_(refresh_tokens.c.delivered_at.is_(None), refresh_tokens.c.spent_at <= now - GRACE)
    changed = await connection.execute(
        update(refresh_tokens)
        .where(refresh_tokens.c.hash == token, or_(refresh_tokens.c.spent_at.is_(None), unsent), alive.exists())
        .values(spent_at=now, successor=successor)
        .returning(refresh_tokens.c.session_id)
    )
    found: str | None = changed.scalar_one_or_none()
    return found


async def settle(connection: AsyncConnection, session_id: str, token: str, now: datetime) -> None:
    """Close what came before *token* in its session: it was delivered, and nothing else of it can be spent."""
    await connection.execute(
        update(refresh_tokens)
        .where(refresh_tokens.c.session_id == session_id, refresh_tokens.c.hash != token)
        .where(or_(refresh_tokens.c.spent_at.is_(None), refresh_tokens.c.delivered_at.is_(None)))
        .values(spent_at=func.coalesce(refresh_tokens.c.spent_at, now), delivered_at=now)
    )


async def add_refresh_token(connection: AsyncConnection, token: str, session_id: str, now: datetime) -> None:
    """Store the hash of a token that was not spent yet."""
    await connection.execute(insert(refresh_tokens).values(hash=token, session_id=session_id, issued_at=now))


async def renew_session(
    connection: AsyncConnection, session_id: str, *, now: datetime, idle_at: datetime, address: str
) -> None:
    """The session was renewed."""
    values = {"seen_at": now, "idle_at": idle_at, "address": address}
    await connection.execute(update(sessions).where(sessions.c.id == session_id).values(values))


async def mark_delivered(connection: AsyncConnection, successor: str, now: datetime) -> None:
    """The answer with the token of the hash *successor* was sent."""
    await connection.execute(
        update(refresh_tokens)
        .where(refresh_tokens.c.successor == successor, refresh_tokens.c.delivered_at.is_(None))
        .values(delivered_at=now)
    )


async def refresh_token(connection: AsyncConnection, token: str) -> Row[Any] | None:
    """A refresh token with what matters of its session and its user."""
    query = (
        select(refresh_tokens.c.spent_at, sessions, users.c.disabled_at)
        .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
        .join(users, users.c.id == sessions.c.user_id)
        .where(refresh_tokens.c.hash == token)
    )
    return (await connection.execute(query)).one_or_none()


async def session_with_user(connection: AsyncConnection, session_id: str) -> Row[Any]:
    """A session and its user's columns, those of the user with `user_` before their names."""
    query = (
        select(sessions, *(column.label(f"user_{column.name}") for column in users.c if column.name != "id"))
        .join(users, users.c.id == sessions.c.user_id)
        .where(sessions.c.id == session_id)
    )
    return (await connection.execute(query)).one()


async def forget_old(connection: AsyncConnection, now: datetime) -> None:
    """Remove the sessions that nothing can be asked of any more, with their tokens, and the links that have ended."""
    await connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await connection.execute(delete(links).where(links.c.expires_at <= now))


# Links and invitations


async def add_link(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store a link; unused ones of the same user and purpose stop working."""
    old = and_(links.c.user_id == row["user_id"], links.c.purpose == row["purpose"], links.c.used_at.is_(None))
    await connection.execute(delete(links).where(old))
    await connection.execute(insert(links).values(row))


async def use_link(connection: AsyncConnection, secret_hash: str, purpose: str, now: datetime) -> str | None:
    """Use a link up: the user's id, once."""
    spent = await connection.execute(
        update(links)
        .where(
            links.c.secret_hash == secret_hash,
            links.c.purpose == purpose,
            links.c.used_at.is_(None),
            links.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(links.c.user_id)
    )
    found: str | None = spent.scalar_one_or_none()
    return found


async def drop_links(connection: AsyncConnection, user_id: str) -> None:
    """Have every unused link of the user stop working."""
    await connection.execute(delete(links).where(links.c.user_id == user_id, links.c.used_at.is_(None)))


async def add_invitation(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store an invitation."""
    await connection.execute(insert(invitations).values(row))


async def use_invitation(connection: AsyncConnection, secret_hash: str, email: str, now: datetime) -> Row[Any] | None:
    """Use an invitation up that is for *email* or for anybody: its row, once."""
    spent = await connection.execute(
        update(invitations)
        .where(
            invitations.c.secret_hash == secret_hash,
            or_(invitations.c.email.is_(None), invitations.c.email == email),
            invitations.c.used_at.is_(None),
            invitations.c.withdrawn_at.is_(None),
            invitations.c.expires_at > now,
        )
        .values(used_at=now)
        .returning(invitations)
    )
    found: Row[Any] | None = spent.one_or_none()
    return found


async def withdraw_invitation(connection: AsyncConnection, invitation_id: str, now: datetime) -> bool:
    """Have an unused invitation stop working; False when there is none."""
    changed = await connection.execute(
        update(invitations)
        .where(invitations.c.id == invitation_id, invitations.c.used_at.is_(None))
        .values(withdrawn_at=func.coalesce(invitations.c.withdrawn_at, now))
    )
    return changed.rowcount == 1


async def invitations_page(connection: AsyncConnection, *, before: str | None, limit: int) -> Sequence[Row[Any]]:
    """Invitations, the newest first, older than the id *before*."""
    query = select(invitations).order_by(invitations.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(invitations.c.id < before)
    return (await connection.execute(query)).all()
