"""A package's own programs: compiled once, run behind walls like a submission, because packages come from strangers."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from greenroom.bank.kattis.constants import substitute
from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.package import Program as Source
from greenroom.bank.specs import Limits
from greenroom.judge import languages
from greenroom.judge.box import Box
from greenroom.judge.compiling import LIMITS as COMPILER_LIMITS
from greenroom.judge.compiling import Program, UncompiledError, compiled, job, send_files
from greenroom.judge.exchange import Exchange
from greenroom.judge.faults import CancelledError, JudgeFaultError, LostError, judge_faults
from greenroom.judge.languages import Language
from greenroom.judge.problems.checktestdata.entry import SCRIPT
from greenroom.judge.problems.scripts import is_scripted, scripted
from greenroom.judge.reading import Report
from greenroom.judge.spares import Spares
from greenroom.judge.watching import Watch, deadline_of

CHECKTESTDATA = "checktestdata"

_CHECKER = Path(__file__).parent / "checktestdata"
_START = "import sys\n\nfrom checktestdata.entry import main\n\nsys.exit(main())\n"
_KEPT = 24
_REMEMBERED_S = 60.0
_DISK_MB = 1024
_SPARE_MB = 64
_MOST_SOURCE = 8 * 1024 * 1024

Look = Callable[[], None]


def limits_of(package: Package) -> Limits:
    """What a validator or a grader of *package* may use, as far as the package says."""
    stated = package.limits
    cpu_s = min(float(stated.validation_time), 300.0)
    return Limits(
        cpu_s=cpu_s,
        wall_s=min(900.0, 2 * cpu_s + 2),
        memory_mb=max(64, min(stated.validation_memory, 4096)),
        processes=64,
        output_kb=min(65536, 1024 * stated.validation_output),
        disk_mb=_DISK_MB,
    )


def language_of(name: str | None, interpreter: str) -> Language:
    """The language as this host has it. Raises JudgeFaultError that names what is missing."""
    if name == "python":
        return languages.python(interpreter)
    found = next((languages.find(one) for one in languages.TITLES if one == name), None)
    if found is None:
        raise JudgeFaultError(
            f"this host cannot run {languages.title_of(name)}: `greenroom doctor` lists its languages"
        )
    return found


def source_files(root: Path, files: Sequence[Path], constants: Mapping[str, str]) -> dict[str, bytes]:
    """The files of a program by their names below *root*, the constants of the package put in."""
    found = {}
    for path in files:
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        with path.open("rb") as stream:
            content = stream.read(_MOST_SOURCE + 1)
        if len(content) > _MOST_SOURCE:
            raise JudgeFaultError(f"{name} is larger than {_MOST_SOURCE // 2**20} MB")
        with contextlib.suppress(UnicodeDecodeError):
            content = substitute(content.decode(), constants).encode() if constants else content
        found[name] = content
    return found


def checker(script: bytes) -> dict[str, bytes]:
    """The files of the program that holds inputs against a Checktestdata *script*."""
    own = {f"{_CHECKER.name}/{path.name}": path.read_bytes() for path in sorted(_CHECKER.glob("*.py"))}
    return {"main.py": _START.encode(), SCRIPT: script, **own}


class Compiled:
    """The programs of packages that were compiled lately. Thread-safe: a program that two runs need is made once.

    One that cannot be made is not tried again for a while: a package may come with a script that never ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: OrderedDict[object, _Made] = OrderedDict()

    def program(self, package: Package, source: Source, spares: Spares, look: Look) -> Program:
        """*source* of *package*, ready to run. Raises JudgeFaultError when it cannot be."""
        states = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in source.files)
        with self._lock:
            made = self._made.setdefault((states, package.uuid), _Made())
            self._made.move_to_end((states, package.uuid))
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
        with made.lock:
            if made.program is not None:
                return made.program
            if made.failure is not None and time.monotonic() - made.failed < _REMEMBERED_S:
                raise JudgeFaultError(made.failure)
            try:
                made.program = _compile(package, source, spares, look)
            except (CancelledError, LostError):
                raise
            except JudgeFaultError as error:
                made.failure, made.failed = str(error), time.monotonic()
                raise
            return made.program


