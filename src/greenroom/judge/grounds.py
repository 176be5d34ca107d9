"""Where this process may make cgroups: found by making one, not by guessing from versions."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from greenroom.judge import census, owners
from greenroom.judge.cgroups import Controller, Files, Ground

LEAF = "greenroom-supervisor"
"""The group that this process moves into where groups with limits may hold no process themselves (version 2)."""

_V1_CONTROLLERS: dict[str, Controller] = {"memory": "memory", "pids": "pids", "cpuacct": "cpu"}
_ESCAPED = re.compile(r"\\([0-7]{3})")
_TRIAL_MB = 256
_lock = threading.Lock()
_found: list[Survey] = []


@dataclass(frozen=True)
class Survey:
    """What was found: where groups can be made, or for each version why they cannot."""

    ground: Ground | None
    reasons: tuple[str, ...]


class _RefusedError(Exception):
    """A version cannot be used; the message says why."""


def available() -> Survey:
    """What the host allows; looked for once in the life of the process."""
    with _lock:
        if not _found:
            _found.append(survey())
        return _found[0]


def survey(files: Files | None = None, proc: Path = Path("/proc/self")) -> Survey:
    """Look for a ground now, version 2 first. Groups that dead supervisors have left on it are removed."""
    files = files or Files()
    reasons: list[str] = []
    for version, look in ((2, _version_2), (1, _version_1)):
        try:
            ground = look(files, proc)
            _try(ground)
        except _RefusedError as refused:
            reasons.append(f"cgroup v{version}: {refused}")
        except (OSError, ValueError) as error:
            said = error.strerror if isinstance(error, OSError) else None
            reasons.append(f"cgroup v{version}: {said or error}")
        else:
            ground.sweep()
            return Survey(ground, tuple(reasons))
    return Survey(None, tuple(reasons))


def _try(ground: Ground) -> None:
    group = ground.group()
    try:
        group.begin(memory_mb=_TRIAL_MB, processes=1)
        group.killed()
        group.cpu_s()
    finally:
        group.remove()


def _version_1(files: Files, proc: Path) -> Ground:
    memberships = dict(_memberships(proc))
    folders: dict[Controller, Path] = {}
    for kernel_name, controller in _V1_CONTROLLERS.items():
        folder = _own_folder(proc, "cgroup", kernel_name, memberships.get(kernel_name))
        if folder is None:
            continue
        if controller == "memory" or _may_make(files, folder):
            folders[controller] = folder
    if "memory" not in folders:
        raise _RefusedError("no memory hierarchy is mounted")
    return Ground(1, folders, files)


def _may_make(files: Files, folder: Path) -> bool:
    """Whether a group can be made in *folder*: other controllers than memory are done without where it cannot."""
    trial = folder / f"{owners.prefix()}trial"
    try:
        files.make(trial)
        files.remove(trial)
    except OSError:
        return False
    return True


def _version_2(files: Files, proc: Path) -> Ground:
    own = _own_folder(proc, "cgroup2", None, dict(_memberships(proc)).get(""))
    if own is None:
        raise _RefusedError("it is not mounted")
    if own.name == LEAF or files.delegated(own.parent):  # moved there before, or started there (DelegateSubgroup=)
        with suppress(OSError, _RefusedError):
            return _ground_2(files, own.parent)
    offered = files.read(own / "cgroup.controllers").split()
    if "memory" not in offered:
        raise _RefusedError(f"no memory controller in {own} (version 1 has it, or it is not delegated)")
    if files.has(own / "cgroup.type"):  # all but the root of the whole hierarchy, whose processes may stay
        _move_down(files, own)
    return _ground_2(files, own)


def _ground_2(files: Files, base: Path) -> Ground:
    """The ground *base*, its controllers switched on for the groups in it."""
    offered = files.read(base / "cgroup.controllers").split()
    if "memory" not in offered:
        raise _RefusedError(f"no memory controller in {base}")
    wanted = [name for name in ("memory", "pids") if name in offered]
    switched_on = files.read(base / "cgroup.subtree_control").split()
    missing = [f"+{name}" for name in wanted if name not in switched_on]
    if missing:
        files.write(base / "cgroup.subtree_control", " ".join(missing))
    folders: dict[Controller, Path] = {"memory": base, "cpu": base}  # CPU time is counted without a controller
    if "pids" in wanted:
        folders["pids"] = base
    return Ground(2, folders, files)


def _move_down(files: Files, own: Path) -> None:
    """Move this process, and its children, into a leaf of *own*. Raises _RefusedError when others live there too."""
    here = os.getpid()
    mine = {here, *census.descendants(here)}
    residents = {int(word) for word in files.read(own / "cgroup.procs").split()}
    if residents - mine:
        raise _RefusedError(f"{own} is not for this process alone (PID {min(residents - mine)} is in it)")
    leaf = own / LEAF
    with suppress(FileExistsError):
        files.make(leaf)
    moved: list[int] = []
    try:
        for pid in sorted(residents):
            with suppress(ProcessLookupError):
                files.write(leaf / "cgroup.procs", str(pid))
                moved.append(pid)
        files.write(own / "cgroup.subtree_control", "+memory")
    except OSError as error:
        for pid in moved:
            with suppress(OSError):
                files.write(own / "cgroup.procs", str(pid))
        with suppress(OSError):
            files.remove(leaf)
        raise _RefusedError(f"{own} is not delegated: {error.strerror}") from None


def _memberships(proc: Path) -> Iterator[tuple[str, str]]:
    """(controller, path) for each of this process's groups; version 2 has the controller ""."""
    for line in (proc / "cgroup").read_text("utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, path


def _own_folder(proc: Path, kind: str, controller: str | None, path: str | None) -> Path | None:
    """The folder of this process's own group in a hierarchy; None where that is not mounted, or out of reach."""
    if path is None or ".." in path.split("/"):
        return None
    for line in (proc / "mountinfo").read_text("utf-8").splitlines():
        before, _, after = line.partition(" - ")
        fields, described = before.split(), after.split()
        if described[0] != kind or (controller and controller not in described[-1].split(",")):
            continue
        root, point = (_ESCAPED.sub(lambda found: chr(int(found[1], 8)), text) for text in fields[3:5])
        if path == root or path.startswith(root.rstrip("/") + "/"):
            return Path(point) / path[len(root) :].lstrip("/")
    return None
