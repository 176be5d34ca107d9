"""Hashing passwords with argon2id, in a pool that bounds the memory and the time that a flood of logins can take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from greenroom.accounts.rules import MOST_PASSWORD_CHARACTERS, normal_password
from greenroom.kernel.errors import CapacityError, InputError

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
"""The first choice of OWASP's Password Storage Cheat Sheet for argon2id: 19 MiB, two passes, one lane."""

MOST_WAITING = 64

_Result = TypeVar("_Result")


class BusyError(CapacityError):
    """More passwords wait to be hashed than can be in a few seconds."""

    retry_after_s = 5


class Passwords:
    """At most *threads* hashes at once, of `MEMORY_KIB` each; `MOST_WAITING` wait, further ones are refused."""

    def __init__(self, threads: int = 2, *, memory_kib: int = MEMORY_KIB) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=PASSES, memory_cost=memory_kib, parallelism=LANES),))
        self._pool = ThreadPoolExecutor(threads, "greenroom-passwords")
        self._waiting = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store. Raises BusyError."""
        return await self._run(self._hash, password)

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether *password* is the one, and a better hash to store where *stored* is of older settings.

        Without *stored* as much is done as with one, for the time must not tell who has an account. Raises BusyError.
        """
        return await self._run(self._verify, password, stored)

    def close(self) -> None:
        """Wait for what is being hashed."""
        self._pool.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[..., _Result], *arguments: object) -> _Result:
        if self._waiting >= MOST_WAITING:
            raise BusyError("too many people log in at this moment", mend="try again in a few seconds")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        return self._hasher.hash(normal_password(password))

    def _verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        try:
            given = normal_password(password[:MOST_PASSWORD_CHARACTERS])
        except InputError:
            given, stored = b"", None
        if len(password) > MOST_PASSWORD_CHARACTERS:
            stored = None
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(b"a password of nobody's")
        try:
            right, better = self._hasher.verify_and_update(given, stored or self._nobodys)
        except UnknownHashError:
            return False, None
        return right and stored is not None, better if stored is not None else None
