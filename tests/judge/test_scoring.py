"""From case results to findings and a verdict: pure."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import double_item, point

from greenroom.bank.findings import Finding, State
from greenroom.judge import scoring
from greenroom.judge.results import CaseResult, Verdict

OK, WRONG, TIME = Verdict.accepted, Verdict.wrong_answer, Verdict.time_limit


def case(group: str, verdict: Verdict, name: str = "a case", **changes: float) -> CaseResult:
    return CaseResult(name=name, group=group, visible=False, verdict=verdict, **changes)


def earned(value: float) -> Finding:
    state = State.met if value == 1 else State.missed
    return Finding(point="p", earned=value, of=1, confidence=1, state=state)


@pytest.mark.parametrize(
    ("first_failure", "shares", "verdict"),
    [
        (OK, [1, 1], OK), (OK, [1, 0], Verdict.partial), (OK, [0], Verdict.partial), (OK, [], OK),
        (TIME, [1, 0], Verdict.partial), (TIME, [0, 0], TIME), (TIME, [0.9, 0.5], TIME), (WRONG, [1, 1], WRONG),
    ],
)  # fmt: skip
def test_the_verdict_rule(first_failure: Verdict, shares: list[float], verdict: Verdict) -> None:
    assert scoring.decide(first_failure, [earned(share) for share in shares]) is verdict


def test_a_point_over_two_groups_needs_both(tmp_path: Path) -> None:
    item = double_item(tmp_path / "item", rubric=[point("both", cases=("basic", "large")), point("basic")])
    cases = [case("basic", OK), case("large", TIME, "the long one"), case("large", WRONG)]
    result = scoring.summarise(item, cases, tier=1)
    assert [finding.earned for finding in result.findings] == [0, 1]
    assert result.findings[0].evidence == {"cases": "1 of 3", "failing": "the long one", "verdict": "time-limit"}
    assert result.verdict is Verdict.partial


def test_skipped_cases_count_as_not_passed(tmp_path: Path) -> None:
    item = double_item(tmp_path / "item", rubric=[point("basic", cases=("basic",), earn="share")])
    result = scoring.summarise(item, [case("basic", OK)], tier=1, skipped={"basic": 3})
    assert result.findings[0].earned == 0.25


def test_sums_and_peaks(tmp_path: Path) -> None:
    cases = [case("basic", OK, cpu_s=0.25, wall_s=0.5, peak_mb=20), case("large", OK, cpu_s=0.5, wall_s=1, peak_mb=30)]
    result = scoring.summarise(double_item(tmp_path / "item"), cases, tier=2)
    assert (result.cpu_s, result.wall_s, result.peak_mb, result.tier) == (0.75, 1.5, 30, 2)


@pytest.mark.parametrize(
    ("bounds", "met"), [({"at_most": 0.5}, True), ({"at_most": 0.4}, False), ({"at_least": 0.6}, False)]
)
def test_metrics_are_held_to_their_bounds(tmp_path: Path, bounds: dict[str, float], met: bool) -> None:
    item = double_item(tmp_path / "item", rubric=[point("quick", metric="cpu_s", **bounds)])
    result = scoring.summarise(item, [case("basic", OK, cpu_s=0.5)], tier=1)
    assert result.findings[0].state is (State.met if met else State.missed)
    assert result.findings[0].evidence == {"cpu_s": 0.5} | bounds


def test_what_the_run_does_not_have_is_the_items_fault(tmp_path: Path) -> None:
    for number, wrong in enumerate([point("missing"), point("odd", metric="queries", at_most=3)]):
        item = double_item(tmp_path / str(number), rubric=[wrong])
        with pytest.raises(scoring.RubricFaultError):
            scoring.summarise(item, [case("basic", OK)], tier=1)


def test_a_visible_run_decides_no_point(tmp_path: Path) -> None:
    result = scoring.summarise(double_item(tmp_path / "item"), [case("basic", WRONG)], tier=1, visible_only=True)
    assert (result.verdict, result.findings) == (WRONG, ())


def test_a_source_that_cannot_run_misses_every_point(tmp_path: Path) -> None:
    result = scoring.uncompiled(double_item(tmp_path / "item"), tier=1, message="SyntaxError")
    assert result.verdict is Verdict.compile_error
    assert [(finding.state, finding.evidence) for finding in result.findings] == [
        (State.missed, {"verdict": "compile-error"})
    ] * 2
