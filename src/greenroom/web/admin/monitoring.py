"""The page for admins about the watch: drift, errors and time, what asks for a new model, and the prediction log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from greenroom.grading.assembly import Lifecycle
from greenroom.grading.monitoring.betting import ALPHA, FEWEST_REFERENCE_ROWS
from greenroom.grading.monitoring.looking import FEWEST_PLACES
from greenroom.grading.monitoring.rules import ENOUGH_NEW_LABELS, Facts, retraining_reasons
from greenroom.grading.monitoring.service import Traffic, Watched
from greenroom.web.lines import E_VALUES, Column, Line, columns, legend, lines
from greenroom.web.page import render
from greenroom.web.paging import After, cut
from greenroom.web.session import Admin, Now, Work

router = APIRouter(prefix="/admin/grader/monitoring", include_in_schema=False)

_DAYS, _LOGGED, _RETRAININGS = 14, 25, 10
_ALARM = 1 / ALPHA
_STREAMS = {"scores": "scores", "texts": "texts", "errors": "audited errors"}


@router.get("")
async def monitoring(request: Request, opened: Work, _admin: Admin, moment: Now, after: After = None) -> HTMLResponse:
    """How the watch over the champion stands, and what was read, *after* a row of the log."""
    parts = opened.lifecycle
    watched = await parts.monitor.stands(parts.desk.models.now.champion.version, moment)
    traffic = await parts.monitor.traffic(moment, _DAYS)
    page = cut(await parts.desk.last(_LOGGED + 1, after), _LOGGED, lambda one: str(one["id"]))
    context = {
        "watched": watched,
        "alarm": _ALARM,
        "streams": _streams(watched),
        "days": watched.days,
        "days_plot": _days_plot(watched.days),
        "legend": legend(list(_STREAMS.values())),
        "look": watched.look,
        **await _scores(parts, watched, moment),
        "traffic": traffic,
        "traffic_plot": _traffic_plot(traffic),
        "traffic_days": _DAYS,
        "waiting": parts.desk.batches.waiting,
        "figures": watched.figures,
        "waiting_audits": len(await parts.desk.waiting_audits()),
        "reasons": _reasons(await parts.cycle.facts(moment), watched),
        "retrainings": [_retraining(one) for one in await parts.monitor.retrainings(_RETRAININGS)],
        "log": [_logged(one) for one in page.rows],
        "after": after,
        "next": page.next,
    }
    return render(request, "admin/monitoring.html", context)


def _streams(watched: Watched) -> list[dict[str, Any]]:
    """The three e-processes: what each watches, how much it has seen, and whether it has ever reached the alarm."""
    rows = f"{watched.score_rows:,}"
    if not watched.has_reference:
        rows += f" of {FEWEST_REFERENCE_ROWS:,} that a reference needs"
    places = f"{watched.text_rows:,}"
    if watched.text_rows < FEWEST_PLACES:
        places += f" of {FEWEST_PLACES:,} that a reference needs"
    audits = f"{watched.audits:,}, of which {watched.errors:,.1f} wrong"
    return [
        _stream("Scores", "how sure the model is that points are there", rows, watched.score_e, watched.score_alarm),
        _stream("Texts", "what answers are about", places, watched.text_e, watched.text_alarm),
        _stream("Audited errors", "where people read otherwise", audits, watched.error_e, watched.error_alarm),
    ]


def _stream(name: str, about: str, seen: str, e_value: float, alarm: bool) -> dict[str, Any]:
    return {"name": name, "about": about, "seen": seen, "highest": _e(e_value), "alarm": alarm}


def _e(value: float) -> str:
    return f"{value:,.2f}" if value < _ALARM * 100 else f"over {_ALARM * 100:,.0f}"


def _days_plot(days: list[dict[str, Any]]) -> Any:
    if len(days) < 2:
        return None
    places = [(at / (len(days) - 1), _short(one["day"])) for at, one in enumerate(days)]
    drawn = [Line(label, [one[key] for one in days]) for key, label in _STREAMS.items()]
    return lines("e", "E-values by day", "day", places, drawn, E_VALUES, limit=_ALARM)


def _short(day: str) -> str:
    return f"{datetime.fromisoformat(day):%d %b}"


async def _scores(parts: Lifecycle, watched: Watched, now: datetime) -> dict[str, Any]:
    found = await parts.monitor.shares(watched.version, now)
    if found is None:
        return {"tenths": [], "tenths_plot": None}
    both = [Column(f"{at / 10:g}", new, old) for at, (old, new) in enumerate(zip(*found, strict=True))]
    plot = columns(
        "tenths", "Scores of the last 7 days beside the reference", "score, by tenths", both, text="{:.0%}".format
    )
    return {"tenths": both, "tenths_plot": plot}


def _traffic_plot(traffic: Traffic) -> Any:
    every = [Column(f"{one.begins:%d %b}", one.points) for one in traffic.days]
    return columns("read", "Points read, by day", "day (UTC)", every)


def _reasons(facts: Facts, watched: Watched) -> list[dict[str, Any]]:
    """Each thing that can ask for a new model, how it stands, and whether it asks."""
    asking = {one.code for one in retraining_reasons(facts)} | ({"errors"} if watched.error_alarm else set())
    due = facts.erasure_due
    same = facts.trained_rubric in (None, facts.rubric)
    rows = (
        (
            "errors",
            "More audited errors than the model may make",
            f"e-value {_e(watched.error_e)}; it asks from {_ALARM:,.0f}",
        ),
        ("erasure", "Somebody's rows must leave the model", f"by {due.astimezone():%d %b %Y}" if due else "nobody's"),
        ("rubric", "Another rubric than it was trained on", "the same" if same else "another"),
        ("labels", "Enough new labels", f"{facts.new_labels:,}; it asks from {ENOUGH_NEW_LABELS:,}"),
    )
    return [{"name": name, "stands": stands, "asks": code in asking} for code, name, stands in rows]


def _retraining(one: dict[str, Any]) -> dict[str, Any]:
    moments = {
        name: datetime.fromisoformat(one[name]) if one[name] else None for name in ("asked_at", "due_at", "done_at")
    }
    return {"version": one["version"], "reasons": "; ".join(reason["said"] for reason in one["reasons"]), **moments}


def _said(one: dict[str, Any]) -> str:
    """What the model said; not while a person is still to read the point, for it would lead them."""
    if _waits(one):
        return "hidden until it is audited"
    return f"{one['state']}, {100 * one['confidence']:.0f} % sure" if one["state"] else "failed"


def _beside(one: dict[str, Any]) -> str:
    return f"{one['shadow_version']}: {'hidden, too' if _waits(one) else one['shadow_state'] or 'failed'}"


def _waits(one: dict[str, Any]) -> bool:
    return one["audit"] and "audit" not in one["labels"]


def _logged(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": datetime.fromisoformat(one["created_at"]),
        "point": f"{one['item']}/{one['point']}",
        "submission": one["submission_id"][-8:],
        "said": _said(one),
        "by": f"{one['version']}, canary" if one["role"] == "canary" else one["version"],
        "latency_ms": one["latency_ms"],
        "shadow": _beside(one) if one["shadow_version"] else "",
        "people": ", ".join(f"{source}: {state}" for source, state in one["labels"].items()) or "–",
        "audit": one["audit"],
    }
