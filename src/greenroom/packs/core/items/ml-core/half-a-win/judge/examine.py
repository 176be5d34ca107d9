"""Pairs of scores, counted exactly: small ones against a list of all pairs, large ones by groups."""

import math
import random

from greenroom.judge.inside import arrays
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import RaisedError, Seat

NAN = float("nan")
INF = float("inf")


def all_pairs(labels: list[int], scores: list[float]) -> tuple[int, int, int]:
    """(wins, ties, losses), one pair after the other."""
    ones = [score for label, score in zip(labels, scores, strict=True) if label == 1]
    zeros = [score for label, score in zip(labels, scores, strict=True) if label == 0]
    signs = [(one > zero) - (one < zero) for one in ones for zero in zeros]
    return signs.count(1), signs.count(0), signs.count(-1)


def by_groups(labels: list[int], marks: list[int], steps: int) -> tuple[int, int, int]:
    """The same of whole scores below *steps*, by counts of each score."""
    ones, zeros = [0] * steps, [0] * steps
    for label, mark in zip(labels, marks, strict=True):
        (ones if label else zeros)[mark] += 1
    wins = ties = below = 0
    for one, zero in zip(ones, zeros, strict=True):
        wins += one * below
        ties += one * zero
        below += zero
    return wins, ties, sum(ones) * sum(zeros) - wins - ties


