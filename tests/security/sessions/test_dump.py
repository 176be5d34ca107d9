"""Who has a copy of the database has no session, no token and no link; nor who writes hashes of their own into it."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.errors import InvitationRefused, LinkRefused, LoginRefused, SessionOver
from greenroom.accounts.rules import Role
from greenroom.accounts.service import Accounts, new_link
from greenroom.platform.database import Database
from tests.accounts.conftest import Letters, Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio

WORDS = "four words of mine"


@pytest.fixture
async def database(database_file: Path) -> AsyncIterator[Database]:
    """SQLite: its file is what somebody copies."""
    opened = Database(database_file)
    yield opened
    await opened.close()


@pytest.fixture
async def secrets(accounts: Accounts, opening: Opening, letters: Letters) -> list[str]:
    """A database with one of everything, and the secrets whose hashes are in it."""
    opened = await opening("ada@example.org")
    renewed = await accounts.sessions.refresh(opened.refresh_token, NOWHERE, START)
    await accounts.forgot("ada@example.org", NOWHERE, START)
    invited = await accounts.invite(None, email=None, role=Role.admin, source=NOWHERE, now=START)
    link = await new_link(accounts.database, accounts.sessions.keys, opened.user.id, START)
    given = [WORDS, opened.refresh_token, renewed.refresh_token, opened.access_token, renewed.access_token]
    return [*given, await letters.secret(), invited.secret, link]


def _values(path: Path) -> set[str]:
    """Every text of every table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for name in tables for row in connection.execute(f'SELECT * FROM "{name}"')]
    return {value for row in rows for value in row if isinstance(value, str) and value}


async def _opens_nothing(accounts: Accounts, value: str) -> None:
    with pytest.raises(SessionOver):
        await accounts.sessions.refresh(value, NOWHERE, START)
    with pytest.raises(SessionOver):
        await accounts.sessions.raced(value, START)
    assert await accounts.sessions.who(value, START) is None
    with pytest.raises(LinkRefused):
        await accounts.enter(value, NOWHERE, START)
    with pytest.raises(LinkRefused):
        await accounts.reset(value, "another four words", NOWHERE, START)
    with pytest.raises(InvitationRefused):
        await accounts.register(
            email="eve@example.org", name="Eve", password=WORDS, invitation=value, source=NOWHERE, now=START
        )
    with pytest.raises(LoginRefused):
        await accounts.login("ada@example.org", value, NOWHERE, START)


async def test_no_secret_is_in_the_database(accounts: Accounts, secrets: list[str], database_file: Path) -> None:
    files = b"".join(one.read_bytes() for one in database_file.parent.glob("greenroom.db*"))
    for secret in secrets:
        assert secret.encode() not in files


async def test_no_key_is_in_the_database(accounts: Accounts, secrets: list[str], database_file: Path) -> None:
    ring = accounts.sessions.keys.ring(START)
    files = b"".join(one.read_bytes() for one in database_file.parent.glob("greenroom.db*"))
    for key in (ring.pepper, *(one.secret for one in ring.keys)):
        assert key not in files
        assert key.hex().encode() not in files


async def test_nothing_that_stands_in_the_database_opens_anything(
    accounts: Accounts, secrets: list[str], database_file: Path
) -> None:
    values = _values(database_file)
    assert len(values) > 20
    for value in values - {"ada@example.org"}:
        await _opens_nothing(accounts, value)


@pytest.mark.parametrize("kind", ["plain", "sha256", "hmac without a key", "hmac with another key", "upper case"])
async def test_a_hash_of_ones_own_written_in_opens_no_session(
    accounts: Accounts, secrets: list[str], database_file: Path, kind: str
) -> None:
    mine = "A" * 43
    message = b"refresh\0" + mine.encode()
    written = {
        "plain": mine,
        "sha256": hashlib.sha256(mine.encode()).hexdigest(),
        "hmac without a key": hmac.new(b"", message, "sha256").hexdigest(),
        "hmac with another key": hmac.new(bytes(32), message, "sha256").hexdigest(),
        "upper case": accounts.sessions.keys.ring(START).hash("refresh", mine).upper(),
    }[kind]
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("UPDATE refresh_tokens SET hash = ? WHERE spent_at IS NULL", (written,))
    for value in (mine, written):
        with pytest.raises(SessionOver):
            await accounts.sessions.refresh(value, NOWHERE, START)


