"""The verifier must be able to go red: for a grader that is too kind, and for one that is too strict."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from greenroom.bank.attacks import attacks
from greenroom.bank.findings import Finding, State
from greenroom.bank.loader import load_pack
from greenroom.bank.models import Item, Kind
from greenroom.bank.verification import Outcome, Verification, matches, verify


def outcome(item: Item, earned: float) -> Outcome:
    claim = item.kind is Kind.concept
    good, bad = (State.present, State.absent) if claim else (State.met, State.missed)
    state = good if earned else bad
    findings = tuple(
        Finding(point=p.id, earned=earned, of=p.points, confidence=1.0, state=state) for p in item.head.rubric
    )
    return Outcome(findings=findings, verdict=None if claim else ("accepted" if earned else "wrong-answer"))


def verified(pack: Path, earned: float) -> Verification:
    items = load_pack(pack).items
    answerer = lambda item, _: outcome(item, earned)  # noqa: E731
    return verify(items, {Kind.concept: answerer, Kind.code: answerer}, root=pack)


def test_a_judge_that_gives_everything_away_is_red(pack: Path) -> None:
    result = verified(pack, 1.0)
    failed = {check.path for check in result.checks if not check.agrees}
    assert {"hostile/exit.py", "hostile/orders.md", "attack/empty", "attack/negated", "attack/starter"} <= failed
    assert not result.green


def test_a_judge_that_gives_nothing_is_red(pack: Path) -> None:
    result = verified(pack, 0.0)
    failed = {check.path for check in result.checks if not check.agrees}
    assert {"accepted/plain.md", "accepted/sum.py", "partial/positive.py"} <= failed
    assert any("apart" in problem.message for problem in result.problems)


def test_an_answer_that_agrees_now_and_then_is_red(pack: Path) -> None:
    """The fifth time each accepted answer is read, it earns nothing."""
    read: Counter[tuple[str, str]] = Counter()

    def fickle(item: Item, answer: str) -> Outcome:
        read[item.slug, answer] += 1
        return outcome(item, float(read[item.slug, answer] < 5))

    items = [item for item in load_pack(pack).items if item.kind is Kind.code]
    for times, agrees in ((4, True), (5, False)):
        read.clear()
        result = verify(items, {Kind.code: fickle}, root=pack, times=times)
        accepted = [check for check in result.checks if check.path.startswith("accepted/")]
        assert accepted
        assert all(check.agrees is agrees for check in accepted)


def test_json_has_the_stable_keys(pack: Path) -> None:
    report = verified(pack, 0.0).as_json()
    assert set(report) == {"submissions", "agree", "total", "share", "skipped", "problems"}
    assert set(report["submissions"][0]) == {"item", "path", "language", "expected", "actual", "agrees"}
    assert report["total"] == len(report["submissions"])
    assert report["share"] == pytest.approx(report["agree"] / report["total"], abs=1e-4)


def test_what_cannot_be_run_here_is_left_out_by_name(pack: Path) -> None:
    answerer = lambda item, _: outcome(item, 1.0)  # noqa: E731
    result = verify(
        load_pack(pack).items,
        {Kind.concept: answerer, Kind.code: answerer},
        root=pack,
        lacking=lambda item: "no PostgreSQL here" if item.slug == "add-up" else None,
    )
    assert {check.item for check in result.checks} == {"why-stateless"}
    assert result.skipped == [{"item": "add-up", "path": "", "language": "", "reason": "no PostgreSQL here"}]


def test_an_unknown_statement_is_a_problem(pack: Path) -> None:
    path = pack / "items/dsa/add-up/item.yaml"
    path.write_text(path.read_text().replace("dsa.two-pointers", "dsa.three-pointers"), encoding="utf-8")
    assert any("dsa.three-pointers" in problem.message for problem in verified(pack, 0.0).problems)


def test_every_item_is_attacked_in_every_way_of_its_kind(pack: Path) -> None:
    names = {item.kind: {name for name, _ in attacks(item)} for item in load_pack(pack).items}
    assert {"empty", "gibberish", "prompt-echo", "keywords", "negated", "instruction"} <= names[Kind.concept]
    assert {
        "empty",
        "gibberish",
        "starter",
        "early-exit",
        "always-equal",
        "judge-files",
        "patched-clock",
        "forged-verdict",
    } <= names[Kind.code]


@pytest.mark.parametrize(
    ("expected", "state", "earned", "agrees"),
    [
        ("present", State.present, 1.0, True),
        ("absent|contradicted", State.contradicted, 0.0, True),
        ("absent|contradicted", State.unsure, 0.0, False),
        (0.5, State.missed, 0.505, True),
        (0.5, State.missed, 0.52, False),
    ],
)
def test_matches(expected: str | float, state: State, earned: float, agrees: bool) -> None:
    finding = Finding(point="p", earned=earned, of=1, confidence=1, state=state)
    assert matches(expected, finding) is agrees
