"""`greenroom grade`: read one file as an answer in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from greenroom.bank.findings import share
from greenroom.bank.models import Kind
from greenroom.cli.answers import find_item, read_answer
from greenroom.cli.output import Json, console, emit
from greenroom.kernel.errors import InputError


def grade(
    file: Annotated[Path, typer.Argument(help="The answer's text; `-` reads standard input.")],
    item: Annotated[str, typer.Option(help="The item's slug.")],
    pack: Annotated[Path | None, typer.Option(help="The pack's folder.")] = None,
    as_json: Json = False,
) -> None:
    """Read FILE against the item's rubric: a finding a point, with the words that earned it.

    With GREENROOM_LLM_URL set, the language model there reads it too.

    Example: greenroom grade --item why-stateless answer.md --json
    """
    from greenroom.cli.lines import finding_lines
    from greenroom.grading.language_model.reader import open_language_model
    from greenroom.grading.service import Grader
    from greenroom.platform.settings import load_settings

    asked = find_item(item, pack)
    if asked.kind is not Kind.concept:
        raise InputError(f"{item!r} is answered with code", mend=f"use `greenroom judge run --item {item} FILE`")
    grader = Grader(second=open_language_model(load_settings()))
    findings = grader.grade(asked, read_answer(file))
    if as_json:
        rows = [finding.model_dump(mode="json") for finding in findings]
        emit({"findings": rows, "grader": {"version": grader.version, "encoder": grader.encoder}})
        return
    for finding in findings:
        for line in finding_lines(finding, asked):
            console.print(line, markup=False, soft_wrap=True)
    console.print(
        f"{share(findings):.0%} of the points; grader {grader.version}, encoder {grader.encoder}", markup=False
    )
