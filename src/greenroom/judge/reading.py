"""What the examinee's report means: pure. All of it may be forged, so nothing is believed beyond its bytes."""

from __future__ import annotations

import builtins
import json
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from greenroom.bank.specs import Limits
from greenroom.judge.inside.terms import HEADER, MAX_RESULT, SOURCE_NAME, STARTED
from greenroom.judge.results import Verdict
from greenroom.judge.scratch import MOST_FILES

NEAR = 0.9
"""A killed or silent process that had held this share of its memory limit ran out of memory."""

_TEXT = 300
_UNFIT = "\N{REPLACEMENT CHARACTER}"
_DISK_ERRORS = ("[Errno 27]", "[Errno 28]")  # EFBIG, ENOSPC
_EXCEPTIONS = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
)


@dataclass(frozen=True)
class Report:
    """How a case's process ended (as its init measured it) and the bytes that it left: answer, stdout, stderr.

    `ended` is when that was, of `time.monotonic`; `files` are those that the job asked to keep, none when there was an
    `excess` of them.
    `idle_mb` is what it held before it began.
    """

    killed: str | None
    exit_code: int
    cpu_s: float
    wall_s: float
    peak_mb: float
    answer: bytes
    stdout: bytes
    stderr: bytes
    ended: float = 0.0
    files: Mapping[str, bytes] = field(default_factory=dict)
    idle_mb: float = 0.0
    excess: bool = False

    def changed(self, *, killed: str | None = None, peak_mb: float, cpu_s: float) -> Report:
        """The report with another peak and CPU time and, unless None, another cause of the end."""
        return replace(self, killed=killed or self.killed, peak_mb=peak_mb, cpu_s=cpu_s)


UNBEGUN = Report("over", -9, 0.0, 0.0, 0.0, b"", b"", b"")
"""Of a process that was ended before it had begun."""


@dataclass(frozen=True)
class Reading:
    """What a report comes to. `verdict` None: there is an answer to compare, in `answer`.

    `message` is for a visible case, `bare` for a hidden one: it carries no text that the candidate's code chose.
    """

    verdict: Verdict | None
    message: str | None = None
    bare: str | None = None
    answer: bytes = b""


def report_of(head: dict[str, Any], result: bytes, stdout: bytes, stderr: bytes, body: bytes = b"") -> Report:
    """The report of init in *head* with what came from the case. Raises ValueError when it is none.

    Raises SetUpError when the case never began.
    """
    try:
        return Report(
            killed=None if head["killed"] is None else str(head["killed"]),
            exit_code=int(head["exit"]),
            cpu_s=max(0.0, float(head["cpu_s"])),
            wall_s=max(0.0, float(head["wall_s"])),
            peak_mb=max(0.0, int(head["peak_kb"]) / 1024),
            answer=_after_start(result),
            idle_mb=int.from_bytes(result[len(STARTED) : HEADER], "big") / 1024,
            stdout=stdout,
            stderr=stderr,
            ended=float(head.get("ended", 0.0)),
            files=unpacked(head["names"], head["sizes"], body) if "names" in head else {},
            excess=bool(head.get("excess")),
        )
    except SetUpError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a report: {error}") from None


def unpacked(names: Sequence[str], sizes: Sequence[int], body: bytes) -> dict[str, bytes]:
    """The files that stand one after the other in *body*."""
    files, at = {}, 0
    for name, size in zip(names, sizes, strict=True):
        files[str(name)] = body[at : at + size]
        at += size
    return files


class SetUpError(ValueError):
    """The case never began: the sandbox could not be set up for it."""


def _after_start(answer: bytes) -> bytes:
    if not answer.startswith(STARTED) or len(answer) < HEADER:
        raise SetUpError(clean(answer.decode("utf-8", "replace")) or "the case's process ended before it began")
    return answer[HEADER:]


def read(report: Report, form: str, limits: Limits, *, exhausted: bytes = b"") -> Reading:
    """The meaning of *report* for a `function` or a `program`; *exhausted* is printed when memory has run out."""
    if report.killed is not None:
        return _killed(report, limits)
    if exhausted and report.exit_code != 0 and exhausted in report.stderr:
        return _killed_as(Verdict.memory_limit, f"more than {limits.memory_mb} MB of memory")
    letter, content = report.answer[:1], report.answer[1:]
    if letter in (b"C", b"E"):
        return _failed(content, limits)
    if report.exit_code < 0:
        return _signalled(report, limits)
    if letter == b"U":
        text = clean(content.decode("utf-8", "replace"))
        return Reading(Verdict.wrong_answer, f"returned {text}", "returned something that is not plain data")
    if form == "program" and report.exit_code == 0 and not report.answer:
        return Reading(None, answer=report.stdout)
    if form == "function" and report.exit_code == 0 and letter == b"V":
        return Reading(None, answer=content)
    return _without_answer(report, form, limits)


