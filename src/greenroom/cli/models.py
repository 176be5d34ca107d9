"""`greenroom grader models`, `register`, `trial`, `promote`, `rollback`, `monitor`, `audits`, `label` and `prune`."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from greenroom.cli.lifecycle import named_snapshot, print_watch, with_lifecycle
from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import InputError

if TYPE_CHECKING:
    from greenroom.grading.assembly import Lifecycle
    from greenroom.grading.registry.rules import Verdict
    from greenroom.grading.registry.service import Origin
    from greenroom.grading.serving.labels import Source

app = typer.Typer()
Version = Annotated[str, typer.Argument(help="A model's version, as `greenroom grader models` lists it.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this it is only said what would be done.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


@app.command("models", epilog="Example: greenroom grader models --json")
def models(as_json: Json = False) -> None:
    """List the models, which one answers, which one reads beside it, and which one answered before."""

    async def work(parts: Lifecycle, _now: datetime) -> dict[str, Any]:
        aliases = await parts.registry.aliases()
        found = await parts.registry.every()
        shipped = parts.desk.models.shipped.version
        return {
            "shipped": shipped,
            "aliases": aliases.__dict__ | {"champion": aliases.champion or shipped},
            "models": [one.as_json() for one in found],
            "moves": await parts.registry.history(20),
        }

    told = with_lifecycle(work)
    if as_json:
        emit(told)
        return
    for name, version in told["aliases"].items():
        console.print(f"{name:10} {version or '–'}", markup=False)
    for one in told["models"]:
        console.print(f"{one['version']:24} {one['kind']:8} {one['created_at']}  snapshot {one['snapshot'] or '–'}")


@app.command("register", epilog="Example: greenroom grader register model.json --version 2026-03-02 --challenger")
def register(
    file: Annotated[Path, typer.Argument(help="The model's file.")],
    version: Annotated[str, typer.Option(help="What it is called from now on.")],
    kind: Annotated[str, typer.Option(help="What sort of model it is.")] = "linear",
    challenger: Annotated[bool, typer.Option("--challenger", help="Let it read beside the champion.")] = False,
    snapshot: Annotated[str | None, typer.Option(help="The snapshot that it was trained on.")] = None,
    parent: Annotated[str | None, typer.Option(help="The model that it follows.")] = None,
    rubric: Annotated[str | None, typer.Option(help="The rubrics' version.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="The seed of its training.")] = None,
    lock_file: Annotated[Path | None, typer.Option(help="The lock file of its training; its SHA-256 is kept.")] = None,
    git_commit: Annotated[str | None, typer.Option(help="The commit of its training.")] = None,
    as_json: Json = False,
) -> None:
    """Store a model: its file is checked and read back before it is listed."""
    from greenroom.grading.registry.service import Origin

    content = _read(file)
    lock_hash = hashlib.sha256(_read(lock_file)).hexdigest() if lock_file is not None else None
    origin = Origin(snapshot, rubric, parent, seed, lock_hash, git_commit)
    told = with_lifecycle(lambda parts, now: _register(parts, version, kind, content, origin, challenger, now))
    if as_json:
        emit(told)
    else:
        console.print(f"{version} is registered{' and reads beside the champion' if challenger else ''}.", markup=False)


@app.command("trial", epilog="Example: greenroom grader trial 2026-03-02 --held-out held-out.jsonl")
def trial(
    version: Version,
    held_out: Annotated[
        Path | None, typer.Option(help="JSON lines: item, point, answer, state and, if known, group.")
    ] = None,
    snapshot: Annotated[
        str | None, typer.Option(help="The rows of this snapshot (or `last`) that are kept for trials.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Of the bootstrap and of the variants.")] = 0,
    as_json: Json = False,
) -> None:
    """Try a model on rows that neither it nor the champion was trained on; `promote` looks at the result."""
    from greenroom.grading.registry.trials import read_held_out

    if (held_out is None) == (snapshot is None):
        raise InputError("rows come from a file or from a snapshot", mend="give --held-out FILE or --snapshot ID")
    lines = _read(held_out).decode("utf-8", "replace").splitlines() if held_out is not None else []

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        items = {item.slug: item for item in parts.trainer.items}
        await parts.registry.get(version)
        wanted = await named_snapshot(parts, snapshot) if snapshot is not None else None
        rows = read_held_out(lines, items) if wanted is None else await parts.held_out(wanted)
        champion, comparison, suite = await parts.trial(version, rows, now, seed=seed)
        told = {"version": version, "champion": champion}
        return told | {"comparison": comparison.as_json(), "invariance": suite.as_json()}

    told = with_lifecycle(work, items=True)
    if as_json:
        emit(told)
        return
    found = told["comparison"]
    console.print(
        f"{version} against {told['champion']}: {found['rows']} rows, {found['clusters']} groups", markup=False
    )
    console.print(f"macro-F1 {found['difference']:+.4f}, lower bound {found['lower']:+.4f}", markup=False)
    for failure in told["invariance"]["failures"]:
        console.print(f"changed by {failure}", markup=False)


@app.command("promote", epilog="Example: greenroom grader promote 2026-03-02 --dry-run")
def promote(version: Version, dry_run: DryRun = False, yes: Yes = False, as_json: Json = False) -> None:
    """Say whether the challenger may follow the champion, condition by condition; with --yes, let it.

    Exit 1 when a condition is not met.
    """

    async def work(parts: Lifecycle, now: datetime) -> tuple[Verdict, str, bool]:
        verdict, aliases, champion = await parts.verdict(version)
        if verdict.promote and yes and not dry_run:
            await parts.registry.promote(
                version, verdict, now, champion=aliases.champion, by=None, reason="by the command line"
            )
            return verdict, champion, True
        return verdict, champion, False

    verdict, champion, done = with_lifecycle(work)
    checks = [one.__dict__ for one in verdict.checks]
    if as_json:
        emit({"version": version, "champion": champion, "promote": verdict.promote, "promoted": done, "checks": checks})
    else:
        for one in verdict.checks:
            console.print(f"{'✓ met' if one.met else '✗ not met':10} {one.name:18} {one.said}", markup=False)
        console.print(_told(version, champion, verdict.promote, done), markup=False)
    if not verdict.promote:
        raise typer.Exit(1)


@app.command("rollback", epilog='Example: greenroom grader rollback --reason "it is too strict"')
def rollback(
    reason: Annotated[str, typer.Option(help="Why; it is kept.")] = "", dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Let the model before answer again, at last the one that comes with Greenroom."""

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        aliases = await parts.registry.aliases()
        before, after = aliases.champion, aliases.previous
        if not dry_run:
            after = await parts.registry.roll_back(now, by=None, reason=reason or "by the command line")
        shipped = parts.desk.models.shipped.version
        return {"before": before or shipped, "after": after or shipped, "done": not dry_run}

    told = with_lifecycle(work)
    if as_json:
        emit(told)
    else:
        verb = "answers again" if told["done"] else "would answer again"
        console.print(f"{told['after']} {verb} in place of {told['before']}.", markup=False)


