"""Leaving nothing behind: every process and every file of a case is gone before the next one begins."""

from __future__ import annotations

import errno
import os
import signal
import stat
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import resource

_PATIENCE_S = 5.0


class LeftoverError(Exception):
    """Something could not be removed: this sandbox must not be used again."""


def kill_all(*, alone: bool) -> None:
    """SIGKILL to every other process of the sandbox. *alone*: this is PID 1, so all others are in its namespace."""
    if alone:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return
        return
    for pid in _children():
        _kill_tree(pid)


def _children() -> list[int]:
    """Direct children by /proc; as the subreaper this process inherits every orphan. Empty where there is no /proc."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as stream:
            return [int(word) for word in stream.read().split()]
    except OSError:
        return []


def _kill_tree(pid: int) -> None:
    for call, number in ((os.kill, signal.SIGKILL), (os.killpg, signal.SIGKILL)):
        try:
            call(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def reap(
    pid: int, *, alone: bool, over: tuple[int, resource.struct_rusage] | None = None
) -> tuple[int, resource.struct_rusage, float]:
    """(wait status, usage, CPU seconds of everybody) once *pid* and all other processes of the sandbox are gone.

    *over* is what was said of *pid* where it has been waited for already. Raises LeftoverError when a process survives
    its SIGKILL.
    """
    status, usage = over or os.wait4(pid, 0)[1:]
    total = usage.ru_utime + usage.ru_stime
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            other, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return status, usage, total
        if other:
            total += used.ru_utime + used.ru_stime
            continue
        if time.monotonic() > until:
            raise LeftoverError("a process does not end")
        kill_all(alone=alone)
        time.sleep(0.001)


def empty(folder: str, keep: frozenset[str] = frozenset()) -> None:
    """Remove everything in *folder* but the entries to *keep*, however deep, and whatever its permissions.

    Folders inside folders are first moved up to *folder*, so that neither recursion nor path length can be exhausted.
    Links are removed, never followed. Raises LeftoverError when something stays.
    """
    try:
        top = _opened(folder)
        try:
            if not keep.issuperset(os.listdir(top)):
                _open_up(folder)
                _empty(top, keep)
        finally:
            os.close(top)
    except OSError as error:
        raise LeftoverError(f"{folder} cannot be emptied: {error.strerror}") from None


def abandon(folder: str, *, alone: bool) -> None:
    """Remove *folder* itself at the end, as far as that can be done, where no namespace ends and takes it along."""
    if alone:
        return
    try:
        empty(folder)
        os.rmdir(folder)
    except (LeftoverError, OSError):  # the supervisor, if it still lives, removes it as well
        return


def _opened(folder: str) -> int:
    how = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(folder, how)
    except PermissionError:  # a case has locked it
        _open_up(folder)
        return os.open(folder, how)


def _open_up(folder: str) -> None:
    try:
        os.chmod(folder, 0o700)
    except PermissionError:  # the folder is not ours, so a case could not lock it either
        return


def _empty(top: int, keep: frozenset[str]) -> None:
    serial = 0
    while names := set(os.listdir(top)) - keep:
        for name in names:
            if not _is_folder(name, top):
                os.unlink(name, dir_fd=top)
                continue
            os.chmod(name, 0o700, dir_fd=top)
            serial = _flatten(name, top, serial)
            os.rmdir(name, dir_fd=top)


def _flatten(name: str, top: int, serial: int) -> int:
    inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=top)
    try:
        for entry in os.listdir(inner):
            if not _is_folder(entry, inner):
                os.unlink(entry, dir_fd=inner)
                continue
            os.chmod(entry, 0o700, dir_fd=inner)  # a folder that is moved must be writable: its `..` changes
            serial = _move_up(entry, inner, top, serial)
    finally:
        os.close(inner)
    return serial


def _move_up(entry: str, inner: int, top: int, serial: int) -> int:
    while True:
        serial += 1
        try:
            os.rename(entry, f".sweep-{serial}", src_dir_fd=inner, dst_dir_fd=top)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
        else:
            return serial


def _is_folder(name: str, parent: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