@dataclass
class _Made:
    """A program, or why there is none and when, of `time.monotonic`, that was seen."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    program: Program | None = None
    failure: str | None = None
    failed: float = 0.0


def _compile(package: Package, source: Source, spares: Spares, look: Look) -> Program:
    shown = source.path.relative_to(package.folder)
    try:
        root = source.path if source.path.is_dir() else source.path.parent
        sources = source_files(root, source.files, package.constants)
        if is_scripted(source):
            tools = languages.scripts()
            return scripted(
                source, sources, lambda: spares.make("compiler", COMPILER_LIMITS, tools.tools if tools else ()), look
            )
        if source.language == CHECKTESTDATA:
            language, sources = languages.python(spares.interpreter), checker(next(iter(sources.values())))
        else:
            language = language_of(source.language, spares.interpreter)
        return compiled(
            language,
            sources,
            limits_of(package),
            lambda: spares.make("compiler", COMPILER_LIMITS, language.tools),
            look,
            older=True,
        )
    except UncompiledError as error:
        raise JudgeFaultError(f"{shown} does not compile: {error}") from None
    except (CancelledError, LostError):
        raise
    except (JudgeFaultError, OSError) as error:
        raise JudgeFaultError(f"{shown}: {error}") from None


class Tools:
    """The sandboxes in which one run's validators and graders live; each is made when it is first needed."""

    def __init__(self, package: Package, compiled_: Compiled, spares: Spares, look: Look) -> None:
        self.package = package
        self.look = look
        self.limits = limits_of(package)
        self._compiled, self._spares = compiled_, spares
        self._boxes: dict[str, tuple[Box, Program]] = {}

    @contextlib.contextmanager
    def _blaming(self, source: Source) -> Iterator[None]:
        with judge_faults(str(source.path.relative_to(self.package.folder))):
            yield

    def begin(
        self,
        source: Source,
        arguments: Sequence[str],
        files: Mapping[str, bytes],
        stdin: bytes | memoryview,
        *,
        keep: str | None = None,
        talk: tuple[int, int] | None = None,
        longer_s: float = 0.0,
    ) -> Running:
        """Start *source* with *files* around it; it may take *longer_s* of wall time than it might alone.

        Raises JudgeFaultError; the ends of *talk* are closed then, too.
        """
        limits = self.limits.model_copy(update={"wall_s": self.limits.wall_s + longer_s})
        try:
            if sum(map(len, files.values())) > (_DISK_MB - _SPARE_MB) * 2**20:
                raise JudgeFaultError(f"a case has more than the {_DISK_MB - _SPARE_MB} MB that a validator is given")
            with self._blaming(source):
                box, program = self._box(source)
                send_files(box, "scratch", files)
                # Who speaks with a submission shall be able to say what it is to be told of its having left.
                head = job(program.command, limits, program.language, arguments, keep) | {"deaf": talk is not None}
                given, talk = talk, None
                return Running(box, Exchange(box, head, b"", stdin, given), limits)
        finally:
            _close(talk)

    def run(
        self,
        source: Source,
        arguments: Sequence[str],
        files: Mapping[str, bytes],
        stdin: bytes | memoryview,
        *,
        keep: str | None = None,
    ) -> Report:
        """Run *source* to its end, twice if its sandbox is lost. Raises JudgeFaultError when a limit ended it."""
        try:
            return self.end(source, self.begin(source, arguments, files, stdin, keep=keep))
        except LostError:
            self._forget(source)
        return self.end(source, self.begin(source, arguments, files, stdin, keep=keep))

    def end(self, source: Source, running: Running) -> Report:
        """Wait for what was begun. Raises JudgeFaultError like `run`."""
        try:
            with self._blaming(source):
                report = running.finish(self.look)
        except JudgeFaultError:
            self._forget(source)
            raise
        if report.killed is not None:
            raise JudgeFaultError(
                f"{source.path.relative_to(self.package.folder)} reached its limit of "
                f"{_LIMIT_NAMES.get(report.killed, report.killed)}"
            )
        return report

    def _box(self, source: Source) -> tuple[Box, Program]:
        name = str(source.path)
        if name not in self._boxes:
            program = self._compiled.program(self.package, source, self._spares, self.look)
            box = self._spares.make("runner", self.limits, program.language.runtime)
            self._boxes[name] = box, program
            box.ready()
            send_files(box, "built", program.files)
        elif "Landlock" not in self._boxes[name][0].walls:  # nothing else keeps it from changing its own files
            send_files(self._boxes[name][0], "built", self._boxes[name][1].files)
        return self._boxes[name]

    def abandon(self, source: Source) -> None:
        """End what runs of *source*, which nobody waits for."""
        self._forget(source)

    def _forget(self, source: Source) -> None:
        found = self._boxes.pop(str(source.path), None)
        if found is not None:
            self._spares.release(found[0])

    def close(self) -> None:
        """End the sandboxes."""
        for box, _ in self._boxes.values():
            self._spares.release(box)
        self._boxes.clear()


_LIMIT_NAMES = {"cpu": "CPU time", "wall": "time", "memory": "memory", "output": "output"}


class Running:
    """A program of the package that was started and not yet waited for."""

    def __init__(self, box: Box, exchange: Exchange, limits: Limits) -> None:
        self._exchange = exchange
        self._watch = Watch(box, limits)
        self._limits = limits

    def finish(self, look: Look) -> Report:
        """Wait for its end. Raises BoxError, and what *look*, which is called meanwhile, raises."""

        def tick() -> None:
            look()
            self._watch.look()

        try:
            return self._watch.amend(self._exchange.finish(deadline_of(self._limits), tick, self._watch.overdue))
        finally:
            self._exchange.close()


def _close(talk: tuple[int, int] | None) -> None:
    for end in talk or ():
        with contextlib.suppress(OSError):
            os.close(end)
