"""Putting the parts of accounts together, as the settings say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from greenroom.accounts.keys import KeyFile
from greenroom.accounts.mail import FolderMailbox, Post, SmtpMailbox
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.revocations import Revocations
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Sessions
from greenroom.accounts.tokens import Realm
from greenroom.kernel.clock import Clock
from greenroom.platform.database import Database
from greenroom.platform.heralds import RedisHerald
from greenroom.platform.limits import RateLimits
from greenroom.platform.settings import Settings


@dataclass(frozen=True)
class People:
    """The accounts, and what has to be closed with them."""

    accounts: Accounts
    limits: RateLimits
    herald: RedisHerald | None

    async def close(self) -> None:
        """Close all of it."""
        await self.accounts.sessions.revocations.close()
        await self.accounts.close()
        if self.herald is not None:
            await self.herald.close()


def open_accounts(settings: Settings, database: Database, clock: Clock) -> People:
    """The parts. Raises InputError for a setting that cannot be used and EnvironmentFault for the key file."""
    keys = KeyFile(settings.keys_path, settings.token_algorithm)
    keys.ring(clock.now())
    herald = RedisHerald(settings.redis_url, "greenroom:revocations") if settings.redis_url else None
    revocations = Revocations(database, clock, herald)
    realm = Realm(settings.token_issuer, settings.token_audience, timedelta(seconds=settings.access_lifetime_s))
    accounts = Accounts(
        Sessions(database, keys, realm, revocations),
        Passwords(settings.password_threads),
        _post(settings),
        registration=settings.registration if settings.mode == "server" else "closed",
        address=settings.public_url or f"http://{settings.host}:{settings.port or ''}".rstrip(":"),
    )
    return People(accounts, RateLimits(settings.rate_limits, settings.redis_url), herald)


def _post(settings: Settings) -> Post:
    folder = settings.data_dir / "mail"
    if not settings.smtp_url:
        return Post(FolderMailbox(folder, settings.mail_from))
    unsent = FolderMailbox(folder / "unsent", settings.mail_from)
    return Post(SmtpMailbox(settings.smtp_url, settings.mail_from), unsent)
