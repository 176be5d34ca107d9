"""What the pages of a design round show, as plain data. Pure."""

from __future__ import annotations

from typing import Any

from greenroom.bank.models import Item
from greenroom.bank.specs import DesignSpec
from greenroom.interview.rules import Round, Submission
from greenroom.simulator.design.drawing import kinds
from greenroom.simulator.design.prices import DATED, table
from greenroom.simulator.runs.references import said

_LIMITS = {
    "p50_ms": ("Median", "ms"),
    "p95_ms": ("95th percentile", "ms"),
    "p99_ms": ("99th percentile", "ms"),
    "errors_pct": ("Errors", "%"),
    "rpo_s": ("Loss of data", "s"),
    "usd_month": ("Cost a month", "USD"),
}
_NOT_MEASURED = ("rpo_s", "usd_month")


def desk(item: Item, one: Round) -> dict[str, Any] | None:
    """What a design round has beside its question; None for others."""
    spec = item.head.design
    if spec is None:
        return None
    return {
        "round": one.id,
        "starter": item.starter.get("design.yaml", ""),
        "kinds": kinds(),
        "estimates": [{"name": name, "says": said(name)} for name in spec.estimates],
        "commitment": one.commitment,
        "rps": spec.rps,
        "seconds": spec.seconds,
        "limits": limits(spec),
        "traffic": _traffic(spec),
        "flows": _flows(spec),
        "faults": [_fault(one) for one in spec.faults],
        "given": _given(spec),
        "prices": table(),
        "dated": DATED,
    }


def limits(spec: DesignSpec) -> list[dict[str, Any]]:
    """The limits of the round's SLO."""
    return [
        {"name": name, "title": _LIMITS[name][0], "unit": _LIMITS[name][1], "limit": limit,
         "declared": name in _NOT_MEASURED}
        for name, limit in spec.slo.items()
    ]  # fmt: skip


def _traffic(spec: DesignSpec) -> str:
    shape = str(spec.traffic.get("shape", "steady"))
    words = {
        "steady": "steady",
        "diurnal": "rises and falls as over a day",
        "flash": "with a sudden crowd",
        "trace": "as it was recorded",
    }
    return words.get(shape, shape)


def _flows(spec: DesignSpec) -> list[dict[str, Any]]:
    """The flows that the traffic goes through, with the share of each, where the round names them."""
    shares = spec.traffic.get("shares") or {}
    total = sum(shares.values())
    return [{"name": name, "percent": 100 * share / total} for name, share in shares.items()]


def _fault(fault: dict[str, Any]) -> str:
    """A fault in words: `kill async_api/1, at 15 s for 4 s`."""
    does = next(name for name in fault if name not in ("at", "for", "times"))
    times = f" times {fault['times']:g}" if "times" in fault and does in ("slow", "storm") else ""
    return f"{does} {fault[does]}{times}, at {fault.get('at', 10):g} s for {fault.get('for', 5):g} s"


def _given(spec: DesignSpec) -> list[dict[str, str]]:
    """What things cost in time, whatever a design says."""
    rows = []
    for kind, fields in spec.given.items():
        for name, value in fields.items():
            shown = f"{value[0]:g} to {value[1]:g}" if isinstance(value, tuple) else f"{value}"
            rows.append({"kind": kind, "field": name, "value": shown})
    return rows


def shown(answer: Submission | None) -> dict[str, Any] | None:
    """The run of the answer that counts, with its explanations, for the debrief; None for other rounds."""
    run = (answer.result or {}).get("run") if answer is not None else None
    return {"run": run, "explained": run.get("explained", [])} if run else None
