"""`greenroom run`: prepare the database, open Greenroom on this machine, and print the link that signs in."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import ipaddress
import os
import socket
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from greenroom.cli.output import console, log
from greenroom.kernel.errors import EnvironmentFault, InputError
from greenroom.platform.settings import DEFAULT_PORT, Settings, load_settings, prepare_data_dir


def run(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The port; 8477 or the next free one by default.")
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the link in a browser.")] = True,
) -> None:
    """Open Greenroom on 127.0.0.1 and print a one-time link that signs you in.

    Example: GREENROOM_PORT=9000 greenroom run --no-browser
    """
    from greenroom.platform.migrations import migrate

    settings = load_settings(port=port, browser=None if browser else False)
    _hold_walls(settings.host, others=settings.mode == "server")
    _check_workers(settings)
    prepare_data_dir(settings)
    migrate(settings.database)
    with _alone(settings.data_dir) as lock, _listen(settings) as listener:
        address = f"http://{settings.host}:{listener.getsockname()[1]}"
        lock.write_text(address, encoding="utf-8")
        os.environ["GREENROOM_PORT"] = str(listener.getsockname()[1])
        asyncio.run(_serve(settings, listener, address))


def _check_workers(settings: Settings) -> None:
    """Several processes need a database that they can share, and somebody to serve."""
    if settings.workers == 1:
        return
    if settings.mode == "solo":
        mend = "set GREENROOM_MODE=server for many, or GREENROOM_WORKERS=1"
        raise InputError("GREENROOM_WORKERS: solo mode is one process", mend=mend)
    if isinstance(settings.database, Path):
        mend = "name a PostgreSQL database: GREENROOM_DATABASE_URL=postgresql://user@host/name"
        raise InputError("GREENROOM_WORKERS: several processes cannot share SQLite", mend=mend)


def _hold_walls(host: str, *, others: bool) -> None:
    """Refuse to serve others than this machine's user without a sandbox: their code would run with our rights."""
    if not others and (host == "localhost" or _is_loopback(host)):
        return
    from greenroom.judge.walls import available_tier

    report = available_tier()
    if report.tier < 3:
        return
    mend = "allow user namespaces, use Linux 5.13 or newer, or serve yourself alone: GREENROOM_HOST=127.0.0.1"
    why = "; ".join(report.reasons)
    raise EnvironmentFault(f"a server for others needs a sandbox, and this host allows none ({why})", mend=mend)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Hold the data folder for this process: two servers would answer each submission twice."""
    note = folder / "server.address"
    with (folder / "server.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            where = note.read_text(encoding="utf-8") if note.exists() else "somewhere"
            mend = f"open {where} or stop it; `greenroom link` prints a new sign-in link"
            raise EnvironmentFault(f"another Greenroom is running on {folder}", mend=mend) from None
        try:
            yield note
        finally:
            note.unlink(missing_ok=True)


@contextlib.contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket: on the port that was asked for, else on 8477 or the next free one."""
    ports = [settings.port] if settings.port else range(DEFAULT_PORT, DEFAULT_PORT + 50)
    for port in ports:
        listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, port))
        except OSError as error:
            listener.close()
            if error.errno == errno.EADDRINUSE and settings.port is None:
                continue
            mend = "stop what uses it, or choose another: GREENROOM_PORT=9000"
            raise EnvironmentFault(f"port {port} on {settings.host}: {error.strerror}", mend=mend) from None
        with listener:
            listener.listen(128)
            listener.setblocking(False)
            if settings.port is None and port != DEFAULT_PORT:
                log.print(f"port {DEFAULT_PORT} is taken; using {port}")
            yield listener
        return
    raise EnvironmentFault("no free port was found", mend="name one: GREENROOM_PORT=9000")


async def _serve(settings: Settings, listener: socket.socket, address: str) -> None:
    async def announce() -> None:
        if settings.mode == "solo":
            link = f"{address}/enter?link={await new_link(settings)}"
            _announce(link, open_it=settings.browser, sent_to=settings.answers_go_to)
        else:
            _announce_server(settings.public_url or address, await _first_invitation(settings))

    if settings.workers > 1:
        from greenroom.cli.workers import Supervisor

        await Supervisor(settings.workers, listener).run(announce)
    else:
        from greenroom.cli.serving import new_server, serve

        await serve(new_server(), listener, announce)


async def _first_invitation(settings: Settings) -> str | None:
    """The secret that makes the first admin, where nobody administers yet."""
    from greenroom.accounts.assembly import open_accounts
    from greenroom.kernel.clock import SystemClock
    from greenroom.platform.database import Database

    database, clock = Database(settings.database, readers=1), SystemClock()
    try:
        people = open_accounts(settings, database, clock)
        try:
            return await people.accounts.first_invitation(clock.now())
        finally:
            await people.close()
    finally:
        await database.close()


async def new_link(settings: Settings) -> str:
    """The secret of a fresh one-time link for the solo user of the prepared database."""
    from greenroom.accounts import service
    from greenroom.accounts.keys import KeyFile
    from greenroom.kernel.clock import SystemClock
    from greenroom.platform.database import Database

    database, now = Database(settings.database, readers=1), SystemClock().now()
    try:
        keys = KeyFile(settings.keys_path, settings.token_algorithm)
        return await service.new_link(database, keys, await service.ensure_solo_user(database, now), now)
    finally:
        await database.close()


def link(port: Annotated[int | None, typer.Option(min=1, max=65535, help="The server's port.")] = None) -> None:
    """Print a new one-time link for the Greenroom that is running; the last one stops working.

    Example: greenroom link
    """
    settings = load_settings(port=port)
    note = settings.data_dir / "server.address"
    if not note.exists():
        raise InputError(f"no Greenroom is running on {settings.data_dir}", mend="start one with `greenroom run`")
    address = note.read_text(encoding="utf-8")
    console.print(f"{address}/enter?link={asyncio.run(new_link(settings))}", soft_wrap=True)


def _announce_server(address: str, invitation: str | None) -> None:
    console.print(f"\nGreenroom is open at {address}", soft_wrap=True)
    if invitation is not None:
        console.print("Nobody administers it yet. Make the first account, an admin's, with this link:\n")
        console.print(f"    {address}/register#{invitation}\n", soft_wrap=True)
    console.print("Ctrl+C stops it; what was handed in is kept.")
    sys.stdout.flush()


def _announce(link: str, *, open_it: bool, sent_to: str) -> None:
    said = f"Answers in words are also read by {sent_to}." if sent_to else "Nothing leaves this machine."
    console.print(f"\nGreenroom is open. {said}")
    console.print(f"Sign in with this one-time link:\n\n    {link}\n", soft_wrap=True)
    console.print("Ctrl+C stops it; what you handed in is kept.")
    sys.stdout.flush()
    # Without a display `webbrowser` would start a text browser in this very terminal.
    if open_it and (sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        with contextlib.suppress(webbrowser.Error):
            webbrowser.open(link)
