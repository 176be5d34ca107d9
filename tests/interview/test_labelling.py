"""A candidate's own judgement becomes a label of the submission that it is about."""

from __future__ import annotations

from tests.interview.builders import findings_for, make_item, make_round, make_submission

from greenroom.bank.findings import State
from greenroom.interview.labelling import self_judged

ITEM = make_item("x")


def test_each_judgement_is_of_the_answer_or_of_the_last_follow_up() -> None:
    states = {"p1": State.unsure, "p2": State.absent, "p3": State.unsure}
    answer = make_submission(findings_for(ITEM, states))
    first, last = (make_submission(sort="follow-up", point="p2") for _ in range(2))
    one = make_round(submissions=(answer, first, last))
    found = list(self_judged(one, {"p1": True, "p3": False, "follow-up/p2": True, "follow-up/p1": True}))
    assert found == [
        (answer.id, "p1", State.present),
        (answer.id, "p3", State.absent),
        (last.id, "p2", State.present),
    ]
    assert list(self_judged(make_round(submissions=()), {"p1": True})) == []
