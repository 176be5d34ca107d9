"""Packages as they are handed over: a folder, a ZIP of one (`.zip` or `.kpp`), or any number of either in a folder.

A ZIP is taken for what a stranger made: names that lead out, endless contents and links are held in check.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from greenroom.bank.kattis.files import MAX_ENTRIES, is_hidden, printable
from greenroom.bank.kattis.reading import find_packages
from greenroom.bank.source import PackError, Problem

SUFFIXES = (".zip", ".kpp")
MAX_BYTES = 8 << 30
"""Bytes that a ZIP may hold, unpacked."""

_NESTED = 2
_CHUNK = 1 << 20
_LONGEST_LINK = 4096
_BROKEN = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError, ValueError)


@dataclass(frozen=True)
class Place:
    """Where a package lies: links in it may lead to what lies `within`. `shown` is what its user calls it."""

    folder: Path
    within: Path
    shown: str


@dataclass
class Archives:
    """Finds packages; what it had to unpack lasts until it is closed. Use it in a `with`."""

    problems: list[Problem] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def find(self, path: Path) -> list[Place]:
        """Every package in *path*, a folder or a ZIP, in order of their paths; `problems` has what could not be opened.

        Raises PackError for a folder that is none or cannot be read.
        """
        if path.is_file() and path.suffix.lower() in SUFFIXES:
            return self._in_zip(path, str(path), 0)
        return self._in_folder(path, str(path), 0)

    def _in_folder(self, folder: Path, shown: str, depth: int) -> list[Place]:
        packages = find_packages(folder)
        found = [Place(one, folder, _below(shown, folder, one)) for one in packages]
        for path in _zips(folder, set(packages)):
            found += self._in_zip(path, _below(shown, folder, path), depth)
        return sorted(found, key=lambda place: place.shown)

    def _in_zip(self, path: Path, shown: str, depth: int) -> list[Place]:
        if depth >= _NESTED:
            self.problems.append(Problem(shown, "a ZIP in a ZIP in a ZIP", "unpack it"))
            return []
        scratch = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="greenroom-packages-")))
        folder = scratch / (printable(path.stem).replace("/", "_") or "package")
        folder.mkdir()
        try:
            unpack(path, folder)
            return self._in_folder(folder, shown, depth + 1)
        except PackError as error:
            self.problems += [Problem(shown, one.message, one.mend) for one in error.problems]
        return []


def unpack(path: Path, folder: Path) -> None:
    """Unpack the ZIP at *path* into *folder*, which is empty. Raises PackError.

    Hidden files are left out. Links are made when all else is there, so that nothing is written through one.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _unpack(archive, folder)
    except _BROKEN as error:
        message = f"cannot be unpacked: {printable(str(error))[:200]}"
        raise PackError([Problem(str(path), message, "make the ZIP anew, without a password")]) from None
    except OSError as error:
        raise PackError([Problem(str(path), f"cannot be unpacked: {error.strerror}", "look at the disk")]) from None


def _unpack(archive: zipfile.ZipFile, folder: Path) -> None:
    members = archive.infolist()
    if len(members) > MAX_ENTRIES:
        raise PackError([Problem(folder.name, f"more than {MAX_ENTRIES:,} files", "split it")])
    left = MAX_BYTES
    links: list[tuple[Path, str]] = []
    for member in members:
        parts = _parts(member.filename)
        if not parts:
            continue
        target = folder.joinpath(*parts)
        if member.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        mode = member.external_attr >> 16
        with archive.open(member) as source:
            if stat.S_ISLNK(mode):
                links.append((target, source.read(_LONGEST_LINK).decode("utf-8", "replace")))
                continue
            with target.open("wb") as copy:
                while chunk := source.read(_CHUNK):
                    left -= len(chunk)
                    if left < 0:
                        raise PackError([Problem(folder.name, f"more than {MAX_BYTES >> 30} GB unpacked", "split it")])
                    copy.write(chunk)
        target.chmod(0o755 if mode & 0o111 else 0o644)
    for target, leads_to in links:
        if leads_to and "\0" not in leads_to and not os.path.lexists(target):
            target.symlink_to(leads_to)


def _parts(name: str) -> list[str]:
    """The names on the way to a file; none for one that is hidden. Raises ValueError for a name that leads out."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    if name.startswith(("/", "\\")) or any(part == ".." or "\0" in part for part in parts):
        raise ValueError(f"the name {name[:80]!r} leads out of it")
    hidden = any(is_hidden(part) for part in parts[:-1]) or (is_hidden(parts[-1]) if parts else True)
    return [] if hidden and parts[-1:] != [".timelimit"] else parts


def _zips(folder: Path, packages: set[Path]) -> list[Path]:
    found = []
    for path, below, names in os.walk(folder):
        if Path(path) in packages:
            below.clear()
            continue
        below[:] = sorted(name for name in below if not is_hidden(name))
        zips = (Path(path, name) for name in names if not is_hidden(name) and Path(name).suffix.lower() in SUFFIXES)
        found += [one for one in zips if one.is_file() and not one.is_symlink()]
    return sorted(found)


def _below(shown: str, folder: Path, path: Path) -> str:
    inner = path.relative_to(folder).as_posix()
    return shown if inner == "." else f"{shown.rstrip('/')}/{inner}"
