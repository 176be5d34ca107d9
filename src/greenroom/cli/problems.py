"""`greenroom bank kattis` and `bank import-kattis`: problem packages of Kattis and the ICPC."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from greenroom.bank.source import PackError, Problem
from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import ConflictError

if TYPE_CHECKING:
    from greenroom.bank.kattis import timing
    from greenroom.bank.kattis.archives import Archives, Place
    from greenroom.bank.kattis.importing import Imported
    from greenroom.bank.kattis.package import Package

app = typer.Typer()

# Accepted submissions are tried with so many times a stated limit, and at least so many seconds.
_TRIED, _LEAST_TRIED_S = 20, 30.0


@app.command("kattis", epilog="Example: greenroom bank kattis ~/problems/hello --json")
def kattis(
    folder: Annotated[
        Path,
        typer.Argument(help="A Kattis or ICPC problem package, a ZIP of one, or a folder with any number of them."),
    ],
    as_json: Json = False,
) -> None:
    """Say what problem packages hold, and what in them could not be used; nothing is run or written.

    Exit 1 when a package cannot be read.
    """
    from greenroom.bank.kattis.archives import Archives

    with Archives() as archives:
        packages, broken = _read(archives, folder)
        rows = [_kattis_row(package) for package in packages.values()]
    if as_json:
        emit({"packages": rows, "problems": [problem.as_json() for problem in broken]})
    else:
        for row in rows:
            _print_kattis(row)
        for problem in broken:
            console.print(f"✗ {problem}", markup=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)


def _read(archives: Archives, folder: Path) -> tuple[dict[Place, Package], list[Problem]]:
    """Every package in *folder*, and what could not be read; the one does not stop the others."""
    from greenroom.bank.kattis.reading import read_package

    packages, problems = {}, []
    places = archives.find(folder)
    for place in places:
        try:
            packages[place] = read_package(place.folder, within=place.within)
        except PackError as error:
            problems += [replace(one, file=f"{place.shown}: {one.file}") for one in error.problems]
        except (OSError, ValueError, RecursionError) as error:
            problems.append(Problem(place.shown, f"cannot be read: {error}", "look at its files"))
    return packages, [*archives.problems, *problems]


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
    folder: Annotated[
        Path,
        typer.Argument(help="A Kattis or ICPC problem package, a ZIP of one, or a folder with any number of them."),
    ],
    out: Annotated[
        Path | None, typer.Option(help="The pack to write or to add to; `<FOLDER's name>-pack` here by default.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Turn problem packages, legacy or 2025-09, into the items of a pack; then `bank verify PACK` proves them.

    A package keeps its files, submissions and validators. Its accepted submissions are run to find the time limit that
    it does not state, or to see that a stated one leaves them room on this host. What is not used of it is named.
    Exit 1 when a package could not be imported.
    """
    from greenroom.bank.kattis import importing
    from greenroom.bank.kattis.archives import Archives
    from greenroom.judge.problems.packages import cannot_be_run

    name = folder.resolve()
    pack = (out or Path(f"{name.stem if name.is_file() else name.name}-pack")).resolve()
    rows: list[dict[str, Any]] = []
    with Archives() as archives:
        packages, problems = _read(archives, folder)
        for place, package in list(packages.items()):
            reason = cannot_be_run(package)
            if reason is not None:
                del packages[place]
                problems.append(Problem(place.shown, f"is not imported: {reason}", "leave it out"))
        if not packages and not problems:
            problems.append(Problem(str(folder), "holds no problem package", "name a folder that has a problem.yaml"))
        slugs = importing.slugs(list(packages.values()))
        if dry_run:
            planned = zip(slugs, packages.values(), strict=True)
            rows = [_planned(importing.item_folder(pack, slug), slug, one) for slug, one in planned]
        elif packages:
            rows, failed = _import(pack, slugs, packages)
            problems += failed
    _report(pack, rows, problems, dry_run=dry_run, as_json=as_json)
    if problems:
        raise typer.Exit(1)


def _import(
    pack: Path, slugs: Sequence[str], packages: Mapping[Place, Package]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    from greenroom.bank.kattis import importing
    from greenroom.judge.service import Judge

    rows, problems = [], []
    for path, text in importing.pack_files(pack, list(packages.values())).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text, encoding="utf-8")
    taken = importing.taken_uuids(pack)
    judge = Judge(spares=1)
    try:
        with Progress(console=log, transient=True, disable=not log.is_terminal) as progress:
            bar = progress.add_task("importing", total=len(packages))
            for slug, (place, package) in zip(slugs, packages.items(), strict=True):
                progress.update(bar, advance=1, description=slug[:60])
                try:
                    imported = importing.write_item(pack, slug, package, place.within, taken)
                    rows.append(_row_of(imported, *_timed(judge, pack, imported)))
                except ConflictError as error:
                    problems.append(Problem(place.shown, error.message, error.mend))
                except PackError as error:
                    shutil.rmtree(importing.item_folder(pack, slug), ignore_errors=True)  # else no other one is loaded
                    problems += [replace(one, file=f"{place.shown}: {one.file}") for one in error.problems]
                except (OSError, ValueError, RecursionError) as error:
                    shutil.rmtree(importing.item_folder(pack, slug), ignore_errors=True)
                    problems.append(Problem(place.shown, f"cannot be imported: {error}", "look at its files"))
    finally:
        judge.close()
    return rows, problems


def _timed(judge: Any, pack: Path, imported: Imported) -> tuple[timing.Found, list[Problem]]:
    """(the time limits, what is to be said of them). They are written into the item."""
    from greenroom.bank.kattis import importing, timing
    from greenroom.bank.loader import load_item
    from greenroom.judge.problems.packages import unrun_programs
    from greenroom.judge.problems.proving import Proving

    package = imported.package
    stated = package.limits.time_limit
    notes = unrun_programs(package)
    item = load_item(imported.folder, root=pack)
    most = timing.MOST if stated is None else min(timing.MOST, max(_LEAST_TRIED_S, _TRIED * stated))
    wide = item.head.limits.model_copy(update={"cpu_s": most, "wall_s": timing.wall_limit(most)})
    generous = item.model_copy(update={"head": item.head.model_copy(update={"limits": wide})})
    proving = Proving(judge)
    times, without = proving.times(generous, package, lambda one: log.print(f"  timing {one.name}", markup=False))
    found = timing.find(package.limits, times)
    importing.set_time_limit(imported.folder, found.seconds, found.python_s)
    if stated is not None and stated > timing.MOST:
        notes.append(Problem(imported.slug, f"its time limit of {stated:g} s is held to {timing.MOST:g} s"))
    if not times and stated is None:
        mend = "set `limits.cpu_s` in its item.yaml"
        told = f"no accepted submission could be timed here; the time limit is {found.seconds:g} s"
        notes.append(Problem(imported.slug, told, mend))
    elif without:
        told = f"{len(without)} submissions could not be timed here: {', '.join(without[:5])}"
        notes.append(Problem(imported.slug, told, "see `greenroom doctor`"))
    if found.python_s is not None:
        notes.append(Problem(imported.slug, f"Python has a time limit of {found.python_s:g} s: {found.python_how}"))
    return found, notes


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


def _row_of(imported: Imported, found: timing.Found, notes: list[Problem]) -> dict[str, Any]:
    row = _planned(imported.folder, imported.slug, imported.package)
    unsupported = [problem.as_json() for problem in (*imported.notes, *notes)]
    row.pop("replaces")
    limits = {"time_limit_s": found.seconds, "time_limit_from": found.how, "python_time_limit_s": found.python_s}
    return row | limits | {"unsupported": unsupported}


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
