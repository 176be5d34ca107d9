"""Where groups may be made, on a small cgroup file system of the tests' own: what no machine has all at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.judge.small_kernel import SmallKernel

from greenroom.judge import cgroups, owners
from greenroom.judge.cgroups import ROOM_MB, ROOM_PROCESSES
from greenroom.judge.grounds import LEAF, Survey, survey

V1 = {"memory": "/service", "pids": "/", "cpu,cpuacct": "/service"}
MB = 1024 * 1024


def two(tmp_path: Path, own: str, **options: str) -> tuple[SmallKernel, Path]:
    kernel = SmallKernel(tmp_path / "cgroup two", 2, **options)
    return kernel, kernel.mounted(tmp_path / "self", {"": own})


def base_of(found: Survey) -> Path:
    assert found.ground is not None, found.reasons
    return found.ground.folders["memory"]


def test_a_group_for_this_process_alone_is_used_and_the_process_moves_into_a_leaf(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/a.service")
    own = kernel.existing("a.service", os.getpid())
    found = survey(kernel, proc)
    assert base_of(found) == own
    assert found.ground is not None
    assert (found.ground.name, set(found.ground.folders)) == ("cgroup v2", {"memory", "pids", "cpu"})
    assert (own / LEAF / "cgroup.procs").read_text() == f"{os.getpid()}\n"
    assert (own / "cgroup.subtree_control").read_text() == "memory pids"
    assert [entry.name for entry in own.iterdir() if entry.is_dir()] == [LEAF]  # the trial is gone


def test_other_processes_are_never_moved(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/session.scope")
    own = kernel.existing("session.scope", 1, os.getpid())
    kernel.delegations.add(own)
    found = survey(kernel, proc)
    assert found.ground is None
    assert "not for this process alone (PID 1 is in it)" in found.reasons[0]
    assert (own / "cgroup.procs").read_text().split() == ["1", str(os.getpid())]
    assert kernel.written == []


def test_a_parent_is_used_only_when_it_is_delegated(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/slice/a.service")
    parent = kernel.existing("slice")
    kernel.write(parent / "cgroup.subtree_control", "+memory +pids")
    own = kernel.existing("slice/a.service", os.getpid())
    assert base_of(survey(kernel, proc)) == own
    kernel.delegations.add(parent)
    assert base_of(survey(kernel, proc)) == parent


def test_a_process_that_was_moved_before_finds_the_same_ground(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, f"/a.service/{LEAF}")
    own = kernel.existing("a.service")
    kernel.existing(f"a.service/{LEAF}", 1, os.getpid())
    assert base_of(survey(kernel, proc)) == own


def test_the_root_of_all_keeps_its_processes(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/")
    (kernel.root / "cgroup.procs").write_text(f"1\n{os.getpid()}\n")
    assert base_of(survey(kernel, proc)) == kernel.root
    assert not (kernel.root / LEAF).exists()


def test_when_controllers_cannot_be_switched_on_everything_is_as_before(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/a.service")
    own = kernel.existing("a.service", os.getpid())
    kernel.refused.add("cgroup.subtree_control")
    found = survey(kernel, proc)
    assert found.ground is None
    assert "is not delegated: Permission denied" in found.reasons[0]
    assert (own / "cgroup.procs").read_text() == f"{os.getpid()}\n"
    assert not (own / LEAF).exists()


def test_without_a_memory_controller_or_a_mount_the_reason_is_said(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/a.service", controllers="cpu hugetlb")
    kernel.existing("a.service", os.getpid())
    assert [reason.split(" in ")[0] for reason in survey(kernel, proc).reasons] == [
        "cgroup v2: no memory controller",
        "cgroup v1: no memory hierarchy is mounted",
    ]
    (proc / "mountinfo").write_text("1 0 0:1 / / rw - ext4 /dev/x rw\n")
    assert survey(kernel, proc).reasons[0] == "cgroup v2: it is not mounted"
    (proc / "cgroup").unlink()
    assert survey(kernel, proc).reasons[0] == "cgroup v2: No such file or directory"


def test_a_group_out_of_reach_is_not_taken_for_another(tmp_path: Path) -> None:
    """In a container whose cgroup namespace begins elsewhere, /proc says `/..`."""
    kernel, proc = two(tmp_path, "/../other")
    kernel.existing("other", os.getpid())
    assert survey(kernel, proc).reasons[0] == "cgroup v2: it is not mounted"


def one(tmp_path: Path, own: dict[str, str]) -> tuple[SmallKernel, Path]:
    kernel = SmallKernel(tmp_path / "cgroup", 1)
    for names, path in own.items():
        kernel.existing(names + path)
    return kernel, kernel.mounted(tmp_path / "self", own)


def test_version_1_makes_groups_below_its_own_in_each_hierarchy(tmp_path: Path) -> None:
    kernel, proc = one(tmp_path, V1)
    found = survey(kernel, proc)
    assert base_of(found) == kernel.root / "memory/service"
    assert found.ground is not None
    assert found.ground.folders["pids"] == kernel.root / "pids"
    assert found.ground.folders["cpu"] == kernel.root / "cpu,cpuacct/service"
    assert found.reasons == ("cgroup v2: it is not mounted",)


def test_version_1_refused_is_said(tmp_path: Path) -> None:
    kernel, proc = one(tmp_path, V1)
    kernel.refused.add("mkdir")
    found = survey(kernel, proc)
    assert found.ground is None
    assert found.reasons[1] == "cgroup v1: Permission denied"


def test_version_1_does_without_controllers_other_than_memory(tmp_path: Path) -> None:
    kernel, proc = one(tmp_path, {"memory": "/service"})
    found = survey(kernel, proc)
    assert found.ground is not None
    assert set(found.ground.folders) == {"memory"}
    group = found.ground.group()
    group.begin(memory_mb=64, processes=4)
    assert (group.killed(), group.cpu_s()) == (False, 0.0)
    group.remove()


def test_what_a_version_2_group_is_told_and_says(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/a.service")
    kernel.existing("a.service", os.getpid())
    found = survey(kernel, proc)
    assert found.ground is not None
    group = found.ground.group()
    (folder,) = (path for path in base_of(found).iterdir() if path.name.startswith(owners.prefix()))
    group.begin(memory_mb=100, processes=7)
    group.admit(4242)
    assert int((folder / "memory.max").read_text()) == (100 + ROOM_MB) * MB
    assert (folder / "memory.swap.max").read_text() == "0"
    assert int((folder / "pids.max").read_text()) == 7 + ROOM_PROCESSES
    assert (folder / "cgroup.procs").read_text() == "4242\n"
    (folder / "cpu.stat").write_text("usage_usec 1500000\n")
    assert (group.killed(), group.cpu_s()) == (False, 1.5)
    (folder / "memory.events").write_text("max 9\noom 0\noom_kill 1\n")  # the host's want of memory, not its own
    assert (group.killed(), group.reached()) == (True, False)
    group.begin(memory_mb=100, processes=7)
    assert (group.killed(), group.cpu_s()) == (False, 0.0)
    (folder / "memory.events").write_text("max 9\noom 1\noom_kill 2\n")
    assert (group.killed(), group.reached()) == (True, True)
    (folder / "cgroup.procs").write_text("")
    group.remove()
    assert not folder.exists()


def test_version_1_keeps_the_limit_with_swap_above_the_one_without(tmp_path: Path) -> None:
    kernel, proc = one(tmp_path, V1)
    found = survey(kernel, proc)
    assert found.ground is not None
    group = found.ground.group()
    (folder,) = (path for path in base_of(found).iterdir() if path.name.startswith(owners.prefix()))
    without, with_swap = "memory.limit_in_bytes", "memory.memsw.limit_in_bytes"
    orders = []
    for memory_mb in (100, 200, 50):
        kernel.written.clear()
        group.begin(memory_mb=memory_mb, processes=7)
        orders.append([Path(file).name for file, _ in kernel.written if "limit" in file])
    assert orders == [[without, with_swap], [with_swap, without], [without, with_swap]]
    most = int((folder / without).read_text())
    assert most == (50 + ROOM_MB) * MB
    (folder / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n")
    (folder / "memory.max_usage_in_bytes").write_text(str(most // 2))
    assert (group.killed(), group.reached()) == (True, False)
    (folder / "memory.max_usage_in_bytes").write_text(str(most - 4096))
    assert group.reached()
    assert not group.reached()  # once for each time
    group.remove()


def test_groups_of_dead_supervisors_are_removed_and_those_of_others_are_not(tmp_path: Path) -> None:
    kernel, proc = two(tmp_path, "/a.service")
    own = kernel.existing("a.service", os.getpid())
    survey(kernel, proc)
    pid, started, namespace = owners.prefix().removeprefix("greenroom-").rstrip("-").split("-")
    dead = f"greenroom-{pid}-{int(started) + 1}-{namespace}-1"  # the PID is in use again
    elsewhere = f"greenroom-{pid}-{int(started) + 1}-{int(namespace) + 1}-1"  # of a container, say
    busy = f"greenroom-{pid}-{int(started) + 2}-{namespace}-1"
    for name in (dead, elsewhere, f"{owners.prefix()}7", "somebody-elses", busy):
        kernel.make(own / name)
    (own / busy / "cgroup.procs").write_text("77\n")
    survey(kernel, proc)
    left = {path.name for path in own.iterdir() if path.is_dir()}
    assert left == {LEAF, elsewhere, f"{owners.prefix()}7", "somebody-elses", busy}


def test_a_group_that_cannot_be_removed_yet_is_removed_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, proc = two(tmp_path, "/a.service")
    kernel.existing("a.service", os.getpid())
    found = survey(kernel, proc)
    assert found.ground is not None
    monkeypatch.setattr(cgroups, "_REMOVE_S", 0.0)
    first, second = found.ground.group(), found.ground.group()
    folders = [path for path in base_of(found).iterdir() if path.name.startswith(owners.prefix())]
    first.admit(4242)
    first.remove()
    assert sum(folder.exists() for folder in folders) == 2
    for folder in folders:
        (folder / "cgroup.procs").write_text("")
    second.remove()
    assert sum(folder.exists() for folder in folders) == 0
