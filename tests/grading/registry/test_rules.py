"""What a challenger must show: a worse one never gets through, a better one does, and each condition can stop it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.grading.models import concept_item, held_out, linear_model, rows

from greenroom.bank.findings import State
from greenroom.grading.registry.comparison import Comparison, compare
from greenroom.grading.registry.invariance import SORTS, Suite, try_out
from greenroom.grading.registry.linear import LinearScorer
from greenroom.grading.registry.overlaps import Overlaps
from greenroom.grading.registry.protocols import Row, Score
from greenroom.grading.registry.rules import Evidence, Live, judge

SEEDS = range(20)
SUITE = Suite(dict.fromkeys(SORTS, 40), dict.fromkeys(SORTS, 0), ())
LIVE = Live(shadow=520, canary=120)


def comparison(seed: int, champion: float, challenger: float, count: int = 900, *, boast: float = 0.0) -> Comparison:
    rng = np.random.default_rng(seed)
    return compare(held_out(rng, champion, challenger, count, boast=boast), rng)


@pytest.mark.parametrize("challenger", [0.70, 0.76, 0.78])
def test_a_worse_challenger_is_never_promoted(challenger: float) -> None:
    assert not any(judge(Evidence(comparison(seed, 0.80, challenger), SUITE, LIVE)).promote for seed in SEEDS)


def test_a_better_one_is_promoted() -> None:
    found = [judge(Evidence(comparison(seed, 0.70, 0.88, boast=0.1), SUITE, LIVE)) for seed in SEEDS]
    assert sum(one.promote for one in found) >= 19, [one.reasons for one in found if not one.promote]


GOOD = Comparison(900, 60, 0.05, 0.02, {"jwt": (0.7, 0.75), "dsa": (0.8, 0.78)}, (0.2, 0.18), (0.04, 0.03))


def test_control_the_good_one_passes() -> None:
    assert judge(Evidence(GOOD, SUITE, LIVE)).promote


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("held-out rows", Evidence(None, SUITE, LIVE)),
        ("held-out rows", Evidence(replace(GOOD, rows=599), SUITE, LIVE)),
        ("macro-F1", Evidence(replace(GOOD, lower=0.0), SUITE, LIVE)),
        ("families", Evidence(replace(GOOD, families={"jwt": (0.9, 0.95), "dsa": (0.8, 0.77)}), SUITE, LIVE)),
        ("MAE", Evidence(replace(GOOD, mae=(0.2, 0.201)), SUITE, LIVE)),
        ("ECE", Evidence(replace(GOOD, ece=(0.04, 0.041)), SUITE, LIVE)),
        ("invariance", Evidence(GOOD, None, LIVE)),
        ("invariance", Evidence(GOOD, replace(SUITE, failed={**SUITE.failed, "name": 1}), LIVE)),
        ("invariance", Evidence(GOOD, replace(SUITE, tried={**SUITE.tried, "typo": 0}), LIVE)),
        ("shadow", Evidence(GOOD, SUITE, replace(LIVE, shadow=499))),
        ("shadow failures", Evidence(GOOD, SUITE, replace(LIVE, shadow_failures=20))),
        ("canary", Evidence(GOOD, SUITE, replace(LIVE, canary=99))),
        ("canary failures", Evidence(GOOD, SUITE, replace(LIVE, canary_failures=5))),
    ],
)
def test_each_condition_stops_it_alone(name: str, evidence: Evidence) -> None:
    verdict = judge(evidence)
    assert [one.name for one in verdict.checks if not one.met] == [name]
    assert not verdict.promote
    assert verdict.reasons[0].startswith(name)


def test_figures_are_written_down_and_read_back() -> None:
    assert Comparison.from_json(GOOD.as_json()) == GOOD
    assert Suite.from_json(SUITE.as_json()) == SUITE


def test_the_interval_is_wider_when_rows_of_a_question_go_together() -> None:
    rng = np.random.default_rng(7)
    made = held_out(rng, 0.75, 0.78, 600)
    alone = [replace(row, cluster=str(number)) for number, row in enumerate(made)]
    lumped = [replace(row, cluster=str(number % 6)) for number, row in enumerate(sorted(made, key=_better))]
    single, few = compare(alone, np.random.default_rng(1)), compare(lumped, np.random.default_rng(1))
    assert single.difference == pytest.approx(few.difference)
    assert (single.clusters, few.clusters) == (600, 6)
    together = [replace(row, cluster=str(number // 100)) for number, row in enumerate(sorted(made, key=_better))]
    assert compare(together, np.random.default_rng(1)).lower < single.lower


def _better(row: object) -> int:
    truth, champion, challenger = (getattr(row, name) for name in ("truth", "champion", "challenger"))
    return int(challenger.state is truth) - int(champion.state is truth)


class Words:
    """A scorer that looks for a word, with a fault of its own."""

    version = "words"

    def __init__(self, fault: str = "") -> None:
        self.fault = fault

    def score(self, asked: Sequence[Row]) -> list[Score]:
        return [self._one(row.answer) for row in asked]

    def _one(self, answer: str) -> Score:
        text = answer if self.fault == "case" else answer.lower()
        won = "session" in text
        if self.fault == "injection":
            won = won or "full points" in text or "mark every point" in text
        if self.fault == "name" and "priya" in text:
            won = False
        if self.fault == "padding" and "what i would say" in text:
            won = False
        return Score(State.present if won else State.absent, 0.9, 0.9 if won else 0.1, False)


@pytest.mark.parametrize("fault", ["", "case", "injection", "name", "padding"])
def test_the_invariance_suite_finds_the_fault_and_no_other(tmp_path: Path, fault: str) -> None:
    item = concept_item(tmp_path)
    asked = [*rows(item, "The server keeps no session, everything is inside."), *rows(item, "Something different.")]
    suite = try_out(Words(fault), asked, random.Random(1))
    assert suite.passed == (not fault)
    assert [name for name, count in suite.failed.items() if count] == ([fault] if fault else [])
    assert all(suite.tried[name] for name in SORTS)
    assert all(fault in one for one in suite.failures)


def test_a_real_linear_model_can_be_tried(tmp_path: Path) -> None:
    suite = try_out(LinearScorer(linear_model(), Overlaps()), rows(concept_item(tmp_path)), random.Random(1))
    assert sum(suite.tried.values()) > 20
