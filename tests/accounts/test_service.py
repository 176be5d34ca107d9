"""Accounts: links, logins, passwords, roles, and the end."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from greenroom.accounts import service
from greenroom.accounts.audit import NOWHERE, Source, entries
from greenroom.accounts.errors import InvitationRefused, LastAdmin, LinkRefused, LoginRefused
from greenroom.accounts.rules import LINK_LIFETIME, RESET_LIFETIME, Role
from greenroom.accounts.service import Accounts
from greenroom.kernel.errors import InputError
from tests.accounts.conftest import Letters, Opening, everything
from tests.interview.builders import START

pytestmark = pytest.mark.anyio

WORDS = "four words of mine"


@pytest.fixture
async def solo(accounts: Accounts) -> str:
    await service.ensure_solo_user(accounts.database, START)
    return await service.ensure_solo_user(accounts.database, START)


async def test_a_link_signs_in_once(accounts: Accounts, solo: str) -> None:
    link = await service.new_link(accounts.database, accounts.sessions.keys, solo, START)
    opened = await accounts.enter(link, NOWHERE, START)
    found = await accounts.sessions.who(opened.access_token, START)
    assert found == opened.user
    assert found.id == solo
    with pytest.raises(LinkRefused):
        await accounts.enter(link, NOWHERE, START)


async def test_a_link_raced_by_many_is_used_once(accounts: Accounts, solo: str) -> None:
    link = await service.new_link(accounts.database, accounts.sessions.keys, solo, START)
    made = await asyncio.gather(*(accounts.enter(link, NOWHERE, START) for _ in range(10)), return_exceptions=True)
    assert sum(not isinstance(one, LinkRefused) for one in made) == 1


async def test_a_new_link_ends_the_last_one(accounts: Accounts, solo: str) -> None:
    first = await service.new_link(accounts.database, accounts.sessions.keys, solo, START)
    await service.new_link(accounts.database, accounts.sessions.keys, solo, START)
    with pytest.raises(LinkRefused):
        await accounts.enter(first, NOWHERE, START)


@pytest.mark.parametrize("link", ["", "nonsense", "' OR 1=1 --", "\ud800", "x" * 10_000])
async def test_an_unknown_link_opens_nothing(accounts: Accounts, solo: str, link: str) -> None:
    with pytest.raises(LinkRefused):
        await accounts.enter(link, NOWHERE, START)


async def test_a_link_ends(accounts: Accounts, solo: str) -> None:
    link = await service.new_link(accounts.database, accounts.sessions.keys, solo, START)
    with pytest.raises(LinkRefused):
        await accounts.enter(link, NOWHERE, START + LINK_LIFETIME)


async def test_a_link_of_one_purpose_does_not_serve_another(
    accounts: Accounts, opening: Opening, letters: Letters
) -> None:
    user = (await opening("ada@example.org")).user
    enter = await service.new_link(accounts.database, accounts.sessions.keys, user.id, START)
    with pytest.raises(LinkRefused):
        await accounts.reset(enter, "another four words", NOWHERE, START)
    await accounts.forgot("ada@example.org", NOWHERE, START)
    with pytest.raises(LinkRefused):
        await accounts.enter(await letters.secret(), NOWHERE, START)


async def test_registering_and_logging_in(accounts: Accounts, opening: Opening) -> None:
    opened = await opening("Ada@Example.org", name="  Ada   L. ")
    assert (opened.user.name, opened.user.email, opened.user.role) == ("Ada L.", "ada@example.org", Role.candidate)
    again = await accounts.login(" ADA@example.ORG", WORDS, NOWHERE, START)
    assert again.user.id == opened.user.id
    assert again.user.session_id != opened.user.session_id


async def test_an_address_that_is_there_gets_a_letter_and_keeps_its_password(
    accounts: Accounts, opening: Opening, letters: Letters
) -> None:
    await opening("ada@example.org")
    await accounts.register(
        email="ada@example.org", name="Eve", password="eve's own words", invitation=None, source=NOWHERE, now=START
    )
    assert "already" in (await letters.last()).subject
    with pytest.raises(LoginRefused):
        await accounts.login("ada@example.org", "eve's own words", NOWHERE, START)
    await accounts.login("ada@example.org", WORDS, NOWHERE, START)


@pytest.mark.parametrize(
    ("email", "name", "password"),
    [
        ("no address", "A", WORDS),
        ("a@b", "A", WORDS),
        ("a@b.c\n@d.e", "A", WORDS),
        ("x" * 255 + "@example.org", "A", WORDS),
        ("a@example.org", "", WORDS),
        ("a@example.org", " \t", WORDS),
        ("a@example.org", "x" * 81, WORDS),
        ("a@example.org", "A\u202eB", WORDS),
        ("a@example.org", "A", "short"),
        ("a@example.org", "A", "x" * 1025),
        ("a@example.org", "A", "aaaaaaaaaaaa"),
        ("a.long.name@example.org", "A", "a.long.name"),
        ("a@example.org", "A", "half a character \ud800"),
    ],
)
async def test_wrong_registrations_are_explained(accounts: Accounts, email: str, name: str, password: str) -> None:
    with pytest.raises(InputError) as refused:
        await accounts.register(email=email, name=name, password=password, invitation=None, source=NOWHERE, now=START)
    assert refused.value.mend


@pytest.mark.parametrize(
    "password",
    ["x" * 60 + "1", "x1y" * 300, "nul \0 in between it", "pässwörter 🔑🔑🔑🔑", "\u1e9b\u0323 and more words"],
)
async def test_every_password_counts_to_its_last_character(accounts: Accounts, opening: Opening, password: str) -> None:
    await opening("ada@example.org", password=password)
    await accounts.login("ada@example.org", password, NOWHERE, START)
    for other in (password[:-1], password + "x", password.partition("\0")[0] + "\0", password.upper()):
        if other != password:
            with pytest.raises(LoginRefused):
                await accounts.login("ada@example.org", other, NOWHERE, START)


async def test_two_ways_to_type_a_letter_are_one_password(accounts: Accounts, opening: Opening) -> None:
    await opening("ada@example.org", password="caf\u00e9 and three words")
    await accounts.login("ada@example.org", "cafe\u0301 and three words", NOWHERE, START)


async def test_an_invitation_makes_one_account_of_its_role(accounts: Accounts) -> None:
    accounts.registration = "invitation"
    made = await accounts.invite(None, email=None, role=Role.author, source=NOWHERE, now=START)

    async def register(email: str, secret: str | None) -> None:
        await accounts.register(email=email, name="A", password=WORDS, invitation=secret, source=NOWHERE, now=START)

    with pytest.raises(InvitationRefused):
        await register("a@example.org", None)
    with pytest.raises(InvitationRefused):
        await register("a@example.org", made.secret + "x")
    await register("a@example.org", made.secret)
    with pytest.raises(InvitationRefused):
        await register("b@example.org", made.secret)
    assert (await accounts.login("a@example.org", WORDS, NOWHERE, START)).user.role is Role.author


async def test_an_invitation_for_one_address_is_for_no_other(accounts: Accounts, letters: Letters) -> None:
    accounts.registration = "closed"
    await accounts.invite(None, email="Ada@example.org", role=Role.candidate, source=NOWHERE, now=START)
    secret = await letters.secret()
    with pytest.raises(InvitationRefused):
        await accounts.register(
            email="eve@example.org", name="E", password=WORDS, invitation=secret, source=NOWHERE, now=START
        )
    await accounts.register(
        email="ada@example.org", name="A", password=WORDS, invitation=secret, source=NOWHERE, now=START
    )


async def test_a_withdrawn_or_old_invitation_makes_nothing(accounts: Accounts) -> None:
    made = [await accounts.invite(None, email=None, role=Role.admin, source=NOWHERE, now=START) for _ in range(2)]
    await accounts.withdraw("admin", made[0].id, NOWHERE, START)
    for one, now in ((made[0], START), (made[1], made[1].expires_at)):
        with pytest.raises(InvitationRefused):
            await accounts.register(
                email="a@example.org", name="A", password=WORDS, invitation=one.secret, source=NOWHERE, now=now
            )


async def test_a_changed_password_ends_every_other_session(accounts: Accounts, opening: Opening) -> None:
    here = await opening("ada@example.org")
    there = await accounts.login("ada@example.org", WORDS, NOWHERE, START)
    with pytest.raises(LoginRefused):
        await accounts.change_password(here.user, "not it, not it", "another four words", NOWHERE, START)
    fresh = await accounts.change_password(here.user, WORDS, "another four words", NOWHERE, START)
    assert fresh.user.session_id not in (here.user.session_id, there.user.session_id)
    assert await accounts.sessions.who(fresh.access_token, START) is not None
    for old in (here, there):
        assert await accounts.sessions.who(old.access_token, START) is None
    with pytest.raises(LoginRefused):
        await accounts.login("ada@example.org", WORDS, NOWHERE, START)


async def test_a_reset_link_works_once_and_ends_every_session(
    accounts: Accounts, opening: Opening, letters: Letters
) -> None:
    before = await opening("ada@example.org")
    await accounts.forgot("ada@example.org", NOWHERE, START)
    secret = await letters.secret()
    await accounts.reset(secret, "another four words", NOWHERE, START)
    assert await accounts.sessions.who(before.access_token, START) is None
    with pytest.raises(LinkRefused):
        await accounts.reset(secret, "a third of four words", NOWHERE, START)
    await accounts.login("ada@example.org", "another four words", NOWHERE, START)


async def test_a_reset_link_ends_by_time_by_a_newer_one_and_by_a_changed_password(
    accounts: Accounts, opening: Opening, letters: Letters
) -> None:
    opened = await opening("ada@example.org")
    await accounts.forgot("ada@example.org", NOWHERE, START)
    first = await letters.secret()
    await accounts.forgot("ada@example.org", NOWHERE, START)
    second = await letters.secret()
    for secret, now in ((first, START), (second, START + RESET_LIFETIME)):
        with pytest.raises(LinkRefused):
            await accounts.reset(secret, "another four words", NOWHERE, now)
    await accounts.change_password(opened.user, WORDS, "another four words", NOWHERE, START)
    with pytest.raises(LinkRefused):
        await accounts.reset(second, "a third of four words", NOWHERE, START)


async def test_nobody_gets_a_letter_who_has_no_account(accounts: Accounts, letters: Letters) -> None:
    await accounts.forgot("nobody@example.org", NOWHERE, START)
    assert await letters.all() == []


async def test_another_role_or_being_disabled_ends_the_sessions(accounts: Accounts, opening: Opening) -> None:
    admin = await opening("root@example.org", role=Role.admin)
    for email, act in (
        ("a@example.org", lambda user: accounts.set_role(admin.user, user, Role.author, NOWHERE, START)),
        ("b@example.org", lambda user: accounts.set_disabled(admin.user, user, True, NOWHERE, START)),
        ("c@example.org", lambda user: accounts.end_sessions_of(admin.user, user, NOWHERE, START)),
    ):
        opened = await opening(email)
        await act(opened.user.id)
        assert await accounts.sessions.who(opened.access_token, START) is None, email
    with pytest.raises(LoginRefused):
        await accounts.login("b@example.org", WORDS, NOWHERE, START)


async def test_the_last_admin_stays(accounts: Accounts, opening: Opening) -> None:
    admin = await opening("root@example.org", role=Role.admin)
    with pytest.raises(LastAdmin):
        await accounts.set_role(admin.user, admin.user.id, Role.author, NOWHERE, START)
    with pytest.raises(LastAdmin):
        await accounts.set_disabled(admin.user, admin.user.id, True, NOWHERE, START)
    with pytest.raises(LastAdmin):
        await accounts.delete(admin.user, WORDS, NOWHERE, START)
    await opening("two@example.org", role=Role.admin)
    await accounts.set_role(admin.user, admin.user.id, Role.author, NOWHERE, START)


async def test_a_deleted_account_is_gone_and_its_end_is_known(accounts: Accounts, opening: Opening) -> None:
    opened = await opening("ada@example.org")
    with pytest.raises(LoginRefused):
        await accounts.delete(opened.user, "not it, not it", NOWHERE, START)
    await accounts.delete(opened.user, WORDS, NOWHERE, START)
    assert await accounts.sessions.who(opened.access_token, START) is None
    with pytest.raises(LoginRefused):
        await accounts.login("ada@example.org", WORDS, NOWHERE, START)
    (last,) = await entries(accounts.database, action="account-deleted")
    assert last.subject_id == opened.user.id


async def test_an_old_hash_is_made_anew_at_the_login(accounts: Accounts, opening: Opening) -> None:
    from pwdlib.hashers.argon2 import Argon2Hasher

    from greenroom.accounts import queries
    from greenroom.accounts.passwords import MEMORY_KIB, Passwords

    accounts.passwords = Passwords()
    opened = await opening("ada@example.org")
    weak = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash(WORDS)
    async with accounts.database.write() as connection:
        await queries.change_user(connection, opened.user.id, password_hash=weak)
    await accounts.login("ada@example.org", WORDS, NOWHERE, START)
    async with accounts.database.read() as connection:
        found = await queries.user(connection, opened.user.id)
    assert found is not None
    assert f"m={MEMORY_KIB}," in found.password_hash
    await accounts.login("ada@example.org", WORDS, NOWHERE, START)


async def test_the_audit_says_who_did_what_from_where_and_no_secret(accounts: Accounts, opening: Opening) -> None:
    opened = await opening("ada@example.org")
    source = Source("192.0.2.7", "a client")
    with pytest.raises(LoginRefused):
        await accounts.login("ada@example.org", "a wrong password", source, START + timedelta(seconds=1))
    (failed,) = await entries(accounts.database, action="login-failed")
    assert (failed.subject_id, failed.address) == (opened.user.id, "192.0.2.7")
    dump = await everything(accounts.database)
    for secret in (opened.access_token, opened.refresh_token, WORDS, "a wrong password"):
        assert secret not in dump
