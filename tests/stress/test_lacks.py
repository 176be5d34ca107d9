"""What the judge itself needs is refused to it, or killed in the middle of its work."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import pytest

from greenroom.judge import census, languages
from greenroom.judge import spares as spares_
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge
from tests.judge.small_items import double_item, program, small_item
from tests.stress.test_faults import LIMITS, RIGHT, SLOW, inits, struck

# Descriptors and threads.


@contextmanager
def descriptors_left(count: int) -> Iterator[None]:
    """This process may open *count* more files."""
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = {int(name) for name in os.listdir("/proc/self/fd")}  # noqa: PTH208
    free = (number for number in range(usual[0]) if number not in taken)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next(islice(free, count, None)), usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)


@pytest.mark.parametrize("spares", [0, 1])
def test_no_file_can_be_opened_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spares: int, unraised: list[BaseException]
) -> None:
    """Wherever it is met, it is the judge's error, and over when it is over: no thread has ended of it."""
    monkeypatch.setattr(spares_, "_START_S", 0.5)
    item = double_item(tmp_path / "item", limits=LIMITS)
    for count in (0, 1, 2, 4, 7, 11, 14, 18):
        judge = Judge(tier=1, spares=spares)
        try:
            judge.tier  # noqa: B018 (found once, before there is a lack)
            with descriptors_left(count):
                result = judge.run(item, RIGHT)
            assert result.verdict in (Verdict.judge_error, Verdict.accepted), (count, result)
            assert result.verdict is Verdict.accepted or result.message, count
            monkeypatch.setattr(spares_, "_START_S", 20.0)
            again = judge.run(item, RIGHT)
            assert again.verdict is Verdict.accepted, (count, again)
            assert not spares or judge._spares is None or judge._spares.settle()
        finally:
            judge.close()
        monkeypatch.setattr(spares_, "_START_S", 0.5)
    assert unraised == []


@pytest.fixture
def unraised(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What ends a thread."""
    found: list[BaseException] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: found.append(args.exc_value))
    return found


def test_no_thread_can_be_started_any_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's judge says so while that lasts; cases that might run beside each other run one after another."""
    item = double_item(tmp_path / "item", limits=LIMITS)
    judge = Judge(tier=1, spares=1, jobs=2)
    start = threading.Thread.start

    def refused(thread: threading.Thread) -> None:
        if thread.name.startswith("greenroom"):
            raise RuntimeError("can't start new thread")
        start(thread)

    try:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refused)
            result = judge.run(item, RIGHT)
        assert result.verdict is Verdict.judge_error
        assert "no thread can be started" in str(result.message)
        assert judge.run(item, RIGHT).verdict is Verdict.accepted
    finally:
        judge.close()


def test_a_second_sandbox_without_a_thread_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [{"name": str(n), "group": "basic", "visible": True, "args": [n], "expect": 2 * n} for n in range(6)]
    item = double_item(tmp_path / "item", limits=LIMITS, cases=cases)
    started: list[str] = []
    start = threading.Thread.start

    def one_lane(thread: threading.Thread) -> None:
        if thread.name == "greenroom-lane":
            started.append(thread.name)
            if len(started) > 1:
                raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", one_lane)
    judge = Judge(tier=1, jobs=2)
    try:
        result = judge.run(item, SLOW.replace("0.4", "0.06"))
    finally:
        judge.close()
    assert len(started) > 1
    assert [case.verdict for case in result.cases] == [Verdict.accepted] * 6


# What is killed in the middle of its work.


def test_the_compilers_sandbox_is_lost(tmp_path: Path) -> None:
    """Once is nobody's loss, always is the judge's error."""
    if languages.find("c") is None:
        pytest.skip("this host has no C compiler")
    cases = [{"name": "a", "group": "basic", "visible": True, "stdin": "", "expect": "1"}]
    item = small_item(tmp_path / "item", code=program("tokens"), cases=cases)
    slow = "#include <stdio.h>\n" + "".join(f"int f{n}(int x) {{ return x * {n} % 7; }}\n" for n in range(1_200))
    slow += 'int main(void) { puts("1"); }\n'

    def compilers() -> set[int]:
        found = set()
        for pid in inits():
            with suppress(OSError):
                children = [Path(f"/proc/{child}/comm").read_text().strip() for child in census.descendants(pid)]
                if "cc1" in children:
                    found.add(pid)
        return found

    judge = Judge(tier=1)
    try:
        with struck(signal.SIGKILL, compilers, times=1) as met:
            result = judge.run(item, slow, language="c")
        assert met
        assert result.verdict is Verdict.accepted, result
        with struck(signal.SIGKILL, compilers) as met:
            result = judge.run(item, slow, language="c")
        assert len(met) == 2
        assert (result.verdict, result.findings) == (Verdict.judge_error, ())
        assert "compiler" in str(result.message)
    finally:
        judge.close()
