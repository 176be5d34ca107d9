"""Fixtures that several rooms' tests share."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from greenroom.bank import loader
from greenroom.interview import catalogue
from greenroom.judge.environments import MissingError
from greenroom.platform.database import Address, Database
from greenroom.platform.migrations import migrate
from tests.items import write_code_item, write_concept_item, write_pack
from tests.postgresql import Postgres
from tests.servers import Server, two_workers
from tests.valkey import valkey_server


def pytest_configure() -> None:
    """What is the same for every test is made once (the core pack) or not at all (certificates that nobody shows)."""
    if "SSL_CERT_FILE" not in os.environ:  # each HTTP client, also of plain HTTP, would load all that the machine has
        os.environ["SSL_CERT_DIR"] = tempfile.mkdtemp(prefix="no-certificates-")
    read_once = cache(loader.load_pack)
    core = loader.core_pack_folder()
    vars(catalogue)["load_pack"] = lambda folder: (read_once if folder == core else loader.load_pack)(folder)


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    folder = os.environ.get("SSL_CERT_DIR", "")
    if Path(folder).name.startswith("no-certificates-"):
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_finish() -> None:
    """Thousands of tests live as long as the run: the collector need not walk through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A small pack of its own: one concept item under jwt, one code item under dsa."""
    root = tmp_path / "pack"
    write_pack(root)
    write_concept_item(root / "items" / "jwt" / "why-stateless")
    write_code_item(root / "items" / "dsa" / "add-up")
    return root


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for the whole session; every test takes a database of its own from it."""
    try:
        server = Postgres()
    except MissingError as error:
        pytest.skip(str(error))
    with server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Address]:
    """Makes the address of an empty database, of each sort in turn."""
    if request.param == "sqlite":
        return lambda: tmp_path / "greenroom.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the newest schema and nothing in it, to be copied: migrating takes a quarter of a second."""
    path = tmp_path_factory.mktemp("migrated") / "greenroom.db"
    migrate(path)
    return path


@pytest.fixture
def database_file(migrated_file: Path, tmp_path: Path) -> Path:
    """An SQLite file of the test's own, with the newest schema and nothing in it."""
    return Path(shutil.copy(migrated_file, tmp_path / "greenroom.db"))


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> Address:
    """The address of a database with the newest schema and nothing in it, of each sort in turn."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new_migrated_database()
    path: Path = request.getfixturevalue("database_file")
    return path


@pytest.fixture
async def database(address: Address) -> AsyncIterator[Database]:
    """A database with the newest schema, opened, of each sort in turn."""
    opened = Database(address)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def valkey() -> Iterator[str]:
    """The address of a real Valkey."""
    with valkey_server() as address:
        yield address


@pytest.fixture(scope="module")
def workers_on_postgresql(
    postgres: Postgres, valkey: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of two processes on a PostgreSQL database of this module's own and a Valkey."""
    folder = tmp_path_factory.mktemp("two-workers")
    with two_workers(folder, postgres.new_database(), GREENROOM_REDIS_URL=valkey) as running:
        yield running
