"""What is remembered of access tokens: the signature, never that the session goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from greenroom.accounts import sessions as sessions_module
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.keys import KeyFile, KeyRing, new_key
from greenroom.accounts.rules import ACCESS_LIFETIME
from greenroom.accounts.service import Accounts
from greenroom.accounts.tokens import Access, verify
from greenroom.accounts.verified import Verified
from tests.accounts.conftest import REALM, Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio


def ring() -> KeyRing:
    return KeyRing((new_key("HS256", START),), b"pepper")


def access(seconds: float = 60) -> Access:
    return Access("user", "session", "token", START + timedelta(seconds=seconds))


def test_a_token_is_found_until_it_ends() -> None:
    verified, keys = Verified(), ring()
    verified.keep("one", keys, access(60))
    assert verified.find("one", keys, START) is not None
    assert verified.find("one", keys, START + timedelta(seconds=60)) is None
    assert verified.find("other", keys, START) is None
    assert len(verified) == 0


def test_another_key_ring_forgets_all() -> None:
    verified, keys, other = Verified(), ring(), ring()
    verified.keep("one", keys, access())
    assert verified.find("one", other, START) is None
    verified.keep("two", other, access())
    assert len(verified) == 1


def test_the_tokens_used_last_are_kept_and_no_text_is() -> None:
    verified, keys = Verified(most=2), ring()
    for name in ("one", "two"):
        verified.keep(name, keys, access())
    verified.find("one", keys, START)
    verified.keep("three", keys, access())
    assert [verified.find(name, keys, START) is not None for name in ("one", "two", "three")] == [True, False, True]
    assert not any(b"one" in name or b"three" in name for name in verified._known)


async def test_the_signature_is_verified_once_and_the_session_asked_for_each_time(
    accounts: Accounts, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def counted(*args: Any) -> Access:
        calls.append("verified")
        return verify(*args)

    monkeypatch.setattr(sessions_module, "verify", counted)
    opened = await opening("ada@example.org")
    for _ in range(3):
        assert await accounts.sessions.who(opened.access_token, START) is not None
    assert calls == ["verified"]
    await accounts.sessions.leave(opened.user, NOWHERE, START)
    assert await accounts.sessions.who(opened.access_token, START) is None
    assert not accounts.sessions.goes_on(opened.access_token, START)
    assert calls == ["verified"]


async def test_a_remembered_token_ends_and_goes_with_its_key(
    accounts: Accounts, opening: Opening, tmp_path: Path
) -> None:
    opened = await opening("ada@example.org")
    sessions = accounts.sessions
    assert sessions.goes_on(opened.access_token, START)
    assert not sessions.goes_on(opened.access_token, START + ACCESS_LIFETIME)
    elsewhere = KeyFile(sessions.keys.path, "EdDSA")
    elsewhere.rotate(START)
    assert sessions.goes_on(opened.access_token, START)
    sessions.keys.path.unlink()  # its keys are known to others: the operator takes them away
    assert not sessions.goes_on(opened.access_token, START)
    assert sessions.realm == REALM
