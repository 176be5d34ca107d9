"""Sessions: opened by a login or a link, renewed by refresh tokens, ended here or everywhere."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from greenroom.accounts import audit, queries
from greenroom.accounts.audit import NOWHERE, Source
from greenroom.accounts.errors import RefreshRaced, SessionOver
from greenroom.accounts.keys import KeyFile
from greenroom.accounts.revocations import Revocations
from greenroom.accounts.rules import GRACE, REFRESH_ABSOLUTE, Role, User, idle_end
from greenroom.accounts.tokens import Access, Realm, TokenError, issue, verify
from greenroom.accounts.verified import Verified
from greenroom.kernel.errors import NotFoundError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database

_REFRESH_BYTES = 32
_MOST_REFRESH_CHARACTERS = 128


@dataclass(frozen=True)
class Opened:
    """What a client gets that has logged in or renewed its session. `until` is when the session ends if left alone."""

    user: User
    access_token: str
    access: Access
    refresh_token: str
    until: datetime


@dataclass(frozen=True)
class Device:
    """A session as its owner sees it."""

    id: str
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    idle_at: datetime
    expires_at: datetime


class Sessions:
    """The sessions of one database, signed with the keys of one file."""

    def __init__(self, database: Database, keys: KeyFile, realm: Realm, revocations: Revocations) -> None:
        self.database, self.keys, self.realm, self.revocations = database, keys, realm, revocations
        self._verified = Verified()

    async def open(
        self, connection: AsyncConnection, found: Row[Any], source: Source, now: datetime, *, how: str
    ) -> Opened:
        """A new session of the user *found*, within the caller's transaction. Its id is never one that was there."""
        expires_at = now + REFRESH_ABSOLUTE
        row = {
            "id": new_id(now),
            "user_id": found.id,
            "agent": source.agent[:200],
            "address": source.address[:64],
            "created_at": now,
            "seen_at": now,
            "idle_at": idle_end(now, expires_at),
            "expires_at": expires_at,
        }
        await queries.forget_old(connection, now)
        await queries.add_session(connection, row)
        refresh = secrets.token_urlsafe(_REFRESH_BYTES)
        await queries.add_refresh_token(connection, self._hash(refresh, now), row["id"], now)
        await audit.write(
            connection, "login", now, actor=found.id, subject=row["id"], source=source, details={"by": how}
        )
        user = User(found.id, found.name, row["id"], Role(found.role), found.email)
        return self._opened(user, refresh, row["idle_at"], now)

    async def refresh(self, refresh_token: str, source: Source, now: datetime) -> Opened:
        """Renew a session: the token is spent, and the answer has its successor.

        Raises RefreshRaced for a token that was spent within the last `GRACE`, and SessionOver for any other that opens
        nothing; one that was spent before that ends its session, for two hold it.
        """
        if len(refresh_token) > _MOST_REFRESH_CHARACTERS:
            raise SessionOver
        spent, successor = self._hash(refresh_token, now), secrets.token_urlsafe(_REFRESH_BYTES)
        hashed = self._hash(successor, now)
        async with self.database.write() as connection:
            session_id = await queries.spend(connection, spent, hashed, now)
            if session_id is not None:
                await queries.settle(connection, session_id, spent, now)
                await queries.add_refresh_token(connection, hashed, session_id, now)
                row = await queries.session_with_user(connection, session_id)
                idle_at = idle_end(now, row.expires_at)
                await queries.renew_session(
                    connection, session_id, now=now, idle_at=idle_at, address=source.address[:64] or row.address
                )
                user = User(row.user_id, row.user_name, session_id, Role(row.user_role), row.user_email)
                return self._opened(user, successor, idle_at, now)
        return await self._refuse(spent, source, now)

    async def delivered(self, refresh_token: str, now: datetime) -> None:
        """The answer with this refresh token was sent: the one before it is of no use any more."""
        async with self.database.write() as connection:
            await queries.mark_delivered(connection, self._hash(refresh_token, now), now)

    async def raced(self, refresh_token: str, now: datetime) -> User:
        """The user of a token that was spent within the grace, in a session that goes on. Raises SessionOver."""
        async with self.database.read() as connection:
            row = await queries.refresh_token(connection, self._hash(refresh_token, now))
            if row is None or not _raced(row, now):
                raise SessionOver
        found = await queries.who(self.database, row.id, row.user_id, now)
        if found is None or self.revocations.revoked(row.id):
            raise SessionOver
        return User(found.id, found.name, row.id, Role(found.role), found.email)

    async def who(self, access_token: str, now: datetime) -> User | None:
        """The user of an access token that is good and whose session goes on; None otherwise."""
        access = self.access(access_token, now)
        if access is None or self.revocations.revoked(access.session_id):
            return None
        row = await queries.who(self.database, access.session_id, access.user_id, now)
        return User(row.id, row.name, access.session_id, Role(row.role), row.email) if row is not None else None

    def goes_on(self, access_token: str, now: datetime) -> bool:
        """Whether the token is good and its session was not ended, as far as this process knows (`BOUND`)."""
        access = self.access(access_token, now)
        return access is not None and not self.revocations.revoked(access.session_id)

    def access(self, access_token: str, now: datetime) -> Access | None:
        """What a good access token says, whether or not its session goes on."""
        ring = self.keys.ring(now)
        found = self._verified.find(access_token, ring, now)
        if found is None:
            try:
                found = verify(access_token, ring, self.realm, now)
            except TokenError:
                return None
            self._verified.keep(access_token, ring, found)
        return found

    async def devices(self, user_id: str, now: datetime) -> list[Device]:
        """The user's sessions that go on, the latest seen first."""
        async with self.database.read() as connection:
            rows = await queries.live_sessions(connection, user_id, now)
        return [Device(**{name: getattr(row, name) for name in Device.__dataclass_fields__}) for row in rows]

    async def end_one(self, user: User, session_id: str, source: Source, now: datetime) -> None:
        """End one of the user's own sessions. Raises NotFoundError for any other."""
        if not await self._end(
            now, "ended", user_id=user.id, session_id=session_id, actor=user.id, action="session-ended", source=source
        ):
            raise NotFoundError("there is no such session", mend="it may have ended already")

    async def leave(self, user: User, source: Source, now: datetime) -> None:
        """Log out here."""
        await self._end(
            now, "logout", user_id=user.id, session_id=user.session_id, actor=user.id, action="logout", source=source
        )

    async def leave_everywhere(self, user: User, source: Source, now: datetime) -> int:
        """Log out everywhere; returns how many sessions that were."""
        ended = await self._end(
            now, "logout", user_id=user.id, actor=user.id, action="logout-everywhere", source=source
        )
        return len(ended)

    async def end_in(
        self, connection: AsyncConnection, now: datetime, reason: str, user_id: str, session_id: str | None = None
    ) -> list[str]:
        """End sessions of a user within the caller's transaction; the caller spreads the ids once it is committed."""
        ended = await queries.end_sessions(connection, now, reason, user_id=user_id, session_id=session_id)
        await self.revocations.note(connection, ended, now)
        return ended

    def csrf_token(self, session_id: str, now: datetime) -> str:
        """The token that the forms of a session carry; it lives as long as the session."""
        return self.keys.ring(now).hash("csrf", session_id)[:32]

    def is_csrf_token(self, given: str, session_id: str, now: datetime) -> bool:
        """Whether *given* is that token."""
        return hmac.compare_digest(
            given.encode("utf-8", "surrogatepass"), self.csrf_token(session_id, now).encode("ascii")
        )

    async def _end(
        self,
        now: datetime,
        reason: str,
        *,
        user_id: str,
        actor: str,
        action: str,
        source: Source,
        session_id: str | None = None,
    ) -> list[str]:
        async with self.database.write() as connection:
            ended = await self.end_in(connection, now, reason, user_id, session_id)
            if ended:
                await audit.write(connection, action, now, actor=actor, subject=session_id or user_id, source=source)
        await self.revocations.spread(ended, now)
        return ended

    async def _refuse(self, spent: str, source: Source, now: datetime) -> Opened:
        """Say why a token could not be spent. Raises RefreshRaced or SessionOver."""
        async with self.database.write() as connection:
            row = await queries.refresh_token(connection, spent)
            if row is None or row.ended_at is not None or row.disabled_at is not None or row.spent_at is None:
                raise SessionOver
            if _raced(row, now):
                raise RefreshRaced
            ended = await self.end_in(connection, now, "replay", row.user_id, row.id)
            await audit.write(connection, "refresh-replayed", now, actor=row.user_id, subject=row.id, source=source)
        await self.revocations.spread(ended, now)
        raise SessionOver

    def _opened(self, user: User, refresh: str, until: datetime, now: datetime) -> Opened:
        key = self.keys.signer(now)
        token, access = issue(key, self.realm, user_id=user.id, session_id=user.session_id, now=now)
        return Opened(user, token, access, refresh, until)

    def _hash(self, refresh: str, now: datetime) -> str:
        return self.keys.ring(now).hash("refresh", refresh)


def _raced(row: Row[Any], now: datetime) -> bool:
    return row.spent_at is not None and row.ended_at is None and row.spent_at > now - GRACE


__all__ = ["NOWHERE", "Device", "Opened", "Sessions", "Source"]
