"""Programs of a package: validators, graders, and what is included with submissions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from greenroom.bank.kattis.files import Entry, Files
from greenroom.bank.kattis.languages import (
    HEADERS,
    PYTHON,
    PYTHON_2,
    by_code,
    by_suffix,
    languages_of,
    most_of,
)
from greenroom.bank.kattis.package import Program
from greenroom.bank.kattis.pythons import LONGEST, is_python_2

_CHECKERS = {".ctd": "checktestdata", ".viva": "viva"}
_FIRST_LINE = 200


def language_of_files(files: Files, paths: Sequence[Path], *, legacy: bool) -> set[str]:
    """Every language that *paths* are written in; of a legacy program the one that most of its files are in."""
    found = languages_of(paths, lambda path: files.head(path, _FIRST_LINE).split(b"\n")[0], shebangs=legacy)
    if not legacy:
        return set(found)
    language = most_of(found)
    if language == {PYTHON} and any(_is_python_2(files, path) for path in paths if path.suffix == ".py"):
        return {PYTHON_2}
    return language


def _is_python_2(files: Files, path: Path) -> bool:
    text = files.text(path, LONGEST)
    return len(text) < LONGEST and is_python_2(text)


def read_programs(files: Files, folder: Path, *, legacy: bool, checkers: bool = False) -> tuple[Program, ...]:
    """The programs in *folder*: each folder in it is one, and each source file.

    Headers that lie beside source files belong to each of them. With *checkers*, `.ctd` and `.viva` files are programs
    too. Names what is no program.
    """
    entries = files.entries(folder)
    names = {entry.name for entry in entries if not entry.is_folder}
    if names & {"build", "run"}:
        return (_program(files, folder, tuple(files.below(folder)), legacy=legacy),)
    headers = tuple(entry.path for entry in entries if not entry.is_folder and entry.path.suffix in HEADERS)
    programs: list[Program] = []
    for entry in entries:
        checker = _CHECKERS.get(entry.path.suffix) if checkers and not entry.is_folder else None
        if checker == "viva":
            files.leave_out(entry.path, "a validator in Viva, which nothing here runs")
        if checker:
            programs.append(Program(entry.name, entry.path, (entry.path,), checker))
        elif entry.path not in headers:
            programs += _program_of(files, entry, headers, legacy=legacy)
    if headers and not programs:
        files.leave_out(folder, "holds headers and no program")
    return tuple(programs)


def read_one_program(files: Files, folder: Path, *, legacy: bool) -> Program | None:
    """The one program of a folder that has room for one: its only entry, or all the files in it."""
    entries = files.entries(folder)
    if not entries:
        return None
    folders = [entry for entry in entries if entry.is_folder]
    if len(entries) > 1 and len(folders) < len(entries):
        return _usable(files, _program(files, folder, tuple(files.below(folder)), legacy=legacy))
    programs = read_programs(files, folder, legacy=legacy)
    if len(programs) > 1:
        names = ", ".join(program.name for program in programs)
        files.broken(folder, f"holds {len(programs)} programs, {names}: one too many", "keep the one that judges")
    return programs[0] if programs else None


def read_include(files: Files) -> dict[str, tuple[Path, ...]]:
    """The files of `include/`, by language; those of `include/default/` under `default`."""
    folder = files.root / "include"
    include: dict[str, tuple[Path, ...]] = {}
    for entry in files.entries(folder):
        language = "default" if entry.name == "default" else by_code(entry.name)
        if not entry.is_folder:
            files.leave_out(entry.path, "is included with nothing", "put it into include/<language>/")
        elif language is None:
            files.leave_out(entry.path, "is included with nothing: its name is not in the languages table")
        else:
            include[language] = include.get(language, ()) + tuple(files.below(entry.path))
    return include


def _program_of(files: Files, entry: Entry, headers: tuple[Path, ...], *, legacy: bool) -> list[Program]:
    paths = tuple(files.below(entry.path)) if entry.is_folder else (entry.path, *headers)
    usable = _usable(files, _program(files, entry.path, paths, legacy=legacy))
    return [usable] if usable else []


def _program(files: Files, path: Path, paths: tuple[Path, ...], *, legacy: bool) -> Program:
    folder = path if files.is_folder(path) else None
    scripts = {one.name: one for one in paths if folder and one.parent == folder and one.name in {"build", "run"}}
    sources = [one for one in paths if one.suffix not in HEADERS]
    languages = language_of_files(files, sources, legacy=legacy) if not scripts else set()
    language = languages.pop() if len(languages) == 1 else None
    return Program(path.name, path, paths, language, scripts.get("build"), scripts.get("run"))


def _usable(files: Files, program: Program) -> Program | None:
    if program.language is not None or program.build is not None or program.run is not None:
        return program
    known = sorted({name for path in program.files if (name := by_suffix(path.name))})
    several = f"is written in several languages: {', '.join(known)}"
    files.leave_out(program.path, several if len(known) > 1 else "is no program: its language is not known")
    return None
