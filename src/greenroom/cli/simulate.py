"""`greenroom simulate FILE`: run a design."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from greenroom.cli.answers import read_answer
from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import InputError

if TYPE_CHECKING:
    from greenroom.simulator.design.model import Design
    from greenroom.simulator.runs.running import Progress


def simulate(
    file: Annotated[Path | None, typer.Argument(help="The design, a YAML file (`-`: standard input).")] = None,
    as_json: Json = False,
    seconds: Annotated[float | None, typer.Option(help="Simulated seconds.", min=2, max=3600)] = None,
    seed: Annotated[int, typer.Option(help="The first of five seeds.", min=0, max=2**31)] = 1,
    prices: Annotated[bool, typer.Option("--prices", help="Print the price table and its date.")] = False,
    kinds: Annotated[
        bool, typer.Option("--kinds", help="Print the kinds of nodes, their fields and defaults.")
    ] = False,
) -> None:
    """Run the design in FILE over five seeds: latency, load, faults, cost, and a verdict for each limit of its SLO.

    Exit 0 when every limit is met, 1 when one is missed or marginal.
    """
    if prices:
        _print_prices(as_json)
        return
    if kinds:
        _print_kinds(as_json)
        return
    if file is None:
        raise InputError("no design is named", mend="give a file: `greenroom simulate design.yaml`")
    design = _design(file)
    from greenroom.simulator import jit
    from greenroom.simulator.runs.lines import lines
    from greenroom.simulator.runs.outcomes import measured
    from greenroom.simulator.runs.running import affordable_seconds, simulated
    from greenroom.simulator.runs.telling import told
    from greenroom.simulator.scoring import findings

    span = seconds or affordable_seconds(design)
    if not jit.COMPILED:
        log.print(f"numba is not installed: {span:g} s are interpreted. `pip install 'greenroom[simulator]'` for all.")
    try:
        with _Bar() as bar:
            outcome = measured(simulated(design, span, seed, progress=bar))
    except KeyboardInterrupt:
        log.print("stopped: nothing was written")
        raise typer.Exit(130) from None
    found = findings(outcome)
    if as_json:
        emit(told(outcome, found))
    else:
        for line in lines(outcome):
            console.print(line, markup=False, soft_wrap=True)
    if any(one.verdict != "met" for one in outcome.slo):
        raise typer.Exit(1)


def _design(file: Path) -> Design:
    from greenroom.simulator.design.reading import read
    from greenroom.simulator.runs.references import check_names

    text = read_answer(file)
    shown = "standard input" if str(file) == "-" else str(file)
    design = read(text, shown)
    check_names(design, shown)
    return design


def _print_prices(as_json: bool) -> None:
    from greenroom.simulator.design.prices import DATED, table

    if as_json:
        emit({"dated": DATED, "prices": table()})
        return
    console.print(f"Prices of {DATED}, USD a month for one copy", markup=False)
    for row in table():
        more = f" + {row['usd_per_core']:g} for each core or worker" if row["usd_per_core"] else ""
        asked = f" + {row['usd_per_million']:g} for a million requests" if row["usd_per_million"] else ""
        console.print(f"  {row['kind']:16} {row['usd_month']:>6g}{more}{asked}", markup=False, soft_wrap=True)


def _print_kinds(as_json: bool) -> None:
    from greenroom.simulator.design.describing import field_text, kinds

    if as_json:
        emit(kinds())
        return
    for kind in kinds():
        console.print(f"{kind['kind']}: {kind['says']}", markup=False, soft_wrap=True)
        for field in kind["fields"]:
            words = field_text(field).replace("`", "").replace("**", "")
            console.print(f"  {words:44} {field['says']}", markup=False, soft_wrap=True)


class _Bar:
    """Progress on stderr, where that is a terminal."""

    def __enter__(self) -> Progress:
        from rich.progress import Progress as Shown

        self.shown = Shown(console=log, transient=True, disable=not log.is_terminal)
        self.shown.start()
        task = self.shown.add_task("simulating", total=1.0)

        def told(part: float) -> bool:
            self.shown.update(task, completed=part)
            return True

        return told

    def __exit__(self, *_: object) -> None:
        self.shown.stop()
