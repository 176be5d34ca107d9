"""Landlock: what the file system, the network and other processes look like to one case (Linux 5.13 and later)."""

from __future__ import annotations

import ctypes
import os

from . import syscalls

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ABI_QUERY = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
READ = EXECUTE | READ_FILE | READ_DIR
_BITS_BY_ABI = ((1, 13), (2, 14), (3, 15), (5, 16))  # 13 rights, then REFER, TRUNCATE, IOCTL_DEV
_NET_TCP = 0b11
_SCOPED = 0b11  # abstract UNIX sockets, signals
_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | (1 << 14) | (1 << 15)


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("fs", "net", "scoped")]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def abi() -> int:
    """The version that this kernel offers; 0 when it has none."""
    try:
        return syscalls.syscall("landlock_create_ruleset", _CREATE, 0, 0, _ABI_QUERY)
    except OSError:
        return 0


def ruleset(readable: list[str], writable: list[str]) -> int:
    """A ruleset as a descriptor: read and execute below *readable*, all but devices and exec below *writable*.

    Paths that do not exist are left out. From ABI 4 on TCP is refused, from 6 on signals and abstract sockets
    that leave the case. Raises OSError on a kernel without Landlock.
    """
    version = abi()
    everything = (1 << max((bits for need, bits in _BITS_BY_ABI if version >= need), default=0)) - 1
    attributes = _Ruleset(everything, _NET_TCP if version >= 4 else 0, _SCOPED if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = syscalls.syscall("landlock_create_ruleset", _CREATE, ctypes.byref(attributes), size, 0)
    for path in readable:
        _allow(rules, path, READ & everything)
    for path in writable:
        _allow(rules, path, everything & ~(EXECUTE | _MAKE_CHAR | _MAKE_BLOCK))
    return rules


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS
        rule = _PathBeneath(rights, parent)
        syscalls.syscall("landlock_add_rule", _ADD, rules, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(parent)


def restrict(rules: int) -> None:
    """Put this process under *rules*, for good. Needs no_new_privs."""
    syscalls.syscall("landlock_restrict_self", _RESTRICT, rules, 0)
