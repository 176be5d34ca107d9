"""Letters through a real mail server: what arrives there is followed, and what does not arrive is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from greenroom.accounts.mail import Letter, SmtpMailbox
from greenroom.accounts.rules import Role
from tests.mail_server import certificate, free_port, mail_server
from tests.security.site import WORDS, Site, open_site

pytestmark = pytest.mark.anyio

LETTER = Letter("ada@example.org", "Grüße", "Ein Wort.\n")
SENDER = "Greenroom <greenroom@localhost>"


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """Its mail server is away until a test starts one on the port of its setting."""
    port = free_port()
    async with open_site(tmp_path, smtp_url=f"smtp://127.0.0.1:{port}", registration="invitation") as opened:
        yield opened


def _port(site: Site) -> int:
    return int(site.work.settings.smtp_url.rpartition(":")[2])


def _secret(letter: EmailMessage, path: str) -> str:
    """What stands after the # of the letter's link to *path*."""
    return str(letter.get_content()).partition(f"https://greenroom.test{path}#")[2].split()[0]


async def _invite(site: Site, email: str) -> str:
    """Invite somebody as an admin; returns the link of the answer."""
    admin = await _user(site, "root@example.org", Role.admin)
    headers = {"authorization": f"Bearer {admin}"}
    body = {"email": email, "role": "author"}
    made = await site.visitor().http.post("/api/v1/admin/invitations", json=body, headers=headers)
    assert made.status_code == 201, made.text
    return str(made.json()["link"])


async def _user(site: Site, email: str, role: Role = Role.candidate) -> str:
    """The access token of a new user, whom the first invitations let in."""
    from greenroom.accounts.audit import NOWHERE

    people, now = site.work.accounts, site.clock.now()
    invited = await people.invite(None, email=None, role=role, source=NOWHERE, now=now)
    await people.register(email=email, name="Ada", password=WORDS, invitation=invited.secret, source=NOWHERE, now=now)
    return (await people.login(email, WORDS, NOWHERE, now)).access_token


async def _forgot(site: Site, email: str) -> tuple[int, str]:
    answer = await site.visitor().http.post("/api/v1/password/forgot", json={"email": email})
    return answer.status_code, answer.text


async def _login(site: Site, email: str, password: str) -> int:
    body = {"email": email, "password": password}
    return (await site.visitor().http.post("/api/v1/login", json=body)).status_code


async def test_the_link_that_the_mail_server_got_sets_another_password(site: Site) -> None:
    await _user(site, "ada@example.org")
    with mail_server(port=_port(site)) as (received, _):
        assert (await _forgot(site, "ada@example.org"))[0] == 202
        (letter,) = await asyncio.to_thread(received.wait)
    assert (letter["To"], letter["From"], letter["Auto-Submitted"]) == ("ada@example.org", SENDER, "auto-generated")
    body = {"link": _secret(letter, "/reset"), "password": "another four words"}
    assert (await site.visitor().http.post("/api/v1/password/reset", json=body)).status_code == 204
    assert (await site.visitor().http.post("/api/v1/password/reset", json=body)).status_code == 403
    assert await _login(site, "ada@example.org", WORDS) == 401
    assert await _login(site, "ada@example.org", "another four words") == 200


async def test_the_invitation_that_the_mail_server_got_makes_an_account_of_its_role(site: Site) -> None:
    with mail_server(port=_port(site)) as (received, _):
        link = await _invite(site, "eve@example.org")
        (letter,) = await asyncio.to_thread(received.wait)
    assert letter["To"] == "eve@example.org"
    secret = _secret(letter, "/register")
    assert link.endswith(f"#{secret}")
    body = {"email": "eve@example.org", "name": "Eve", "password": WORDS, "invitation": secret}
    assert (await site.visitor().http.post("/api/v1/register", json=body)).status_code == 202
    session = await site.device("eve@example.org")
    assert (await session.http.get("/api/v1/me")).json()["role"] == "author"


async def test_without_the_mail_server_the_answer_is_the_same_and_the_letter_is_kept(site: Site) -> None:
    await _user(site, "ada@example.org")
    with capture_logs() as logs:
        answers = [await _forgot(site, email) for email in ("ada@example.org", "nobody@example.org")]
        link = await _invite(site, "eve@example.org")
        await site.work.accounts.post.close()
    assert answers[0] == answers[1]
    unsent = site.work.settings.data_dir / "mail" / "unsent"
    said = [one for one in logs if one["event"] == "a letter was not sent"]
    assert {(one["log_level"], one["kept"]) for one in said} == {("error", str(unsent))}
    assert all("ConnectionRefusedError" in one["reason"] for one in said)
    kept = [one.read_text() for one in unsent.glob("*.eml")]
    assert len(kept) == len(said) == 2
    assert all(one.stat().st_mode & 0o077 == 0 for one in unsent.glob("*.eml"))
    secret = link.partition("#")[2]
    assert any(secret in one.replace("=\n", "") for one in kept)
    assert all(secret not in str(one) for one in logs)


async def test_when_the_mail_server_is_back_the_next_letter_arrives(site: Site) -> None:
    await _user(site, "ada@example.org")
    await _forgot(site, "ada@example.org")
    await site.work.accounts.post.close()
    with mail_server(port=_port(site)) as (received, _):
        await _forgot(site, "ada@example.org")
        (letter,) = await asyncio.to_thread(received.wait)
    body = {"link": _secret(letter, "/reset"), "password": "another four words"}
    assert (await site.visitor().http.post("/api/v1/password/reset", json=body)).status_code == 204


# TLS, and who may send


async def _sent(url: str) -> str:
    """Why the letter was refused; empty when it was taken."""
    try:
        await SmtpMailbox(url, SENDER).send(LETTER)
    except OSError as error:  # smtplib's errors are OSErrors too
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # it does not see the TLS around a whole connection
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_with_tls_and_a_login_it_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    path, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    tls: dict[str, Any] = (
        {"tls_context": context, "require_starttls": True} if scheme == "smtp" else {"ssl_context": context}
    )
    login: dict[str, Any] = {"user": "post", "password": "p@ss:word", "auth_require_tls": scheme == "smtp"}
    with mail_server(**tls, **login) as (received, port):
        assert await _sent(f"{scheme}://post:p%40ss%3Aword@127.0.0.1:{port}") == ""
        assert "SMTPAuthenticationError: (535" in await _sent(f"{scheme}://post:wrong@127.0.0.1:{port}")
        assert "530" in await _sent(f"{scheme}://127.0.0.1:{port}")
    (letter,) = received.letters
    assert (letter["Subject"], letter.get_content().splitlines()) == (LETTER.subject, LETTER.text.splitlines())


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_of_nobody_we_know_gets_no_letter(tmp_path: Path, scheme: str) -> None:
    _, context = certificate(tmp_path)
    tls: dict[str, Any] = {"tls_context": context} if scheme == "smtp" else {"ssl_context": context}
    with mail_server(**tls) as (received, port):
        assert "CERTIFICATE_VERIFY_FAILED" in await _sent(f"{scheme}://127.0.0.1:{port}")
    assert received.letters == []


async def test_a_server_that_speaks_no_tls_gets_no_letter_where_tls_is_asked_for() -> None:
    with mail_server() as (received, port):
        assert await _sent(f"smtps://127.0.0.1:{port}")
    assert received.letters == []
