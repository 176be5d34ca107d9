"""Reading the bank's files: bounded, without surprises, and able to name the line of a mistake.

YAML is read as its 1.2 core schema (`no` is a string, `010` is ten, dates stay strings). Aliases are
refused: no item needs them, and nested ones are the classic way to make a small file enormous.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from greenroom.kernel.errors import InputError

MAX_FILE_BYTES = 1_000_000
MAX_DEPTH = 40
_MOST_REPEATED = 100_000

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a pack: where, what, and the mend."""

    file: str
    message: str
    mend: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}" + (f" — {self.mend}" if self.mend else "")

    def as_json(self) -> dict[str, Any]:
        """The problem with stable keys."""
        return {"file": self.file, "line": self.line, "message": self.message, "mend": self.mend}


class PackError(InputError):
    """A pack or an item cannot be used; `problems` lists everything that was found."""

    code = "broken-pack"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{problems[0]}{more}")


@dataclass
class Document:
    """A YAML file's value and the line on which each part of it begins.

    `doubled` are keys that stand twice in a foreign document, where the last one counts, with their lines.
    """

    value: Any
    lines: dict[Location, int] = field(default_factory=dict)
    doubled: list[tuple[str, int]] = field(default_factory=list)

    def line_of(self, location: Location) -> int | None:
        """The line of the part at *location*, or of the nearest part around it."""
        for end in range(len(location), -1, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return None


class _CoreLoader(yaml.CSafeLoader):
    """YAML 1.2 core schema on libyaml, which unlike PyYAML's own parser takes `{ask: Why?}` for what it says."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 (PyYAML's own protocol)


for _tag, _pattern, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ("float", r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", list("-+.")),
):
    _CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def _integer(_loader: yaml.CSafeLoader, node: yaml.Node) -> int:
    if len(str(node.value)) > 4000:
        raise yaml.constructor.ConstructorError(None, None, "a number of more than 4,000 digits", node.start_mark)
    return int(str(node.value))


_CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)


def read_text(path: Path, root: Path) -> str:
    """The text of *path*, which must be a plain UTF-8 file inside *root* of at most 1 MB.

    Raises PackError naming the file, and the byte where UTF-8 ends.
    """
    shown = shown_path(path, root)
    if path.is_symlink() or root.resolve() not in path.resolve().parents:
        raise PackError([Problem(shown, "a link or a path outside the pack", "put the file itself into the item")])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise PackError(
            [Problem(shown, f"cannot be read: {error.strerror}", "add the file or its permission")]
        ) from None
    if len(data) > MAX_FILE_BYTES:
        raise PackError(
            [Problem(shown, f"{len(data):,} bytes; at most {MAX_FILE_BYTES:,} are read", "make it smaller")]
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PackError([Problem(shown, f"byte {error.start} is not UTF-8", "save the file as UTF-8", line)]) from None


def read_yaml(path: Path, root: Path) -> Document:
    """The YAML document in *path*; raises PackError with the line of the mistake."""
    return parse_yaml(read_text(path, root), shown_path(path, root))


def parse_yaml(text: str, shown: str, *, foreign: bool = False) -> Document:
    """The YAML document that *text* is, called *shown* in messages; raises PackError with the line of the mistake.

    A *foreign* document was written for readers that take aliases, and keys that stand twice: it may have a few.
    """
    try:
        _look_ahead(text, shown, aliases=foreign)
        loader = _CoreLoader(text)
        try:
            node = loader.get_single_node()
            document = Document(value=None)
            if node is not None:
                _Walk(document, foreign, len(text) + _MOST_REPEATED).through(node, ())
                document.value = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        message = " ".join(part for part in (error.context, error.problem) if part)
        raise PackError([Problem(shown, f"not YAML: {message}", "mend the syntax", line)]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        said = " ".join(str(error)[:200].split())
        raise PackError([Problem(shown, f"not YAML: {said}", "mend the syntax")]) from None
    except (LookupError, AttributeError, TypeError, ArithmeticError):
        # PyYAML lets through what it runs into itself: `!!bool maybe` is a KeyError, `!!timestamp soon` an
        # AttributeError, a sexagesimal `!!float` of a thousand places an OverflowError.
        raise PackError([Problem(shown, "not YAML: a value does not fit its tag", "take the tag away")]) from None
    return document


def _look_ahead(text: str, shown: str, *, aliases: bool) -> None:
    """Refuse what must not reach the composer: aliases, and nesting, on which libyaml spends quadratic time."""
    depth = 0
    for event in yaml.parse(text, Loader=_CoreLoader):
        if isinstance(event, yaml.AliasEvent) and not aliases:
            raise PackError([Problem(shown, "YAML aliases (*name) are not read", "write the value out")])
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH + 1:
                line = event.start_mark.line + 1 if event.start_mark else None
                message = f"not YAML: nested deeper than {MAX_DEPTH}"
                raise PackError([Problem(shown, message, "mend the syntax", line)])
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


@dataclass
class _Walk:
    """The way through a document's nodes: notes the lines, and refuses what is too deep, too much or there twice.

    At most `left` nodes are looked at: more than a text has characters are there by aliases alone.
    """

    document: Document
    foreign: bool
    left: int

    def through(self, node: yaml.Node, at: Location) -> None:
        """Go through *node*, whose place is *at*, and all that is in it."""
        self.document.lines[at] = node.start_mark.line + 1
        self.left -= 1
        if len(at) > MAX_DEPTH or self.left < 0:
            what = f"nested deeper than {MAX_DEPTH}" if len(at) > MAX_DEPTH else "more than it may be, aliases followed"
            raise yaml.composer.ComposerError(None, None, what, node.start_mark)
        if isinstance(node, yaml.MappingNode):
            self._through_map(node, at)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                self.through(value, (*at, index))

    def _through_map(self, node: yaml.MappingNode, at: Location) -> None:
        seen: set[Hashable] = set()
        for key, value in node.value:
            name = str(key.value)
            if (key.tag, name) in seen:
                if not self.foreign:
                    raise yaml.composer.ComposerError(None, None, f"the key {name!r} stands twice", key.start_mark)
                self.document.doubled.append((name, key.start_mark.line + 1))
            seen.add((key.tag, name))
            self.through(value, (*at, name))
            self.document.lines[(*at, name)] = key.start_mark.line + 1


def shown_path(path: Path, root: Path) -> str:
    """*path* as people see it in messages: relative to the pack where that is possible."""
    try:
        return str(path.relative_to(root))
    except ValueError:
        return str(path)
