"""From the results of a package's cases and groups to the run's result: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from greenroom.bank.findings import Finding, State
from greenroom.bank.kattis.package import Package
from greenroom.bank.models import Item
from greenroom.bank.rubric import Point
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.problems.walking import Outcome, range_of
from greenroom.judge.results import CaseResult, RunResult, Verdict

WHOLE = "all"
"""How the whole of a package's test data is called where groups are named."""

_FULL = 1 - 1e-9


def bare(cases: Sequence[CaseResult], *, tier: int) -> RunResult:
    """The sums over *cases* with the first failure's verdict, without findings."""
    return RunResult(
        verdict=next((one.verdict for one in cases if one.verdict is not Verdict.accepted), Verdict.accepted),
        tier=tier,
        cases=tuple(cases),
        cpu_s=round(sum(case.cpu_s for case in cases), 6),
        wall_s=round(sum(case.wall_s for case in cases), 6),
        peak_mb=max((case.peak_mb for case in cases), default=0.0),
    )


def summarise(
    item: Item,
    package: Package,
    cases: Sequence[CaseResult],
    groups: Mapping[str, Outcome],
    whole: Outcome,
    not_run: Mapping[str, int],
    *,
    tier: int,
    message: str | None = None,
) -> RunResult:
    """The run's result. *groups* has the outcome of each group that was come to, *whole* that of all.

    Raises JudgeFaultError when a point names a group that the package does not have.
    """
    outcomes = {**groups, WHOLE: whole}
    scores = {name or WHOLE: one.score for name, one in outcomes.items() if one.score is not None}
    result = bare(cases, tier=tier).model_copy(
        update={
            "verdict": verdict_of(package, whole),
            "not_run": dict(not_run),
            "scores": scores if package.scoring else {},
            "message": message,
        }
    )
    points = [point for point in item.head.rubric if point.measure is not None]
    return result.model_copy(update={"findings": tuple(_finding(point, package, outcomes, result) for point in points)})


def verdict_of(package: Package, whole: Outcome) -> Verdict:
    """Greenroom's word on *whole*: a score below the best one is `partial`, where the format has it accepted or counts
    points alone."""
    if not package.scoring or whole.score is None:
        return whole.verdict
    share = range_of(package, package.data).share(whole.score, minimize=package.minimize)
    if whole.accepted:
        return Verdict.accepted if share is None or share >= _FULL else Verdict.partial
    return Verdict.partial if package.format != "legacy" and whole.score > 0 else whole.verdict


def _finding(point: Point, package: Package, outcomes: Mapping[str, Outcome], run: RunResult) -> Finding:
    assert point.measure is not None
    name = point.measure.score
    group = next((one for one in package.data.all_groups() if (one.name or WHOLE) == name), None)
    if group is None:
        raise JudgeFaultError(f"the rubric measures {name or 'something else'!r}, which is no group of the package")
    prefix = f"{group.name}/" if group.name else ""
    cases = [case for case in run.cases if case.name.startswith(prefix)]
    left = sum(count for where, count in run.not_run.items() if f"{where}/".startswith(prefix))
    passed = sum(case.verdict is Verdict.accepted for case in cases)
    evidence: dict[str, object] = {"cases": f"{passed} of {len(cases) + left}"}
    outcome = outcomes.get(WHOLE if name == WHOLE else group.name, Outcome(run.verdict, 0.0))
    earned = float(outcome.accepted)
    if package.scoring and outcome.score is not None:
        reach = range_of(package, group)
        share = reach.share(outcome.score, minimize=package.minimize)
        earned = earned if share is None else share
        best = reach.low if package.minimize else reach.high
        evidence["score"] = f"{outcome.score:g}" + (f" of {best:g}" if share is not None else "")
    failing = next((case for case in cases if case.verdict is not Verdict.accepted), None)
    if failing is not None:
        evidence |= {"failing": failing.name, "verdict": failing.verdict.value}
    elif earned < _FULL:
        evidence["verdict"] = run.verdict.value
    if left:
        evidence["not_run"] = left
    state = State.met if earned >= _FULL else State.missed
    return Finding(point=point.id, earned=earned, of=point.points, confidence=1.0, state=state, evidence=evidence)
