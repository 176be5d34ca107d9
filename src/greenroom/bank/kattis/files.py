"""A package's folder as its reader sees it: within bounds, without links that lead out, every oddity named.

Files and folders whose names begin with a period or a dash are taken for absent, as the formats say.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from greenroom.bank.source import MAX_FILE_BYTES, Document, PackError, Problem, parse_yaml, shown_path

MAX_ENTRIES = 200_000
MAX_LEVELS = 32

_LITTER = frozenset({"__MACOSX", "__pycache__"})
_NEEDED = frozenset(
    {
        "problem.yaml", "data", "include", "input_validators", "input_format_validators", "output_validators",
        "output_validator", "static_validator", "graders", "domjudge-problem.ini",
    }
)  # fmt: skip
_KEPT_NAME = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.+-]{0,254}")


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is taken for absent without a word: `.git`, `.DS_Store`, `__MACOSX`."""
    return name.startswith((".", "-")) or name in _LITTER


def printable(text: str) -> str:
    """*text* with what no terminal should be sent escaped."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


@dataclass(frozen=True)
class Entry:
    """A file or folder of a package; links are already followed."""

    path: Path
    is_folder: bool

    @property
    def name(self) -> str:
        """Its name."""
        return self.path.name


@dataclass
class Files:
    """Reads a package's files, and collects what is wrong with them.

    `root` is the package's folder with every link resolved. `problems` make the package unusable; `unsupported` are
    named and left out. With `strict_names` (2025-09) names of other characters than the format's are left out too.
    Links may lead to what lies `within`, the archive that the package is read from; without one, within the package.
    """

    root: Path
    strict_names: bool = False
    within: Path | None = None
    problems: list[Problem] = field(default_factory=list)
    unsupported: list[Problem] = field(default_factory=list)
    _seen: int = 0
    _real: dict[Path, Path] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        """*path* as messages show it: below the package, unprintable characters escaped."""
        return printable(shown_path(path, self.root))

    def broken(self, path: Path, message: str, mend: str, line: int | None = None) -> None:
        """Collect a problem that makes the package unusable."""
        self.problems.append(Problem(self.shown(path), printable(message), printable(mend), line))

    def leave_out(self, path: Path, message: str, mend: str = "", line: int | None = None) -> None:
        """Collect something that is named and left out."""
        self.unsupported.append(Problem(self.shown(path), printable(message), printable(mend), line))

    def check_links(self) -> None:
        """Name every link that leads out of the package, and those to nothing; none of them is followed.

        A package that needs what lies there, for its data or its judging, is refused.
        """
        for folder, below, names in os.walk(self.root):
            kept = sorted(name for name in below if not is_hidden(name))
            below[:] = kept if self._is_within_reach(Path(folder)) else []
            self._count(len(kept) + len(names))
            for name in [*kept, *sorted(names)]:
                path = Path(folder, name)
                if is_hidden(name) or not path.is_symlink():
                    continue
                if not self._is_inside(path):
                    report = self.broken if path.relative_to(self.root).parts[0] in _NEEDED else self.leave_out
                    report(path, "a link out of the package", "put the file itself there")
                elif not self.leads_to_something(path):
                    self.leave_out(path, "a link to nothing")

    def entries(self, folder: Path) -> list[Entry]:
        """What is in *folder*, by name. Empty where there is no such folder."""
        if not self._is_within_reach(folder):
            self.broken(folder, f"lies more than {MAX_LEVELS} folders deep", "move it up")
            return []
        try:
            names = sorted(path.name for path in folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            self.broken(folder, f"cannot be read: {error.strerror}", "mend its permissions")
            return []
        self._count(len(names))
        return [entry for name in names if (entry := self._entry(folder / name)) is not None]

    def below(self, folder: Path) -> Iterator[Path]:
        """Every file in *folder* and in the folders below it."""
        for entry in self.entries(folder):
            if entry.is_folder:
                yield from self.below(entry.path)
            else:
                yield entry.path

    def is_file(self, path: Path) -> bool:
        """Whether *path* is a plain file inside the package, hidden or not."""
        try:
            return stat.S_ISREG(path.stat().st_mode) and self._is_inside(path)
        except (OSError, ValueError):
            return False

    def is_folder(self, path: Path) -> bool:
        """Whether *path* is a folder inside the package."""
        try:
            return stat.S_ISDIR(path.stat().st_mode) and self._is_inside(path)
        except (OSError, ValueError):
            return False

    def leads_to_something(self, path: Path) -> bool:
        """Whether *path* is no link, or one that is followed."""
        return not path.is_symlink() or self.is_file(path) or self.is_folder(path)

    def to_copy(self, folder: Path, names: Sequence[str]) -> list[Path]:
        """Which of *names* in *folder* a copy has that follows links: no links out, to nothing or back.

        Raises PackError when the copy would have too many files.
        """
        self._count(len(names))
        paths = (folder / name for name in names)
        return [path for path in paths if self.leads_to_something(path) and not self._leads_in_a_circle(path)]

    def _leads_in_a_circle(self, path: Path) -> bool:
        return path.is_symlink() and self.is_folder(path) and self._leads_back(path)

    def head(self, path: Path, at_most: int = MAX_FILE_BYTES) -> bytes:
        """The first bytes of *path*; empty, and a problem, where it cannot be read."""
        try:
            with path.open("rb") as file:
                return file.read(at_most)
        except OSError as error:
            self.broken(path, f"cannot be read: {error.strerror}", "mend its permissions")
            return b""

    def text(self, path: Path, at_most: int = MAX_FILE_BYTES) -> str:
        """The text that begins *path*, with newlines alone, without a byte-order mark, odd bytes replaced."""
        text = self.head(path, at_most).decode("utf-8-sig", errors="replace")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def strict_text(self, path: Path) -> str:
        """The whole text of *path*, UTF-8 of at most 1 MB; raises PackError."""
        shown = self.shown(path)
        data = self.head(path, MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise PackError([Problem(shown, f"more than {MAX_FILE_BYTES:,} bytes", "make it smaller")])
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data[: error.start].count(b"\n") + 1
            message = f"byte {error.start} is not UTF-8"
            raise PackError([Problem(shown, message, "save the file as UTF-8", line)]) from None

    def document(self, path: Path, text: str | None = None) -> Document:
        """The YAML document in *path*, or in *text*, which was made of it; None for one that is broken or empty."""
        if text is not None and len(text) > MAX_FILE_BYTES:
            self.broken(path, f"more than {MAX_FILE_BYTES:,} characters with its constants", "make them smaller")
            return Document(value=None)
        try:
            return parse_yaml(self.strict_text(path) if text is None else text, self.shown(path))
        except PackError as error:
            self.problems += [replace(problem, message=printable(problem.message)) for problem in error.problems]
            return Document(value=None)

    def _entry(self, path: Path) -> Entry | None:
        if is_hidden(path.name) or not self._is_named_well(path):
            return None
        linked = path.is_symlink()
        if linked and not self._is_inside(path):
            return None
        try:
            mode = path.stat().st_mode
        except OSError as error:
            if not linked:
                self.broken(path, f"cannot be looked at: {error.strerror}", "mend its permissions")
            return None
        if linked and stat.S_ISDIR(mode) and self._leads_back(path):
            self.broken(path, "a link to a folder that it is in", "remove it")
            return None
        if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
            return Entry(path, stat.S_ISDIR(mode))
        self.leave_out(path, "is neither a file nor a folder")
        return None

    def _is_named_well(self, path: Path) -> bool:
        if self.strict_names and not _KEPT_NAME.fullmatch(path.name):
            self.leave_out(path, "is taken for absent: its name has other characters than the format's")
            return False
        if any("\ud800" <= one <= "\udfff" for one in path.name):
            self.leave_out(path, "is taken for absent: its name is not UTF-8")
            return False
        return True

    def _is_inside(self, path: Path) -> bool:
        return self._real_path(path).is_relative_to(self.within or self.root)

    def _leads_back(self, path: Path) -> bool:
        """Folders are compared along the way that led here: two links can lead into each other's folders."""
        target = self._real_path(path)
        around = (folder for folder in path.parents if folder.is_relative_to(self.root))
        return any(self._real_path(folder) == target for folder in around)

    def _real_path(self, path: Path) -> Path:
        """*path* with links resolved, from its folder's: a way through many links is not walked again for each."""
        if path == self.root or not path.is_relative_to(self.root):
            return Path(os.path.realpath(path))
        if path not in self._real:
            self._real[path] = Path(os.path.realpath(self._real_path(path.parent) / path.name))
        return self._real[path]

    def _is_within_reach(self, folder: Path) -> bool:
        return len(folder.parts) - len(self.root.parts) <= MAX_LEVELS

    def _count(self, more: int) -> None:
        self._seen += more
        if self._seen > MAX_ENTRIES:
            message = f"more than {MAX_ENTRIES:,} files and folders, links followed"
            raise PackError([Problem(self.root.name, message, "keep what is no part of the problem elsewhere")])