@app.command("monitor", epilog="Example: greenroom grader monitor --json")
def monitor(as_json: Json = False) -> None:
    """Look at what has come since the last look, and say how things stand with the model that answers."""

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        version = (await parts.desk.models.refresh()).champion.version
        watched = await parts.monitor.look(version, now)
        facts = await parts.cycle.facts(now)
        reasons = await parts.monitor.decide_retraining(watched, facts, now)
        return watched.as_json() | {"retraining": [{"code": one.code, "said": one.said} for one in reasons]}

    told = with_lifecycle(work, items=True)
    if as_json:
        emit(told)
        return
    print_watch(told)
    for reason in told["retraining"]:
        console.print(f"a new model is asked for: {reason['said']}", markup=False)


@app.command("audits", epilog="Example: greenroom grader audits --show")
def audits(
    show: Annotated[bool, typer.Option("--show", help="With the answers, which are the candidates' words.")] = False,
    as_json: Json = False,
) -> None:
    """List the points that were drawn for a person to read, without what the model said of them."""
    from greenroom.interview import queries

    async def work(parts: Lifecycle, _now: datetime) -> list[dict[str, str]]:
        found = await parts.desk.waiting_audits()
        if show:
            async with parts.registry.database.read() as connection:
                texts = await queries.texts_of(connection, {one["submission_id"] for one in found})
            found = [one | {"answer": texts.get(one["submission_id"], "")} for one in found]
        return found

    told = with_lifecycle(work)
    if as_json:
        emit({"audits": told})
        return
    for one in told:
        console.print(f"{one['submission_id']} {one['item']} {one['point']}", markup=False)
        if show:
            console.print(one["answer"], markup=False)
    if not told:
        log.print("nothing waits for an audit")


