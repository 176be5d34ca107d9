"""The Linux calls that Python does not offer, through the C library that is loaded anyway.

Every function raises OSError with the call's name. Constants are those of the kernel's uapi headers.
"""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
CLONE_NEWTIME = 0x00000080

MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_NOATIME = 1024
MS_NODIRATIME = 2048
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MS_RELATIME = 1 << 21
MNT_DETACH = 2

MADV_COLLAPSE = 25

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

_MOUNT_SETATTR = 442
_MOUNT_ATTR_RDONLY = 1
_MOUNT_ATTR_NOSUID = 2
_MOUNT_ATTR_NODEV = 4
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """The machine's name as the tables here use it, such as `x86_64`."""
    return os.uname().machine


def check(result: int, call: str) -> int:
    """*result* of the C call *call*; raises OSError when it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}")
    return result


def syscall(call: str, number: int, *arguments: object) -> int:
    """The raw system call *number*; *call* is its name for the error."""
    words = [ctypes.c_long(word) if isinstance(word, int) else word for word in arguments]
    return check(_libc.syscall(ctypes.c_long(number), *words), call)


def prctl(option: int, *arguments: object) -> int:
    """`prctl(2)`: *arguments* are whole numbers or ctypes pointers; missing ones are zero."""
    words = [ctypes.c_ulong(word) if isinstance(word, int) else word for word in arguments]
    words += [ctypes.c_ulong(0)] * (4 - len(words))
    return check(_libc.prctl(ctypes.c_int(option), *words), "prctl")


def madvise(address: int, length: int, advice: int) -> None:
    """`madvise(2)` on *length* bytes from *address*."""
    words = ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(advice)
    check(_libc.madvise(*words), "madvise")


def unshare(flags: int) -> None:
    """Leave the namespaces named by *flags* (CLONE_NEW…)."""
    check(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """`mount(2)`."""
    words = [None if text is None else os.fsencode(text) for text in (source, target, kind, data)]
    call = f"mount {target}"
    check(_libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]), call)


def detach(target: str) -> None:
    """Unmount *target* and all below it, at once for names and later for open files."""
    check(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    """Make *new_root* the root of this mount namespace; the old one is then at *put_old*."""
    syscall("pivot_root", _PIVOT_ROOT[machine()], os.fsencode(new_root), os.fsencode(put_old))


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("attr_set", "attr_clr", "propagation", "userns_fd")]


def seal_mount(target: str) -> None:
    """Make the mount at *target* and all below it read-only, nosuid and nodev.

    `mount_setattr` (Linux 5.12) only adds flags, so the flags that a user namespace has locked stay as they are.
    Older kernels remount, with the locked flags repeated as the kernel asks for.
    """
    attributes = _MountAttr(attr_set=_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID | _MOUNT_ATTR_NODEV)
    try:
        size = ctypes.sizeof(attributes)
        syscall(
            "mount_setattr",
            _MOUNT_SETATTR,
            _AT_FDCWD,
            os.fsencode(target),
            _AT_RECURSIVE,
            ctypes.byref(attributes),
            size,
        )
    except OSError:
        sealed = MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV
        mount("none", target, None, sealed | _locked_flags(target))


def _locked_flags(target: str) -> int:
    held = os.statvfs(target).f_flag
    pairs = ((os.ST_NOEXEC, MS_NOEXEC), (os.ST_NOATIME, MS_NOATIME), (os.ST_NODIRATIME, MS_NODIRATIME))
    flags = sum(flag for bit, flag in pairs if held & bit)
    return flags | (MS_RELATIME if held & os.ST_RELATIME else 0)


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def drop_capabilities() -> None:
    """Empty the ambient, effective, permitted and inheritable sets of this thread."""
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapHeader(_CAPABILITY_VERSION_3, 0)
    nothing = (_CapData * 2)()
    syscall("capset", _CAPSET[machine()], ctypes.byref(header), ctypes.byref(nothing))


def drop_bounding_set() -> None:
    """Empty the bounding set, so that no later exec can bring a capability back. Needs CAP_SETPCAP."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError as error:
            if capability and error.errno == 22:  # EINVAL: past the last capability that this kernel knows
                return
            raise
