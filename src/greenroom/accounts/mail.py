"""Letters to users: into a folder by default, through SMTP where a server is set."""

from __future__ import annotations

import asyncio
import os
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import structlog

from greenroom.kernel.errors import InputError

log = structlog.get_logger(__name__)

_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Letter:
    """Plain text to one address."""

    to: str
    subject: str
    text: str


class Mailbox(Protocol):
    """Where letters go."""

    async def send(self, letter: Letter) -> None:
        """Send it. Raises OSError or smtplib.SMTPException."""


class FolderMailbox:
    """Letters as files `*.eml` in *folder*, readable by its owner alone: for those who have no mail server."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self._sender = folder, sender

    async def send(self, letter: Letter) -> None:
        """Write the file, whole or not at all."""
        await asyncio.to_thread(self._write, letter)

    def _write(self, letter: Letter) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = uuid4().hex
        new = self.folder / f".{name}"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(bytes(_message(letter, self._sender)))
        new.replace(self.folder / f"{name}.eml")


class SmtpMailbox:
    """Letters through the server of *url*: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`.

    `smtp` without STARTTLS is used only for this machine itself.
    """

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise InputError("GREENROOM_SMTP_URL cannot be used", mend="write it like smtps://user:password@host:465")
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname, parts.port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Hand it to the server."""
        await asyncio.to_thread(self._hand, letter)

    def _hand(self, letter: Letter) -> None:
        context = ssl.create_default_context()
        with self._connected(context) as server:
            if not self._tls and (server.has_extn("starttls") or not _is_here(self._host)):
                server.starttls(context=context)
                server.ehlo()
            if self._user:
                server.login(self._user, self._password)
            server.send_message(_message(letter, self._sender))

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self._tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_PATIENCE_S, context=context)
        server = smtplib.SMTP(self._host, self._port, timeout=_PATIENCE_S)
        server.ehlo()
        return server


class Post:
    """Sends letters in the background: who asked does not wait, and cannot tell whether there was one.

    What *mailbox* does not take is put into *unsent*, where one is given: who runs the server finds it there.
    """

    def __init__(self, mailbox: Mailbox, unsent: FolderMailbox | None = None) -> None:
        self._mailbox, self._unsent = mailbox, unsent
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, letter: Letter) -> None:
        """Send it soon; a failure is logged."""
        task = asyncio.create_task(self._try(letter), name="letter")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for those under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _try(self, letter: Letter) -> None:
        try:
            await self._mailbox.send(letter)
        except (OSError, smtplib.SMTPException) as error:
            kept = await self._keep(letter)
            reason = f"{type(error).__name__}: {error}"
            log.error("a letter was not sent", reason=reason, subject=letter.subject, kept=kept)

    async def _keep(self, letter: Letter) -> str:
        """Where the letter lies now; empty where that did not work either."""
        if self._unsent is None:
            return ""
        try:
            await self._unsent.send(letter)
        except OSError:
            return ""
        return str(self._unsent.folder)


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, letter.to, letter.subject
    message["Date"] = formatdate(localtime=False)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _is_here(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")
