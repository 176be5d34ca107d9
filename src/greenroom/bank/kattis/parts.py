"""The files of one test case: which of a folder's files belong together, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from greenroom.bank.kattis.cases import Case
from greenroom.bank.kattis.files import Entry, Files

_IMAGES = (".png", ".jpg", ".jpeg", ".svg")
_SHOWN = (".in.statement", ".ans.statement", ".in.download", ".ans.download", ".out")
_COMMON = (*_SHOWN, ".in", ".ans", ".interaction", *_IMAGES)
_LEGACY = (*_COMMON, ".hint", ".desc")
_CURRENT = (*_COMMON, ".yaml")
SETTINGS = frozenset({"testdata.yaml", "testdata.yml", "test_group.yaml", "test_group.yml"})

_MAX_NOTE = 64 * 1024


@dataclass
class Parts:
    """What a folder has under one base name, by suffix."""

    base: str
    files: dict[str, Path] = field(default_factory=dict)

    @property
    def has_input(self) -> bool:
        """Whether there is a test case of this name at all."""
        return ".in" in self.files

    @property
    def interaction(self) -> Path | None:
        """The sample interaction."""
        return self.files.get(".interaction")

    @property
    def settings(self) -> Path | None:
        """The case's own YAML file."""
        return self.files.get(".yaml")


def sort_into_parts(files: Files, folder: Path, *, legacy: bool) -> tuple[dict[str, Parts], list[Entry]]:
    """What *folder* holds: the parts of its cases by base name, in order, and the folders that are no part of one.

    Names every file that belongs to no case.
    """
    parts: dict[str, Parts] = {}
    folders: list[Entry] = []
    strays: list[str] = []
    for entry in files.entries(folder):
        base, suffix = _split(entry, _LEGACY if legacy else _CURRENT)
        if suffix:
            parts.setdefault(base, Parts(base)).files[suffix] = entry.path
        elif entry.is_folder:
            folders.append(entry)
        elif entry.name not in SETTINGS:
            strays.append(entry.name)
    for base, part in parts.items():
        if not part.has_input and set(part.files) != {".interaction"}:
            strays += [f"{base}{suffix}" for suffix in part.files if suffix != ".interaction"]
    if strays:
        few = ", ".join(sorted(strays)[:3]) + (", …" if len(strays) > 3 else "")
        files.leave_out(folder, f"{len(strays)} files or folders that belong to no test case: {few}")
    return dict(sorted(parts.items())), folders


def _split(entry: Entry, suffixes: tuple[str, ...]) -> tuple[str, str]:
    if entry.is_folder:
        suffixes = (".files",)
    elif entry.name in SETTINGS:
        return entry.name, ""
    suffix = next((one for one in suffixes if entry.name.endswith(one) and entry.name != one), "")
    return entry.name.removesuffix(suffix), suffix


def case_of(files: Files, part: Parts, name: str, *, answer_needed: bool) -> Case:
    """The case that *part* makes, without its arguments; names what is missing from it or contradicts itself."""
    found = part.files
    source = found[".in"]
    if answer_needed and ".ans" not in found:
        files.leave_out(source, "has no .ans beside it", "add the expected output")
    _name_contradictions(files, source, found)
    images = [found[suffix] for suffix in _IMAGES if suffix in found]
    folder = found.get(".files")
    return Case(
        name=name,
        input=source,
        answer=found.get(".ans"),
        hint=files.text(found[".hint"], _MAX_NOTE).strip() if ".hint" in found else "",
        description=files.text(found[".desc"], _MAX_NOTE).strip() if ".desc" in found else "",
        illustration=images[0] if images else None,
        files_folder=folder,
        files=tuple(files.below(folder)) if folder else (),
        interaction=found.get(".interaction"),
        output=found.get(".out"),
        statement_input=found.get(".in.statement"),
        statement_answer=found.get(".ans.statement"),
        download_input=found.get(".in.download"),
        download_answer=found.get(".ans.download"),
    )


def _name_contradictions(files: Files, source: Path, found: dict[str, Path]) -> None:
    if sum(suffix in found for suffix in _IMAGES) > 1:
        files.leave_out(source, "has more than one illustration; the first is taken")
    if ".out" in found and ".ans.statement" in found:
        files.leave_out(found[".out"], "is not shown: there is an .ans.statement as well", "remove one of them")
    if ".interaction" in found:
        for suffix in _SHOWN:
            if suffix in found:
                files.leave_out(found[suffix], "is not shown: there is an .interaction as well", "remove one of them")
