"""`greenroom grader rubric`: an item's marked answers beside what the grader finds in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greenroom.bank.models import Kind
from greenroom.cli.answers import find_item
from greenroom.cli.output import Json, console, emit
from greenroom.kernel.errors import InputError

if TYPE_CHECKING:
    from greenroom.grading.rubrics import PointReview

app = typer.Typer()
_WORDS = {"missed": "✗ missed", "false": "✗ false", "otherwise": "~ otherwise", "agrees": "✓ agrees"}


@app.command()
def rubric(
    item: Annotated[str, typer.Argument(help="The item's slug.")],
    pack: Annotated[Path | None, typer.Option(help="The pack's folder.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Print what agrees, too.")] = False,
    as_json: Json = False,
) -> None:
    """Hold a rubric against the item's declared answers: missed points and false ones first.

    Exit 1 when a finding is not as declared.

    Example: greenroom grader rubric why-stateless --json
    """
    from greenroom.grading.rubrics import declared, review
    from greenroom.grading.service import Grader

    asked = find_item(item, pack)
    if asked.kind is not Kind.concept:
        raise InputError(f"{item!r} is not answered in words", mend="name a concept item; `greenroom bank list`")
    grader = Grader()
    made = review(asked, declared(asked), grader.read)
    if as_json:
        emit({**made.as_json(), "grader": {"version": grader.version, "encoder": grader.encoder}})
    else:
        for point in made.points:
            _print(point, every=every)
        console.print(f"{made.answers} answers; grader {grader.version}, encoder {grader.encoder}", markup=False)
    if any(sum(one.counts.values()) > one.counts["agrees"] for one in made.points):
        raise typer.Exit(1)


def _print(point: PointReview, *, every: bool) -> None:
    shares = f"precision {_share(point.precision)}, recall {_share(point.recall)}"
    counts = ", ".join(f"{count} {name}" for name, count in point.counts.items())
    console.print(f"{point.title} ({point.point}): {shares}; {counts}", markup=False, soft_wrap=True)
    for row in point.rows:
        if every or row.verdict != "agrees":
            told = f"expected {row.expected}, found {row.found} ({row.confidence:.2f})"
            console.print(f"  {_WORDS[row.verdict]}  {row.place}: {told}", markup=False, soft_wrap=True)
            console.print(f"      “{row.sentence}” beside “{row.nearest}”", markup=False, soft_wrap=True)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
