"""The page for admins about trainings: what a fit showed on what it had not seen, and where it comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from greenroom.bank.syllabus import topic_titles
from greenroom.grading.registry.errors import ModelUnknown
from greenroom.grading.registry.service import Aliases, ModelRecord
from greenroom.web import plots
from greenroom.web.admin import figures
from greenroom.web.lines import Line, legend, lines, share_scale
from greenroom.web.page import render
from greenroom.web.paging import Word
from greenroom.web.rendering import local_time
from greenroom.web.session import Admin, Work

router = APIRouter(prefix="/admin/grader/training", include_in_schema=False)

_WHEN = "%d %b %Y, %H:%M"
_SIDES = ("seen", "not seen")
_MEANS = {"bias": "High bias", "variance": "High variance", "neither": "Neither bias nor variance"}


@router.get("")
async def training(request: Request, opened: Work, _admin: Admin, version: Word = "") -> HTMLResponse:
    """Every training, and one of them in full: the last, or that of *version*."""
    registry = opened.lifecycle.registry
    runs = [one for one in await registry.every() if "curves" in one.metrics]
    chosen = next((one for one in runs if not version or one.version == version), None)
    if version and chosen is None:
        raise ModelUnknown(version)
    aliases = await registry.aliases()
    context = {
        "runs": [_run(one, aliases) for one in runs],
        "chosen": _report(chosen) if chosen is not None else None,
    }
    return render(request, "admin/training.html", context)


def _run(one: ModelRecord, aliases: Aliases) -> dict[str, Any]:
    roles = [name for name, version in vars(aliases).items() if version == one.version]
    return {
        "version": one.version,
        "made_at": one.created_at,
        "examples": one.metrics["examples"],
        "macro_f1": figures.named("macro_f1").shown(one.metrics["model"]["macro_f1"]["value"]),
        "verdict": one.metrics["curves"]["verdict"],
        "role": ", ".join(roles),
    }


def _report(one: ModelRecord) -> dict[str, Any]:
    told = one.metrics
    titles = {topic.value: title for topic, title in topic_titles().items()}
    families = [(titles.get(name, name), row["macro_f1"], row["examples"]) for name, row in told["families"].items()]
    totals = {name: value for name, value in told["totals"].items() if name != "answers"}
    return {
        "version": one.version,
        "verdict": _MEANS[told["curves"]["verdict"]],
        "said": told["curves"]["said"].replace("macro", "Macro", 1),
        "learning": told["curves"]["learning"],
        "learning_plot": _learning(told["curves"]["learning"]),
        "path": _path(told),
        "path_plot": _c_path(told["curves"]["validation"]),
        "legend": legend(_SIDES),
        "l1_ratio": told["setting"]["l1_ratio"],
        "folds": told.get("folds", []),
        "figures": figures.table(told),
        "totals": figures.table({"model": totals}),
        "answers": told["totals"]["answers"],
        "families": families,
        "families_plot": plots.bars([row[:2] for row in families], "families", "Macro-F1 by topic"),
        "not_used": told["not_used"],
        "snapshot": one.origin.snapshot,
        "provenance": _provenance(one),
    }


def _learning(curve: list[dict[str, float]]) -> Any:
    most = max(one["at"] for one in curve) or 1.0
    return _curves(
        "learning", "Learning curve", "examples", [(one["at"] / most, f"{one['at']:,.0f}") for one in curve], curve
    )


def _c_path(curve: list[dict[str, float]]) -> Any:
    last = max(1, len(curve) - 1)
    places = [(at / last, f"{one['at']:g}") for at, one in enumerate(curve)]
    return _curves("path", "Validation curve over C", "C, each ten times the last", places, curve)


def _curves(name: str, title: str, across: str, places: list[tuple[float, str]], curve: list[dict[str, float]]) -> Any:
    sides = [[one[side] for one in curve] for side in ("train", "valid")]
    drawn = [Line(label, values) for label, values in zip(_SIDES, sides, strict=True)]
    return lines(name, title, across, places, drawn, share_scale([*sides[0], *sides[1]]))


def _path(told: Any) -> list[dict[str, Any]]:
    """Every setting that was tried; of an older model those with the chosen `l1_ratio`."""
    chosen, ratio = told["setting"], told["setting"]["l1_ratio"]
    older = [{**one, "c": one["at"], "l1_ratio": ratio, "loss": None} for one in told["curves"]["validation"]]
    rows = told.get("path") or older
    return [one | {"chosen": (one["c"], one["l1_ratio"]) == (chosen["c"], ratio)} for one in rows]


def _provenance(one: ModelRecord) -> dict[str, Any]:
    told, origin = one.metrics, one.origin
    read_at = told.get("read_at")
    learned = f"{told['examples']:,} examples of {told['questions']:,} questions, by {told['writers']:,} writers"
    return {
        "Made": local_time(one.created_at, _WHEN),
        "Rows read": local_time(datetime.fromisoformat(read_at), _WHEN) if read_at else "–",
        "Learned from": learned,
        "Seed": origin.seed if origin.seed is not None else "–",
        "Lock file, SHA-256": origin.lock_hash or "–",
        "Commit": origin.git_commit or "–",
        "Rubric": origin.rubric or "–",
        "Champion then": origin.parent or "the model that comes with Greenroom",
        "Features with a weight": told["weights_used"],
        "File, SHA-256": one.artefact.sha256,
        "File": f"{one.artefact.size / 1000:,.1f} kB",
    }
