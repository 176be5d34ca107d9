"""What a page says of a submission that was run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from greenroom.bank.models import Case
from greenroom.web.views import tried, visible_case


def test_cases_that_were_left_out_are_counted_and_said() -> None:
    cases = [{"verdict": "accepted"}, {"verdict": "time-limit"}]
    result = {"cases": cases, "not_run": {"scale": 2, "deep": 1}}
    row = tried(SimpleNamespace(result=result, verdict="partial", findings=(), late_s=0.0))
    assert (row["passed"], row["total"], row["left_out"]) == (1, 5, 3)


def test_a_submission_without_cases_has_none_left_out() -> None:
    row = tried(SimpleNamespace(result=None, verdict="compile-error", findings=(), late_s=0.0))
    assert (row["passed"], row["total"], row["left_out"]) == (0, 0, 0)


def _item(compare: str) -> Any:
    code = SimpleNamespace(form="function", entry="f", compare=compare)
    return SimpleNamespace(head=SimpleNamespace(code=code))


def test_a_visible_case_shows_what_is_expected_only_where_that_is_the_answer() -> None:
    given = Case(name="one", group="basic", args=(1, "a"), expect=None)
    assert visible_case(_item("exact"), given)["expected"] == "None"
    assert visible_case(_item("checker"), given) | {"several": True} == visible_case(_item("checker"), given)
    assert visible_case(_item("checker"), given)["expected"] is None
    computed = Case(name="two", group="basic", args=(1, "a"))
    assert visible_case(_item("exact"), computed)["expected"] is None
    assert visible_case(_item("exact"), computed)["input"] == "f(1, 'a')"
