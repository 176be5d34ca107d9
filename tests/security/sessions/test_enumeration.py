"""Who asks learns nothing about who has an account: the same answer, after the same work.

Work is counted and not timed: hashes, statements and commits. One ratio of times is printed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from greenroom.accounts import queries
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.errors import LoginRefused
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.rules import Role
from greenroom.accounts.service import Accounts
from greenroom.kernel.errors import GreenroomError
from tests.accounts.conftest import Letters, Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio

WORDS = "four words of mine"


@dataclass
class Work:
    """What was done: statements (their text), commits, and passwords hashed or verified."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0
    hashes: int = 0


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often argon2 runs."""
    count = [0]

    def counted(name: str) -> Any:
        real = getattr(Passwords, name)

        def run(self: Passwords, *arguments: Any) -> Any:
            count[0] += 1
            return real(self, *arguments)

        return run

    for name in ("_hash", "_verify"):
        monkeypatch.setattr(Passwords, name, counted(name))
    return count


@contextmanager
def counting(hashing: list[int]) -> Iterator[Work]:
    """Counts in every engine of this process."""
    work, before = Work(), hashing[0]

    def on_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        work.statements.append(statement)

    def on_commit(_connection: Any) -> None:
        work.commits += 1

    event.listen(Engine, "before_cursor_execute", on_statement)
    event.listen(Engine, "commit", on_commit)
    try:
        yield work
    finally:
        event.remove(Engine, "before_cursor_execute", on_statement)
        event.remove(Engine, "commit", on_commit)
        work.hashes = hashing[0] - before


@pytest.fixture
async def people(accounts: Accounts, opening: Opening, letters: Letters) -> None:
    """Somebody, somebody who is shut out, and somebody without a password."""
    admin = await opening("root@example.org", role=Role.admin)
    await opening("ada@example.org")
    out = await opening("out@example.org")
    await accounts.set_disabled(admin.user, out.user.id, True, NOWHERE, START)
    bare = await opening("bare@example.org")
    async with accounts.database.write() as connection:
        await queries.change_user(connection, bare.user.id, password_hash=None)


REFUSED = [
    ("ada@example.org", "not the password"),
    ("ada@example.org", ""),
    ("ada@example.org", "x" * 5000),
    ("ada@example.org", "half \ud800 of it"),
    ("out@example.org", WORDS),
    ("out@example.org", "not the password"),
    ("bare@example.org", WORDS),
    ("nobody@example.org", WORDS),
    ("no address at all", WORDS),
    ("", WORDS),
    ("ada@example.org\0", WORDS),
    ("\ud800@example.org", WORDS),
]


async def _login(accounts: Accounts, email: str, password: str, hashing: list[int]) -> tuple[Work, str]:
    with counting(hashing) as work, pytest.raises(LoginRefused) as refused:
        await accounts.login(email, password, NOWHERE, START)
    return work, f"{refused.value.status} {refused.value.code} {refused.value.line()}"


@pytest.mark.parametrize(("email", "password"), REFUSED, ids=lambda one: repr(one[:20]))
async def test_every_refused_login_does_the_same_and_says_the_same(
    accounts: Accounts, people: None, hashing: list[int], email: str, password: str
) -> None:
    await _login(accounts, "nobody@example.org", "to begin with", hashing)  # the first makes nobody's hash
    expected = await _login(accounts, "ada@example.org", "a wrong password", hashing)
    assert expected[0].hashes == 1
    assert expected[0].commits == 1
    assert await _login(accounts, email, password, hashing) == expected


async def _knock(accounts: Accounts, email: str, hashing: list[int]) -> Work:
    with counting(hashing) as work:
        await accounts.knows_address(email, "192.0.2.1")
    return work


async def test_looking_whether_an_address_is_known_does_the_same(
    accounts: Accounts, people: None, hashing: list[int]
) -> None:
    expected = await _knock(accounts, "ada@example.org", hashing)
    for email in ("nobody@example.org", "out@example.org", "no address", ""):
        assert await _knock(accounts, email, hashing) == expected


async def _register(accounts: Accounts, email: str, hashing: list[int]) -> Work:
    with counting(hashing) as work:
        await accounts.register(email=email, name="Eve", password=WORDS, invitation=None, source=NOWHERE, now=START)
    return work


@pytest.mark.parametrize("email", ["ada@example.org", "ADA@Example.org", "out@example.org", "bare@example.org"])
async def test_registering_with_a_known_address_does_the_same(
    accounts: Accounts, people: None, hashing: list[int], email: str
) -> None:
    fresh = await _register(accounts, "fresh@example.org", hashing)
    known = await _register(accounts, email, hashing)
    assert (known.hashes, known.commits) == (fresh.hashes, fresh.commits) == (1, 1)
    assert _writes(known) == _writes(fresh)


def _writes(work: Work) -> list[str]:
    return [one for one in work.statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize("email", ["nobody@example.org", "out@example.org", "no address", ""])
async def test_asking_for_a_reset_takes_as_many_commits(
    accounts: Accounts, people: None, hashing: list[int], email: str
) -> None:
    with counting(hashing) as known:
        await accounts.forgot("ada@example.org", NOWHERE, START)
    with counting(hashing) as other:
        await accounts.forgot(email, NOWHERE, START)
    assert (other.hashes, other.commits) == (known.hashes, known.commits) == (0, 1)
    assert len(known.statements) - len(other.statements) <= 2  # the link: some microseconds beside the commit


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org", "no address"])
async def test_a_reset_with_a_wrong_link_costs_a_hash_and_says_nothing(
    accounts: Accounts, people: None, hashing: list[int], email: str
) -> None:
    with counting(hashing) as work, pytest.raises(GreenroomError) as refused:
        await accounts.reset(email, "another four words", NOWHERE, START)
    assert work.hashes == 1
    assert email not in refused.value.line()


async def test_the_times_of_a_known_and_an_unknown_address_are_printed(accounts: Accounts, people: None) -> None:
    took: dict[str, list[float]] = {"ada@example.org": [], "nobody@example.org": []}
    for _ in range(30):
        for email, times in took.items():
            begun = time.perf_counter()
            with pytest.raises(LoginRefused):
                await accounts.login(email, "a wrong password", NOWHERE, START)
            times.append(time.perf_counter() - begun)
    known, unknown = (sorted(times)[15] for times in took.values())
    print(
        f"median of a refused login: {known * 1e3:.2f} ms known, {unknown * 1e3:.2f} ms unknown, {known / unknown:.2f}"
    )
