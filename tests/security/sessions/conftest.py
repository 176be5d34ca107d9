"""The fixtures of accounts, with hashes that are cheap: these tests log in often."""

from __future__ import annotations

import pytest

from greenroom.accounts.passwords import Passwords
from greenroom.accounts.service import Accounts
from tests.accounts.conftest import accounts, clock, letters, opening

__all__ = ["accounts", "clock", "letters", "opening"]


@pytest.fixture(autouse=True)
def cheap(accounts: Accounts) -> None:
    accounts.passwords.close()
    accounts.passwords = Passwords(memory_kib=64)
