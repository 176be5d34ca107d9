"""The course of a round, what it is worth, and its clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.interview.builders import START, finding, findings_for, make_item, make_round, make_submission

from greenroom.bank.findings import State, share
from greenroom.interview.rules import (
    FollowUpState,
    StepName,
    best_answer,
    final_findings,
    next_step,
    plan_follow_ups,
    remaining,
    round_share,
    spent,
    unsure_points,
)

ITEM = make_item("x")
ALL = {"p1": State.present, "p2": State.present, "p3": State.present}


def test_a_round_goes_from_waiting_to_done() -> None:
    one = make_round(opened_at=None)
    assert next_step(ITEM, one).name is StepName.waiting
    one = replace(one, opened_at=START)
    assert next_step(ITEM, one).name is StepName.answer
    one = replace(one, submissions=(make_submission(state="queued"),), closed_at=START)
    assert next_step(ITEM, one).name is StepName.judging
    states = {"p1": State.unsure, "p2": State.absent, "p3": State.present}
    one = replace(one, submissions=(make_submission(findings_for(ITEM, states)),))
    assert [unsure.point for unsure in next_step(ITEM, one).unsure] == ["p1"]
    one = replace(one, self_judgements={"p1": True})
    assert next_step(ITEM, one).name is StepName.finish
    one = replace(one, follow_ups=plan_follow_ups(ITEM, one))
    step = next_step(ITEM, one)
    assert step.follow_up is not None
    assert (step.name, step.follow_up.point) == (StepName.follow_up, "p2")
    one = replace(one, follow_ups=(FollowUpState("p2", "?", "skipped"),))
    assert next_step(ITEM, one).name is StepName.finish
    assert next_step(ITEM, replace(one, done_at=START)).name is StepName.done


def test_a_round_whose_pack_is_gone_can_only_be_finished() -> None:
    assert next_step(None, make_round()).name is StepName.finish


def test_follow_ups_aim_at_the_missed_points_of_highest_worth_in_the_rubrics_order() -> None:
    item = make_item("y", points=(1, 3, 2, 5))
    states = dict.fromkeys(("p1", "p2", "p3"), State.absent) | {"p4": State.present}
    one = make_round(submissions=(make_submission(findings_for(item, states)),))
    assert [follow.point for follow in plan_follow_ups(item, one)] == ["p2", "p3"]


def test_the_best_of_several_tries_counts() -> None:
    poor = make_submission(findings_for(ITEM, ALL | {"p3": State.absent}))
    good = make_submission(findings_for(ITEM, ALL), created_at=START + timedelta(minutes=1))
    worse = make_submission(
        findings_for(ITEM, dict.fromkeys(ALL, State.absent)), created_at=START + timedelta(minutes=2)
    )
    assert best_answer(make_round(submissions=(poor, good, worse))) == good


def test_own_judgement_decides_unsure_points_and_is_marked() -> None:
    states = {"p1": State.unsure, "p2": State.unsure, "p3": State.absent}
    one = make_round(
        submissions=(make_submission(findings_for(ITEM, states)),), self_judgements={"p1": True, "p2": False}
    )
    first, second, third = final_findings(ITEM, one)
    assert (first.state, first.earned, first.self_judged) == (State.present, 1.0, True)
    assert (second.state, second.earned, second.self_judged) == (State.absent, 0.0, True)
    assert not third.self_judged


def test_an_unsure_point_earns_nothing_until_it_is_judged() -> None:
    one = make_round(submissions=(make_submission(findings_for(ITEM, dict.fromkeys(ALL, State.unsure))),))
    assert round_share(ITEM, one) == 0.0
    assert len(unsure_points(ITEM, one)) == 3


def test_own_judgement_cannot_change_what_the_grader_decided() -> None:
    one = make_round(
        submissions=(make_submission(findings_for(ITEM, dict.fromkeys(ALL, State.absent))),),
        self_judgements={"p1": True},
    )
    assert share(final_findings(ITEM, one)) == 0.0


def test_a_good_follow_up_brings_back_half_and_keeps_its_evidence() -> None:
    missed = make_submission(findings_for(ITEM, ALL | {"p1": State.absent}))
    reply = make_submission((finding("p1", State.present, of=2.0),), sort="follow-up", point="p1")
    first = final_findings(ITEM, make_round(submissions=(missed, reply)))[0]
    assert first.earned == 0.5
    assert first.evidence["follow_up"]["quote"] == "words on p1"


def test_a_follow_up_never_lowers_a_point() -> None:
    answer = make_submission(findings_for(ITEM, ALL))
    reply = make_submission((finding("p1", State.contradicted, of=2.0),), sort="follow-up", point="p1")
    assert final_findings(ITEM, make_round(submissions=(answer, reply)))[0].earned == 1.0


def test_hints_cost_their_share_of_the_round() -> None:
    one = make_round(submissions=(make_submission(findings_for(ITEM, ALL)),), hints_used=2)
    assert round_share(ITEM, one) == pytest.approx(0.8)


def test_no_answer_misses_every_point_but_a_judge_error_costs_nothing() -> None:
    assert [one.earned for one in final_findings(ITEM, make_round(skipped=True))] == [0.0, 0.0, 0.0]
    failed = make_submission(verdict="judge-error", result={"findings": [], "message": "ours"})
    assert final_findings(ITEM, make_round(submissions=(failed,))) == ()


def test_the_clock_runs_only_while_it_is_set() -> None:
    now = START + timedelta(seconds=50)
    assert spent(make_round(spent_s=30), now) == (30, 0)
    running = make_round(spent_s=30, running_since=START, seen_at=START + timedelta(seconds=40))
    assert spent(running, now) == (80, 0)
    assert remaining(running, now) == 280


def test_a_long_silence_is_counted_as_away_and_not_as_time_used() -> None:
    running = make_round(running_since=START, seen_at=START + timedelta(seconds=60))
    used, away = spent(running, START + timedelta(hours=3))
    assert used == 60
    assert away == 3 * 3600 - 60


def test_a_short_silence_is_time_used() -> None:
    running = make_round(running_since=START, seen_at=START)
    assert spent(running, START + timedelta(seconds=119)) == (119, 0)
