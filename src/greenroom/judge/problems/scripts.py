"""Programs that a package's own `build` script makes and its `run` script starts, as both formats allow.

They may expect what the formats promise them: a shell, `python3`, `cc` and `c++`. So they see the host's tools, and
run behind the same walls as all else. Their folder is the working directory, though nothing can be written there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from greenroom.bank.kattis.package import Program as Source
from greenroom.judge import languages, reading
from greenroom.judge.box import Box
from greenroom.judge.compiling import LIMITS, MOST_BUILT, Program, job, send_files
from greenroom.judge.exchange import Exchange
from greenroom.judge.faults import JudgeFaultError, judge_faults
from greenroom.judge.languages import Command, Language

_GRACE_S = 10.0
_BUILD = 'cd "$1" && ./build >&2 && if [ -L run ]; then cp -L run .run && mv -f .run run; fi'
_RUN = 'cd "$1" && shift && exec ./run "$@"'
_BASH = '#!/bin/sh\nexec bash "./{}" "$@"\n'


def is_scripted(source: Source) -> bool:
    """Whether scripts of its own make or start *source*. A shell script is one that needs no other."""
    return source.build is not None or source.run is not None or source.language == "bash"


def scripted(source: Source, files: Mapping[str, bytes], start: Callable[[], Box], look: Callable[[], None]) -> Program:
    """*source*, made of *files* by its `build` script if it has one; *start* makes the sandbox for that.

    Raises JudgeFaultError when it cannot be made.
    """
    shell = languages.scripts()
    if shell is None:
        raise JudgeFaultError("this host has no shell for it")
    files = {name: _with_newlines(content) for name, content in files.items()}
    if source.build is not None:
        files = _built(files, shell, start, look)
    elif source.run is None:
        files["run"] = _BASH.format(_first_script(files)).encode()
    if "run" not in files:
        raise JudgeFaultError("its build script made no `run`")
    return Program(shell, _command(shell, _RUN), files)


def _built(
    files: Mapping[str, bytes], shell: Language, start: Callable[[], Box], look: Callable[[], None]
) -> dict[str, bytes]:
    with judge_faults("the sandbox of a build script"):
        box = start()
        try:
            box.ready()
            send_files(box, "built", files)
            exchange = Exchange(box, job(_command(shell, _BUILD), LIMITS, shell), b"", b"")
            deadline = time.monotonic() + 2 * LIMITS.wall_s + _GRACE_S
            report = exchange.finish(deadline, look, lambda: box.send({"op": "kill", "why": "wall"}))
            if report.killed is not None or report.exit_code != 0:
                said = reading.clean(report.stderr.decode("utf-8", "replace").strip(), 600)
                how = f"{report.killed} limit" if report.killed else f"exit code {report.exit_code}"
                raise JudgeFaultError(f"its build script failed ({how}): {said}")
            box.send({"op": "collect", "most": MOST_BUILT})
            head, body = box.receive(deadline, look)
        finally:
            box.kill()
    if head.get("excess"):
        raise JudgeFaultError(f"its build script made more than {MOST_BUILT // 2**20} MB")
    return reading.unpacked(head["names"], head["sizes"], body)


def _command(shell: Language, script: str) -> Command:
    return Command((shell.tool, "-c", script, "sh", "{built}"))


def _first_script(files: Mapping[str, bytes]) -> str:
    scripts = [name for name in files if name.endswith(".sh")] or list(files)
    return next((name for name in scripts if Path(name).stem in ("main", "run")), scripts[0])


def _with_newlines(content: bytes) -> bytes:
    """A script with the line ends that its interpreter understands."""
    return content.replace(b"\r\n", b"\n") if content.startswith(b"#!") else content