@app.command("label", epilog="Example: greenroom grader label 0198c2f4-7c1e-7a55-9a3c-3f1f2f6f7a10 index present")
def label(
    submission: Annotated[str, typer.Argument(help="The submission's id.")],
    point: Annotated[str, typer.Argument(help="The point's id.")],
    state: Annotated[str, typer.Argument(help="present, absent or contradicted.")],
    override: Annotated[bool, typer.Option("--override", help="It was not drawn for an audit.")] = False,
    as_json: Json = False,
) -> None:
    """Say what a person reads in an answer about one point; the same again overwrites it."""
    from greenroom.bank.findings import State

    if state not in tuple(State):
        raise InputError(f"{state!r} is no state", mend="use present, absent or contradicted")

    async def work(parts: Lifecycle, now: datetime) -> dict[str, str]:
        source: Source = "override" if override else "audit"
        await parts.desk.label(submission, point, source, State(state), now)
        return {"submission": submission, "point": point, "source": source, "state": state}

    told = with_lifecycle(work)
    if as_json:
        emit(told)
    else:
        console.print("It is noted.")


@app.command("prune", epilog="Example: greenroom grader prune --keep 5")
def prune(
    keep: Annotated[int, typer.Option(min=0, help="How many models without an alias stay.")] = 5,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Remove old models that no alias names, and files that belong to none. Without --yes, say which."""

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        if yes:
            versions, files = await parts.registry.prune(now, keep)
            return {"models": versions, "files": files, "done": True}
        old, strays = await parts.registry.prunable(now, keep)
        return {"models": [one.version for one in old], "files": [path.name for path in strays], "done": False}

    told = with_lifecycle(work)
    if as_json:
        emit(told)
        return
    verb = "removed" if told["done"] else "would be removed (--yes removes them)"
    for one in (*told["models"], *told["files"]):
        console.print(f"{one} {verb}", markup=False)
    if not told["models"] and not told["files"]:
        log.print("there is nothing to remove")


def _told(version: str, champion: str, may: bool, done: bool) -> str:
    if done:
        return f"{version} answers from now on in place of {champion}."
    return f"{version} may follow {champion}: --yes promotes it." if may else f"{version} does not follow {champion}."


async def _register(
    parts: Lifecycle, version: str, kind: str, content: bytes, origin: Origin, challenger: bool, now: datetime
) -> dict[str, Any]:
    from greenroom.grading.registry.errors import ArtefactRefused

    try:
        record = await parts.registry.register(version, kind, content, origin=origin, metrics={}, now=now)
    except ArtefactRefused as error:  # its own mend is for a model that is registered
        raise InputError(str(error), mend="give the file of a trained model, and its --kind") from None
    if challenger:
        await parts.registry.nominate(version, now)
    return record.as_json()


def _read(path: Path) -> bytes:
    from greenroom.grading.registry.artefacts import LARGEST

    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than {LARGEST:,} bytes", mend="give a smaller file")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", mend="look at the path") from None
