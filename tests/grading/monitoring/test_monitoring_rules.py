"""When more is audited, when a model is asked for, and when the one before answers again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from greenroom.grading.monitoring.rules import (
    Facts,
    Window,
    audit_rate,
    retraining_reasons,
    rollback_reasons,
    share_of,
)

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        (Facts(), []),
        (Facts(errors_alarm=True), ["errors"]),
        (Facts(erasure_due=NOW), ["erasure"]),
        (Facts(trained_rubric="1", rubric="1"), []),
        (Facts(trained_rubric="1", rubric="2"), ["rubric"]),
        (Facts(rubric="2"), []),
        (Facts(new_labels=299), []),
        (Facts(errors_alarm=True, new_labels=300), ["errors", "labels"]),
    ],
)
def test_a_model_is_asked_for_where_there_is_a_reason(facts: Facts, codes: list[str]) -> None:
    assert [one.code for one in retraining_reasons(facts)] == codes


def test_an_erasure_has_a_date() -> None:
    (reason,) = retraining_reasons(Facts(erasure_due=NOW))
    assert reason.due_at == NOW
    assert f"{NOW:%Y-%m-%d}" in reason.said


@pytest.mark.parametrize(
    ("own", "before", "rolls_back"),
    [
        (Window(), Window(), False),
        (Window(answers=0, failures=49), Window(), False),
        (Window(answers=40, failures=20), Window(), True),
        (Window(answers=99, failures=1), Window(), False),
        (Window(answers=500, labelled=100, overridden=40), Window(answers=500, labelled=100, overridden=10), True),
        (Window(answers=500, labelled=100, overridden=40), Window(answers=500, labelled=100, overridden=35), False),
        (Window(answers=500, labelled=40, overridden=40), Window(), False),
    ],
)
def test_rolled_back_by_errors_or_overrides_and_not_by_a_bad_hour(
    own: Window, before: Window, rolls_back: bool
) -> None:
    assert bool(rollback_reasons(own, before)) == rolls_back


def test_shares_are_even_the_same_everywhere_and_apart_for_each_purpose() -> None:
    shares = [share_of(str(number), "audit") for number in range(4_000)]
    assert abs(sum(one < 0.1 for one in shares) - 400) < 80
    assert shares[7] == share_of("7", "audit") != share_of("7", "canary")
    assert audit_rate(covariates_drifted=True) > audit_rate(covariates_drifted=False)
