"""`greenroom grader ingest`, `validate`, `snapshots` and `forget`: rows to learn from, until they are forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import InputError

if TYPE_CHECKING:
    from greenroom.bank.models import Item
    from greenroom.grading.intake.schemas import Checked, Found
    from greenroom.grading.intake.service import Snapshots
    from greenroom.interview.training import Training

app = typer.Typer()

Files = Annotated[
    list[Path] | None, typer.Argument(help="Labelled rows, .jsonl or .csv; docs/grading.md lists their columns.")
]
Bank = Annotated[bool, typer.Option(help="With the bank's declared answers.")]
Pack = Annotated[Path | None, typer.Option(help="Another pack's folder in place of the core pack's.")]
_SHOWN = 20
T = TypeVar("T")


@dataclass(frozen=True)
class _Opened:
    """What the commands need of a database."""

    snapshots: Snapshots
    training: Training
    now: datetime


@app.command()
def ingest(
    files: Files = None,
    bank: Bank = True,
    audits: Annotated[bool, typer.Option(help="With what admins decided, of candidates who agreed.")] = True,
    pack: Pack = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would be, and store nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Make a snapshot that the grader can learn from: of the bank, of decided disputes, and of FILES.

    Rows that cannot be used are quarantined with the reason. Exit 1 when the batch as a whole cannot be learned from.

    Example: greenroom grader ingest answers.jsonl --dry-run --json
    """
    items = _items(pack)
    found = _found(files, items if bank else ())

    async def work(opened: _Opened) -> dict[str, Any]:
        from greenroom.grading.intake.declared import public_texts

        made = await opened.snapshots.ingest(
            found,
            opened.now,
            personal=opened.training.rows if audits else None,
            public=public_texts(items),
            dry_run=dry_run,
        )
        stored = made.snapshot.as_json() if made.snapshot is not None else {"snapshot": None, "manifest_sha256": None}
        return {**made.checked.as_json(), "masked": made.masked, "stored": stored, "checked": made.checked}

    said = _with_database(work)
    checked, stored = said.pop("checked"), said.pop("stored")
    unknown = _unknown_points(checked, items)
    if as_json:
        names = ("snapshot", "manifest_sha256")
        emit({**{name: stored[name] for name in names}, "dry_run": dry_run, **said, "unknown_points": unknown})
    else:
        _print(checked)
        name = stored["snapshot"]
        told = f"snapshot {name}, manifest {stored['manifest_sha256']}" if name else "nothing was stored (--dry-run)"
        console.print(told, markup=False, soft_wrap=True)
    _exit(checked)


@app.command()
def validate(
    files: Files = None,
    bank: Annotated[bool | None, typer.Option(help="With the bank's declared answers; so without files.")] = None,
    pack: Pack = None,
    as_json: Json = False,
) -> None:
    """Look at rows without storing any: which would be quarantined and why, and whether the contract holds.

    Exit 1 when the batch as a whole cannot be learned from.

    Example: greenroom grader validate answers.csv --json
    """
    from greenroom.grading.intake.rules import check

    with_bank = bank if bank is not None else not files
    items = _items(pack)
    found = _found(files, items if with_bank else ())
    if not found:
        raise InputError("there is nothing to look at", mend="name a file with rows, or use --bank")
    checked = check(found)
    unknown = _unknown_points(checked, items)
    if as_json:
        emit({**checked.as_json(), "unknown_points": unknown})
    else:
        _print(checked)
    _exit(checked)


@app.command()
def snapshots(
    snapshot: Annotated[str | None, typer.Argument(help="Verify this one, and show what is in it.")] = None,
    as_json: Json = False,
) -> None:
    """List the snapshots, or verify one: its manifest, each row's hash, and how many rows were erased.

    Example: greenroom grader snapshots --json
    """

    async def work(opened: _Opened) -> Any:
        if snapshot is None:
            return [one.as_json() for one in await opened.snapshots.every()]
        content = await opened.snapshots.read(snapshot)
        about = {name: value for name, value in content.manifest.items() if name not in ("rows", "quarantine")}
        kept = {"verified": True, "manifest_sha256": content.sha256, "readable": len(content.rows)}
        return {**about, **kept, "erased": content.erased, "quarantine": await opened.snapshots.quarantine(snapshot)}

    found = _with_database(work)
    if as_json:
        emit(found)
    elif snapshot is None:
        for one in found:
            line = f"{one['snapshot']}  {one['made_at']}  {one['taken']:,} rows, {one['quarantined']:,} quarantined"
            console.print(line, markup=False, soft_wrap=True)
        if not found:
            console.print("There is no snapshot. `greenroom grader ingest` makes one.", markup=False)
    else:
        line = f"verified: {found['readable']:,} rows can be read, {found['erased']:,} were erased"
        console.print(line, markup=False, soft_wrap=True)
        _print_quarantine(found["quarantine"])


