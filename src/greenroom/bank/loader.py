"""From folders to items: reads a pack, collects every problem, and names file, line and mend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from greenroom.bank.base import Slug
from greenroom.bank.models import (
    Case,
    Concept,
    DeclaredSubmission,
    Expectation,
    Item,
    ItemHead,
    Kind,
    Pack,
    PackHead,
    SubmissionSort,
    Topic,
    parse_hints,
)
from greenroom.bank.source import Document, PackError, Problem, read_text, read_yaml, shown_path

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

_SUFFIX = {Kind.concept: ".md", Kind.code: ".py", Kind.service: "/", Kind.sql: "/", Kind.ml: "/", Kind.design: ".yaml"}
"""How a declared submission ends: that of a lab is a folder with the files that differ from the starter's."""

_CONCEPTS = TypeAdapter(dict[Slug, Concept])
_CASES = TypeAdapter(list[Case])
_EXPECTATIONS = TypeAdapter(dict[str, Expectation])


def core_pack_folder() -> Path:
    """The folder of the pack that ships with Greenroom."""
    return Path(__file__).parent.parent / "packs" / "core"


def load_pack(folder: Path) -> Pack:
    """Read the pack in *folder*. Raises PackError with everything that is wrong in it."""
    folder = folder.resolve()
    if not (folder / "pack.yaml").is_file():
        mend = "a pack is a folder with pack.yaml, concepts.yaml and items/<topic>/<slug>/"
        raise PackError([Problem(str(folder), "there is no pack.yaml here", mend)])
    problems: list[Problem] = []
    head = _collect(problems, lambda: _model(PackHead, read_yaml(folder / "pack.yaml", folder), "pack.yaml"))
    concepts = _collect(problems, lambda: _load_concepts(folder)) or {}
    items = []
    for item_folder in _item_folders(folder, problems):
        item = _collect(problems, lambda at=item_folder: load_item(at, root=folder))
        if item is not None:
            items.append(item)
    problems += _across(items, concepts, folder)
    if problems or head is None:
        raise PackError(problems)
    items = [item.model_copy(update={"pack": head.id}) for item in items]
    items.sort(key=lambda item: (list(Topic).index(item.topic), item.slug))
    return Pack(folder=folder, head=head, concepts=concepts, items=tuple(items))


def load_item(folder: Path, *, root: Path | None = None) -> Item:
    """Read one item's folder. Raises PackError with everything that is wrong in it."""
    folder = folder.resolve()
    root = (root or folder.parent).resolve()
    document = read_yaml(folder / "item.yaml", root)
    shown = shown_path(folder / "item.yaml", root)
    head = _model(ItemHead, document, shown)
    problems: list[Problem] = []
    if folder.parent.name not in set(Topic):
        mend = f"put the item under one of: {', '.join(Topic)}"
        raise PackError([Problem(shown_path(folder, root), f"{folder.parent.name!r} is not a topic", mend)])
    texts = {}
    for name in ("prompt", "hints", "debrief", "interviewer"):
        text = _collect(problems, lambda n=name: read_text(folder / f"{n}.md", root))
        texts[name] = text or ""
        if text is not None and not text.strip():
            problems.append(Problem(shown_path(folder / f"{name}.md", root), "is empty", "write it"))
    submissions = _collect(problems, lambda: _load_submissions(folder, root, head)) or ()
    try:
        hints = parse_hints(texts["hints"])
    except ValueError as error:
        hints = ()
        problems.append(Problem(shown_path(folder / "hints.md", root), str(error), "see docs/writing-items.md"))
    if not hints and texts["hints"].strip():
        mend = "begin each hint with a heading such as `## Hint 1 (5 %)`"
        problems.append(Problem(shown_path(folder / "hints.md", root), "no hint found", mend))
    problems += _unmentioned_points(head, texts["interviewer"], shown_path(folder / "interviewer.md", root))
    starter = _collect(problems, lambda: _load_starter(folder, root, head)) or {}
    if problems:
        raise PackError(problems)
    return Item(
        slug=_slug(folder, root),
        topic=Topic(folder.parent.name),
        pack=root.name,
        folder=folder,
        head=head,
        prompt=texts["prompt"],
        hints=hints,
        debrief=texts["debrief"],
        interviewer=texts["interviewer"],
        starter=starter,
        submissions=submissions,
    )


