"""`greenroom judge …`: run one file as an answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greenroom.bank.models import Item, Kind
from greenroom.cli.answers import find_item, read_answer, read_project
from greenroom.cli.output import Json, console, emit
from greenroom.kernel.errors import InputError

if TYPE_CHECKING:
    from greenroom.judge.languages import Name

app = typer.Typer(help="Run a file as the answer to a code item, or a project as that to a lab.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Run a file as the answer to a code item, or a project as that to a lab."""


@app.command(epilog="Example: greenroom judge run --item pair-with-sum solution.py --json")
def run(
    file: Annotated[
        Path, typer.Argument(help="The candidate's source (`-`: standard input), or the folder of a project.")
    ],
    item: Annotated[str, typer.Option(help="The item's slug.")],
    pack: Annotated[Path | None, typer.Option(help="The pack's folder.")] = None,
    language: Annotated[str | None, typer.Option(help="The source's language; by its suffix when not said.")] = None,
    visible: Annotated[bool, typer.Option("--visible", help="Only the visible cases, without findings.")] = False,
    as_json: Json = False,
) -> None:
    """Run FILE behind the sandbox; print verdict, tier, findings, CPU and wall time, peak memory.

    Exit 0 when accepted, 1 when not.
    """
    from greenroom.cli.lines import case_line, finding_lines, run_line
    from greenroom.judge.service import Judge

    asked = find_item(item, pack)
    if asked.kind is Kind.concept:
        raise InputError(f"{item!r} is answered in words", mend=f"use `greenroom grade --item {item} FILE`")
    name = _language(asked, file, language)
    answer = read_project(file, asked) if asked.kind.is_lab else read_answer(file)
    judge = Judge()  # for one run alone: in the mode `exec`, whatever the settings say
    try:
        result = judge.run(asked, answer, language=name, visible_only=visible)
    finally:
        judge.close()
    if as_json:
        emit(result.model_dump(mode="json"))
    else:
        for case in result.cases:
            console.print(case_line(case), markup=False, soft_wrap=True)
        console.print(run_line(result), markup=False)
        for finding in result.findings:
            for line in finding_lines(finding, asked):
                console.print(f"  {line}", markup=False, soft_wrap=True)
        if result.message:
            console.print(result.message, markup=False)
    if result.verdict.value != "accepted":
        raise typer.Exit(1)


def _language(item: Item, file: Path, said: str | None) -> Name:
    """The language that was said, or the one that the file's suffix tells; Python for anything else."""
    from greenroom.judge.choosing import can_be_in
    from greenroom.judge.languages import TITLES, by_suffix

    if item.kind.is_lab:
        return "python"
    found = next((name for name in TITLES if name == said), None) if said else by_suffix(file.name) or "python"
    if found is None:
        raise InputError(f"{said!r} is not a language", mend=f"use one of: {', '.join(TITLES)}")
    assert item.head.code is not None
    if found != "python" and not can_be_in(found, item):
        raise InputError(f"{item.slug!r} cannot be answered in {TITLES[found]}", mend="write it in Python")
    return found