@app.command()
def forget(
    who: Annotated[str | None, typer.Argument(help="A user's id or e-mail address; without it, all erasures.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it, say what would be done.")] = False,
    as_json: Json = False,
) -> None:
    """Have somebody's answers leave what the grader learns from: their key is destroyed, which cannot be undone.

    Snapshots stay verifiable, but their rows can no longer be read. Deleting an account and withdrawing the consent do
    the same. Without WHO: the erasures, the snapshots that they affect, and by when models must be trained anew.

    Example: greenroom grader forget ada@example.org, and then the same with --yes
    """
    if who is None:
        _list_erasures(as_json=as_json)
        return

    async def work(opened: _Opened) -> dict[str, Any]:
        from greenroom.accounts.audit import NOWHERE

        would = await opened.training.forgettable(who)
        gone = await opened.training.forget(who, actor=None, source=NOWHERE, now=opened.now) if yes else None
        retrain_by = gone.retrain_by.isoformat(timespec="seconds") if gone is not None and gone.retrain_by else None
        models = await opened.training.models_of(would.snapshots)
        told = {**asdict(would), "models": models, "erased": gone is not None}
        return told | {"dry_run": not yes, "retrain_by": retrain_by}

    done = _with_database(work)
    if as_json:
        emit(done)
        return
    if done["subject"] is None:
        console.print("Nothing of theirs can be learned from: they have not agreed, or it was forgotten before.")
        return
    verb = "was destroyed" if done["erased"] else "would be destroyed (do it with --yes)"
    console.print(f"Their key {verb}; snapshots with rows of theirs: {len(done['snapshots'])}.", markup=False)
    for one in done["snapshots"]:
        console.print(f"  {one}", markup=False)
    for one in done["models"]:
        console.print(f"  model {one} learned from them", markup=False)
    if done["retrain_by"]:
        console.print(f"Models that learned from these must be trained anew by {done['retrain_by']}.", markup=False)


def _list_erasures(*, as_json: bool) -> None:
    async def work(opened: _Opened) -> list[dict[str, Any]]:
        return [
            {
                "subject": one.subject,
                "reason": one.reason,
                "erased_at": one.erased_at.isoformat(timespec="seconds"),
                "retrain_by": one.retrain_by.isoformat(timespec="seconds") if one.retrain_by else None,
                "snapshots": list(one.snapshots),
            }
            for one in await opened.snapshots.erasures(opened.now)
        ]

    found = _with_database(work)
    if as_json:
        emit(found)
        return
    for one in found:
        line = f"{one['erased_at']}  {one['reason']}  {len(one['snapshots'])} snapshots  retrain by {one['retrain_by']}"
        console.print(line, markup=False, soft_wrap=True)
    if not found:
        console.print("Nothing was erased.", markup=False)


def _items(pack: Path | None) -> Sequence[Item]:
    from greenroom.bank.loader import core_pack_folder, load_pack

    return load_pack(pack or core_pack_folder()).items


def _found(files: list[Path] | None, items: Sequence[Item]) -> list[Found]:
    from greenroom.grading.intake.declared import declared_rows
    from greenroom.grading.intake.reading import read_file

    rows = declared_rows(items)
    for path in files or []:
        rows += read_file(path)
    return rows


def _unknown_points(checked: Checked, items: Sequence[Item]) -> list[str]:
    """What rows name and *items* have no claim for, as `item/point`; said on stderr, as another pack may have it."""
    from greenroom.grading.intake.schemas import PointRow

    known = {f"{item.slug}/{point.id}" for item in items for point in item.head.rubric if point.claim}
    asked = {one.row.asked for one in checked.taken if isinstance(one.row, PointRow)}
    unknown = sorted(asked - known)
    if unknown:
        names = ", ".join(unknown[:_SHOWN]) + (" …" if len(unknown) > _SHOWN else "")
        log.print(f"no claim of the pack, so nothing is learned of them: {names}", markup=False, soft_wrap=True)
    return unknown


def _print(checked: Checked) -> None:
    facts = checked.facts
    line = f"{checked.read:,} read = {len(checked.taken):,} taken + {len(checked.quarantined):,} quarantined"
    console.print(line, markup=False, soft_wrap=True)
    for sort, decisions in facts["decisions"].items():
        shown = ", ".join(f"{name} {count:,}" for name, count in decisions.items())
        console.print(f"{sort} rows: {shown}", markup=False, soft_wrap=True)
    if facts["scrubbed"]:
        shown = ", ".join(f"{name} {count:,}" for name, count in facts["scrubbed"].items())
        console.print(f"scrubbed: {shown}", markup=False, soft_wrap=True)
    console.print(f"nearly the same as another: {facts['near_duplicates']:,}", markup=False)
    _print_quarantine([one.as_json() for one in checked.quarantined])


def _print_quarantine(rows: list[dict[str, str]]) -> None:
    for one in rows[:_SHOWN]:
        console.print(f"quarantined: {one['place'] or one['source']}: {one['reason']}", markup=False, soft_wrap=True)
    if len(rows) > _SHOWN:
        console.print(f"… and {len(rows) - _SHOWN:,} more; --json lists them all", markup=False)


def _exit(checked: Checked) -> None:
    for problem in checked.problems:
        log.print(f"the contract does not hold: {problem}", markup=False, soft_wrap=True)
    if checked.problems:
        raise typer.Exit(1)


def _with_database(work: Callable[[_Opened], Awaitable[T]]) -> T:
    from greenroom.grading.intake.service import Snapshots
    from greenroom.interview.training import Training
    from greenroom.kernel.clock import SystemClock
    from greenroom.platform.database import Database
    from greenroom.platform.migrations import migrate
    from greenroom.platform.settings import load_settings, prepare_data_dir

    settings = load_settings()
    prepare_data_dir(settings)
    within = timedelta(days=settings.retrain_days)

    async def run() -> T:
        migrate(settings.database)
        database = Database(settings.database, readers=1)
        try:
            opened = _Opened(
                Snapshots(database, retrain_within=within), Training(database, within), SystemClock().now()
            )
            return await work(opened)
        finally:
            await database.close()

    return asyncio.run(run())
