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

BUILT = "/built"
"""Where compiled programs lie; it is not emptied between cases, and no case can write there."""


def library_paths(more: Sequence[str] = ()) -> list[str]:
    """What Python reads at run time, its standard library and the folders of shared libraries, and *more*."""
    stdlib = os.path.dirname(os.path.realpath(os.__file__))
    own = os.path.join(sys.base_prefix, "lib") if sys.base_prefix not in ("/", "/usr", "/usr/local") else stdlib
    wanted = [*_SYSTEM, stdlib, own, *sys.path, *more]
    existing = [path for path in wanted if os.path.isabs(path) and os.path.lexists(path) and path != "/"]
    return _outermost(existing)


def _outermost(paths: list[str]) -> list[str]:
    """*paths* without those that lie below another one; links are kept as links."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(path.startswith(parent + "/") and not os.path.islink(parent) for parent in kept):
            kept.append(path)
    return kept


def build(paths: list[str], tmp_mb: int, built_mb: int = 0) -> None:
    """Make the new root with *paths* from the host, and move into it. Raises OSError naming the step.

    With *built_mb* there is a `BUILT` of that size beside /tmp, from which programs may be run.
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
    os.mkdir("/tmp", 0o1777)
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    syscalls.mount("tmpfs", "/tmp", "tmpfs", flags, f"size={tmp_mb}m,nr_inodes=1024,mode=1777")
    if built_mb:
        os.mkdir(BUILT, 0o1777)
        syscalls.mount("tmpfs", BUILT, "tmpfs", MS_NOSUID | MS_NODEV, f"size={built_mb}m,nr_inodes=4096,mode=1777")
    syscalls.detach(_OLD)
    os.rmdir(_OLD)
    syscalls.mount("none", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir("/tmp")


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
