"""The filter is run here by a small BPF machine, so that both architectures are tested on either."""

from __future__ import annotations

import re
from errno import ENOSYS, EPERM
from pathlib import Path

import pytest

from greenroom.judge.inside import seccomp

ARCHES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW = 0x7FFF0000
KILL = 0x80000000
ERRNO = 0x00050000
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def decide(code: list[seccomp.Instruction], number: int, arch: int, *arguments: int) -> int:
    words = {0: number, 4: arch} | {16 + 8 * index: value & 0xFFFFFFFF for index, value in enumerate(arguments)}
    held, at = 0, 0
    while True:
        operation, if_true, if_false, constant = code[at]
        at += 1
        if operation == 0x20:
            held = words[constant]
        elif operation == 0x06:
            return constant
        else:
            hit = {0x15: held == constant, 0x35: held >= constant, 0x45: bool(held & constant)}[operation]
            at += if_true if hit else if_false


@pytest.mark.parametrize("machine", ARCHES)
def test_every_listed_call_is_refused(machine: str) -> None:
    code, arch = seccomp.program(machine), ARCHES[machine]
    column = list(ARCHES).index(machine)
    listed = {**seccomp._DENIED, **seccomp._EXEC}
    for name, numbers in listed.items():
        number = numbers[column]
        if number is not None:
            assert decide(code, number, arch, 0, 0) == ERRNO | EPERM, name


@pytest.mark.parametrize("machine", ARCHES)
def test_the_numbers_are_those_of_the_kernel_headers(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip("no kernel headers here")
    text = HEADERS[machine].read_text()
    known = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", text)}
    column = list(ARCHES).index(machine)
    checked = 0
    for name, numbers in {
        **seccomp._DENIED,
        **seccomp._EXEC,
        "clone": seccomp._CLONE,
        "fcntl": seccomp._FCNTL,
        "mmap": seccomp._MMAP,
        **seccomp._OF_ITSELF,
    }.items():
        if name in known:
            assert numbers[column] == known[name], name
            checked += 1
    assert checked > 70


@pytest.mark.parametrize(
    ("machine", "ordinary"),
    [("x86_64", (0, 1, 2, 3, 9, 39, 57, 61, 202, 257, 436)), ("aarch64", (63, 64, 56, 57, 222, 172, 260, 98, 436))],
)
def test_ordinary_calls_pass(machine: str, ordinary: tuple[int, ...]) -> None:
    code = seccomp.program(machine)
    for number in ordinary:
        assert decide(code, number, ARCHES[machine], 0, 0, 0, 0) == ALLOW


@pytest.mark.parametrize("machine", ARCHES)
def test_arguments_are_looked_at_where_they_matter(machine: str) -> None:
    code, arch = seccomp.program(machine), ARCHES[machine]
    column = list(ARCHES).index(machine)
    clone, pair, ioctl = seccomp._CLONE[column], seccomp._SOCKETPAIR[column], seccomp._IOCTL[column]
    assert decide(code, clone, arch, 17, 0) == ALLOW  # SIGCHLD: fork
    assert decide(code, clone, arch, 0x003D0F00, 0) == ALLOW  # pthread_create
    for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert decide(code, clone, arch, flag | 17, 0) == ERRNO | EPERM
    assert decide(code, pair, arch, 1, 0) == ALLOW
    assert decide(code, pair, arch, 2, 0) == ERRNO | EPERM
    assert decide(code, ioctl, arch, 0, 0x5401) == ALLOW  # TCGETS: isatty
    assert decide(code, ioctl, arch, 0, 0x5412) == ERRNO | EPERM  # TIOCSTI
    fcntl, mmap = seccomp._FCNTL[column], seccomp._MMAP[column]
    assert decide(code, fcntl, arch, 3, 1030) == ALLOW  # F_DUPFD_CLOEXEC
    assert decide(code, fcntl, arch, 3, 1026) == ERRNO | EPERM  # F_NOTIFY
    assert decide(code, mmap, arch, 0, 4096, 3, 0x22) == ALLOW  # private, of no file
    assert decide(code, mmap, arch, 0, 4096, 3, 0x40022) == ERRNO | EPERM  # in huge pages


@pytest.mark.parametrize("machine", ARCHES)
def test_a_process_may_change_its_own_limits_and_cores_alone(machine: str) -> None:
    code, arch = seccomp.program(machine), ARCHES[machine]
    for pair in seccomp._OF_ITSELF.values():
        number = pair[list(ARCHES).index(machine)]
        assert decide(code, number, arch, 0, 7) == ALLOW
        for pid in (1, 2, 0xFFFFFFFF):
            assert decide(code, number, arch, pid, 7) == ERRNO | EPERM


@pytest.mark.parametrize("machine", ARCHES)
def test_what_is_unknown_does_not_exist(machine: str) -> None:
    code, arch = seccomp.program(machine), ARCHES[machine]
    assert decide(code, seccomp.NEWEST, arch, 0, 0) == ALLOW
    for number in (seccomp.NEWEST + 1, 500, 0x40000000, 0x40000000 + 321, 0xFFFFFFFF, 435):
        assert decide(code, number, arch, 0, 0) == ERRNO | ENOSYS


@pytest.mark.parametrize(
    ("machine", "other"), [("x86_64", 0x40000003), ("aarch64", 0x40000028), ("x86_64", 0xC00000B7)]
)
def test_another_architecture_is_death(machine: str, other: int) -> None:
    assert decide(seccomp.program(machine), 0, other, 0, 0) == KILL


@pytest.mark.parametrize("machine", ARCHES)
def test_a_server_has_sockets_of_the_file_system_and_a_little_shared_memory(machine: str) -> None:
    code, arch = seccomp.program(machine, allow_exec=True, server=True), ARCHES[machine]
    column = list(ARCHES).index(machine)
    for name in ("shmget", "shmat", "shmctl", "shmdt"):
        assert decide(code, seccomp._DENIED[name][column] or 0, arch, 0, 0) == ALLOW
    number = seccomp._DENIED["socket"][column] or 0
    assert decide(code, number, arch, 1, 1) == ALLOW
    for family in (2, 10, 16, 17, 40):
        assert decide(code, number, arch, family, 1) == ERRNO | EPERM
    assert decide(code, seccomp._DENIED["ptrace"][column] or 0, arch, 0, 0) == ERRNO | EPERM
