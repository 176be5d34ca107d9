"""From source files to a program that can be run: in a sandbox that sees the compiler, and that ends afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from greenroom.bank.specs import Limits
from greenroom.judge import languages, reading
from greenroom.judge.box import Box
from greenroom.judge.exchange import Exchange
from greenroom.judge.faults import JudgeFaultError, judge_faults
from greenroom.judge.languages import Command, Language
from greenroom.judge.reading import Report
from greenroom.judge.watching import Watch, deadline_of

LIMITS = Limits(cpu_s=30, wall_s=60, memory_mb=2048, processes=128, output_kb=256, disk_mb=256)
"""What a compiler may use."""

MOST_SOURCE = 4 * 1024 * 1024
"""Bytes of a submission's source files together at most."""

MOST_BUILT = 48 * 1024 * 1024
"""Bytes of compiled program at most."""

_SHOWN = 4000
_CHUNK = 32 * 1024 * 1024
_GRACE_S = 60.0
_ELF = b"\x7fELF"


class UncompiledError(Exception):
    """The source cannot be run at all; the message says why, in the compiler's words."""


def hold_size(sources: Iterable[bytes]) -> None:
    """Raise UncompiledError when a submission's *sources* are too large to be taken into a sandbox."""
    if sum(map(len, sources)) > MOST_SOURCE:
        raise UncompiledError(f"the source is larger than {MOST_SOURCE // 2**20} MB")


@dataclass(frozen=True)
class Program:
    """What is run for each case: files for the sandbox's `built` folder, and the command that starts them."""

    language: Language
    command: Command
    files: Mapping[str, bytes]


def compiled(
    language: Language,
    sources: Mapping[str, bytes],
    limits: Limits,
    start: Callable[[], Box],
    look: Callable[[], None],
    *,
    entry: str | None = None,
    older: bool = False,
) -> Program:
    """The program made of *sources*, to be run within *limits*; *start* makes the compiler's sandbox.

    *entry* is the file or the class to begin with, where it is told. What does not compile today may be in an *older*
    standard of its language. Raises UncompiledError with what the compiler said, and JudgeFaultError when the sandbox
    failed.
    """
    texts = {name: content.decode("utf-8", "replace") for name, content in sources.items()}
    names = list(sources)
    try:
        command = languages.start(language, limits, names, texts, entry)
        standards = (None, *(languages.OLDER.get(language.name, ()) if older else ()))
        compilers = [languages.compilation(language, names, one) for one in standards]
    except LookupError as error:
        raise JudgeFaultError(str(error)) from None
    files = _compiled_by(compilers, sources, language, start, look)
    if language.name in ("javascript", "python"):
        files = {**sources, **languages.beside(language)}
    return Program(language, command, files)


def _compiled_by(
    compilers: Sequence[Command],
    sources: Mapping[str, bytes],
    language: Language,
    start: Callable[[], Box],
    look: Callable[[], None],
) -> dict[str, bytes]:
    """What the first of *compilers* makes that takes *sources*; where none does, the first one's word counts."""
    failures = []
    for compiler in compilers:
        with judge_faults("the compiler's sandbox"):
            box = start()
            try:
                box.ready()
                return _compile(box, compiler, sources, language, look)
            except UncompiledError as error:
                failures.append(error)
            finally:
                box.kill()
    raise failures[0]


def _compile(
    box: Box, compiler: Command, sources: Mapping[str, bytes], language: Language, look: Callable[[], None]
) -> dict[str, bytes]:
    send_files(box, "scratch", sources)
    exchange = Exchange(box, job(compiler, LIMITS, language), b"", b"")
    watch = Watch(box, LIMITS)

    def tick() -> None:
        look()
        watch.look()

    report = exchange.finish(deadline_of(LIMITS), tick, watch.overdue)
    if report.killed is not None or report.exit_code != 0:
        raise UncompiledError(_said(report))
    box.send({"op": "collect", "most": MOST_BUILT})
    head, body = box.receive(time.monotonic() + _GRACE_S, look)
    if head.get("excess"):
        raise UncompiledError(f"the compiled program is larger than {MOST_BUILT // 2**20} MB, or of too many files")
    files = reading.unpacked(head["names"], head["sizes"], body)
    if language.name == "go" and not files.get("solution", b"").startswith(_ELF):
        raise UncompiledError("there is no package main")  # `go build` says nothing of it, and makes an archive
    return files


def _said(report: Report) -> str:
    text = (report.stderr or report.stdout).decode("utf-8", "replace").strip()
    causes = {"cpu": f"the compiler needed more than {LIMITS.cpu_s:g} s", "wall": "the compiler did not come to an end"}
    if report.killed is not None:
        return causes.get(report.killed, f"the compiler was ended ({report.killed} limit)")
    return reading.clean(text, _SHOWN) or f"the compiler ended with exit code {report.exit_code}"


def send_files(box: Box, folder: str, files: Mapping[str, bytes]) -> None:
    """Put *files*, and nothing else, into the `scratch` or the `built` folder of *box*.

    A name that ends in a slash is a folder. Raises BoxError when the sandbox does not take them.
    """
    more = False
    for name, content in files.items():
        parts = [content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK)] or [b""]
        for place, part in enumerate(parts):
            head = {"op": "files", "to": folder, "names": [name], "sizes": [len(part)], "more": more}
            box.send(head | {"append": place > 0}, part)
            more = True


def job(
    command: Command,
    limits: Limits,
    language: Language,
    arguments: Sequence[str] = (),
    keep: str | None = None,
    *,
    held: bool = False,
) -> dict[str, Any]:
    """The head of the frame that has *command* run with *arguments* within *limits*.

    The files in the folder *keep* of its scratch folder come back with the report. Where its memory is *held* by a
    cgroup, compiled programs have no limit of address space: few look whether `malloc` or `mmap` gave them any.
    """
    allowed = limits.model_dump() | {
        "spread_mb": -1 if held and language.name in ("c", "cpp") else language.spread_mb,
        "processes": limits.processes + language.threads,
        "open_files": language.open_files,
    }
    return {
        "op": "case",
        "form": "command",
        "argv": [*command.argv, *arguments],
        "keep": keep,
        "environment": dict(command.environment),
        "limits": allowed,
    }
