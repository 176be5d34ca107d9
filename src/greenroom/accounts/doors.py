"""The rate limits before the doors. None of them can lock another person out of the address that they are used to."""

from __future__ import annotations

import hashlib

from greenroom.accounts.audit import Source
from greenroom.accounts.errors import TooOften
from greenroom.accounts.rules import normal_email
from greenroom.accounts.service import Accounts
from greenroom.kernel.errors import InputError
from greenroom.platform.limits import RateLimits, counted_address


class Doors:
    """Counts who knocks. Every function raises TooOften."""

    def __init__(self, accounts: Accounts, limits: RateLimits) -> None:
        self._accounts, self._limits = accounts, limits

    async def before_login(self, email: str, source: Source) -> None:
        """Somebody from *source* tries to log in.

        What is counted for an account from everywhere holds only for addresses that it was never used from, so whoever
        floods an account shuts out nobody but strangers. What is counted altogether comes last: one address alone
        cannot use it up.
        """
        address = counted_address(source.address)
        await self._hit("login-address", address)
        await self._hit("login", _account(email), address)
        if not await self._accounts.knows_address(email, source.address):
            await self._hit("login-user", _account(email))
        await self._hit("login-all")

    async def after_login(self, email: str, source: Source) -> None:
        """They have."""
        await self._limits.forget("login", _account(email), counted_address(source.address))

    async def before_registration(self, source: Source) -> None:
        """Somebody wants an account."""
        await self._hit("register", counted_address(source.address))
        await self._hit("login-all")

    async def before_letter(self, email: str, source: Source) -> None:
        """Somebody wants a letter sent to *email*: bounded for who asks, and for who gets it."""
        await self._hit("register", "letters", counted_address(source.address))
        await self._hit("letters", _account(email))

    async def before_refresh(self, source: Source) -> None:
        """A session is to be renewed."""
        await self._hit("refresh", counted_address(source.address))

    async def before_password(self, user_id: str) -> None:
        """A signed-in user is asked for the password once more."""
        await self._hit("login", "signed-in", user_id)
        await self._hit("login-all")

    async def _hit(self, name: str, *key: str) -> None:
        verdict = await self._limits.hit(name, *key)
        if not verdict.allowed:
            raise TooOften(verdict.retry_after_s)


def _account(email: str) -> str:
    """The account's key among the counts, without the address itself: one, however the address is written."""
    try:
        wanted = normal_email(email)
    except InputError:
        wanted = email.strip().casefold()
    return hashlib.sha256(wanted.encode("utf-8", "surrogatepass")).hexdigest()[:32]
