"""The files of models: written whole or not at all, named by their hash, checked whenever one is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from greenroom.grading.registry.errors import ArtefactRefused
from greenroom.kernel.errors import EnvironmentFault, InputError

LARGEST = 64 * 2**20
"""Bytes of one file."""
_PARTIAL = ".partial-"


@dataclass(frozen=True)
class Artefact:
    """A file: its name in the folder, its SHA-256 (hexadecimal), its size in bytes."""

    file: str
    sha256: str
    size: int


class Artefacts:
    """The folder of files. Every method blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, content: bytes) -> Artefact:
        """Store *content*; when this returns, it is on the disk under its name. The same content is one file."""
        if not 0 < len(content) <= LARGEST:
            raise InputError(f"a model of {len(content):,} bytes", mend=f"it may have 1 to {LARGEST:,}")
        digest = hashlib.sha256(content).hexdigest()
        target = self.folder / f"{digest}.model"
        partial = self.folder / f"{_PARTIAL}{uuid4().hex}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write_through(partial, content)
            partial.replace(target)
            self._sync_folder()
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise EnvironmentFault(
                f"a model cannot be written to {self.folder}: {error.strerror}", mend="free some space, and try again"
            ) from None
        return Artefact(target.name, digest, len(content))

    def read(self, artefact: Artefact) -> bytes:
        """The content of a file. Raises ArtefactRefused unless it is what was registered, to the last bit."""
        path = self.folder / Path(artefact.file).name
        try:
            size = path.stat().st_size
            if size != artefact.size or size > LARGEST:
                raise ArtefactRefused(f"{path.name} has {size:,} bytes and not {artefact.size:,}")
            content = path.read_bytes()
        except OSError as error:
            raise ArtefactRefused(f"{path} cannot be read: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != artefact.sha256:
            raise ArtefactRefused(f"{path.name} is not what was registered: its SHA-256 is another")
        return content

    def strays(self, known: Collection[str]) -> list[Path]:
        """Files that belong to none of the *known* names: what a crash left, or a model that was removed."""
        if not self.folder.is_dir():
            return []
        ours = (one for one in self.folder.iterdir() if one.name.startswith(_PARTIAL) or one.suffix == ".model")
        return sorted(one for one in ours if one.name not in known)

    def _write_through(self, path: Path, content: bytes) -> None:
        with path.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
