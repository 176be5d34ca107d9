"""A small read-only root: only what Python needs, bound from the host, and a /tmp of limited size.

Runs in a mount namespace of its own. It follows bubblewrap: a tmpfs becomes the new root with the old one below it,
so that every source can still be reached while it is bound, wherever the interpreter lies.
"""

from __future__ import annotations

import os
import sys

from . import syscalls
from .syscalls import MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_PRIVATE, MS_RDONLY, MS_REC, MS_REMOUNT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_BASES = ("/tmp", "/run", "/mnt", "/var/tmp", "/etc")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo", "/etc/ld.so.cache")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom")
_OLD = "/.old"

SCRATCH = "/tmp"
"""The one folder that a case may write to; it is emptied after each."""

BUILT = "/built"
"""Where compiled programs lie; it is not emptied between cases, and no case can write there."""


def library_paths(more: Sequence[str] = (), apart: Sequence[str] = ()) -> list[str]:
    """What Python reads at run time, its standard library and the folders of shared libraries, and *more*.

    Folders *apart* are searched for modules too, but must not be brought as a whole.
    """
    stdlib = os.path.dirname(os.path.realpath(os.__file__))
    own = os.path.join(sys.base_prefix, "lib") if sys.base_prefix not in ("/", "/usr", "/usr/local") else stdlib
    wanted = [*_SYSTEM, stdlib, own, *(path for path in sys.path if path not in apart), *more]
    existing = [path for path in wanted if os.path.isabs(path) and os.path.lexists(path) and path != "/"]
    return _outermost(existing)


def without(paths: list[str], hidden: Sequence[str]) -> list[str]:
    """*paths* with those that hold something *hidden* replaced by what else lies in them.

    For Landlock, which cannot take away below what it has given.
    """
    kept: list[str] = []
    for path in paths:
        real = os.path.realpath(path)
        if any(_lies_in(real, one) for one in hidden):
            continue
        if os.path.isdir(path) and any(_lies_in(one, real) for one in hidden):
            inner = [os.path.join(real, name) for name in sorted(os.listdir(real))]
            kept += without(inner, hidden)
        else:
            kept.append(path)
    return kept


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _outermost(paths: list[str]) -> list[str]:
    """*paths* without those that lie below another one; links are kept as links."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(path.startswith(parent + "/") and not os.path.islink(parent) for parent in kept):
            kept.append(path)
    return kept


def build(paths: list[str], tmp_mb: int, built_mb: int = 0, files: int = 1024) -> None:
    """Make the new root with *paths* from the host, and move into it. Raises OSError naming the step.

    /tmp holds *tmp_mb* and so many *files* at most.

    With *built_mb* there is a `BUILT` of that size beside /tmp, from which programs may be run. `finish` must follow.
    """
    base = next(path for path in _BASES if os.path.isdir(path))
    syscalls.mount("none", "/", None, MS_REC | MS_PRIVATE)
    syscalls.mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=512,mode=0755")
    os.mkdir(base + _OLD, 0o700)
    syscalls.pivot_root(base, base + _OLD)
    os.chdir("/")
    for path in paths:
        _bring(path)
    for path in _DEVICES:
        _bind_file(path)
    os.mkdir(SCRATCH, 0o1777)
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    syscalls.mount("tmpfs", SCRATCH, "tmpfs", flags, f"size={tmp_mb}m,nr_inodes={files},mode=1777")
    if built_mb:
        os.mkdir(BUILT, 0o1777)
        syscalls.mount("tmpfs", BUILT, "tmpfs", MS_NOSUID | MS_NODEV, f"size={built_mb}m,nr_inodes=4096,mode=1777")


def add_libraries(paths: Sequence[str], hidden: Sequence[str]) -> frozenset[str]:
    """Add the libraries at *paths*, each at its place; returns the names that they take in `SCRATCH`.

    A folder that is *hidden*, and one of `SCRATCH` in which libraries lie, then holds those and nothing else, for good.
    """
    below = [path.split("/")[2] for path in paths if path.startswith(SCRATCH + "/")]
    covers = [SCRATCH + "/" + name for name in sorted(set(below))]
    for path in covers:
        os.mkdir(path, 0o755)
    covers += [path for path in hidden if os.path.isdir(path)]
    for path in covers:
        syscalls.mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=512,mode=0755")
    for path in paths:
        if not os.path.lexists(path):
            _bring(path)
    for path in covers:
        _make_read_only(path)
    return frozenset(below)


def finish() -> None:
    """Let go of the old root, and of the right to change the new one."""
    syscalls.detach(_OLD)
    os.rmdir(_OLD)
    _make_read_only("/")
    os.chdir(SCRATCH)


def _make_read_only(path: str) -> None:
    syscalls.mount("none", path, None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def _bring(path: str) -> None:
    source = _OLD + path
    if os.path.islink(source):
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        os.symlink(os.readlink(source), path)
    elif os.path.isdir(source):
        os.makedirs(path, 0o755, exist_ok=True)
        syscalls.mount(source, path, None, MS_BIND | MS_REC)
        syscalls.seal_mount(path)
    elif os.path.isfile(source):
        _bind_file(path)
        syscalls.seal_mount(path)


def _bind_file(path: str) -> None:
    os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444))
    syscalls.mount(_OLD + path, path, None, MS_BIND)
