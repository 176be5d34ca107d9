"""An outcome as lines of text: words and symbols, no colour needed."""

from __future__ import annotations

from collections.abc import Iterator

from greenroom.simulator.runs.outcomes import Endured, Interval, Judged, Outcome, Use
from greenroom.simulator.runs.references import Reference, references

_MARKS = {"met": "✓", "missed": "✗", "marginal": "~", "unharmed": "✓", "recovered": "✓", "down": "✗"}


def lines(outcome: Outcome) -> Iterator[str]:
    """What the runs have shown, for people."""
    seeds, (low, high) = len(outcome.seeds), outcome.steady
    yield f"{outcome.design.name}: {seeds} runs of {outcome.seconds:g} s; steady from {low:g} to {high:g} s"
    parts = [f"{name[:-3]} {_shown(found)} ms" for name, found in outcome.latency.items()]
    yield f"  {'   '.join(parts)}"
    yield (
        f"  {outcome.throughput.value:,.0f} answers/s, {outcome.goodput.value:,.0f} of them good; "
        f"errors {outcome.errors.value:.3g} %; {outcome.usd_month:,.0f} USD a month"
    )
    yield from _section("SLO", (_slo(one) for one in outcome.slo))
    yield from _section("Nodes", (_node(use) for use in outcome.uses))
    if outcome.bottleneck is not None:
        named = outcome.design.bottleneck
        said = f"; named before the run: {named}" if named else "; none was named before the run"
        yield f"  bottleneck: {_name(outcome.bottleneck)} ({100 * outcome.bottleneck.utilisation:.0f} % busy){said}"
    yield from _section("Faults", (_fault(one) for one in outcome.faults))
    yield from _section("Estimates", (_estimate(one) for one in references(outcome)))
    yield from _section("Declared, not simulated", _declared(outcome))
    yield from _section("Taken instead of what was declared (say `why:` at the node to keep it)", _clamped(outcome))
    yield from _section("Notes", iter(outcome.notes))


def _section(title: str, rows: Iterator[str]) -> Iterator[str]:
    found = list(rows)
    if found:
        yield title
        yield from (f"  {row}" for row in found)


def _shown(found: Interval) -> str:
    return f"{found.value:.4g} ({found.low:.4g} to {found.high:.4g})"


def _slo(one: Judged) -> str:
    found = f"{one.found.value:.4g}" if one.declared else _shown(one.found)
    return f"{_MARKS[one.verdict]} {one.verdict:9} {one.name} at most {one.limit:g}: {found}"


def _name(use: Use) -> str:
    return f"{use.node} {use.part}".strip()


def _node(use: Use) -> str:
    fill = f"  batches {100 * use.batch_fill:.0f} % full" if use.batch_fill is not None else ""
    bar = "█" * round(10 * min(1.0, use.utilisation))
    return f"{_name(use):20} {100 * use.utilisation:6.1f} % {bar:10} {use.queue:10.2f} waiting{fill}"


def _fault(one: Endured) -> str:
    back = "" if one.back_s is None or one.state == "unharmed" else f", back {one.back_s:g} s after its end"
    when = f"at {one.fault.at_s:g} s for {one.fault.for_s:g} s"
    return f"{_MARKS[one.state]} {one.state:9} {one.fault.shown} {when}: down to {100 * one.worst:.0f} % good{back}"


def _estimate(one: Reference) -> str:
    mark = {1.0: "✓", 0.5: "~"}.get(one.share, "✗")
    return f"{mark} {one.name:24} {one.estimate:>10.4g}   reference {one.reference:>10.4g}   ({one.law})"


def _declared(outcome: Outcome) -> Iterator[str]:
    points = ", ".join(outcome.single_points) or "none"
    yield f"single points of failure: {points}"
    for name, seconds in outcome.lost_s.items():
        yield f"loss of data at {name}: up to {seconds:g} s"


def _clamped(outcome: Outcome) -> Iterator[str]:
    for one in outcome.design.clamped:
        yield f"{one.node}: {one.field} {one.declared:g} → {one.used:g} (usual: {one.low:g} to {one.high:g})"
