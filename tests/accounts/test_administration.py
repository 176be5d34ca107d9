"""What an admin looks at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from greenroom.accounts.administration import Administration
from greenroom.accounts.audit import NOWHERE
from greenroom.accounts.rules import INVITATION_LIFETIME, Role
from greenroom.accounts.service import Accounts
from greenroom.kernel.errors import NotFoundError
from tests.accounts.conftest import Opening
from tests.interview.builders import START

pytestmark = pytest.mark.anyio


@pytest.fixture
def administration(accounts: Accounts) -> Administration:
    return Administration(accounts.database)


async def test_users_are_listed_by_key_and_found_by_name_or_address(
    administration: Administration, opening: Opening
) -> None:
    for name in ("ada", "bob", "cleo"):
        await opening(f"{name}@example.org", name=name.title())
    everybody = await administration.users()
    assert {one.name for one in everybody} == {"Ada", "Bob", "Cleo"}
    first = await administration.users(limit=2)
    rest = await administration.users(after=first[-1].id)
    assert [*first, *rest] == everybody
    assert [one.name for one in await administration.users(search=" BOB@")] == ["Bob"]
    assert [one.email for one in await administration.users(search="cle")] == ["cleo@example.org"]
    assert await administration.users(search="%") == []


async def test_a_user_who_is_not_there(administration: Administration) -> None:
    with pytest.raises(NotFoundError):
        await administration.user("nobody")


async def test_invitations_tell_their_state_and_never_a_secret(
    administration: Administration, accounts: Accounts, opening: Opening
) -> None:
    admin = (await opening("ada@example.org", role=Role.admin)).user
    made = [
        await accounts.invite(
            admin.id, email=None, role=Role.author, source=NOWHERE, now=START + timedelta(seconds=number)
        )
        for number in range(3)
    ]
    await accounts.withdraw(admin.id, made[0].id, NOWHERE, START)
    await accounts.register(
        email="bob@example.org", name="Bob", password="four words of bob", invitation=made[1].secret,
        source=NOWHERE, now=START,
    )  # fmt: skip
    found = await administration.invitations(START)
    assert [(one.id, one.state, one.invited_by) for one in found] == [
        (made[2].id, "open", "Ada"),
        (made[1].id, "used", "Ada"),
        (made[0].id, "withdrawn", "Ada"),
    ]
    assert not any(one.secret in repr(found) for one in made)
    late = await administration.invitations(START + INVITATION_LIFETIME + timedelta(seconds=2))
    assert [one.state for one in late] == ["ended", "used", "withdrawn"]
    assert [one.id for one in await administration.invitations(START, after=made[2].id, limit=1)] == [made[1].id]


async def test_counts(administration: Administration, accounts: Accounts, opening: Opening) -> None:
    admin = (await opening("ada@example.org", role=Role.admin)).user
    bob = (await opening("bob@example.org")).user
    await accounts.invite(admin.id, email=None, role=Role.author, source=NOWHERE, now=START)
    await accounts.set_disabled(admin, bob.id, True, NOWHERE, START)
    assert await administration.counts(START) == {"users": 2, "disabled": 1, "sessions": 1, "open_invitations": 1}


async def test_a_filter_takes_an_address_or_an_id(administration: Administration, opening: Opening) -> None:
    ada = (await opening("ada@example.org")).user
    assert await administration.id_of(" ADA@example.org") == ada.id
    assert await administration.id_of(ada.id) == ada.id
    assert await administration.id_of("nobody@example.org") == "nobody@example.org"
    assert await administration.names([ada.id, None, "gone"]) == {ada.id: "Ada"}
    assert "registered" in await administration.actions()