async def test_control_with_the_key_the_same_edit_would_open_it(
    accounts: Accounts, secrets: list[str], database_file: Path
) -> None:
    right = accounts.sessions.keys.ring(START).hash("refresh", "A" * 43)
    with closing(sqlite3.connect(database_file)) as connection, connection:
        connection.execute("UPDATE refresh_tokens SET hash = ? WHERE spent_at IS NULL", (right,))
    assert (await accounts.sessions.refresh("A" * 43, NOWHERE, START)).user.email == "ada@example.org"


LOOSE = ["plain", "sha256", "hmac without a key", "hmac with another key", "of another purpose"]


def _loose(accounts: Accounts, purpose: str, mine: str, kind: str) -> str:
    """What somebody may write who has no key, or a hash for another purpose."""
    message = f"{purpose}\0{mine}".encode()
    return {
        "plain": mine,
        "sha256": hashlib.sha256(mine.encode()).hexdigest(),
        "hmac without a key": hmac.new(b"", message, "sha256").hexdigest(),
        "hmac with another key": hmac.new(bytes(32), message, "sha256").hexdigest(),
        "of another purpose": accounts.sessions.keys.ring(START).hash("refresh", mine),
    }[kind]


def _write(path: Path, statement: str, value: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, (value,)).rowcount > 0


@pytest.mark.parametrize("kind", LOOSE)
@pytest.mark.parametrize("purpose", ["enter", "reset"])
async def test_a_link_of_ones_own_written_in_opens_nothing(
    accounts: Accounts, secrets: list[str], database_file: Path, purpose: str, kind: str
) -> None:
    mine = "A" * 43
    statement = f"UPDATE links SET secret_hash = ? WHERE purpose = '{purpose}' AND used_at IS NULL"
    _write(database_file, statement, _loose(accounts, purpose, mine, kind))
    with pytest.raises(LinkRefused):
        await (accounts.enter(mine, NOWHERE, START) if purpose == "enter" else _reset(accounts, mine))
    _write(database_file, statement, accounts.sessions.keys.ring(START).hash(purpose, mine))
    await (accounts.enter(mine, NOWHERE, START) if purpose == "enter" else _reset(accounts, mine))  # with the key


async def _reset(accounts: Accounts, link: str) -> None:
    await accounts.reset(link, "another four words", NOWHERE, START)


@pytest.mark.parametrize("kind", LOOSE)
async def test_an_invitation_of_ones_own_written_in_makes_no_account(
    accounts: Accounts, secrets: list[str], database_file: Path, kind: str
) -> None:
    mine, statement = "A" * 43, "UPDATE invitations SET secret_hash = ?"

    async def register(email: str) -> None:
        await accounts.register(email=email, name="Eve", password=WORDS, invitation=mine, source=NOWHERE, now=START)

    _write(database_file, statement, _loose(accounts, "invitation", mine, kind))
    with pytest.raises(InvitationRefused):
        await register("eve@example.org")
    _write(database_file, statement, accounts.sessions.keys.ring(START).hash("invitation", mine))
    await register("eve@example.org")  # with the key


async def test_a_password_hash_that_is_none_opens_nothing(
    accounts: Accounts, secrets: list[str], database_file: Path
) -> None:
    for written in ("", WORDS, hashlib.sha256(WORDS.encode()).hexdigest(), "$argon2id$", "$2b$12$" + "a" * 53, "!"):
        with closing(sqlite3.connect(database_file)) as connection, connection:
            connection.execute("UPDATE users SET password_hash = ?", (written,))
        for given in (WORDS, written, ""):
            with pytest.raises(LoginRefused):
                await accounts.login("ada@example.org", given, NOWHERE, START)


async def test_the_database_with_the_keys_of_another_installation_opens_nothing(
    accounts: Accounts, secrets: list[str]
) -> None:
    accounts.sessions.keys.path.unlink()
    for secret in secrets[1:5]:
        with pytest.raises(SessionOver):
            await accounts.sessions.refresh(secret, NOWHERE, START)
        assert await accounts.sessions.who(secret, START) is None
