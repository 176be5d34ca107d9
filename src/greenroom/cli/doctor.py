"""`greenroom doctor`: what was found on this machine, and what is missing."""

from __future__ import annotations

import typer

from greenroom.cli.output import Json, console, emit

_MARKS = {"ok": "✓", "weak": "!", "missing": "✗"}


def doctor(as_json: Json = False) -> None:
    """Say which sandbox tier, database, encoder and browser were found, and what is missing.

    Exit 1 when something that an interview needs is missing.
    Example: greenroom doctor --json
    """
    from greenroom.grading.service import Grader
    from greenroom.interview.checkup import check_up
    from greenroom.judge.service import Judge
    from greenroom.platform.settings import load_settings

    judge = Judge()
    try:
        facts = check_up(load_settings(), judge, Grader())
    finally:
        judge.close()
    if as_json:
        emit({"facts": [fact.as_json() for fact in facts], "ok": all(fact.state != "missing" for fact in facts)})
    else:
        for fact in facts:
            console.print(
                f"{_MARKS[fact.state]} {fact.state:8} {fact.name:12} {fact.found}", markup=False, soft_wrap=True
            )
            if fact.mend:
                console.print(f"{'':24}{fact.mend}", markup=False, soft_wrap=True)
    if any(fact.state == "missing" for fact in facts):
        raise typer.Exit(1)
