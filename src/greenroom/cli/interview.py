"""`greenroom interview`: a whole interview in the terminal, or one played from files."""

from __future__ import annotations

import asyncio
import random
import tempfile
from pathlib import Path
from typing import Annotated, Literal

import typer

from greenroom.bank.models import Topic
from greenroom.cli.output import Json, emit
from greenroom.kernel.errors import InputError


def interview(
    topics: Annotated[str | None, typer.Option(help="Comma-separated topics; all eight by default.")] = None,
    minutes: Annotated[int, typer.Option(min=5, max=180, help="How long the interview takes.")] = 60,
    level: Annotated[
        Literal["easy", "medium", "hard", "mixed"], typer.Option(help="How hard the questions are.")
    ] = "mixed",
    seed: Annotated[int | None, typer.Option(help="The same seed asks the same questions.")] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Play a folder of answers, a file per item slug, instead of asking.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take an interview in the terminal, with the same questions, judge and report as on the pages.

    With --answers DIR: DIR holds `<item slug>.md` or `.py` files and, optionally,
    `<item slug>.follow-up.<point>.md`; the interview asks exactly these items.

    Example: greenroom interview --topics jwt,dsa --minutes 30
    """
    from greenroom.cli import seats
    from greenroom.interview import report as reports

    chosen = _topics(topics)
    if answers is not None:
        with tempfile.TemporaryDirectory(prefix="greenroom-") as folder:
            report = asyncio.run(seats.play(answers, Path(folder)))
    else:
        request = seats.Request(
            chosen, minutes, level, random.SystemRandom().randrange(2**31) if seed is None else seed
        )
        report = asyncio.run(seats.ask(request))
    if as_json:
        emit(reports.as_json(report))
    else:
        seats.print_report(report)


def _topics(text: str | None) -> tuple[Topic, ...]:
    if not text:
        return tuple(Topic)
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Topic)]
    if unknown:
        raise InputError(f"unknown topic {unknown[0]!r}", mend=f"choose from {', '.join(Topic)}")
    return tuple(Topic(name) for name in names)
