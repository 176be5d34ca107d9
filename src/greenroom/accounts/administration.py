"""What an admin looks at: users with their sessions, invitations, and names for the audit. Reading alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row

from greenroom.accounts import queries
from greenroom.accounts.rules import Role, normal_email
from greenroom.kernel.errors import InputError, NotFoundError
from greenroom.platform.database import Database


@dataclass(frozen=True)
class Account:
    """A user as an admin sees them."""

    id: str
    name: str
    email: str | None
    role: Role
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True)
class Invitation:
    """An invitation without its secret, which nobody can be told again."""

    id: str
    email: str | None
    role: Role
    state: Literal["open", "used", "withdrawn", "ended"]
    created_at: datetime
    expires_at: datetime
    invited_by: str


class Administration:
    """The people of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def users(self, *, search: str = "", after: str | None = None, limit: int = 50) -> list[Account]:
        """Users in the order in which they came, after the id *after*; *search* is in the name or the address."""
        async with self.database.read() as connection:
            rows = await queries.users_page(connection, search=search.strip(), after=after, limit=limit)
        return [_account(row) for row in rows]

    async def user(self, user_id: str) -> Account:
        """One user. Raises NotFoundError."""
        async with self.database.read() as connection:
            found = await queries.user(connection, user_id)
        if found is None:
            raise NotFoundError("there is no such user", mend="look for them in the list")
        return _account(found)

    async def invitations(self, now: datetime, *, after: str | None = None, limit: int = 50) -> list[Invitation]:
        """Invitations, the newest first, older than the id *after*."""
        async with self.database.read() as connection:
            rows = await queries.invitations_page(connection, before=after, limit=limit)
            names = await queries.names(connection, {row.invited_by for row in rows})
        return [_invitation(row, names.get(row.invited_by, ""), now) for row in rows]

    async def counts(self, now: datetime) -> dict[str, int]:
        """How many users there are, how many are disabled, sessions go on, and invitations are open."""
        async with self.database.read() as connection:
            return await queries.counts(connection, now)

    async def names(self, ids: Iterable[str | None]) -> dict[str | None, str]:
        """The names of those users among *ids* that are there."""
        async with self.database.read() as connection:
            return await queries.names(connection, ids)

    async def id_of(self, person: str) -> str:
        """The id behind an address, or *person* itself where it is none: who was meant in a filter."""
        try:
            email = normal_email(person)
        except InputError:
            return person.strip()
        async with self.database.read() as connection:
            found = await queries.user_by_email(connection, email)
        return str(found.id) if found is not None else person.strip()

    async def actions(self) -> list[str]:
        """The actions that the audit knows by now."""
        async with self.database.read() as connection:
            return await queries.audit_actions(connection)


def _account(row: Row[Any]) -> Account:
    return Account(row.id, row.name, row.email, Role(row.role), row.created_at, row.disabled_at)


def _invitation(row: Row[Any], invited_by: str, now: datetime) -> Invitation:
    state: Literal["open", "used", "withdrawn", "ended"] = "open"
    if row.used_at is not None:
        state = "used"
    elif row.withdrawn_at is not None:
        state = "withdrawn"
    elif row.expires_at <= now:
        state = "ended"
    return Invitation(row.id, row.email, Role(row.role), state, row.created_at, row.expires_at, invited_by)
