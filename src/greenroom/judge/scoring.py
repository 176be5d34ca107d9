"""From case results to findings and a verdict: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Item
from greenroom.bank.rubric import Measure, Point
from greenroom.judge.results import CaseResult, RunResult, Verdict


class RubricFaultError(Exception):
    """The rubric measures what the run does not have: the item is wrong, not the candidate."""


def summarise(
    item: Item,
    cases: Sequence[CaseResult],
    *,
    tier: int,
    skipped: Mapping[str, int] | None = None,
    visible_only: bool = False,
    measures: Mapping[str, float] | None = None,
    message: str | None = None,
) -> RunResult:
    """The run's result. *skipped* counts, by group, cases that were not run; they count as not passed.

    *measures* are the numbers that a lab's examiner gave.

    Raises RubricFaultError when a point names a group or a metric that does not exist.
    """
    bare = RunResult(
        verdict=_first_failure(cases),
        tier=tier,
        cases=tuple(cases),
        cpu_s=round(sum(case.cpu_s for case in cases), 6),
        wall_s=round(sum(case.wall_s for case in cases), 6),
        peak_mb=max((case.peak_mb for case in cases), default=0.0),
        not_run=dict(skipped or {}),
        measures=dict(measures or {}),
        message=message,
    )
    if visible_only:
        return bare
    totals = Counter(case.group for case in cases) + Counter(skipped or {})
    points = [point for point in item.head.rubric if point.measure is not None]
    findings = tuple(_finding(point, bare, totals) for point in points)
    if item.kind.is_lab:
        findings = tuple(_quoting(finding, item, bare) for finding in findings)
    return bare.model_copy(update={"findings": findings, "verdict": decide(bare.verdict, findings)})


def _quoting(finding: Finding, item: Item, run: RunResult) -> Finding:
    """*finding* with what a lab's checks said of the project, numbers and all."""
    return finding.model_copy(
        update={"evidence": finding.evidence | {"measured": said_of(item.point_by_id[finding.point], run)}}
    )


def said_of(point: Point, run: RunResult) -> list[dict[str, str]]:
    """What *run* measured for *point*: `after` is what each check of its groups said, or the number of its metric."""
    measure = point.measure
    assert measure is not None
    if measure.metric is not None:
        value = run.measures.get(measure.metric)
        return [{"check": measure.metric, "after": f"{value:g}"}] if value is not None else []
    return [
        {"check": case.name, "after": case.message or case.verdict.value}
        for case in run.cases
        if case.group in measure.cases
    ]


def all_or_nothing(rubric: Sequence[Point]) -> frozenset[str]:
    """The groups that are measured, and each time such that one failed case of them takes the whole point."""
    measures = [point.measure for point in rubric if point.measure is not None]
    shared = {group for measure in measures if measure.earn == "share" for group in measure.cases}
    return frozenset(group for measure in measures for group in measure.cases if group not in shared)


def decide(first_failure: Verdict, findings: Sequence[Finding]) -> Verdict:
    """`accepted` when all cases and points are; `partial` when some point is earned in full; else the first failure."""
    in_full = sum(finding.earned >= 1 for finding in findings)
    if first_failure is Verdict.accepted:
        return Verdict.accepted if in_full == len(findings) else Verdict.partial
    return Verdict.partial if 0 < in_full < len(findings) else first_failure


def _first_failure(cases: Sequence[CaseResult]) -> Verdict:
    return next((case.verdict for case in cases if case.verdict is not Verdict.accepted), Verdict.accepted)


def uncompiled(item: Item, *, tier: int, message: str) -> RunResult:
    """The result of a source that cannot be run at all: no case was, so every point is missed."""
    findings = tuple(
        Finding(
            point=point.id,
            earned=0.0,
            of=point.points,
            confidence=1.0,
            state=State.missed,
            evidence={"verdict": Verdict.compile_error.value},
        )
        for point in item.head.rubric
        if point.measure is not None
    )
    return RunResult(verdict=Verdict.compile_error, tier=tier, findings=findings, message=message)


def _finding(point: Point, run: RunResult, totals: Mapping[str, int]) -> Finding:
    measure = point.measure
    assert measure is not None
    earned, evidence = _from_cases(measure, run, totals) if measure.cases else _from_metric(measure, run)
    state = State.met if earned >= 1 else State.missed
    return Finding(point=point.id, earned=earned, of=point.points, confidence=1.0, state=state, evidence=evidence)


def _from_cases(measure: Measure, run: RunResult, totals: Mapping[str, int]) -> tuple[float, dict[str, object]]:
    unknown = [group for group in measure.cases if not totals.get(group)]
    if unknown:
        raise RubricFaultError(f"the rubric measures the group {unknown[0]!r}, which has no cases")
    ran = [case for case in run.cases if case.group in measure.cases]
    passed = sum(case.verdict is Verdict.accepted for case in ran)
    total = sum(totals[group] for group in measure.cases)
    evidence: dict[str, object] = {"cases": f"{passed} of {total}"}
    failing = next((case for case in ran if case.verdict is not Verdict.accepted), None)
    if failing is not None:
        evidence |= {"failing": failing.name, "verdict": failing.verdict.value}
    not_run = sum(run.not_run.get(group, 0) for group in measure.cases)
    if not_run:
        evidence["not_run"] = not_run
    share = passed / total
    return (share if measure.earn == "share" or share == 1 else 0.0), evidence


def _from_metric(measure: Measure, run: RunResult) -> tuple[float, dict[str, object]]:
    """A number of the run against its bounds; it says something of right answers only: all cases must have passed."""
    numbers = {"cpu_s": run.cpu_s, "wall_s": run.wall_s, "peak_mb": run.peak_mb, **run.measures}
    name = str(measure.metric)
    if name not in numbers:
        if run.verdict is not Verdict.accepted:  # it was not reached
            return 0.0, {"verdict": run.verdict.value}
        raise RubricFaultError(f"the rubric measures {name!r}; this run has {', '.join(sorted(numbers))}")
    value = numbers[name]
    within = (measure.at_most is None or value <= measure.at_most) and (
        measure.at_least is None or value >= measure.at_least
    )
    bounds = {"at_most": measure.at_most, "at_least": measure.at_least}
    evidence: dict[str, object] = {name: round(value, 3)}
    evidence.update({key: bound for key, bound in bounds.items() if bound is not None})
    if run.verdict is not Verdict.accepted:
        evidence["verdict"] = run.verdict.value
        return 0.0, evidence
    return float(within), evidence
