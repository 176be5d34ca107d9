"""Trainings that the project asks for and pays; what each remedy would bring is known here by construction."""

from dataclasses import dataclass

import numpy as np

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.offers import Offers, RefusedError
from greenroom.judge.probes.seats import Seat

BUDGET = 3.9
MARGIN = 1.1
SPREAD = 0.003
ANSWERS = ("rows", "larger", "smaller", "stop")


@dataclass(frozen=True)
class Task:
    """Errors as functions of rows and size: a floor, what the model is too small for, and what it learns by heart."""

    rows: int
    size: int
    floor: float
    lack: float
    lack_power: float
    heart: float
    heart_power: float
    rows_power: float
    goal: float = 0.0
    seed: int = 0

    def errors(self, rows: float, size: float) -> tuple[float, float]:
        """(training error, validation error), without noise."""
        common = self.floor + self.lack * (self.size / size) ** self.lack_power
        heart = self.heart * (size / self.size) ** self.heart_power * (self.rows / rows) ** self.rows_power
        return max(0.0, common - 0.95 * heart), common + heart

    def after(self) -> dict[str, float]:
        """The validation error after each remedy."""
        return {
            "rows": self.errors(10 * self.rows, self.size)[1],
            "larger": self.errors(self.rows, 4 * self.size)[1],
            "smaller": self.errors(self.rows, self.size / 4)[1],
        }


def task(seed: int, wanted: str) -> Task:
    """A task for which *wanted* is right, with a margin: what is right reaches the goal, and what is not is well above."""
    for attempt in range(1000):
        rng = np.random.default_rng([seed, attempt])
        some = Task(
            rows=400 * int(rng.integers(5, 50)),
            size=8 * int(rng.integers(4, 40)),
            floor=rng.uniform(0.04, 0.16),
            lack=rng.uniform(0.01, 0.2),
            lack_power=rng.uniform(0.6, 1.1),
            heart=10 ** rng.uniform(-2.5, -0.7),
            heart_power=rng.uniform(0.5, 1.0),
            rows_power=rng.uniform(0.96, 1.0),
            seed=seed,
        )
        after = some.after()
        now = some.errors(some.rows, some.size)[1]
        goal = min(after.values()) / MARGIN if wanted == "stop" else after[wanted] * MARGIN
        losers = {"rows": ("larger", "smaller"), "larger": ("rows", "smaller"), "smaller": ("larger",), "stop": ()}[wanted]
        seen = {"larger": (some.rows / 4, 4 * some.size), "rows": (some.rows, some.size)}.get(wanted)
        if seen is not None and some.errors(*seen)[0] < 0.2 * some.floor:
            continue  # all learned by heart: where both lines will meet is not to be seen
        if now >= goal * MARGIN and all(after[one] >= goal * MARGIN for one in losers):
            return Task(**{**some.__dict__, "goal": round(goal, 4)})
    raise AssertionError(f"no task for {wanted}")


class Cluster:
    """Runs what is asked for as long as the budget lasts."""

    def __init__(self, one: Task) -> None:
        self.task, self.spent = one, 0.0
        self.offers = Offers(run=self.run)

    def run(self, rows: int, size: int) -> tuple[float, float]:
        """(training error, validation error) with *rows* rows and a model of *size*."""
        one = self.task
        if type(rows) is not int or type(size) is not int or not 20 <= rows <= one.rows or not 1 <= size <= 16 * one.size:
            raise RefusedError(f"rows must be from 20 to {one.rows}, sizes from 1 to {16 * one.size}, both whole numbers")
        price = rows * size / (one.rows * one.size)
        if self.spent + price > BUDGET + 1e-9:
            raise RefusedError(f"{price:.2f} units are asked for, and {BUDGET - self.spent:.2f} are left")
        self.spent += price
        rng = np.random.default_rng([one.seed, rows, size])
        train, valid = (error * (1 + SPREAD * rng.normal()) for error in one.errors(rows, size))
        return round(train, 5), round(valid, 5)


def advised(lab: Lab, one: Task) -> tuple[str, Cluster]:
    """What the project advises, in a process whose cluster this is."""
    cluster = Cluster(one)
    seat: Seat = lab.once("seat", lambda: lab.process(offers=Offers()))
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    seat.handlers["offers"] = cluster.offers.serve
    found = lab.call("advice:advise", one.rows, one.size, one.goal, seat=seat)
    lab.expect(type(found) is str and found in ANSWERS, f"advise() gave {found!r:.80}, expected one of {', '.join(ANSWERS)}")
    return found, cluster


def expect_right(lab: Lab, seed: int, wanted: list[str]) -> str:
    """All but one of the answers right; what is told does not say which tasks were of which sort."""
    right, runs, spent = 0, 0, 0.0
    for number, answer in enumerate(wanted):
        found, cluster = advised(lab, task(seed + number, answer))
        right += found == answer
        runs += cluster.offers.counts["run"]
        spent = max(spent, cluster.spent)
    least = len(wanted) - (len(wanted) >= 8)
    said = f"{right} of {len(wanted)} tasks advised well, {least} wanted ({runs} trainings, {spent:.2f} units at most)"
    lab.expect(right >= least, said)
    return said


def mixed(seed: int, sorts: tuple[str, ...], each: int) -> list[str]:
    """So many of each sort in an order of chance."""
    return [str(one) for one in np.random.default_rng(seed).permutation(list(sorts) * each)]


@check("contract", visible=True)
def a_model_that_is_far_too_small(lab: Lab) -> str:
    return expect_right(lab, 11, ["larger"])


@check("side", visible=True)
def two_tasks(lab: Lab) -> str:
    return expect_right(lab, 20, ["rows", "larger"])


@check("contract")
def one_task_of_either_side(lab: Lab) -> str:
    return expect_right(lab, 30, ["larger", "rows"])


@check("side")
def too_small_or_too_few_rows(lab: Lab) -> str:
    return expect_right(lab, 100, mixed(1, ("larger", "rows"), 6))


@check("floor")
def some_that_nothing_helps(lab: Lab) -> str:
    return expect_right(lab, 200, mixed(2, ("stop", "stop", "larger", "rows"), 3))


@check("smaller")
def some_that_are_too_large(lab: Lab) -> str:
    return expect_right(lab, 300, mixed(3, ("smaller", "smaller", "rows", "larger"), 3))