def _killed(report: Report, limits: Limits) -> Reading:
    if report.killed == "output" and len(report.answer) > MAX_RESULT:
        text = f"returned a value of more than {MAX_RESULT // 2**20} MB"
        return Reading(Verdict.output_limit, text, text)
    verdict, text = {
        "cpu": (Verdict.time_limit, f"more than {limits.cpu_s:g} s of CPU time"),
        "wall": (Verdict.time_limit, f"not done after {limits.wall_s:g} s"),
        "memory": (Verdict.memory_limit, f"more than {limits.memory_mb} MB of memory"),
        "disk": (Verdict.runtime_error, f"more than {limits.disk_mb} MB of disk, or {MOST_FILES:,} files"),
        "lost": (Verdict.runtime_error, "ended the whole sandbox"),
        "output": (Verdict.output_limit, f"more than {limits.output_kb} kB of output"),
    }.get(report.killed or "", (Verdict.runtime_error, "was ended"))
    return Reading(verdict, text, text)


def _signalled(report: Report, limits: Limits) -> Reading:
    number = -report.exit_code
    if number == signal.SIGXCPU:
        return _killed_as(Verdict.time_limit, f"more than {limits.cpu_s:g} s of CPU time")
    if report.peak_mb >= NEAR * limits.memory_mb:
        return _killed_as(Verdict.memory_limit, f"more than {limits.memory_mb} MB of memory")
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    hint = " (the C stack overflowed?)" if number == signal.SIGSEGV else ""
    return _killed_as(Verdict.runtime_error, f"ended by {name}{hint}")


def _killed_as(verdict: Verdict, text: str) -> Reading:
    return Reading(verdict, text, text)


def _without_answer(report: Report, form: str, limits: Limits) -> Reading:
    if report.exit_code != 0 and report.peak_mb >= NEAR * limits.memory_mb:
        return _killed_as(Verdict.memory_limit, f"more than {limits.memory_mb} MB of memory")
    if form == "program":
        message = f"exit code {report.exit_code}"
        last = clean(report.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2])
        return Reading(Verdict.runtime_error, f"{message}: {last}" if last else message, message)
    text = f"the process ended (exit code {report.exit_code}) before the function returned"
    return Reading(Verdict.runtime_error, text, text)


def claims_uncompiled(report: Report) -> bool:
    """Whether the process says that the source cannot be run at all."""
    return report.killed is None and report.answer[:1] == b"C"


def compile_failure(report: Report) -> str | None:
    """Why the source cannot be run at all, by the report of a check; None when it can."""
    if not claims_uncompiled(report):
        return None
    try:
        kind, text, where, _ = _detail(report.answer[1:])
    except ValueError:
        return None
    return clean(f"{kind}: {text}") + where


def _detail(content: bytes) -> tuple[str, str, str, bool]:
    """(type, text, place, whether memory ran out) of an exception. Raises ValueError when the bytes say nothing."""
    try:
        detail = json.loads(content)
        kind, text, line = str(detail["type"]), str(detail["text"]), detail["line"]
        memory = detail.get("memory") is True
    except (KeyError, TypeError, RecursionError, AttributeError):
        raise ValueError("not an exception") from None
    where = f" ({SOURCE_NAME}, line {line})" if isinstance(line, int) and 0 < line < 10**6 else ""
    return kind, text, where, memory


def _failed(content: bytes, limits: Limits) -> Reading:
    try:
        kind, text, where, memory = _detail(content)
    except ValueError:
        return _killed_as(Verdict.runtime_error, "the process gave an answer that cannot be read")
    if memory:
        return _killed_as(Verdict.memory_limit, f"more than {limits.memory_mb} MB of memory{where}")
    disk = f"; {limits.disk_mb} MB of disk may be used" if text.startswith(_DISK_ERRORS) else ""
    told = clean(f"{kind}: {text}" if text else kind)
    bare = kind if kind in _EXCEPTIONS else "an exception"
    return Reading(Verdict.runtime_error, f"{told}{where}{disk}", f"{bare}{where}{disk}")


def clean(text: str, most: int = _TEXT) -> str:
    """*text* cut to *most* characters, without lone surrogates or control characters that a terminal would obey."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    sound = cut.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() or letter in "\n\t" else _UNFIT for letter in sound)
