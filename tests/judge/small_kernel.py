"""A cgroup file system in a folder, with the rules of the kernel's that matter here."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from greenroom.judge.cgroups import Files

_V1 = {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.max_usage_in_bytes", "pids.max", "tasks"}


def _refusal(code: int, path: Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))


class SmallKernel(Files):
    """*version* 2 has one tree, *version* 1 a folder for each controller. `refused` names what ends in EACCES.

    Control files are plain files below *root*; `cgroup.procs` holds the PIDs of a group.
    """

    def __init__(self, root: Path, version: int, *, controllers: str = "cpu memory pids") -> None:
        self.root, self.version = root, version
        self.delegations: set[Path] = set()
        self.refused: set[str] = set()
        self.written: list[tuple[str, str]] = []
        root.mkdir()
        if version == 2:
            self._fill(root, controllers)
            (root / "cgroup.type").unlink()
            (root / "cgroup.subtree_control").write_text(controllers)

    def mounted(self, proc: Path, own: dict[str, str]) -> Path:
        """A /proc/self at *proc* of a process whose groups are *own*, by controller ("" in version 2)."""
        proc.mkdir()
        numbered = enumerate(own.items())
        (proc / "cgroup").write_text("".join(f"{number}:{name}:{path}\n" for number, (name, path) in numbered))
        at = str(self.root).replace(" ", "\\040")
        if self.version == 2:
            lines = [f"30 20 0:26 / {at} rw - cgroup2 cgroup2 rw,nsdelegate"]
        else:
            lines = [f"{n} 20 0:26 / {at}/{name} rw - cgroup cgroup rw,{name}" for n, name in enumerate(own)]
        (proc / "mountinfo").write_text("1 0 0:1 / / rw - ext4 /dev/x rw\n" + "".join(f"{line}\n" for line in lines))
        return proc

    def existing(self, path: str, *pids: int) -> Path:
        """A group at *path* that is there already, with *pids* in it."""
        folder = self.root / path
        for part in [*reversed(folder.relative_to(self.root).parents), folder.relative_to(self.root)][1:]:
            if not (self.root / part).exists():
                self.make(self.root / part)
        (folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in pids))
        return folder

    def make(self, folder: Path) -> None:
        if "mkdir" in self.refused:
            raise _refusal(errno.EACCES, folder)
        folder.mkdir(parents=self.version == 1)
        offered = (folder.parent / "cgroup.subtree_control").read_text() if self.version == 2 else ""
        self._fill(folder, offered)

    def _fill(self, folder: Path, offered: str) -> None:
        files = {"cgroup.procs": ""}
        if self.version == 2:
            files |= {"cgroup.controllers": offered, "cgroup.subtree_control": "", "cgroup.type": "domain\n"}
            files |= {"cpu.stat": "usage_usec 0\nuser_usec 0\n"}
            if "memory" in offered.split():
                files |= {"memory.max": "max", "memory.swap.max": "max", "memory.events": "max 0\noom 0\noom_kill 0\n"}
            if "pids" in offered.split():
                files |= {"pids.max": "max"}
        else:
            files |= dict.fromkeys(_V1, "0")
            files |= {"memory.oom_control": "oom_kill_disable 0\noom_kill 0\n", "cpuacct.usage": "0\n"}
        for name, text in files.items():
            (folder / name).write_text(text)

    def remove(self, folder: Path) -> None:
        if (folder / "cgroup.procs").read_text().split():
            raise _refusal(errno.EBUSY, folder)
        for entry in folder.iterdir():
            if entry.is_dir():
                raise _refusal(errno.EBUSY, folder)
        for entry in folder.iterdir():
            entry.unlink()
        folder.rmdir()

    def write(self, file: Path, text: str) -> None:
        self.written.append((str(file.relative_to(self.root)), text))
        if file.name in self.refused:
            raise _refusal(errno.EACCES, file)
        if not file.exists():
            raise _refusal(errno.ENOENT, file)
        if file.name == "cgroup.procs":
            self._move(file, text)
        elif file.name == "cgroup.subtree_control":
            self._switch_on(file, text)
        else:
            file.write_text(text)

    def _move(self, file: Path, pid: str) -> None:
        if self.version == 2 and (file.parent / "cgroup.subtree_control").read_text() and file.parent != self.root:
            raise _refusal(errno.EBUSY, file)
        base = file.parents[1] if self.version == 2 else file.parent.parent
        for other in base.rglob("cgroup.procs"):
            other.write_text("".join(f"{one}\n" for one in other.read_text().split() if one != pid))
        file.write_text(file.read_text() + f"{pid}\n")

    def _switch_on(self, file: Path, text: str) -> None:
        if (file.parent / "cgroup.procs").read_text().split() and file.parent != self.root:
            raise _refusal(errno.EBUSY, file)  # no process beside groups with limits
        offered = (file.parent / "cgroup.controllers").read_text().split()
        wanted = [word.removeprefix("+") for word in text.split()]
        if not set(wanted) <= set(offered):
            raise _refusal(errno.ENOENT, file)
        file.write_text(" ".join(dict.fromkeys([*file.read_text().split(), *wanted])))

    def delegated(self, folder: Path) -> bool:
        return folder in self.delegations
