"""What an accepted dispute makes of a finding, and what may be disputed: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.interview.builders import START, finding, findings_for, make_item, make_round, make_submission

from greenroom.bank.findings import State
from greenroom.interview.overruling import Dispute, check_words, decidable_states, decided_share, overruled
from greenroom.interview.rules import (
    DISPUTES_PER_FINDING,
    Round,
    disputable,
    disputed_answer,
    final_findings,
    observations_of,
    round_share,
    undisputed_findings,
)
from greenroom.kernel.errors import ConflictError, InputError, NotFoundError

ITEM = make_item("x")


def judged(**changes: Any) -> Round:
    """A finished round: p1 absent (of 2), p2 present (of 1), p3 absent (of 3)."""
    states = {"p1": State.absent, "p2": State.present, "p3": State.absent}
    return make_round(done_at=START, submissions=(make_submission(findings_for(ITEM, states), id="s"),), **changes)


def dispute(**changes: Any) -> Dispute:
    values: dict[str, Any] = {
        "id": "d", "round_id": "r", "submission_id": "s", "point": "p1", "text": "I said it", "state": "open",
        "created_at": START,
    }  # fmt: skip
    return Dispute(**(values | changes))


def accepted(earned: float, state: str = "present", *, minutes: int = 1, **changes: Any) -> Dispute:
    decided = START + timedelta(minutes=minutes)
    return dispute(state="accepted", finding_state=state, earned=earned, decided_at=decided, **changes)


def test_an_accepted_dispute_changes_its_finding_and_no_other() -> None:
    one = judged(disputes=(accepted(0.5, answer="half of it is there"),))
    before, after = undisputed_findings(ITEM, one), final_findings(ITEM, one)
    assert after[1:] == before[1:]
    assert (after[0].state, after[0].earned, after[0].confidence) == (State.present, 0.5, 1.0)
    assert after[0].evidence["quote"] == before[0].evidence["quote"]
    assert after[0].evidence["decision"] == {
        "before": {"state": "absent", "earned": 0.0},
        "answer": "half of it is there",
    }


def test_the_share_and_what_ability_sees_follow_the_decision() -> None:
    one = judged()
    assert round_share(ITEM, one) == pytest.approx(1 / 6)
    changed = replace(one, disputes=(accepted(1.0),))
    assert round_share(ITEM, changed) == pytest.approx(3 / 6)
    assert observations_of([(ITEM, changed)])[0][1] == pytest.approx(3 / 6)


@pytest.mark.parametrize("state", ["open", "rejected"])
def test_what_is_open_or_rejected_changes_nothing(state: str) -> None:
    one = judged(disputes=(dispute(state=state, answer="no"),))
    assert final_findings(ITEM, one) == undisputed_findings(ITEM, one)


def test_the_latest_decision_counts() -> None:
    early, late = accepted(1.0, id="a"), accepted(0.0, "contradicted", id="b", minutes=2)
    for order in ((early, late), (late, early)):
        changed = overruled(finding("p1", State.absent, of=2), order)
        assert (changed.state, changed.earned) == (State.contradicted, 0.0)


def test_a_round_that_goes_on_or_without_an_answer_cannot_be_disputed() -> None:
    with pytest.raises(ConflictError):
        disputed_answer(ITEM, replace(judged(), done_at=None), "p1")
    skipped = make_round(done_at=START, skipped=True)
    assert final_findings(ITEM, skipped)
    assert not any(disputable(skipped, each) for each in final_findings(ITEM, skipped))
    with pytest.raises(ConflictError):
        disputed_answer(ITEM, skipped, "p1")


def test_a_point_that_has_no_finding_is_not_there() -> None:
    with pytest.raises(NotFoundError):
        disputed_answer(ITEM, judged(), "p9")


def test_one_open_dispute_a_finding_and_not_for_ever() -> None:
    assert disputed_answer(ITEM, judged(), "p1").id == "s"
    waiting = judged(disputes=(dispute(),))
    with pytest.raises(ConflictError, match="already"):
        disputed_answer(ITEM, waiting, "p1")
    assert disputed_answer(ITEM, waiting, "p2").id == "s"
    rejected = tuple(dispute(id=str(number), state="rejected") for number in range(DISPUTES_PER_FINDING))
    assert disputed_answer(ITEM, judged(disputes=rejected[1:]), "p1").id == "s"
    with pytest.raises(ConflictError, match="already"):
        disputed_answer(ITEM, judged(disputes=rejected), "p1")


def test_a_measure_stays_a_measure_and_a_claim_a_claim() -> None:
    assert decidable_states(finding("p", State.missed)) == (State.met, State.missed)
    for state in (State.absent, State.present, State.contradicted, State.unsure):
        assert decidable_states(finding("p", state)) == (State.present, State.absent, State.contradicted)


@pytest.mark.parametrize(("points", "share"), [(0.5, 0.25), (2.0, 1.0), (1e-9, 5e-10)])
def test_points_become_a_share(points: float, share: float) -> None:
    assert decided_share(finding("p", State.absent, of=2), State.present, points) == pytest.approx(share)


@pytest.mark.parametrize(
    ("state", "points"),
    [
        (State.present, -0.1),
        (State.present, 2.1),
        (State.present, float("nan")),
        (State.present, float("inf")),
        (State.present, 0.0),
        (State.met, 1.0),
        (State.unsure, 1.0),
    ],
)
def test_a_decision_that_fits_no_finding_is_refused(state: State, points: float) -> None:
    with pytest.raises(InputError):
        decided_share(finding("p", State.absent, of=2), state, points)


def test_a_decision_that_changes_nothing_is_refused() -> None:
    with pytest.raises(ConflictError):
        decided_share(finding("p", State.absent, of=2), State.absent, 0.0)


def test_a_point_without_worth_can_be_said_all_the_same() -> None:
    assert decided_share(finding("p", State.absent, of=0), State.present, 0.0) == 0.0


@pytest.mark.parametrize("text", ["", "  \r\n ", "x" * 11, "a\x00b", "a\ud800"])
def test_words_that_cannot_be_stored_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        check_words(text, most=10)


def test_words_are_kept_without_what_forms_add() -> None:
    assert check_words(" a\r\nb \n", most=3) == "a\nb"
    assert check_words("", most=3, needed=False) == ""
