"""`greenroom bank …`: list, cover, prove and extend the bank."""

from __future__ import annotations

import contextlib
import os
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from greenroom.bank.loader import core_pack_folder, load_item, load_pack
from greenroom.bank.models import Item, Kind, Topic
from greenroom.bank.scaffold import scaffold
from greenroom.bank.source import PackError
from greenroom.bank.syllabus import coverage, coverage_matrix
from greenroom.bank.verification import Answerer, Check, Outcome, PackageJudge, Verification, verify
from greenroom.cli import problems
from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import InputError, NotFoundError

app = typer.Typer(help="The items: list them, see what they cover, prove them, write new ones.", no_args_is_help=True)
app.registered_commands += problems.app.registered_commands

PackArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[PACK]", help="A pack's folder; the pack that ships with Greenroom by default."),
]


@app.command("list", epilog="Example: greenroom bank list --json | jq -r '.[].slug'")
def list_items(pack: PackArgument = None, as_json: Json = False) -> None:
    """List the items of a pack."""
    items = load_pack(pack or core_pack_folder()).items
    if as_json:
        emit([_row(item) for item in items])
        return
    table = Table("slug", "topic", "kind", "level", "min", "title", box=None, pad_edge=False)
    for item in items:
        head = item.head
        table.add_row(item.slug, item.topic, item.kind, head.difficulty.level, str(head.minutes), item.title)
    console.print(table)
    console.print(f"{len(items)} items")


def _row(item: Item) -> dict[str, Any]:
    head = item.head
    return {
        "slug": item.slug,
        "topic": item.topic.value,
        "kind": item.kind.value,
        "tags": list(head.tags),
        "covers": list(head.covers),
        "minutes": head.minutes,
        "version": head.version,
        "title": item.title,
        "difficulty": head.difficulty.level,
    }


@app.command(epilog="Example: greenroom bank stats packs/mine")
def stats(pack: PackArgument = None, as_json: Json = False) -> None:
    """Count items by topic and kind, minutes, points and declared submissions."""
    items = load_pack(pack or core_pack_folder()).items
    rows = {topic.value: _stats([item for item in items if item.topic is topic]) for topic in Topic}
    whole = _stats(list(items))
    if as_json:
        emit({"topics": rows, "total": whole})
        return
    table = Table("topic", "items", *Kind, "minutes", "points", "submissions", box=None, pad_edge=False)
    for topic, row in [*rows.items(), ("total", whole)]:
        kinds = [str(row["kinds"].get(kind.value, 0)) for kind in Kind]
        table.add_row(
            topic, str(row["items"]), *kinds, str(row["minutes"]), f"{row['points']:g}", str(row["submissions"])
        )
    console.print(table)


def _stats(items: list[Item]) -> dict[str, Any]:
    return {
        "items": len(items),
        "kinds": dict(Counter(item.kind.value for item in items)),
        "levels": dict(Counter(item.head.difficulty.level for item in items)),
        "minutes": sum(item.head.minutes for item in items),
        "points": sum(len(item.head.rubric) for item in items),
        "submissions": sum(len(item.submissions) for item in items),
    }


@app.command("coverage", epilog="Example: greenroom bank coverage --json")
def show_coverage(pack: PackArgument = None, as_json: Json = False) -> None:
    """Show which syllabus statement is examined by items of which kind; exit 1 if one is not."""
    report = coverage(load_pack(pack or core_pack_folder()).items)
    if as_json:
        emit(report)
    else:
        table = Table("statement", *Kind, box=None, pad_edge=False)
        for statement, kinds in coverage_matrix(report):
            counts = [str(kinds[kind]) if kinds[kind] else "·" for kind in Kind]
            table.add_row(statement if any(kinds.values()) else f"✗ {statement}", *counts)
        console.print(table)
        console.print(f"{report['covered']} of {report['total']} statements are covered")
    if report["covered"] < report["total"]:
        raise typer.Exit(1)


@app.command("new", epilog="Example: greenroom bank new concept jwt-in-a-url --topic jwt --pack packs/mine")
def new_item(
    kind: Annotated[Kind, typer.Argument(help="How the item is answered.")],
    slug: Annotated[str, typer.Argument(help="The folder's name: lower-case words joined by hyphens.")],
    topic: Annotated[Topic, typer.Option(help="The topic it stands under.")] = Topic.dsa,
    pack: Annotated[Path | None, typer.Option(help="The pack's folder; by default the one in this checkout.")] = None,
    as_json: Json = False,
) -> None:
    """Write the skeleton of a new item, which already verifies in form."""
    root = (pack or core_pack_folder()).resolve()
    loaded = load_pack(root)
    tag = next((tag for tag, concept in loaded.concepts.items() if concept.topic is topic), None)
    if tag is None:
        raise InputError(f"concepts.yaml has no tag for {topic}", mend="add one before the first item of the topic")
    if not _is_slug(slug):
        raise InputError(f"{slug!r} is not a slug", mend="use lower-case letters, digits and single hyphens")
    files = scaffold(kind, slug, topic=topic, tag=tag, pack=root)
    if as_json:
        emit({"files": [str(path) for path in files]})
        return
    for path in files:
        console.print(str(path), soft_wrap=True)
    console.print(f"Write it, then prove it: greenroom bank verify {root} --item {slug}", soft_wrap=True)


