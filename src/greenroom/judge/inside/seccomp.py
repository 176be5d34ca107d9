"""The system calls that a sandboxed process may not make, as a classic BPF program built here.

A deny-list, because what a Python program needs differs between C libraries and versions; but calls that are newer than
the ones listed here do not exist inside (ENOSYS), so a kernel update does not widen the sandbox.

Numbers are from the kernel's `arch/x86/entry/syscalls/syscall_64.tbl` and `include/uapi/asm-generic/unistd.h`;
from 424 on all architectures share them.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from . import syscalls

NEWEST = 450
"""The last known call (set_mempolicy_home_node, Linux 5.17); higher numbers are ENOSYS."""

# name: (x86_64, aarch64); None where the architecture lacks the call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # keys and kernel memory of other subsystems
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "seccomp": (317, 277),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    "move_pages": (279, 239), "migrate_pages": (256, 238),
    # how init or the next case is scheduled: both run as the same user (niceness for all of a user is one call)
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "sched_setattr": (314, 274),
    # mounts, roots and namespaces
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "move_mount": (429, 429), "open_tree": (428, 428), "mount_setattr": (442, 442),
    "setns": (308, 268), "unshare": (272, 97),
    # files by handle, device nodes, quotas, watching
    "open_by_handle_at": (304, 265), "name_to_handle_at": (303, 264), "mknod": (133, None), "mknodat": (259, 33),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "fanotify_init": (300, 262), "fanotify_mark": (301, 263),
    # who else opens a file that all sandboxes share: a library that another candidate's run has just imported
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27),
    # the machine itself
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "create_module": (174, None), "reboot": (169, 142), "swapon": (167, 224),
    "swapoff": (168, 225), "acct": (163, 89), "syslog": (103, 116), "vhangup": (153, 58),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
    "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
    "modify_ldt": (154, None), "personality": (135, 92), "lookup_dcookie": (212, 18), "nfsservctl": (180, 42),
    "uselib": (134, None), "_sysctl": (156, None),
    # memory that rlimits and the tmpfs size do not see
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "vmsplice": (278, 75),
    "shmget": (29, 194), "shmat": (30, 196), "shmctl": (31, 195), "shmdt": (67, 197),
    "semget": (64, 190), "semop": (65, 193), "semctl": (66, 191), "semtimedop": (220, 192),
    "msgget": (68, 186), "msgsnd": (69, 189), "msgrcv": (70, 188), "msgctl": (71, 187),
    "mq_open": (240, 180), "mq_unlink": (241, 181),
    # the network: no socket of any family; socketpair is looked at below
    "socket": (41, 198),
}  # fmt: skip

_EXEC = {"execve": (59, 221), "execveat": (322, 281)}
_SERVER = ("socket", "shmget", "shmat", "shmctl", "shmdt")
"""What PostgreSQL cannot do without: sockets (of the file system alone, see below) and a little shared memory."""

_CLONE = (56, 220)
_CLONE3 = 435
_SOCKETPAIR = (53, 199)
_SOCKET = _DENIED["socket"]
_IOCTL = (16, 29)
_FCNTL = (72, 25)
_MMAP = (9, 222)
_OF_ITSELF = {"prlimit64": (302, 261), "sched_setaffinity": (203, 122)}
"""Calls that a process may make about itself alone: PID 0. With another PID they would reach init."""
_COLUMN = {"x86_64": 0, "aarch64": 1}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32 = 0x40000000
_AF_UNIX = 1
_NOTIFY = 1026  # F_NOTIFY of linux/fcntl.h: the older way to watch a folder
_HUGE_PAGES = 0x40000  # MAP_HUGETLB: pages of a pool of the host's, which no resident size and no cgroup counts
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into the terminal that started us

NAMESPACES = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWCGROUP
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUSER
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
    | syscalls.CLONE_NEWTIME
)
"""Every CLONE_NEW… flag: none may be given to `clone`."""

# Classic BPF (linux/bpf_common.h) and the actions of linux/seccomp.h.
_LOAD = 0x20
_JEQ = 0x15
_JGE = 0x35
_JSET = 0x45
_RETURN = 0x06
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_NUMBER, _ARCH, _ARG0, _ARG1, _ARG3 = 0, 4, 16, 24, 40

Instruction = tuple[int, int, int, int]


def program(machine: str, *, allow_exec: bool = False, server: bool = False) -> list[Instruction]:
    """The filter for *machine* as (code, jump if true, jump if false, constant).

    With *server* it is that of PostgreSQL. Raises KeyError for a machine without a table.
    """
    column = _COLUMN[machine]
    denied = {**_DENIED, **({} if allow_exec else _EXEC)}
    for name in _SERVER if server else ():
        del denied[name]
    numbers = sorted(pair[column] for pair in denied.values() if pair[column] is not None)  # type: ignore[type-var]
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_JEQ, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER),
        *_refuse_when(_JGE, _X32 if machine == "x86_64" else NEWEST + 1, errno.ENOSYS),
        *_refuse_when(_JGE, NEWEST + 1, errno.ENOSYS),
        *_refuse_when(_JEQ, _CLONE3, errno.ENOSYS),  # its flags are behind a pointer; glibc then falls back to clone
    ]
    for number in numbers:
        code += _refuse_when(_JEQ, number or 0, errno.EPERM)
    code += _look_at(_CLONE[column], _ARG0, [(_JSET, NAMESPACES, True)])
    code += _look_at(_SOCKETPAIR[column], _ARG0, [(_JEQ, _AF_UNIX, False)])
    if server:
        code += _look_at(_SOCKET[column] or 0, _ARG0, [(_JEQ, _AF_UNIX, False)])
    code += _look_at(_IOCTL[column], _ARG1, [(_JEQ, request, True) for request in _TERMINAL_INPUT])
    code += _look_at(_FCNTL[column], _ARG1, [(_JEQ, _NOTIFY, True)])
    code += _look_at(_MMAP[column], _ARG3, [(_JSET, _HUGE_PAGES, True)])
    for pair in _OF_ITSELF.values():
        code += _look_at(pair[column], _ARG0, [(_JEQ, 0, False)])
    code.append((_RETURN, 0, 0, _ALLOW))
    return code


def _refuse_when(test: int, constant: int, error: int) -> list[Instruction]:
    return [(test, 0, 1, constant), (_RETURN, 0, 0, _ERRNO | error)]


def _look_at(number: int, argument: int, tests: list[tuple[int, int, bool]]) -> list[Instruction]:
    """Refuse call *number* when a test on its argument's low word is as given; the number is loaded again after."""
    body: list[Instruction] = [(_LOAD, 0, 0, argument)]
    for test, constant, refuse_if in tests:
        hit, miss = (0, 1) if refuse_if else (1, 0)
        body += [(test, hit, miss, constant), (_RETURN, 0, 0, _ERRNO | errno.EPERM)]
    body.append((_RETURN, 0, 0, _ALLOW))
    return [(_JEQ, 0, len(body), number), *body]


class _Filter(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def install(*, allow_exec: bool = False, server: bool = False) -> None:
    """Put the filter on this process and all its descendants, for good. Needs no_new_privs.

    Raises OSError when the kernel refuses, KeyError on a machine without a table.
    """
    code = program(syscalls.machine(), allow_exec=allow_exec, server=server)
    raw = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
    held = ctypes.create_string_buffer(raw, len(raw))
    filter_ = _Filter(len(code), ctypes.cast(held, ctypes.c_void_p))
    syscalls.prctl(syscalls.PR_SET_SECCOMP, 2, ctypes.byref(filter_))
