"""Stepping behind the walls, in the order in which each step still can be taken.

Tier 1, as root: leave the mount, PID, network, IPC and UTS namespaces; fork, so that the child is PID 1; build the
root; drop to the slot's uid; enter a user namespace of its own. Tier 1, unprivileged: the user namespace comes first
and gives what the other steps need. Tier 2: neither namespaces nor a root of its own. Tiers 1 and 2 end with no
capabilities, no_new_privs and the system call filter; Landlock and rlimits are put on each case (`limits.py`).
"""

from __future__ import annotations

import os
import signal

from . import frames, landlock, libraries, rootfs, seccomp, syscalls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ISOLATE = (
    syscalls.CLONE_NEWNS | syscalls.CLONE_NEWPID | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWUTS
)


class Walls:
    """What holds around this process.

    `rules` is a Landlock ruleset to put on each case (None without Landlock), `names` the walls that hold,
    `scratch` the one writable folder, `kept` what of it is no case's (libraries that lie there), `alone` whether this
    process is PID 1 of a namespace. `built` is where compiled programs lie, writable for a compiler alone; None where
    nothing but Python is run.
    """

    __slots__ = ("alone", "built", "kept", "names", "rules", "scratch")

    def __init__(self, *, alone: bool, scratch: str, built: str | None) -> None:
        self.alone = alone
        self.scratch = scratch
        self.built = built
        self.kept: frozenset[str] = frozenset()
        self.rules: int | None = None
        self.names: list[str] = []


class WallError(Exception):
    """A step could not be taken; the message says which."""


def enter(config: dict[str, Any], channel: int) -> Walls:
    """Go behind the walls of `config["tier"]`. Raises WallError. In tier 1 only the PID 1 of the new namespace returns.

    *config* also has `supervisor` (its PID), `uid` (the slot's uid, used when root), `disk_mb`, `allow_exec`, `bring`
    (what it needs of the host beside Python's library), `libraries` (those of its environment), `hide` (folders of
    which it must see no more than those), `built_mb`, `files` (how many /tmp may hold) and, for tiers 2 and 3,
    `scratch` and `built` (folders made for this sandbox).
    """
    if config["tier"] == 1:
        _die_with(config["supervisor"])
        return _tier_1(config, channel)
    walls = Walls(alone=False, scratch=config["scratch"], built=config["built"])
    os.chdir(walls.scratch)
    frames.write(channel, {"pid": os.getpid()})
    if config["tier"] == 2:
        _tier_2(config, walls)
    return walls


def _tier_1(config: dict[str, Any], channel: int) -> Walls:
    paths = _library_paths(config)
    root = os.geteuid() == 0
    uid, gid = os.geteuid(), os.getegid()
    if root:
        _step("namespaces", syscalls.unshare, _ISOLATE)
    else:
        _step("user namespace", syscalls.unshare, _ISOLATE | syscalls.CLONE_NEWUSER)
        _step("uid map", _map_identity, uid, gid, None)
    _become_first(config, channel)
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    _step("root", rootfs.build, paths, config["disk_mb"], config["built_mb"], config["files"])
    walls = Walls(alone=True, scratch=rootfs.SCRATCH, built=rootfs.BUILT if config["built_mb"] else None)
    walls.kept = _step("libraries", rootfs.add_libraries, config["libraries"], config["hide"])
    _step("root", rootfs.finish)
    walls.names += ["namespaces", "read-only root"]
    if root:
        _step("bounding set", syscalls.drop_bounding_set)
        _step("uid", _drop_to, config["uid"])
        if _own_user_namespace(config["uid"], proc):
            walls.names.append("user namespace")
    else:
        walls.names.append("user namespace")
    os.close(proc)
    if root:
        walls.names.append("separate uid")
    if "user namespace" in walls.names:  # entering it has filled the bounding set again
        _step("bounding set", syscalls.drop_bounding_set)
    _seal(config, walls, readable=["/"])
    return walls


def _library_paths(config: dict[str, Any]) -> list[str]:
    return rootfs.library_paths(config["bring"], apart=libraries.folders(config["libraries"]))


def _tier_2(config: dict[str, Any], walls: Walls) -> None:
    if landlock.abi() == 0:
        raise WallError("Landlock: this kernel has none (Linux 5.13 or later is needed)")
    readable = [*rootfs.without(_library_paths(config), config["hide"]), *config["libraries"]]
    readable += ["/dev/null", "/dev/zero", "/dev/urandom", *([walls.built] if walls.built else [])]
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    if os.geteuid() == 0:
        _step("uid", _drop_to, config["uid"])
        walls.names.append("separate uid")
    if not os.access(os.__file__, os.R_OK):
        raise WallError(f"interpreter: uid {os.geteuid()} cannot read {os.path.dirname(os.__file__)}")
    unread = next((path for path in config["libraries"] if not os.access(path, os.R_OK)), None)
    if unread is not None:
        raise WallError(f"library: uid {os.geteuid()} cannot read {unread}")
    _seal(config, walls, readable=readable)


def _seal(config: dict[str, Any], walls: Walls, *, readable: list[str]) -> None:
    """The walls that tiers 1 and 2 share."""
    if os.geteuid() == 0:
        raise WallError("uid: still root")
    _step("capabilities", syscalls.drop_capabilities)
    _step("no_new_privs", syscalls.prctl, syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if landlock.abi():
        writable = [walls.scratch, "/dev/null"]
        if walls.built and config["role"] in ("compiler", "server"):
            writable.append(walls.built)
        walls.rules = _step("Landlock", landlock.ruleset, readable, writable)
        walls.names.append("Landlock")
    server = config["role"] == "server"
    _step("seccomp", lambda: seccomp.install(allow_exec=config["allow_exec"], server=server))
    if walls.alone:  # again: changes of uid have cleared it; without a namespace, init must live to clear up
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    _step("dumpable", syscalls.prctl, syscalls.PR_SET_DUMPABLE, 0)
    walls.names += ["no capabilities", "no_new_privs", "seccomp"]


def _become_first(config: dict[str, Any], channel: int) -> None:
    """Fork; the child returns as PID 1 of the new namespace, the parent only waits for it and passes its end on."""
    ready, go = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(go)
        syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.read(ready, 1)  # until the parent has sent our PID, and as proof that it still lives
        os.close(ready)
        return
    os.close(ready)
    frames.write(channel, {"pid": pid})
    os.closerange(channel, channel + 1)
    if os.geteuid() == 0:
        _drop_to(config["uid"])
        _die_with(config["supervisor"])
    os.write(go, b"1")
    os.close(go)
    _, status = os.waitpid(pid, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0x7F)


def _die_with(supervisor: int) -> None:
    """Be killed when the supervisor's thread ends. A change of uid clears this, so it is said again after one."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        os._exit(1)


def _drop_to(uid: int) -> None:
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _own_user_namespace(uid: int, proc: int) -> bool:
    """Enter a user namespace as *uid*, if the host allows one. Nothing outside is owned by it."""
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # the change of uid gave /proc/self to root; the maps are written there
    try:
        syscalls.unshare(syscalls.CLONE_NEWUSER)
    except OSError:
        return False
    _step("uid map", _map_identity, uid, uid, proc)
    return True


def _map_identity(uid: int, gid: int, proc: int | None) -> None:
    """Map *uid* and *gid* to themselves and nothing else; *proc* is a descriptor of /proc where it is not mounted."""
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
        path = f"self/{name}" if proc is not None else f"/proc/self/{name}"
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)


def _step(name: str, call: Any, *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except (OSError, KeyError) as error:
        raise WallError(f"{name}: {error}") from None
