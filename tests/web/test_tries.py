"""What a page says of a submission that was run."""

from __future__ import annotations

from types import SimpleNamespace

from greenroom.web.views import tried


def test_cases_that_were_left_out_are_counted_and_said() -> None:
    cases = [{"verdict": "accepted"}, {"verdict": "time-limit"}]
    result = {"cases": cases, "not_run": {"scale": 2, "deep": 1}}
    row = tried(SimpleNamespace(result=result, verdict="partial", findings=(), late_s=0.0))
    assert (row["passed"], row["total"], row["left_out"]) == (1, 5, 3)


def test_a_submission_without_cases_has_none_left_out() -> None:
    row = tried(SimpleNamespace(result=None, verdict="compile-error", findings=(), late_s=0.0))
    assert (row["passed"], row["total"], row["left_out"]) == (0, 0, 0)
