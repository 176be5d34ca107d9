"""The folders that tiers 2 and 3 write to, on a disk of the host."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

from greenroom.judge import owners
from greenroom.judge.faults import BoxError
from greenroom.judge.slots import MOST, Slot
from greenroom.judge.starting import Host

_MB = 1024 * 1024

MOST_FILES = 1024
"""Files and folders in one sandbox's /tmp at most, as `inside/rootfs.py` has it at tier 1."""


def make(host: Host, slot: Slot | None, need_mb: int) -> Path:
    """A folder of its own for one sandbox, which may write *need_mb* there. Raises BoxError when the disk is full."""
    base = Path(host.scratch or tempfile.gettempdir())
    try:
        _sweep(base, host.first_uid)
        folder = Path(tempfile.mkdtemp(prefix=owners.prefix(), dir=base))
    except OSError as error:
        raise BoxError(f"no folder can be made in {base}: {error.strerror}") from None
    if slot is not None:
        os.chown(folder, slot.uid, slot.uid)
    lack = lacking(folder, need_mb)
    if lack is not None:
        folder.rmdir()
        raise BoxError(lack)
    return folder


def lacking(folder: Path, need_mb: int) -> str | None:
    """What is to be said when the disk of *folder* has less than *need_mb* left; None when it has that."""
    try:
        state = os.statvfs(folder)
    except OSError:  # it is gone: then something else is wrong
        return None
    free_mb = state.f_bavail * state.f_frsize // _MB
    if free_mb >= need_mb and (state.f_favail or not state.f_files):
        return None
    return f"the disk is full: {folder.parent} has {free_mb:,} MB left, a case may need {need_mb:,} MB"


def overfull(folder: Path, most_mb: int) -> bool:
    """Whether the files below *folder* together hold more than *most_mb*, or are more than a tier 1 sandbox may have.

    Folders alone are opened, by name: who puts a link in the place of one has what lies there counted as his own.
    """
    waiting, files, held = [os.fspath(folder)], 0, 0
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    files += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        held += 512 * entry.stat(follow_symlinks=False).st_blocks
                    if files > MOST_FILES or held > most_mb * _MB:
                        return True
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return True
    return False


@cache
def _sweep(base: Path, first_uid: int) -> None:
    """Remove, once for each *base*, the folders that killed supervisors have left there."""
    for folder in base.iterdir():
        if owners.abandoned(folder.name) and _ours(folder, first_uid):
            shutil.rmtree(folder, ignore_errors=True)


def _ours(folder: Path, first_uid: int) -> bool:
    """Whether a process of ours made it: /tmp is everybody's, and anybody may choose such a name."""
    try:
        owner = folder.lstat().st_uid
    except OSError:
        return False
    mine = os.geteuid()
    return owner == mine or (mine == 0 and first_uid <= owner < first_uid + MOST)
