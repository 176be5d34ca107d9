"""The page for admins about how well the grader reads: figures and plots of the last evaluation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from greenroom.bank.syllabus import topic_titles
from greenroom.interview.assembly import Workplace
from greenroom.kernel.errors import GreenroomError
from greenroom.web import plots
from greenroom.web.admin import figures
from greenroom.web.page import render
from greenroom.web.session import Admin, OwnPage, Work

router = APIRouter(prefix="/admin/grader/evaluation", include_in_schema=False)


@router.get("")
async def evaluation(request: Request, opened: Work, _admin: Admin) -> HTMLResponse:
    """The last report."""
    return await _page(request, opened)


@router.post("", dependencies=[OwnPage])
async def start(request: Request, opened: Work, _admin: Admin) -> Response:
    """Measure anew, beside what the server does."""
    try:
        opened.evaluations.start()
    except GreenroomError as error:
        return await _page(request, opened, error)
    return RedirectResponse("/admin/grader/evaluation", status_code=303)


async def _page(request: Request, opened: Workplace, error: GreenroomError | None = None) -> HTMLResponse:
    report = await opened.evaluations.last()
    context = {
        "running": opened.evaluations.running,
        "done": opened.evaluations.done,
        "report": _report(report) if report is not None else None,
        "error": error,
    }
    return render(request, "admin/evaluation.html", context, error.status if error else 200)


def _report(report: dict[str, Any]) -> dict[str, Any]:
    told, block = report["plots"], report["classes"]["points"]
    titles = {topic.value: title for topic, title in topic_titles().items()}
    families = [(titles.get(name, name), one["macro_f1"], one["points"]) for name, one in told["families"].items()]
    return {
        "made_at": datetime.fromisoformat(report["made_at"]),
        "model": f"{report['model']['version']}, {report['model']['encoder']}",
        "items": report["items"],
        "note": report["note"],
        "resamples": report["resamples"],
        "figures": figures.table(block),
        "reliability": told["reliability"],
        "coverage": told["coverage"],
        "confusion": told["confusion"],
        "reliability_plot": plots.reliability(told["reliability"], "reliability"),
        "coverage_plot": plots.coverage(told["coverage"], "coverage"),
        "families_plot": plots.bars([one[:2] for one in families], "families", "Macro-F1 by topic"),
        "families": families,
    }
