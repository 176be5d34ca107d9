"""Accounts: registering, logging in, passwords, roles, and the end of an account. One unit of work a function."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from greenroom.accounts import audit, queries
from greenroom.accounts.audit import Source
from greenroom.accounts.errors import InvitationRefused, LastAdmin, LinkRefused, LoginRefused
from greenroom.accounts.keys import KeyFile
from greenroom.accounts.mail import Letter, Post
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.rules import (
    INVITATION_LIFETIME,
    LINK_LIFETIME,
    RESET_LIFETIME,
    SOLO_USER_ID,
    Role,
    User,
    check_name,
    check_password,
    normal_email,
)
from greenroom.accounts.sessions import Opened, Sessions
from greenroom.accounts.tables import users
from greenroom.kernel.errors import InputError, NotFoundError
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database, insert_unless_there
from greenroom.platform.limits import counted_address

Registration = Literal["open", "invitation", "closed"]


async def ensure_solo_user(database: Database, now: datetime) -> str:
    """The id of the single local user, who is made at the first start."""
    async with database.write() as connection:
        row = {"id": SOLO_USER_ID, "name": "You", "role": "admin", "created_at": now}
        await insert_unless_there(connection, users, row)
    return SOLO_USER_ID


async def new_link(database: Database, keys: KeyFile, user_id: str, now: datetime) -> str:
    """The secret of a fresh one-time link that logs in; earlier unused links of the user stop working."""
    async with database.write() as connection:
        return await _add_link(connection, keys, user_id, "enter", now)


async def _add_link(
    connection: AsyncConnection, keys: KeyFile, user_id: str, purpose: Literal["enter", "reset"], now: datetime
) -> str:
    secret = secrets.token_urlsafe(32)
    row = {
        "secret_hash": keys.ring(now).hash(purpose, secret),
        "user_id": user_id,
        "purpose": purpose,
        "expires_at": now + (LINK_LIFETIME if purpose == "enter" else RESET_LIFETIME),
    }
    await queries.user(connection, user_id, lock=True)  # two at once would each leave a link that works
    await queries.add_link(connection, row)
    return secret


@dataclass(frozen=True)
class Invited:
    """An invitation that was made: its secret is told once."""

    id: str
    secret: str
    email: str | None
    role: Role
    expires_at: datetime


class Accounts:
    """The accounts of one database."""

    def __init__(
        self,
        sessions: Sessions,
        passwords: Passwords,
        post: Post,
        *,
        registration: Registration = "invitation",
        address: str = "",
    ) -> None:
        self.sessions, self.passwords, self.post = sessions, passwords, post
        self.database, self.registration, self.address = sessions.database, registration, address

    # Coming in

    async def enter(self, link: str, source: Source, now: datetime) -> Opened:
        """Use a one-time link up and open a session. Raises LinkRefused."""
        async with self.database.write() as connection:
            user_id = await queries.use_link(connection, self._hash("enter", link, now), "enter", now)
            found = await queries.user(connection, user_id, lock=True) if user_id is not None else None
            if found is None or found.disabled_at is not None:
                raise LinkRefused
            return await self.sessions.open(connection, found, source, now, how="link")

    async def login(self, email: str, password: str, source: Source, now: datetime) -> Opened:
        """Open a session. Raises LoginRefused, after the same work, whoever it was."""
        found = await self._by_email(email)
        right, better = await self.passwords.verify(password, found.password_hash if found is not None else None)
        if found is None or not right or found.disabled_at is not None:
            await self._note_failure(found, source, now)
            raise LoginRefused
        async with self.database.write() as connection:
            again = await queries.user(connection, found.id, lock=True)
            if again is None or again.disabled_at is not None or again.password_hash != found.password_hash:
                raise LoginRefused  # it was changed while we looked
            if better is not None:
                await queries.change_user(connection, found.id, password_hash=better)
            return await self.sessions.open(connection, again, source, now, how="password")

    async def _by_email(self, email: str) -> Row[Any] | None:
        try:
            wanted = normal_email(email)
        except InputError:
            wanted = ""
        async with self.database.read() as connection:
            return await queries.user_by_email(connection, wanted)

    async def _note_failure(self, found: Row[Any] | None, source: Source, now: datetime) -> None:
        """As much is written for a stranger as for somebody: the time must not tell."""
        subject = found.id if found is not None else None
        async with self.database.write() as connection:
            await audit.write(connection, "login-failed", now, subject=subject, source=source)

    async def knows_address(self, email: str, address: str) -> bool:
        """Whether this person has logged in from *address* before, or from another of its IPv6 site."""
        found = await self._by_email(email)
        async with self.database.read() as connection:
            known = await queries.known_addresses(connection, found.id if found is not None else "")
        return counted_address(address) in {counted_address(one) for one in known}

    # Registering

    async def register(
        self, *, email: str, name: str, password: str, invitation: str | None, source: Source, now: datetime
    ) -> None:
        """Make an account. An address that has one already gets a letter, and who asked is told the same.

        Raises InputError, and InvitationRefused where one is needed.
        """
        email, name = normal_email(email), check_name(name)
        check_password(password, email=email, name=name)
        if self.registration == "closed" and not invitation:
            raise InvitationRefused
        hashed = await self.passwords.hash(password)
        try:
            await self._add(email, name, hashed, invitation, source, now)
        except IntegrityError:
            await self._note_again(email, source, now)
            self.post.send(_already_there(email, self.address))

    async def _note_again(self, email: str, source: Source, now: datetime) -> None:
        """A commit here too, which takes longer than all else: the time must not tell."""
        found = await self._by_email(email)
        subject = found.id if found is not None else None
        async with self.database.write() as connection:
            await audit.write(connection, "registered-again", now, subject=subject, source=source)

    async def _add(
        self, email: str, name: str, hashed: str, invitation: str | None, source: Source, now: datetime
    ) -> None:
        async with self.database.write() as connection:
            role, invited_by = Role.candidate, None
            if invitation or self.registration != "open":
                wanted = self._hash("invitation", invitation or "", now)
                found = await queries.use_invitation(connection, wanted, email, now)
                if found is None:
                    raise InvitationRefused
                role, invited_by = Role(found.role), found.invited_by
            row = {"id": new_id(now), "name": name, "email": email, "password_hash": hashed}
            await queries.add_user(connection, row | {"role": role.value, "created_at": now})
            details = {"role": role.value, "invited_by": invited_by}
            await audit.write(
                connection, "registered", now, actor=row["id"], subject=row["id"], source=source, details=details
            )

    async def invite(
        self, actor: str | None, *, email: str | None, role: Role, source: Source, now: datetime
    ) -> Invited:
        """An invitation for one registration: for *email* alone, or for whoever has it."""
        wanted = normal_email(email) if email else None
        secret = secrets.token_urlsafe(32)
        made = Invited(new_id(now), secret, wanted, role, now + INVITATION_LIFETIME)
        row = {
            "id": made.id,
            "secret_hash": self._hash("invitation", secret, now),
            "email": wanted,
            "role": role.value,
            "invited_by": actor,
            "created_at": now,
            "expires_at": made.expires_at,
        }
        async with self.database.write() as connection:
            await queries.add_invitation(connection, row)
            details = {"email": wanted, "role": role.value}
            await audit.write(connection, "invited", now, actor=actor, subject=made.id, source=source, details=details)
        if wanted is not None:
            self.post.send(_invitation(wanted, self.address, secret))
        return made

    async def withdraw(self, actor: str, invitation_id: str, source: Source, now: datetime) -> None:
        """Have an unused invitation stop working. Raises NotFoundError."""
        async with self.database.write() as connection:
            if not await queries.withdraw_invitation(connection, invitation_id, now):
                raise NotFoundError("there is no such open invitation", mend="it may have been used")
            await audit.write(
                connection, "invitation-withdrawn", now, actor=actor, subject=invitation_id, source=source
            )

    # Passwords

    async def change_password(self, user: User, old: str, new: str, source: Source, now: datetime) -> Opened:
        """Set another password. Every session ends; who did it goes on in a new one.

        Raises LoginRefused for a wrong old one.
        """
        async with self.database.read() as connection:
            found = await queries.user(connection, user.id)
        stored = found.password_hash if found is not None else None
        if not (await self.passwords.verify(old, stored))[0]:
            raise LoginRefused
        check_password(new, email=user.email or "", name=user.name)
        hashed = await self.passwords.hash(new)
        return await self._set_password(user.id, hashed, "password-changed", source, now, over=stored)

    async def forgot(self, email: str, source: Source, now: datetime) -> None:
        """Send a link that sets another password, if there is such an account; who asks is not told."""
        found = await self._by_email(email)
        subject = found.id if found is not None else None
        secret = ""
        async with self.database.write() as connection:
            if found is not None and found.disabled_at is None:
                secret = await _add_link(connection, self.sessions.keys, found.id, "reset", now)
            else:  # as much is asked for nobody, but for the link itself
                await queries.user(connection, "", lock=True)
                await queries.drop_links(connection, "")
            await audit.write(connection, "reset-asked", now, subject=subject, source=source)
        if secret:
            assert found is not None
            self.post.send(_reset(found.email, self.address, secret))

    async def reset_link(self, email: str, source: Source, now: datetime) -> str | None:
        """The secret of a link that sets another password, for who runs the server; None for an unknown address."""
        found = await self._by_email(email)
        if found is None:
            return None
        async with self.database.write() as connection:
            secret = await _add_link(connection, self.sessions.keys, found.id, "reset", now)
            await audit.write(connection, "reset-link-made", now, subject=found.id, source=source)
        return secret

    async def reset(self, link: str, new: str, source: Source, now: datetime) -> None:
        """Set another password with the secret of such a link. Every session ends. Raises LinkRefused."""
        check_password(new)
        hashed = await self.passwords.hash(new)
        async with self.database.write() as connection:
            user_id = await queries.use_link(connection, self._hash("reset", link, now), "reset", now)
            found = await queries.user(connection, user_id, lock=True) if user_id is not None else None
            if found is None or found.disabled_at is not None:
                raise LinkRefused
            check_password(new, email=found.email or "", name=found.name)
            ended = await self._replace(connection, found.id, hashed, "password-reset", source, now)
        await self.sessions.revocations.spread(ended, now)

    async def _set_password(
        self, user_id: str, hashed: str, action: str, source: Source, now: datetime, *, over: str | None
    ) -> Opened:
        async with self.database.write() as connection:
            found = await queries.user(connection, user_id, lock=True)
            if found is None or found.disabled_at is not None or found.password_hash != over:
                raise LoginRefused
            ended = await self._replace(connection, user_id, hashed, action, source, now)
            opened = await self.sessions.open(connection, found, source, now, how=action)
        await self.sessions.revocations.spread(ended, now)
        return opened

    async def _replace(
        self, connection: AsyncConnection, user_id: str, hashed: str, action: str, source: Source, now: datetime
    ) -> list[str]:
        await queries.change_user(connection, user_id, password_hash=hashed)
        await queries.drop_links(connection, user_id)
        ended = await self.sessions.end_in(connection, now, action, user_id)
        await audit.write(connection, action, now, actor=user_id, subject=user_id, source=source)
        return ended

    # Roles, and the end

    async def set_role(self, actor: User, user_id: str, role: Role, source: Source, now: datetime) -> None:
        """Give a user another role; their sessions end. Raises NotFoundError and LastAdmin."""
        async with self.database.write() as connection:
            found = await self._for_change(connection, user_id, stays_admin=role is Role.admin)
            if found.role == role.value:
                return
            await queries.change_user(connection, user_id, role=role.value)
            ended = await self.sessions.end_in(connection, now, "role-changed", user_id)
            details = {"from": found.role, "to": role.value}
            await audit.write(
                connection, "role-changed", now, actor=actor.id, subject=user_id, source=source, details=details
            )
        await self.sessions.revocations.spread(ended, now)

    async def set_disabled(self, actor: User, user_id: str, disabled: bool, source: Source, now: datetime) -> None:
        """Shut a user out, or let them in again. Raises NotFoundError and LastAdmin."""
        async with self.database.write() as connection:
            found = await self._for_change(connection, user_id, stays_admin=not disabled)
            if (found.disabled_at is not None) is disabled:
                return
            await queries.change_user(connection, user_id, disabled_at=now if disabled else None)
            ended = await self.sessions.end_in(connection, now, "disabled", user_id) if disabled else []
            action = "disabled" if disabled else "enabled"
            await audit.write(connection, action, now, actor=actor.id, subject=user_id, source=source)
        await self.sessions.revocations.spread(ended, now)

    async def end_sessions_of(self, actor: User, user_id: str, source: Source, now: datetime) -> int:
        """Log a user out everywhere, as an admin; returns how many sessions ended. Raises NotFoundError."""
        async with self.database.write() as connection:
            if await queries.user(connection, user_id, lock=True) is None:
                raise _no_user()
            ended = await self.sessions.end_in(connection, now, "by-admin", user_id)
            await audit.write(connection, "sessions-ended", now, actor=actor.id, subject=user_id, source=source)
        await self.sessions.revocations.spread(ended, now)
        return len(ended)

    async def delete(self, user: User, password: str, source: Source, now: datetime) -> None:
        """Delete the own account with all that is theirs. Raises LoginRefused and LastAdmin."""
        async with self.database.read() as connection:
            found = await queries.user(connection, user.id)
        if found is None:
            raise LoginRefused
        if found.password_hash is not None and not (await self.passwords.verify(password, found.password_hash))[0]:
            raise LoginRefused
        async with self.database.write() as connection:
            await self._for_change(connection, user.id, stays_admin=False)
            ended = await self.sessions.end_in(connection, now, "deleted", user.id)
            await queries.remove_user(connection, user.id)
            await audit.write(connection, "account-deleted", now, actor=user.id, subject=user.id, source=source)
        await self.sessions.revocations.spread(ended, now)

    async def _for_change(self, connection: AsyncConnection, user_id: str, *, stays_admin: bool) -> Row[Any]:
        others = await queries.other_admins(connection, user_id)
        found = await queries.user(connection, user_id, lock=True)
        if found is None:
            raise _no_user()
        if found.role == Role.admin.value and found.disabled_at is None and not stays_admin and not others:
            raise LastAdmin
        return found

    async def first_invitation(self, now: datetime) -> str | None:
        """The secret of an invitation for the first admin; None where somebody administers already."""
        async with self.database.read() as connection:
            if await queries.any_admin(connection):
                return None
        made = await self.invite(None, email=None, role=Role.admin, source=audit.NOWHERE, now=now)
        return made.secret

    def _hash(self, purpose: str, secret: str, now: datetime) -> str:
        """How a secret is stored that is used once: who can write into the database cannot add one of their own."""
        return self.sessions.keys.ring(now).hash(purpose, secret)

    async def close(self) -> None:
        """Send what is under way and end the threads."""
        await self.post.close()
        await asyncio.to_thread(self.passwords.close)


def _no_user() -> NotFoundError:
    return NotFoundError("there is no such user", mend="look for them in the list")


def _reset(email: str, address: str, secret: str) -> Letter:
    text = (
        "Somebody, probably you, wants another password for your Greenroom account.\n"
        f"Open this within 30 minutes to choose one:\n\n    {address}/reset#{secret}\n\n"
        "If it was not you, do nothing: your password stays as it is.\n"
    )
    return Letter(email, "Choose another password for Greenroom", text)


def _invitation(email: str, address: str, secret: str) -> Letter:
    text = (
        "You are invited to Greenroom, where technical interviews are practised.\n"
        f"Open this within seven days to make your account:\n\n    {address}/register#{secret}\n"
    )
    return Letter(email, "You are invited to Greenroom", text)


def _already_there(email: str, address: str) -> Letter:
    text = (
        "Somebody, perhaps you, wanted to register with this address, which has an account already.\n"
        f"Log in at {address}/login, or have your password reset there.\n"
    )
    return Letter(email, "You have a Greenroom account already", text)