def _is_slug(text: str) -> bool:
    return len(text) <= 64 and all((part.isalnum() and part.islower()) or part.isdigit() for part in text.split("-"))


_JOBS = (os.cpu_count() or 1) + 1
"""One more than the cores, because a run waits for its processes; the judge runs no more than there are cores."""


@app.command("verify", epilog="Example: greenroom bank verify --item pair-with-sum")
def verify_pack(
    pack: PackArgument = None,
    item: Annotated[list[str] | None, typer.Option(help="Only this item; may be given several times.")] = None,
    topic: Annotated[Topic | None, typer.Option(help="Only the items of this topic.")] = None,
    kind: Annotated[list[Kind] | None, typer.Option(help="Only the items of this kind; may be given again.")] = None,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Answers tried at the same time.")] = _JOBS,
    times: Annotated[int, typer.Option(min=1, max=100, help="How often each declared answer must agree.")] = 1,
    as_json: Json = False,
) -> None:
    """Prove the bank: answer every declared submission and every attack, and compare the findings."""
    root = (pack or core_pack_folder()).resolve()
    try:
        items = [one for one in _select(root, item or [], topic) if not kind or one.kind in kind]
    except PackError as error:
        result = Verification(problems=error.problems)
    else:
        with Progress(console=log, transient=True, disable=not log.is_terminal) as progress:
            bar = progress.add_task("verifying", total=None)

            def on_check(check: Check) -> None:
                progress.update(bar, advance=1, description=f"{check.item} {check.path}"[:60])

            tried, packages = answerers({one.kind for one in items})
            from greenroom.judge import needs

            result = verify(
                items,
                tried,
                root=root,
                packages=packages,
                lacking=needs.lacking,
                jobs=jobs,
                times=times,
                on_check=on_check,
            )
    if as_json:
        emit(result.as_json())
    else:
        _print_verification(result)
    if not result.green:
        raise typer.Exit(1)


def _select(root: Path, slugs: list[str], topic: Topic | None) -> list[Item]:
    """The items asked for. One named item is read alone, so that a broken neighbour does not stand in its way."""
    if slugs:
        folders = [next(iter(root.glob(f"items/*/{slug}")), None) if _is_slug(slug) else None for slug in slugs]
        for slug, folder in zip(slugs, folders, strict=True):
            if folder is None:
                raise NotFoundError(f"there is no item {slug!r} in {root}", mend="`greenroom bank list` names them")
        return [load_item(folder, root=root) for folder in folders if folder is not None]
    return [one for one in load_pack(root).items if topic is None or one.topic is topic]


def answerers(kinds: set[Kind]) -> tuple[dict[Kind, Answerer], PackageJudge | None]:
    """The real judge and the real grader, as the verifier wants them; only what *kinds* need is loaded."""
    made: dict[Kind, Answerer] = {}
    packages: PackageJudge | None = None
    if Kind.concept in kinds or Kind.design in kinds:
        from greenroom.grading.service import Grader
        from greenroom.interview.designs import answered

        grader = Grader()
        made[Kind.concept] = lambda item, answer: Outcome(findings=tuple(grader.grade(item, answer)))
        made[Kind.design] = lambda item, answer: answered(item, answer, grader).outcome
    if any(kind.is_judged for kind in kinds):
        from greenroom.judge.faults import JudgeFaultError
        from greenroom.judge.problems.proving import Proving
        from greenroom.judge.service import Judge
        from greenroom.platform.settings import load_settings

        judge = Judge(spares=load_settings().spares)
        packages = Proving(judge)

        def run(item: Item, source: str) -> Outcome:
            with contextlib.suppress(JudgeFaultError):  # the run says so
                judge.prepare(item)
            result = judge.run(item, source, brief=True)
            return Outcome(findings=result.findings, verdict=result.verdict.value, message=result.message)

        made |= {kind: run for kind in kinds if kind.is_judged}
    return made, packages


def _print_verification(result: Verification) -> None:
    for problem in result.problems:
        console.print(f"✗ {problem}", markup=False, soft_wrap=True)
    for check in result.disagreements:
        console.print(f"✗ {check.item} {check.path}", markup=False)
        console.print(f"    expected {check.expected}", markup=False, soft_wrap=True)
        console.print(f"    actual   {check.actual}", markup=False, soft_wrap=True)
    for one in result.skipped:
        console.print(f"! {one['item']} {one['path']} was left out: {one['reason']}", markup=False, soft_wrap=True)
    agree, total = sum(check.agrees for check in result.checks), len(result.checks)
    mark = "✓" if result.green else "✗"
    console.print(f"{mark} {agree} of {total} answers got what was declared; {len(result.problems)} problems")
