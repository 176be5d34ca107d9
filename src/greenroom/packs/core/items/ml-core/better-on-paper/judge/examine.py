"""Reports beside the truth: the model as it is deployed, tried here on people that the project never sees."""

import numpy as np

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.leakage import optimism
from greenroom.judge.probes.refits import refits

COLUMNS, NEIGHBOURS = 10, 3
WIDE = 120
NEW = 500
SIGNALS = (0.0, 0.8, 1.5, 2.2)


def deployed(train: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """What the project's model says, worked out on this side."""
    ones, zeros = train[labels == 1], train[labels == 0]
    distance = np.abs(ones.mean(0) - zeros.mean(0)) / (np.sqrt(ones.var(0) + zeros.var(0)) + 1e-9)
    chosen = np.argsort(-distance, kind="stable")[:COLUMNS]
    train, rows = train[:, chosen], rows[:, chosen]
    squares = (rows**2).sum(1)[:, None] - 2 * rows @ train.T + (train**2).sum(1)[None]
    votes = labels[np.argsort(squares, axis=1, kind="stable")[:, :NEIGHBOURS]]
    return (votes.mean(1) > 0.5).astype(int)


def people(rng: np.random.Generator, count: int, times: int, signal: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows of *count* people who were measured *times* times each, and their labels; four columns carry the signal."""
    labels = np.arange(count) % 2
    own = rng.normal(size=(count, WIDE))
    own[:, :4] += signal * labels[:, None]
    rows = np.repeat(own, times, axis=0)
    if times > 1:
        rows = rows + 0.5 * rng.normal(size=rows.shape)
    return np.round(rows, 2), np.repeat(labels, times)


Asked = tuple[list[list[float]], list[int], list[int]]


def given(rng: np.random.Generator, rows: np.ndarray, labels: np.ndarray, times: int) -> Asked:
    """What the project is asked: rows in any order, and a number for each patient."""
    order = rng.permutation(len(rows))
    numbers = rng.permutation(1000)[: len(rows) // times]
    return rows[order].tolist(), labels[order].tolist(), np.repeat(numbers, times)[order].tolist()


def distance(lab: Lab, seed: int, count: int, times: int, signal: float) -> tuple[float, float]:
    """(report, truth) of one data set."""
    rng = np.random.default_rng(seed)
    rows, labels = people(rng, count, times, signal)
    new, new_labels = people(rng, NEW, 1, signal)
    if times > 1:
        new = new + 0.5 * rng.normal(size=new.shape)
    truth = float((deployed(rows, labels, new) == new_labels).mean())
    asked = given(rng, rows, labels, times)
    seat = lab.once("seat", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    report = lab.call("estimate:accuracy", *asked, seat=seat)
    lab.expect(type(report) is float and 0 <= report <= 1, f"accuracy() gave {report!r}, expected a float from 0 to 1")
    return report, truth


def expect_near(lab: Lab, pairs: list[tuple[float, float]], allowed: float) -> str:
    """The mean distance within *allowed*."""
    found = optimism(pairs)
    said = f"{found.told}, {allowed:.2f} allowed"
    lab.expect(found.distance.value <= allowed, said)
    return said


@check("contract", visible=True)
def a_report_is_a_share(lab: Lab) -> str:
    report, truth = distance(lab, 5, 40, 1, 0.0)
    return f"report {report:.2f}, truth {truth:.2f}"


@check("contract")
def the_same_data_give_the_same_report(lab: Lab) -> str:
    rng = np.random.default_rng(77)
    first, other = (given(rng, *people(rng, count, 2, 0.4), 2) for count in (40, 30))
    again = refits(lab, "estimate:accuracy", *first, before=[("estimate:accuracy", other)])
    lab.measure("apart", again.apart)
    lab.expect(again.same, again.told)
    return f"{again.told}, {again.apart:g} apart"


@check("selection", visible=True)
def four_data_sets(lab: Lab) -> str:
    return expect_near(lab, [distance(lab, 11 + number, 48, 1, SIGNALS[number % 2]) for number in range(4)], 0.12)


@check("selection")
def twenty_data_sets(lab: Lab) -> str:
    return expect_near(lab, [distance(lab, 100 + number, 48, 1, SIGNALS[number % 4]) for number in range(20)], 0.08)


@check("selection")
def eight_data_sets_of_noise(lab: Lab) -> str:
    pairs = [distance(lab, 201 + number, 40, 1, 0.0) for number in range(8)]
    mean = sum(report for report, _ in pairs) / len(pairs)
    lab.expect(mean <= 0.57, f"8 data sets without any signal: mean report {mean:.2f}, 0.57 allowed")
    return f"8 data sets without any signal: mean report {mean:.2f}, 0.57 allowed"


@check("patients")
def patients_measured_four_times(lab: Lab) -> str:
    return expect_near(lab, [distance(lab, 300 + number, 24, 4, SIGNALS[number % 4]) for number in range(12)], 0.12)
