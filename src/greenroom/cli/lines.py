"""Findings and cases as lines of text."""

from __future__ import annotations

from greenroom.bank.findings import Finding
from greenroom.bank.models import Item
from greenroom.judge.results import CaseResult, RunResult

_MARKS = {"present": "✓", "met": "✓", "absent": "·", "missed": "✗", "contradicted": "✗", "unsure": "?"}


def finding_lines(finding: Finding, item: Item | None) -> list[str]:
    """A finding with its evidence: the quoted words, or the counted cases."""
    point = item.point_by_id.get(finding.point) if item else None
    title = point.title if point else finding.point
    earned = f"{finding.worth:g} of {finding.of:g}"
    lines = [f"{_MARKS[finding.state]} {finding.state.value:12} {earned:>8}  {title}"]
    evidence = finding.evidence
    if evidence.get("quote"):
        lines.append(f"      “{evidence['quote']}” (confidence {finding.confidence:.2f})")
    elif evidence:
        facts = ", ".join(
            f"{name.replace('_', ' ')}: {value}"
            for name, value in evidence.items()
            if not isinstance(value, dict | list)
        )
        lines.append(f"      {facts}")
    for one in evidence.get("measured", ()):
        if one.get("before"):  # without one, the run's own lines have said it
            lines.append(f"      {one['check']}: {one['before']} → {one['after']}")
    return lines


def case_line(case: CaseResult) -> str:
    """One case: mark, verdict, name, time and what went wrong."""
    mark = "✓" if case.verdict.value == "accepted" else "✗"
    detail = f"  {case.message}" if case.message else ""
    taken = f"  {case.cpu_s * 1000:.0f} ms" if case.cpu_s else ""  # a lab's check has no process of its own
    return f"{mark} {case.verdict.value:14} {case.name}{taken}{detail}"


def run_line(result: RunResult) -> str:
    """A run in one line."""
    used = f"{result.cpu_s:.2f} s CPU, {result.wall_s:.2f} s wall, {result.peak_mb:.0f} MB"
    left_out = sum(result.not_run.values())
    rest = f"; {left_out} cases not run, their point was decided" if left_out else ""
    return f"{result.verdict.value} (tier {result.tier}; {used}{rest})"