def shared(lab: Lab) -> Seat:
    """The one process that all small checks share."""
    seat: Seat = lab.once("seat", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    return seat


def expect_right(lab: Lab, labels: list[int], scores: list[float], wanted: tuple[int, int, int], what: str) -> None:
    """Both functions, asked in one process for all small checks."""
    seat = shared(lab)
    found = lab.call("ranking:pairs", labels, scores, seat=seat)
    plain = isinstance(found, tuple) and [type(one) for one in found] == [int, int, int]
    lab.expect(plain, f"{what}: pairs() must return three ints")
    lab.expect(found == wanted, f"{what}: pairs() gave {found}, expected {wanted}")
    area = lab.call("ranking:auc", labels, scores, seat=seat)
    expected = (wanted[0] + wanted[1] / 2) / sum(wanted)
    right = type(area) is float and math.isclose(area, expected, rel_tol=0, abs_tol=1e-12)
    lab.expect(right, f"{what}: auc() gave {area}, expected {expected:.6f}")


def some(seed: int, size: int, steps: int | None) -> tuple[list[int], list[float]]:
    """Labels and scores, with ties where there are only so many *steps*."""
    rng = random.Random(seed)
    labels = [0, 1, *(int(rng.random() < 0.4) for _ in range(size - 2))]
    if steps is None:
        scores = rng.sample([number / 1024 for number in range(-2048, 2048)], size)
    else:
        scores = [rng.randrange(-steps, steps) / 8 for _ in range(size)]
    return labels, scores


@check("contract", visible=True)
def five_customers_without_ties(lab: Lab) -> str:
    labels, scores = [1, 0, 1, 0, 0], [0.9, 0.4, 0.35, 0.2, 0.1]
    expect_right(lab, labels, scores, (5, 0, 1), "5 customers")
    return "5 wins, 0 ties, 1 loss: 0.833"


@check("ties", visible=True)
def one_score_for_everyone(lab: Lab) -> str:
    expect_right(lab, [0, 1, 1, 0, 0], [0.3] * 5, (0, 6, 0), "5 customers with one score")
    return "0 wins, 6 ties, 0 losses: 0.5"


@check("contract")
def distinct_scores_in_any_order(lab: Lab) -> str:
    for seed in range(6):
        labels, scores = some(100 + seed, 7 + 9 * seed, None)
        expect_right(lab, labels, scores, all_pairs(labels, scores), f"{len(labels)} customers without ties")
    return "6 sets right"


@check("ties")
def many_scores_are_equal(lab: Lab) -> str:
    for seed in range(12):
        labels, scores = some(200 + seed, 5 + 6 * seed, 1 + seed % 5)
        expect_right(lab, labels, scores, all_pairs(labels, scores), f"{len(labels)} customers with ties")
    labels, scores = [1, 0, 1, 0, 0], [0.5000000001, 0.5, 0.5, 0.5, 0.4999999999]
    expect_right(lab, labels, scores, all_pairs(labels, scores), "scores that differ in the tenth digit")
    return "13 sets right"


@check("edges")
def one_class_alone_has_no_area(lab: Lab) -> str:
    seat = shared(lab)
    for labels in ([], [1], [0, 0, 0], [1, 1, 1, 1]):
        scores = [0.25 * number for number in range(len(labels))]
        found = lab.call("ranking:pairs", labels, scores, seat=seat)
        lab.expect(found == (0, 0, 0), f"labels {labels}: pairs() gave {found}, expected (0, 0, 0)")
        area = lab.call("ranking:auc", labels, scores, seat=seat)
        lab.expect(area is None, f"labels {labels}: auc() gave {area}, expected None")
    return "no area for 4 sets without both classes"


@check("edges")
def infinite_scores_compare_like_others(lab: Lab) -> str:
    labels, scores = [1, 0, 1, 0, 1, 0, 0], [INF, INF, -INF, -INF, 0.0, -0.0, 1e308]
    expect_right(lab, labels, scores, all_pairs(labels, scores), "infinite scores")
    return "right with both infinities, and with two zeros"


@check("edges")
def bad_input_is_refused(lab: Lab) -> str:
    bad = (
        ("lists of 3 and 2", [0, 1, 1], [0.5, 0.25]),
        ("lists of 2 and 3", [0, 1], [0.5, 0.25, 0.75]),
        ("a label 2", [0, 1, 2], [0.5, 0.25, 0.75]),
        ("a label -1", [-1, 1, 0], [0.5, 0.25, 0.75]),
        ("a NaN", [0, 1, 1], [0.5, NAN, 0.75]),
        ("a NaN with one class", [0, 0], [0.5, NAN]),
    )
    seat = shared(lab)
    for what, labels, scores in bad:
        for name in ("pairs", "auc"):
            try:
                found = lab.call(f"ranking:{name}", labels, scores, seat=seat)
            except RaisedError as error:
                lab.expect(error.what.type == "ValueError", f"{what}: {name}() raised {error.what.type}, not ValueError")
            else:
                lab.expect(False, f"{what}: {name}() gave {found}, expected a ValueError")
    return "6 of 6 refused by both functions"


@check("ties")
def the_report_has_the_right_figures(lab: Lab) -> str:
    rng = random.Random(31)
    rows = [(rng.choice(("east", "north", "west")), rng.randrange(2), rng.randrange(6) / 4) for _ in range(90)]
    found = lab.call("report:by_region", rows, seat=shared(lab))
    wanted = {}
    for region in ("east", "north", "west"):
        own = [row for row in rows if row[0] == region]
        wins, ties, losses = all_pairs([row[1] for row in own], [row[2] for row in own])
        wanted[region] = f"{(wins + ties / 2) / (wins + ties + losses):.3f}"
    lab.expect(found == wanted, f"by_region() gave {found}, expected {wanted}")
    return "3 regions right"


def country(size: int, steps: int) -> tuple[list[int], list[float], tuple[int, int, int]]:
    """Labels, scores and the pairs of everybody."""
    rng = random.Random(77)
    labels = [rng.getrandbits(1) for _ in range(size)]
    marks = [min(steps - 1, int(steps * rng.random()) + 900 * label) for label in labels]
    return labels, [mark / 1000 for mark in marks], by_groups(labels, marks, steps)


LABELS, SCORES, COUNTED = country(100_000, 9000)  # made once, not for each submission
SENT = arrays.encode([LABELS, SCORES])


@check("scale")
def the_whole_country(lab: Lab) -> str:
    found = lab.process().ask("call", SENT, target="ranking:pairs", during="pairs() raised")
    lab.expect(found == COUNTED, f"{len(LABELS)} customers: pairs() gave {found}, expected {COUNTED}")
    return f"{len(LABELS)} customers, {sum(COUNTED)} pairs, exact"
