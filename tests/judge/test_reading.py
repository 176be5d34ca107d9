"""What reports mean, forged ones above all: pure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.bank.specs import Limits
from greenroom.judge import reading
from greenroom.judge.reading import Report
from greenroom.judge.results import Verdict

LIMITS = Limits(cpu_s=2, wall_s=6, memory_mb=100, output_kb=64, disk_mb=16)


def report(answer: bytes = b"", *, killed: str | None = None, exit_code: int = 0, peak_mb: float = 12.0) -> Report:
    return Report(killed, exit_code, 0.1, 0.2, peak_mb, answer, b"out", b"err\nlast words\n")


def raised(**changes: Any) -> bytes:
    return b"E" + json.dumps({"type": "ValueError", "text": "odd", "line": 7, "memory": False} | changes).encode()


@pytest.mark.parametrize(
    ("given_report", "form", "verdict", "message"),
    [
        (report(b"V1"), "function", None, None),
        (report(), "program", None, None),
        (report(), "function", Verdict.runtime_error, "before the function returned"),
        (report(b"V1", exit_code=1), "function", Verdict.runtime_error, "exit code 1"),
        (report(b"V1"), "program", Verdict.runtime_error, "exit code 0: last words"),
        (report(exit_code=2), "program", Verdict.runtime_error, "exit code 2: last words"),
        (report(b"Uan object of class X"), "function", Verdict.wrong_answer, "returned an object of class X"),
        (report(raised()), "function", Verdict.runtime_error, "ValueError: odd (solution.py, line 7)"),
        (report(raised(memory=True)), "function", Verdict.memory_limit, "100 MB of memory (solution.py, line 7)"),
        (report(raised(text="[Errno 28] No space left")), "function", Verdict.runtime_error, "16 MB of disk"),
        (report(raised(line="x")), "function", Verdict.runtime_error, "ValueError: odd"),
        (report(b"E{"), "function", Verdict.runtime_error, "cannot be read"),
        (report(b"E[]"), "function", Verdict.runtime_error, "cannot be read"),
        (report(b"E" + b"[" * 99_999), "function", Verdict.runtime_error, "cannot be read"),
        (report(b"Q1"), "function", Verdict.runtime_error, "before the function returned"),
        (report(exit_code=-11), "function", Verdict.runtime_error, "SIGSEGV (the C stack overflowed?)"),
        (report(exit_code=-24), "function", Verdict.time_limit, "2 s of CPU time"),
        (report(exit_code=-9, peak_mb=95), "function", Verdict.memory_limit, "100 MB"),
        (report(exit_code=-9), "function", Verdict.runtime_error, "SIGKILL"),
        (report(exit_code=-77), "function", Verdict.runtime_error, "signal 77"),
        (report(exit_code=1, peak_mb=99), "function", Verdict.memory_limit, "100 MB"),
        (report(b"V1", killed="cpu"), "function", Verdict.time_limit, "2 s of CPU time"),
        (report(killed="wall"), "function", Verdict.time_limit, "not done after 6 s"),
        (report(killed="memory"), "function", Verdict.memory_limit, "100 MB"),
        (report(killed="output"), "function", Verdict.output_limit, "64 kB of output"),
        (report(killed="lost"), "function", Verdict.runtime_error, "ended the whole sandbox"),
        (report(killed="anything else"), "function", Verdict.runtime_error, "was ended"),
    ],
)
def test_each_ending_has_its_verdict(
    given_report: Report, form: str, verdict: Verdict | None, message: str | None
) -> None:
    found = reading.read(given_report, form, LIMITS)
    assert found.verdict is verdict
    assert message is None or message in str(found.message)


def test_what_a_hidden_case_says_holds_no_text_of_the_candidate() -> None:
    told = [
        reading.read(report(raised(text="SECRET", type=kind)), "function", LIMITS)
        for kind in ("ValueError", "SECRET", "__import__")
    ]
    assert [one.bare for one in told] == ["ValueError (solution.py, line 7)"] + [
        "an exception (solution.py, line 7)"
    ] * 2
    assert "SECRET" not in str(reading.read(report(b"USECRET"), "function", LIMITS).bare)
    assert "last words" not in str(reading.read(report(exit_code=1), "program", LIMITS).bare)


@given(st.binary(max_size=200), st.integers(-70, 255), st.sampled_from(["function", "program"]))
def test_no_bytes_raise_and_only_a_value_is_an_answer(answer: bytes, exit_code: int, form: str) -> None:
    found = reading.read(report(answer, exit_code=exit_code), form, LIMITS)
    if found.verdict is None:
        assert exit_code == 0
        assert answer == b"" if form == "program" else answer[:1] == b"V"


HEAD = {"killed": None, "exit": 0, "cpu_s": 0.1, "wall_s": 0.2, "peak_kb": 2048}


def test_a_report_has_what_init_measured_and_what_came_through_the_pipes() -> None:
    found = reading.report_of(HEAD, b"S\0\0\4\0V", b"x", b"")
    assert (found.answer, found.stdout, found.stderr) == (b"V", b"x", b"")
    assert (found.peak_mb, found.idle_mb) == (2.0, 1.0)


@pytest.mark.parametrize("changes", [{"exit": "x"}, {"cpu_s": None}, {"peak_kb": []}, {"wall_s": "long"}])
def test_a_report_that_is_none(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a report"):
        reading.report_of(HEAD | changes, b"S\0\0\0\0V", b"x", b"")


def test_a_case_that_never_began_is_not_the_candidates_fault() -> None:
    with pytest.raises(reading.SetUpError, match="setrlimit failed"):
        reading.report_of(HEAD, b"setrlimit failed", b"", b"")
    with pytest.raises(reading.SetUpError, match="ended before it began"):
        reading.report_of(HEAD, b"", b"", b"")
    with pytest.raises(reading.SetUpError):
        reading.report_of(HEAD, b"S\0\0", b"", b"")


def test_only_the_check_before_the_cases_can_be_a_compile_error() -> None:
    answer = b"C" + json.dumps({"type": "SyntaxError", "text": "bad", "line": 3}).encode()
    assert reading.compile_failure(report(answer, exit_code=1)) == "SyntaxError: bad (solution.py, line 3)"
    assert reading.compile_failure(report(answer, killed="cpu")) is None
    assert reading.compile_failure(report(b"C{")) is None
    assert reading.compile_failure(report(raised())) is None
    assert reading.read(report(answer, exit_code=1), "function", LIMITS).verdict is Verdict.runtime_error


def test_text_is_cut_and_cannot_drive_a_terminal() -> None:
    cleaned = reading.clean("a\x1b[31m\ud800\x07\n\tb" + "x" * 1000)
    assert len(cleaned) == 300
    assert cleaned.startswith("a\N{REPLACEMENT CHARACTER}[31m?")
    assert cleaned.isprintable() is False  # its line ends and tabs are kept
    assert not set(cleaned) & {"\x1b", "\x07", "\ud800"}
