"""`greenroom bank kattis` and `bank import-kattis`: problem packages of Kattis and the ICPC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from greenroom.bank.source import PackError, Problem
from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import ConflictError

if TYPE_CHECKING:
    from greenroom.bank.kattis.importing import Imported
    from greenroom.bank.kattis.package import Package

app = typer.Typer()


@app.command("kattis", epilog="Example: greenroom bank kattis ~/problems/hello --json")
def kattis(
    folder: Annotated[Path, typer.Argument(help="A Kattis or ICPC problem package, or a folder with many below it.")],
    as_json: Json = False,
) -> None:
    """Say what problem packages hold, and what in them could not be used; nothing is run or written.

    Exit 1 when a package cannot be read.
    """
    from greenroom.bank.kattis.reading import find_packages, read_package

    rows, broken = [], []
    for one in find_packages(folder):
        try:
            rows.append(_kattis_row(read_package(one)))
        except PackError as error:
            broken += error.problems
    if as_json:
        emit({"packages": rows, "problems": [problem.as_json() for problem in broken]})
    else:
        for row in rows:
            _print_kattis(row)
        for problem in broken:
            console.print(f"✗ {problem}", markup=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)


def _kattis_row(package: Package) -> dict[str, Any]:
    kinds = {
        "scoring": package.scoring,
        "interactive": package.interactive,
        "multi-pass": package.multi_pass,
        "submit-answer": package.submit_answer,
    }
    return {
        "short_name": package.short_name,
        "title": package.title,
        "format": package.format,
        "type": [name for name, holds in kinds.items() if holds] or ["pass-fail"],
        "time_limit_s": package.limits.time_limit,
        "memory_mb": package.limits.memory,
        "cases": sum(1 for _ in package.data.all_cases()),
        "output_validators": [program.name for program in package.output_validators],
        "submissions": [
            {"name": one.name, "language": one.language, "verdicts": sorted(verdict.value for verdict in one.verdicts)}
            for one in package.submissions
        ],
        "unsupported": [problem.as_json() for problem in package.unsupported],
    }


def _print_kattis(row: dict[str, Any]) -> None:
    limit = f"{row['time_limit_s']:g} s" if row["time_limit_s"] is not None else "a time limit to be inferred"
    sorts = ", ".join(row["type"])
    console.print(f"{row['short_name']}: {row['title']} ({row['format']}; {sorts}; {limit})", markup=False)
    judged = ", ".join(row["output_validators"]) or "the default comparison"
    console.print(f"  {row['cases']} cases, judged by {judged}", markup=False)
    for one in row["submissions"]:
        console.print(f"  {one['name']} ({one['language'] or 'unknown'}): {' | '.join(one['verdicts'])}", markup=False)
    for problem in row["unsupported"]:
        where = problem["file"]
        console.print(f"  ! {where}: {problem['message']}", markup=False, soft_wrap=True)


@app.command("import-kattis", epilog="Example: greenroom bank import-kattis ~/problems --out packs/contest")
def import_kattis(
    folder: Annotated[Path, typer.Argument(help="A Kattis or ICPC problem package, or a folder with many below it.")],
    out: Annotated[
        Path | None, typer.Option(help="The pack to write or to add to; `<FOLDER's name>-pack` here by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Turn problem packages, legacy or 2025-09, into the items of a pack; then `bank verify PACK` proves them.

    A package keeps its files, submissions and validators. Where it states no time limit, its accepted submissions are
    run to find one. What is not used of it is named. Exit 1 when a package could not be imported.
    """
    from greenroom.bank.kattis import importing
    from greenroom.bank.kattis.reading import find_packages, read_package
    from greenroom.judge.problems.packages import cannot_be_run

    pack = (out or Path(f"{folder.resolve().name}-pack")).resolve()
    packages: list[Package] = []
    problems: list[Problem] = []
    for one in find_packages(folder):
        try:
            package = read_package(one)
        except PackError as error:
            problems += error.problems
            continue
        reason = cannot_be_run(package)
        if reason is None:
            packages.append(package)
        else:
            problems.append(Problem(str(one), f"is not imported: {reason}", "leave it out"))
    if not packages and not problems:
        problems.append(Problem(str(folder), "holds no problem package", "name a folder that has a problem.yaml"))
    rows: list[dict[str, Any]] = []
    slugs = importing.slugs(packages)
    if dry_run:
        rows = [
            _planned(importing.item_folder(pack, slug), slug, one) for slug, one in zip(slugs, packages, strict=True)
        ]
    elif packages:
        rows, failed = _import(pack, slugs, packages)
        problems += failed
    _report(pack, rows, problems, dry_run=dry_run, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _import(
    pack: Path, slugs: Sequence[str], packages: Sequence[Package]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    from greenroom.bank.kattis import importing
    from greenroom.judge.service import Judge

    rows, problems = [], []
    for path, text in importing.pack_files(pack, packages).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
    judge = Judge(spares=1)
    try:
        with Progress(console=log, transient=True, disable=not log.is_terminal) as progress:
            bar = progress.add_task("importing", total=len(packages))
            for slug, package in zip(slugs, packages, strict=True):
                progress.update(bar, advance=1, description=slug[:60])
                try:
                    imported = importing.write_item(pack, slug, package)
                    rows.append(_row_of(imported, *_timed(judge, pack, imported)))
                except PackError as error:
                    problems += error.problems
                except ConflictError as error:
                    problems.append(Problem(str(package.folder), error.message, error.mend))
    finally:
        judge.close()
    return rows, problems


def _timed(judge: Any, pack: Path, imported: Imported) -> tuple[float, str, list[Problem]]:
    """(the time limit in seconds, where it is from, what is to be said of it). It is written into the item."""
    from greenroom.bank.kattis import importing, timing
    from greenroom.bank.loader import load_item
    from greenroom.judge.problems.proving import Proving

    package = imported.package
    if package.limits.time_limit is not None:
        stated = package.limits.time_limit
        over = Problem(imported.slug, f"its time limit of {stated:g} s is held to {timing.MOST:g} s")
        return min(stated, timing.MOST), "stated by the package", [over] if stated > timing.MOST else []
    item = load_item(imported.folder, root=pack)
    wide = item.head.limits.model_copy(update={"cpu_s": timing.MOST, "wall_s": 2 * timing.MOST})
    generous = item.model_copy(update={"head": item.head.model_copy(update={"limits": wide})})
    proving = Proving(judge)
    times, complete = proving.times(generous, package, lambda one: log.print(f"  timing {one.name}", markup=False))
    inferred = timing.infer(package.limits, times)
    importing.set_time_limit(imported.folder, inferred.seconds)
    if inferred.slowest is None:
        note = Problem(
            imported.slug,
            f"no accepted submission could be timed here; the time limit is {inferred.seconds:g} s",
            "set `limits.cpu_s` in its item.yaml",
        )
        return inferred.seconds, "a guess", [note]
    how = f"{package.limits.time_multiplier:g} times the {inferred.took_s:.3f} s of {inferred.slowest}"
    partly = Problem(imported.slug, "not every accepted submission could be timed here", "see `greenroom doctor`")
    return inferred.seconds, how, [] if complete else [partly]


def _planned(folder: Path, slug: str, package: Package) -> dict[str, Any]:
    limit = package.limits.time_limit
    return {
        "slug": slug,
        "folder": str(folder),
        "replaces": folder.exists(),
        "time_limit_s": limit,
        "time_limit_from": "stated by the package" if limit is not None else "to be inferred",
        "submissions": len(package.submissions),
        "unsupported": [problem.as_json() for problem in package.unsupported],
    }


def _row_of(imported: Imported, seconds: float, how: str, notes: list[Problem]) -> dict[str, Any]:
    row = _planned(imported.folder, imported.slug, imported.package)
    unsupported = [problem.as_json() for problem in (*imported.notes, *notes)]
    row.pop("replaces")
    return row | {"time_limit_s": seconds, "time_limit_from": how, "unsupported": unsupported}


def _report(pack: Path, rows: list[dict[str, Any]], problems: list[Problem], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        found = [problem.as_json() for problem in problems]
        emit({"pack": str(pack), "dry_run": dry_run, "items": rows, "problems": found})
        return
    for row in rows:
        limit = f"{row['time_limit_s']:g} s, " if row["time_limit_s"] is not None else ""
        mark = "→" if dry_run else "✓"
        console.print(f"{mark} {row['slug']}: time limit {limit}{row['time_limit_from']}", markup=False, soft_wrap=True)
        for one in row["unsupported"]:
            console.print(f"  ! {one['file']}: {one['message']}", markup=False, soft_wrap=True)
    for problem in problems:
        console.print(f"✗ {problem}", markup=False, soft_wrap=True)
    verb = "would be written to" if dry_run else "are in"
    console.print(f"{len(rows)} items {verb} {pack}", markup=False, soft_wrap=True)
    if rows and not dry_run:
        console.print(f"Prove them: greenroom bank verify {pack}", markup=False, soft_wrap=True)
