"""`greenroom grader`: what the grader learns from."""

from __future__ import annotations

import typer

from greenroom.cli import intake

app = typer.Typer(help="The grader: what it learns from.", no_args_is_help=True)
app.add_typer(intake.app)
