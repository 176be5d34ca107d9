"""`greenroom grader health`, `report`, `score`, `predictions` and `cycle`; and what every such command opens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import EnvironmentFault, InputError

if TYPE_CHECKING:
    from greenroom.grading.assembly import Lifecycle

app = typer.Typer()
Done = TypeVar("Done")


def with_lifecycle(work: Callable[[Lifecycle, datetime], Awaitable[Done]], *, items: bool = False) -> Done:
    """Do *work* with the parts of the life cycle; with *items* they know the packs, and can train and try."""
    from greenroom.grading.assembly import open_lifecycle
    from greenroom.grading.service import Grader
    from greenroom.interview.catalogue import load_catalogue
    from greenroom.interview.training import Training
    from greenroom.kernel.clock import SystemClock
    from greenroom.platform.database import Database
    from greenroom.platform.migrations import migrate
    from greenroom.platform.settings import load_settings, prepare_data_dir

    settings = load_settings()
    prepare_data_dir(settings)

    async def run() -> Done:
        migrate(settings.database)
        known = load_catalogue(settings.packs).items if items else ()
        async with AsyncExitStack() as stack:
            database, clock = Database(settings.database, readers=1), SystemClock()
            stack.push_async_callback(database.close)
            personal = Training(database, timedelta(days=settings.retrain_days)).rows
            parts = open_lifecycle(settings, database, clock, Grader(), known, personal)
            stack.push_async_callback(parts.desk.close)
            return await work(parts, clock.now())

    return asyncio.run(run())


async def named_snapshot(parts: Lifecycle, name: str) -> str:
    """The id of a snapshot that somebody names, `last` for the newest. Raises InputError when there is none."""
    wanted = name if name != "last" else await parts.snapshots.newest()
    if wanted is None:
        raise InputError("there is no snapshot", mend="make one: `greenroom grader ingest`")
    return wanted


@app.command("health", epilog="Example: greenroom grader health --json")
def health(as_json: Json = False) -> None:
    """Say who answers, whether that model can be loaded, and how the watch over it stands; nothing is taken in.

    Exit 1 when the model that should answer cannot be loaded.
    """

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        serving = await parts.desk.models.refresh()
        watched = await parts.monitor.stands(serving.champion.version, now)
        status = {"status": "degraded" if serving.trouble else "ok", "trouble": serving.trouble}
        challenger = serving.challenger.version if serving.challenger is not None else None
        return status | {"model": serving.champion.version, "challenger": challenger, "watch": watched.as_json()}

    told = with_lifecycle(work)
    if as_json:
        emit(told)
    else:
        console.print(f"{told['status']}{': ' if told['trouble'] else ''}{told['trouble']}", markup=False)
        print_watch(told["watch"])
    if told["trouble"]:
        raise typer.Exit(1)


@app.command("report", epilog="Example: greenroom grader report claims-20260302-090000")
def report(
    version: Annotated[str, typer.Argument(help="A model's version, as `greenroom grader models` lists it.")],
    as_json: Json = False,
) -> None:
    """Show what a model showed when it was trained: figures, curves with their verdict, and where it comes from."""

    async def work(parts: Lifecycle, _now: datetime) -> dict[str, Any]:
        return (await parts.registry.get(version)).as_json()

    told = with_lifecycle(work)
    if as_json:
        emit(told)
        return
    print_trained(told)


@app.command("score", epilog="Example: greenroom grader score the-slow-lookup answer.txt")
def score(
    item: Annotated[str, typer.Argument(help="The item's slug.")],
    file: Annotated[Path, typer.Argument(help="The text to read.")],
    as_json: Json = False,
) -> None:
    """Have the model that answers read a text, as `/api/v1/grader/score` does; nothing is stored."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentFault(f"{file} cannot be read: {error}", mend="give a text in UTF-8") from None

    async def work(parts: Lifecycle, _now: datetime) -> dict[str, Any]:
        found = next((one for one in parts.trainer.items if one.slug == item), None)
        points = [point for point in found.head.rubric if point.claim] if found is not None else []
        if found is None or not points:
            raise InputError(f"there is no item {item} that is answered in words", mend="see `greenroom bank list`")
        await parts.desk.models.refresh()
        reading = await parts.desk.score(found, points, text)
        scores = [
            {"point": point.id, "state": one.state.value, "score": one.score, "confidence": one.confidence}
            for point, one in zip(points, reading.scores, strict=True)
        ]
        return {"item": item, "model": reading.version, "scores": scores}

    told = with_lifecycle(work, items=True)
    if as_json:
        emit(told)
        return
    console.print(f"read by {told['model']}", markup=False)
    for one in told["scores"]:
        console.print(f"{one['point']:32} {one['state']:12} {one['confidence']:.2f}", markup=False)


