"""An outcome as plain JSON with stable keys; the same outcome gives the same bytes."""

from __future__ import annotations

import math
from typing import Any

from greenroom.bank.findings import Finding
from greenroom.simulator.runs.outcomes import Endured, Interval, Judged, Outcome, Use
from greenroom.simulator.runs.references import references

_DIGITS = 6


def rounded(value: float) -> float | None:
    """*value* with six digits; None for what is no number."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def told(outcome: Outcome, findings: list[Finding] | None = None) -> dict[str, Any]:
    """*outcome* and *findings* as one JSON document."""
    design = outcome.design
    return {
        "design": design.name,
        **{name: _interval(found) for name, found in outcome.latency.items()},
        "throughput_rps": rounded(outcome.throughput.value),
        "errors_pct": rounded(outcome.errors.value),
        "goodput_rps": rounded(outcome.goodput.value),
        "nodes": _nodes(outcome),
        "bottleneck": outcome.bottleneck.node if outcome.bottleneck else None,
        "bottleneck_part": outcome.bottleneck.part or None if outcome.bottleneck else None,
        "bottleneck_named": design.bottleneck,
        "usd_month": rounded(outcome.usd_month),
        "rpo_s": rounded(outcome.rpo_s),
        "findings": [one.model_dump(mode="json") for one in findings or ()],
        "slo": [_judged(one) for one in outcome.slo],
        "estimates": [_tidy(one.as_json()) for one in references(outcome)],
        "faults": [_endured(one) for one in outcome.faults],
        "clamped": [one.as_json() for one in design.clamped],
        "declared": {
            "single_points_of_failure": list(outcome.single_points),
            "lost_s": {name: rounded(value) for name, value in outcome.lost_s.items()},
            "note": "From the declaration, not from a run.",
        },
        "calls": {name: _tidy(dict(parts)) for name, parts in outcome.calls.items()},
        "over_time": {name: [rounded(one) for one in column] for name, column in outcome.over_time.items()},
        "queues": {name: [rounded(one) for one in column] for name, column in outcome.queues.items()},
        "seconds": outcome.seconds,
        "steady_s": list(outcome.steady),
        "seeds": list(outcome.seeds),
        "notes": list(outcome.notes),
    }


def _tidy(found: dict[str, Any]) -> dict[str, Any]:
    return {name: rounded(value) if isinstance(value, float) else value for name, value in found.items()}


def _interval(found: Interval) -> dict[str, Any]:
    return {"value": rounded(found.value), "low": rounded(found.low), "high": rounded(found.high)}


def _nodes(outcome: Outcome) -> dict[str, Any]:
    nodes: dict[str, Any] = {}
    for use in outcome.uses:
        if not use.part:
            nodes[use.node] = {**_use(use), "parts": {}}
        else:
            nodes[use.node]["parts"][use.part] = _use(use)
    return nodes


def _use(use: Use) -> dict[str, Any]:
    found = {
        "utilisation": rounded(use.utilisation),
        "queue": rounded(use.queue),
        "served_rps": rounded(use.served_rps),
        "copies": rounded(use.copies),
    }
    return found if use.batch_fill is None else {**found, "batch_fill": rounded(use.batch_fill)}


def _judged(one: Judged) -> dict[str, Any]:
    return {
        "name": one.name,
        "limit": one.limit,
        **_interval(one.found),
        "verdict": one.verdict,
        "declared": one.declared,
    }


def _endured(one: Endured) -> dict[str, Any]:
    return {
        "fault": one.fault.shown,
        "at_s": one.fault.at_s,
        "for_s": one.fault.for_s,
        "before": rounded(one.before),
        "worst": rounded(one.worst),
        "back_s": one.back_s,
        "watched_s": one.watched_s,
        "state": one.state,
    }