def load_cases(item: Item) -> list[Case]:
    """The cases written down in `judge/cases.yaml`; an empty list when there is no such file."""
    path = item.judge_folder / "cases.yaml"
    if not path.is_file():
        return []
    document = read_yaml(path, item.folder)
    return _adapt(_CASES, document, shown_path(path, item.folder), [])


def _slug(folder: Path, root: Path) -> str:
    try:
        return TypeAdapter(Slug).validate_python(folder.name)
    except ValidationError:
        mend = "use lower-case letters, digits and single hyphens"
        raise PackError([Problem(shown_path(folder, root), f"{folder.name!r} is not a slug", mend)]) from None


def _item_folders(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    items = folder / "items"
    if not items.is_dir():
        problems.append(Problem("items", "there is no items/ folder", "add items/<topic>/<slug>/item.yaml"))
        return
    for topic in sorted(path for path in items.iterdir() if path.is_dir() and not path.name.startswith(".")):
        for item in sorted(path for path in topic.iterdir() if path.is_dir() and not path.name.startswith(".")):
            if (item / "item.yaml").exists():
                yield item
            elif any(item.iterdir()):
                problems.append(Problem(shown_path(item, folder), "has no item.yaml", "add it or remove the folder"))


def _load_concepts(folder: Path) -> dict[str, Concept]:
    concepts = _adapt(_CONCEPTS, read_yaml(folder / "concepts.yaml", folder), "concepts.yaml", {})
    problems = [
        Problem("concepts.yaml", f"{tag!r} needs {need!r}, which is not defined", "define it or take it out")
        for tag, concept in concepts.items()
        for need in concept.needs
        if need not in concepts
    ]
    cycle = find_cycle({tag: concept.needs for tag, concept in concepts.items()})
    if cycle:
        problems.append(Problem("concepts.yaml", f"tags need each other: {' > '.join(cycle)}", "break the cycle"))
    if problems:
        raise PackError(problems)
    return concepts


def find_cycle(graph: dict[str, tuple[str, ...]]) -> list[str]:
    """A cycle of *graph* (node to its successors) as a closed path, or an empty list."""
    done: set[str] = set()
    for start in graph:
        path: list[str] = []
        stack: list[tuple[str, bool]] = [(start, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                done.add(path.pop())
            elif node in path:
                return [*path[path.index(node) :], node]
            elif node not in done:
                path.append(node)
                stack.append((node, True))
                stack.extend((after, False) for after in graph.get(node, ()))
    return []


def _load_submissions(folder: Path, root: Path, head: ItemHead) -> tuple[DeclaredSubmission, ...]:
    """The declared submissions; none for a problem package, which says itself what its submissions must get."""
    if head.code is not None and head.code.package:
        if not (folder / "judge" / "package" / "problem.yaml").is_file():
            mend = "put the problem package there, or import it with `greenroom bank import-kattis`"
            raise PackError([Problem(shown_path(folder / "judge" / "package", root), "has no problem.yaml", mend)])
        return ()
    base = folder / "submissions"
    shown = shown_path(base / "expect.yaml", root)
    document = read_yaml(base / "expect.yaml", root)
    expected = _adapt(_EXPECTATIONS, document, shown, {})
    problems = []
    declared = []
    for sort in SubmissionSort:
        files = sorted(
            path for path in (base / sort).glob(f"*{_SUFFIX[head.kind]}") if path.is_dir() == head.kind.is_lab
        )
        if not files:
            mend = f"add {sort}/<name>{_SUFFIX[head.kind]}"
            problems.append(Problem(shown_path(base / sort, root), f"no {sort} submission", mend))
        for path in files:
            name = f"{sort}/{path.name}"
            if name not in expected:
                problems.append(Problem(shown, f"{name} is not declared", f"add `{name}: {{}}` with what it must get"))
                continue
            declared.append(DeclaredSubmission(path=path, sort=sort, expected=expected[name]))
    known = {one.name for one in declared}
    problems += [
        Problem(
            shown,
            f"{name} is declared but there is no such file",
            "add the file or remove the line",
            document.line_of((name,)),
        )
        for name in expected
        if name not in known and not (base / name).exists()
    ]
    points = {point.id for point in head.rubric}
    problems += [
        Problem(
            shown,
            f"{name} speaks of point {point!r}, which the rubric lacks",
            f"use one of: {', '.join(sorted(points))}",
        )
        for name, expectation in expected.items()
        for point in expectation.findings
        if point not in points
    ]
    if problems:
        raise PackError(problems)
    return tuple(declared)


def _load_starter(folder: Path, root: Path, head: ItemHead) -> dict[str, str]:
    base = folder / "starter"
    files = {
        str(path.relative_to(base)): read_text(path, root)
        for path in sorted(base.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    if head.kind.is_lab and not files:
        mend = "add the files of the project that the candidate starts from"
        raise PackError([Problem(shown_path(base, root), "a lab needs a starter", mend)])
    if head.kind is Kind.code and "solution.py" not in files:
        mend = "add starter/solution.py with the signature and an empty body"
        raise PackError([Problem(shown_path(base, root), "a code item needs a starter", mend)])
    return files


def _unmentioned_points(head: ItemHead, interviewer: str, shown: str) -> list[Problem]:
    return [
        Problem(shown, f"no follow-up for point {point.id!r}", f"add a bullet under `## Follow-ups`: - `{point.id}`: …")
        for point in head.rubric
        if interviewer.strip() and f"`{point.id}`" not in interviewer
    ]


def _across(items: list[Item], concepts: dict[str, Concept], root: Path) -> list[Problem]:
    """Problems that no item shows by itself."""
    problems = []
    slugs: dict[str, Path] = {}
    uuids: dict[str, str] = {}
    for item in items:
        shown = shown_path(item.folder / "item.yaml", root)
        if item.slug in slugs:
            problems.append(Problem(shown, f"the slug {item.slug!r} stands twice", "rename one of the folders"))
        if str(item.head.uuid) in uuids:
            other = uuids[str(item.head.uuid)]
            problems.append(Problem(shown, f"has the uuid of {other!r}", "give it a uuid of its own"))
        slugs[item.slug], uuids[str(item.head.uuid)] = item.folder, item.slug
        for tag in item.head.tags:
            if concepts and tag not in concepts:
                problems.append(
                    Problem(shown, f"the tag {tag!r} is not in concepts.yaml", "define it there, or use one that is")
                )
        if concepts and not any(tag in concepts and concepts[tag].topic == item.topic for tag in item.head.tags):
            problems.append(Problem(shown, f"no tag of its own topic {item.topic}", "add one"))
    return problems


def _collect(problems: list[Problem], step: Any) -> Any:
    """What *step* returns; its problems are added to *problems* instead of being raised."""
    try:
        return step()
    except PackError as error:
        problems += error.problems
        return None


def _model(model: type[M], document: Document, shown: str) -> M:
    try:
        return model.model_validate(document.value)
    except ValidationError as error:
        raise PackError(_explain(error, document, shown)) from None


def _adapt(adapter: TypeAdapter[T], document: Document, shown: str, empty: Any = None) -> T:
    try:
        return adapter.validate_python(empty if document.value is None else document.value)
    except ValidationError as error:
        raise PackError(_explain(error, document, shown)) from None


_MENDS = {
    "missing": "add it",
    "extra_forbidden": "remove it, or mend its spelling",
    "string_pattern_mismatch": "use lower-case letters, digits and hyphens",
    "uuid_parsing": "make one with `python -c 'import uuid; print(uuid.uuid4())'`",
}


def _explain(error: ValidationError, document: Document, shown: str) -> list[Problem]:
    problems = []
    for detail in error.errors(include_url=False):
        where: tuple[str | int, ...] = tuple(part for part in detail["loc"] if part != "[key]")
        name = ".".join(str(part) for part in where)
        message = detail["msg"].removeprefix("Value error, ")
        text = f"{name}: {message}" if name else message
        mend = _MENDS.get(detail["type"], "see docs/writing-items.md")
        problems.append(Problem(shown, text, mend, document.line_of(where)))
    return problems