@app.command("predictions", epilog="Example: greenroom grader predictions --last 20 --json")
def predictions(
    last: Annotated[int, typer.Option(min=1, max=1000, help="How many points.")] = 20,
    after: Annotated[str | None, typer.Option(help="Those that are older than the row of this id.")] = None,
    as_json: Json = False,
) -> None:
    """List what was said of points last: version, snapshot, state, latency, shadow, and what people said later."""

    async def work(parts: Lifecycle, _now: datetime) -> list[dict[str, Any]]:
        return await parts.desk.last(last, after)

    told = with_lifecycle(work)
    if as_json:
        emit({"predictions": told})
        return
    for one in told:
        people = ", ".join(f"{name} {state}" for name, state in one["labels"].items()) or "–"
        said = f"{one['item']}/{one['point']} {one['state'] or 'failed'} by {one['version']}"
        console.print(f"{one['created_at']} {said}, people: {people}", markup=False)
    if not told:
        log.print("nothing was read yet")


@app.command("cycle", epilog="Example: greenroom grader cycle --json")
def cycle(as_json: Json = False) -> None:
    """Do one pass of the hourly job now, if no server does it: watch, roll back where it must, train where asked."""

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        await parts.desk.models.refresh()
        done = await parts.scheduler.run_once()
        watched = await parts.cycle.share(now)
        aliases = await parts.registry.aliases()
        return {"done": done, "watch": watched.as_json(), "aliases": aliases.__dict__}

    told = with_lifecycle(work, items=True)
    if as_json:
        emit(told)
        return
    console.print("done" if told["done"] else "not due: it was done within the hour, or a server does it", markup=False)
    print_watch(told["watch"])


def print_watch(told: dict[str, Any]) -> None:
    """How a watch stands, in words."""
    reference = (
        f"e = {told['score_e']:.3g}" if told["has_reference"] else f"{told['score_rows']} of 2,000 for a reference"
    )
    console.print(f"model    {told['version']}", markup=False)
    console.print(f"scores   {reference}{', drifted' if told['score_alarm'] else ''}", markup=False)
    console.print(f"texts    {told['text_rows']} places, e = {told['text_e']:.3g}", markup=False)
    look = told["look"]
    if look["score_psi"] is not None:
        said = f"{look['score_psi']:.4f} (chance alone, once in a hundred looks: {look['score_psi_threshold']:.4f})"
        console.print(f"PSI      {said}", markup=False)
    if look["text_mmd_p"] is not None:
        console.print(f"MMD      p = {look['text_mmd_p']:.3f}", markup=False)
    console.print(f"audits   {told['audits']}, {told['errors']:.1f} wrong, e = {told['error_e']:.3g}", markup=False)
    console.print(f"audited from now on: {told['audit_rate']:.0%} of answers", markup=False)
    for name, value in told["figures"].items():
        console.print(f"{name:18} {value:.3f}", markup=False)


def print_trained(told: dict[str, Any]) -> None:
    """A model's figures and curves, in words."""
    console.print(f"{told['version']}: {told['kind']}, snapshot {told['snapshot'] or '–'}", markup=False)
    lock, commit = (told["lock_hash"] or "–")[:12], (told["git_commit"] or "–")[:18]
    console.print(f"seed {told['seed']}, lock file {lock}, commit {commit}", markup=False)
    figures = told["metrics"]
    if "curves" not in figures:
        console.print("It was registered as a file: it has no report.", markup=False)
        return
    console.print(f"{figures['examples']} examples of {figures['questions']} questions", markup=False)
    for name in ("accuracy", "macro_f1", "brier", "ece", "abstained"):
        one, others = figures["model"][name], [figures[other].get(name) for other in ("lexical", "majority")]
        beside = ", ".join(f"{other['value']:.3f}" for other in others if other and other["value"] is not None)
        interval = f"{one['low']:.3f} to {one['high']:.3f}" if one["low"] is not None else "–"
        told_of = f"{one['value']:.3f} ({interval})" + (f"; words alone, majority: {beside}" if beside else "")
        console.print(f"{name:12} {told_of}", markup=False)
    for sort, unit in (("learning", "examples"), ("validation", "C")):
        for place in figures["curves"][sort]:
            both = f"{place['train']:.3f} seen, {place['valid']:.3f} unseen"
            console.print(f"  {place['at']:>8g} {unit}: {both}", markup=False)
    console.print(f"{figures['curves']['verdict']}: {figures['curves']['said']}", markup=False, soft_wrap=True)
