"""`greenroom grader`: evaluating and training what scores answers in words."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress as Bar

from greenroom.cli import intake, lifecycle, models, rubrics
from greenroom.cli.output import Json, console, emit, log
from greenroom.kernel.errors import EnvironmentFault, InputError

if TYPE_CHECKING:
    from greenroom.grading.encoder import MiniLM

app = typer.Typer(
    help="The grader's own measurements and models.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(intake.app)
app.add_typer(models.app)
app.add_typer(rubrics.app)
app.add_typer(lifecycle.app)


@app.callback()
def _group() -> None:
    """The grader's own measurements and models."""


@app.command("evaluate", epilog="Example: greenroom grader evaluate --data answers.jsonl --json")
def evaluate(
    data: Annotated[
        Path | None, typer.Option(help="Labelled answers to cross-validate on, grouped by question.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, max=100, help="Folds of --data, or of --unseen.")] = 10,
    group_by: Annotated[str, typer.Option(help="Folds of --data share no `question`, or no `domain`.")] = "question",
    train: Annotated[list[Path] | None, typer.Option(help="Labelled answers to train on; may be repeated.")] = None,
    test: Annotated[Path | None, typer.Option(help="Labelled answers to test on, with --train or --zero-shot.")] = None,
    zero_shot: Annotated[bool, typer.Option("--zero-shot", help="Test the shipped model as it is.")] = False,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="On the bank: read each item with a model fitted without it.")
    ] = False,
    scale: Annotated[
        float | None, typer.Option(help="The highest possible score; by default the largest in the file.")
    ] = None,
    resamples: Annotated[int, typer.Option(min=0, max=100_000, help="Bootstrap resamples of questions.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Of folds, fits and resamples.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure the grader: on the bank's declared answers, or on files of labelled short answers.

    Without a file: every point that the bank declares. The shipped model has learned from those; with --unseen it is
    fitted anew, some minutes long, so that no item is read by a model that knows it. Files are JSON lines or CSV;
    docs/grading.md names the columns.
    Every figure has a 95 % interval from a bootstrap over questions, and stands beside two baselines.
    """
    from greenroom.grading.scoring.evaluation import Settings

    _one_protocol(data, train, test, zero_shot=zero_shot)
    if group_by not in ("question", "domain"):
        raise InputError(f"cannot group by {group_by!r}", mend="use --group-by question or --group-by domain")
    if scale is not None and not scale > 0:
        raise InputError("the scale ends at or below 0", mend="give the highest possible score, such as --scale 5")
    settings = Settings(seed, folds, resamples, scale, group_by)
    started = time.perf_counter()
    if data is None and test is None:
        report = _on_bank(settings, unseen=unseen)
    elif unseen:
        raise InputError("--unseen is for the bank", mend="use --data FILE, whose folds share no question")
    else:
        report = _on_files(settings, data, train or [], test, zero_shot=zero_shot)
    report = {**report, "versions": _versions(), "seconds": round(time.perf_counter() - started, 1)}
    if as_json:
        emit(report)
    else:
        _print(report)


@app.command("train", epilog="Example: greenroom grader train --snapshot 0198c2f4-7c1e-7a55-9a3c-3f1f2f6f7a10 --json")
def train(
    data: Annotated[
        list[Path] | None, typer.Option(help="Labelled short answers to train a scorer on; may be repeated.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The scorer's file to write.")] = None,
    snapshot: Annotated[
        str | None,
        typer.Option(help="Train a model of claims on this snapshot (or `last`) and register it."),
    ] = None,
    version: Annotated[str | None, typer.Option(help="What the model calls itself.")] = None,
    lexical: Annotated[bool, typer.Option("--lexical", help="With --data: for use without an encoder.")] = False,
    challenger: Annotated[bool, typer.Option(help="With --snapshot: let it read beside the champion.")] = True,
    seed: Annotated[int, typer.Option(min=0, max=2**31, help="Of folds and fits.")] = 0,
    as_json: Json = False,
) -> None:
    """Train the model that grades claims on a snapshot, or a scorer of short answers on files.

    With --snapshot the model is registered and reads beside the champion; `report` shows what it showed. With --data
    and --out a scorer is written as one JSON file; the one that ships with Greenroom is made so (docs/model-card.md).

    Example: greenroom grader train --data a.jsonl --data b.jsonl --out scorer.json
    """
    if snapshot is not None and not data and out is None:
        _train_on_snapshot(snapshot, version, challenger=challenger, seed=seed, as_json=as_json)
    elif data and out is not None and snapshot is None:
        _train_scorer(data, out, version or "1", lexical=lexical, seed=seed, as_json=as_json)
    else:
        raise InputError("what to train on is not clear", mend="give --snapshot ID, or --data FILE with --out FILE")


def _train_on_snapshot(snapshot: str, version: str | None, *, challenger: bool, seed: int, as_json: bool) -> None:
    from datetime import datetime

    from greenroom.grading.assembly import Lifecycle

    async def work(parts: Lifecycle, now: datetime) -> dict[str, Any]:
        wanted = await lifecycle.named_snapshot(parts, snapshot)
        made = await parts.trainer.train(wanted, now, seed=seed, name=version, challenger=challenger)
        return made.as_json() | {"challenger": challenger}

    told = lifecycle.with_lifecycle(work, items=True)
    if as_json:
        emit(told)
    else:
        lifecycle.print_trained(told)


def _train_scorer(data: list[Path], out: Path, version: str, *, lexical: bool, seed: int, as_json: bool) -> None:
    import json

    from greenroom.grading.scoring.evaluation import Evaluator, Settings
    from greenroom.grading.scoring.labelled import read_answers
    from greenroom.grading.scoring.training import require_sklearn

    require_sklearn()
    files = [read_answers(path) for path in data]
    for file in files:
        _warn(file.as_json())
    with Bar(console=log, transient=True, disable=not log.is_terminal) as bar:
        evaluator = Evaluator(None if lexical else _encoder(), Settings(seed), _progress(bar))
        body = evaluator.trained([one.answers for one in files], version)
    try:
        out.write_text(json.dumps(body, separators=(",", ":")) + "\n", encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(f"{out}: {error.strerror}", mend="name a file that can be written") from None
    told = {"out": str(out), "bytes": out.stat().st_size, "classes": body["scorer"]["classes"], "seed": seed}
    if as_json:
        emit({**told, "files": [one.as_json() for one in files], "versions": _versions()})
    else:
        console.print(f"{told['out']}: {told['bytes'] / 1e3:.0f} kB, {', '.join(told['classes'])}", markup=False)


def _one_protocol(data: Path | None, train: list[Path] | None, test: Path | None, *, zero_shot: bool) -> None:
    mend = "use --data FILE, or --train FILE --test FILE, or --zero-shot --test FILE"
    if data is not None and (train or test or zero_shot):
        raise InputError("--data goes with no other file", mend=mend)
    if zero_shot and train:
        raise InputError("--zero-shot trains on nothing", mend=mend)
    if (zero_shot or train) and test is None:
        raise InputError("there is nothing to test on", mend=mend)
    if test is not None and not (zero_shot or train):
        raise InputError("--test needs --train or --zero-shot", mend=mend)


def _on_files(
    settings: Any, data: Path | None, train: list[Path], test: Path | None, *, zero_shot: bool
) -> dict[str, Any]:
    from greenroom.grading.scoring.evaluation import Evaluator
    from greenroom.grading.scoring.labelled import read_answers
    from greenroom.grading.scoring.model import packaged_scorers
    from greenroom.grading.scoring.training import require_sklearn

    if not zero_shot:
        require_sklearn()
    files = [read_answers(path) for path in ([data] if data else [*train, *([test] if test else [])])]
    for file in files:
        _warn(file.as_json())
    with Bar(console=log, transient=True, disable=not log.is_terminal) as bar:
        evaluator = Evaluator(_encoder(), settings, _progress(bar))
        if data is not None:
            protocol, report = "cross-validation", evaluator.cross_validated(files[0].answers)
        elif zero_shot:
            lexical = evaluator.encoder_name == "lexical"
            protocol, report = "zero-shot", evaluator.zero_shot(files[0].answers, *packaged_scorers(lexical=lexical))
        else:
            protocol = "train-test"
            report = evaluator.transferred([one.answers for one in files[:-1]], files[-1].answers)
    about = {"folds": settings.folds, "grouped_by": settings.group_by} if data is not None else {}
    return {"protocol": protocol, **about, "files": [one.as_json() for one in files], **report}


def _on_bank(settings: Any, *, unseen: bool) -> dict[str, Any]:
    from greenroom.bank.loader import core_pack_folder, load_pack
    from greenroom.grading.scoring.declared import evaluate_bank
    from greenroom.grading.scoring.training import require_sklearn
    from greenroom.grading.service import Grader

    if unseen:
        require_sklearn()
    with Bar(console=log, transient=True, disable=not log.is_terminal) as bar:
        items = load_pack(core_pack_folder()).items
        report = evaluate_bank(items, Grader(), settings, _progress(bar), unseen=unseen)
    about = {"folds": settings.folds} if unseen else {}
    return {"protocol": "declared answers", **about, **report}


def _warn(file: dict[str, Any]) -> None:
    """Say on stderr what is not used of a file."""
    for row in file["rejected_rows"]:
        log.print(f"{file['path']}, line {row['line']}: not used: {row['reason']}", markup=False, soft_wrap=True)
    if file["rejected"] > len(file["rejected_rows"]):
        log.print(f"{file['path']}: {file['rejected']} rows are not used", markup=False, soft_wrap=True)
    if file["unknown_labels"]:
        names = ", ".join(file["unknown_labels"])
        log.print(f"{file['path']}: labels counted as not correct: {names}", markup=False, soft_wrap=True)


def _encoder() -> MiniLM | None:
    from greenroom.grading.encoder import MiniLM

    try:
        return MiniLM()
    except (EnvironmentFault, ImportError) as error:
        log.print(f"answers are compared by words alone: {error}", markup=False, soft_wrap=True)
        return None


def _progress(bar: Bar) -> Any:
    """On a terminal a bar for each kind of work; else a line at every tenth of it."""
    tasks: dict[str, Any] = {}
    told: dict[str, int] = {}

    def progress(what: str, done: int, total: int) -> None:
        if log.is_terminal:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)
            return
        tenth = 10 * done // max(total, 1)
        if told.get(what) != tenth:
            told[what] = tenth
            log.print(f"{what}: {done} of {total}", markup=False)

    return progress


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    from greenroom import __version__

    found = {"greenroom": __version__, "python": sys.version.split()[0]}
    for name in ("numpy", "scikit-learn", "onnxruntime"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _print(report: dict[str, Any]) -> None:
    for file in report.get("files", []):
        told = f"{file['answers']} answers to {file['questions']} questions, {file['rejected']} rows not used"
        console.print(f"{file['path']}: {told}", markup=False, soft_wrap=True)
    console.print(f"{report['protocol']}, encoder {report['encoder']}, seed {report['seed']}", markup=False)
    if report.get("note"):
        console.print(report["note"], markup=False, soft_wrap=True)
    if report.get("questions_trained_on"):
        told = f"The shipped model was trained on {report['questions_trained_on']} of these questions."
        console.print(told, markup=False, soft_wrap=True)
    if report.get("advised_by"):
        console.print(f"The shipped model, version {report['advised_by']}, was asked too.", markup=False)
    for name, level in report["classes"].items():
        sizes = ", ".join(f"{label} {count}" for label, count in level["classes"].items())
        _print_block(f"{name}: {sizes}", level)
    if report["scores"]:
        low, high = report["scores"]["scale"]
        _print_block(f"scores {low:g} to {high:g}: {report['scores']['answers']} answers", report["scores"])
    console.print(f"{report['seconds']} s", markup=False)


def _print_block(title: str, block: dict[str, Any]) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for column in ("figure", "grader", "95 % interval", "words alone", "majority"):
        table.add_column(column)
    for name, figure in block["model"].items():
        interval = f"{_shown(figure['low'])} to {_shown(figure['high'])}"
        others = [_shown(block[other].get(name, {}).get("value")) for other in ("lexical", "majority")]
        table.add_row(name, _shown(figure["value"]), interval, *others)
    console.print(table)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
