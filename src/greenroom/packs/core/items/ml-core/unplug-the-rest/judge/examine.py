"""Plants whose true weights stay on this side: the error on new hours, and which sensors stay plugged in."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from greenroom.judge.probes.holdout import Holdout, numbers
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat

HOURS, NEW, SENSORS, MATTER = 80, 400, 40, 5
ALLOWED, KEPT = 1.35, 0.35
PLANTS = 4


@dataclass
class Plant:
    """Hours with targets for the project, new hours whose expected targets are known, and the sensors that matter."""

    rows: np.ndarray
    targets: np.ndarray
    hidden: Holdout
    matter: set[int]


@dataclass
class Fitted:
    """What the project makes of a plant: predictions, the sensors that it keeps, error and F1."""

    said: np.ndarray
    kept: set[int]
    error: float
    f1: float


def plant(seed: int, *, few: bool, sensors: int = SENSORS, units: bool = True) -> Plant:
    """A plant with noise of 1: a handful of loosely related sensors matter, or all of five families of alike ones."""
    rng = np.random.default_rng(seed)
    count = HOURS + NEW
    own = rng.normal(size=(count, sensors))
    families = rng.normal(size=(count, 5))
    if few:
        values = own + families @ rng.normal(0, 0.25, (5, sensors))
        weights = np.zeros(sensors)
        weights[rng.permutation(sensors)[:MATTER]] = rng.choice([-1, 1], MATTER) * rng.uniform(0.7, 1.3, MATTER)
        strength = 3.0
    else:
        values = families[:, np.arange(sensors) % 5] + 1.5 * own
        signs = rng.choice([-1, 1], 5) * rng.uniform(0.6, 1.4, 5)
        weights = signs[np.arange(sensors) % 5] * rng.uniform(0.7, 1.3, sensors)
        strength = 4.0
    values /= values.std(axis=0)
    truth = values @ weights * (strength / (values @ weights).std()) + rng.uniform(-50, 50)
    if units:
        values = (values + rng.uniform(-5, 5, sensors)) * 10 ** rng.uniform(-3, 4, sensors)
    targets = truth[:HOURS] + rng.normal(size=HOURS)
    return Plant(values[:HOURS], targets, Holdout(values[HOURS:], truth[HOURS:]), set(np.flatnonzero(weights)))


def fitted(lab: Lab, *plants: Plant) -> list[Fitted]:
    """The project's models of some plants, which two processes fit beside each other."""
    seats: list[Seat] = lab.once("seats", lambda: [lab.process(), lab.process()])
    lab.expect(not any(seat.garbled for seat in seats), "the process gave answers that cannot be read")
    found = lab.calls("fit:fit", [(one.rows, one.targets) for one in plants], seat=seats)
    return [judged(lab, one, model) for one, model in zip(plants, found, strict=True)]


def judged(lab: Lab, one: Plant, found: Any) -> Fitted:
    """What the project said of a plant."""
    lab.expect(isinstance(found, tuple | list) and len(found) == 2, "fit() must return (weights, constant)")
    weights = numbers(lab, found[0], one.rows.shape[1], "the weights of fit()", each="sensor")
    (constant,) = numbers(lab, [found[1]], 1, "the constant of fit()", each="plant")
    said = one.hidden.rows @ weights + constant
    kept = set(np.flatnonzero(weights))
    error = (one.hidden.rmse(said).value ** 2 + 1) ** 0.5
    return Fitted(said, kept, error, 2 * len(kept & one.matter) / (len(kept) + len(one.matter)))


def expect_error(lab: Lab, models: list[Fitted]) -> str:
    """The mean error within what is allowed."""
    error = sum(one.error for one in models) / len(models)
    said = f"{len(models)} plants: error {error:.2f} times the noise on average, {ALLOWED:.2f} allowed"
    lab.expect(error <= ALLOWED, said)
    return said


def expect_kept(lab: Lab, models: list[Fitted]) -> str:
    """The right sensors, more or less."""
    f1, kept = (sum(values) / len(models) for values in zip(*((one.f1, len(one.kept)) for one in models), strict=True))
    said = f"F1 of the sensors that are kept {f1:.2f} on average, {KEPT:.2f} wanted ({kept:.0f} of {SENSORS} kept)"
    lab.expect(f1 >= KEPT, said)
    return said


def of_sort(lab: Lab, seed: int, count: int, *, few: bool) -> list[Fitted]:
    """The project's models of *count* plants."""
    return fitted(lab, *(plant(seed + number, few=few) for number in range(count)))


@check("contract", visible=True)
def a_plant_with_four_sensors_of_one_unit(lab: Lab) -> str:
    return expect_error(lab, fitted(lab, plant(3, few=False, sensors=4, units=False)))


@check("few", visible=True)
def two_plants_where_a_handful_matters(lab: Lab) -> str:
    models = of_sort(lab, 20, 2, few=True)
    return f"{expect_error(lab, models)}; {expect_kept(lab, models)}"


@check("many", visible=True)
def three_plants_where_all_matter_a_little(lab: Lab) -> str:
    return expect_error(lab, of_sort(lab, 40, 3, few=False))


@check("few")
def more_plants_where_a_handful_matters(lab: Lab) -> str:
    models = of_sort(lab, 100, PLANTS, few=True)
    return f"{expect_error(lab, models)}; {expect_kept(lab, models)}"


@check("many")
def more_plants_where_all_matter_a_little(lab: Lab) -> str:
    return expect_error(lab, of_sort(lab, 200, PLANTS, few=False))


@check("units")
def the_same_plant_in_other_units(lab: Lab) -> str:
    one = plant(312, few=True)
    rng = np.random.default_rng(5)
    factors, shifts = 10 ** rng.uniform(-3, 3, SENSORS), rng.uniform(-3, 3, SENSORS)
    spread = one.rows.std(axis=0)
    rows, new = ((part / spread + shifts) * factors for part in (one.rows, one.hidden.rows))
    first, second = fitted(lab, one, Plant(rows, one.targets, Holdout(new, one.hidden.truth), one.matter))
    apart = float(np.abs(first.said - second.said).max())
    lab.expect(apart <= 0.05, f"in other units predictions differ by {apart:.2f} times the noise, 0.05 allowed")
    others = len(first.kept ^ second.kept)
    lab.expect(others <= 1, f"in other units {others} sensors are kept or unplugged that were not before")
    return "the same predictions from the same sensors"


@check("units")
def a_sensor_is_stuck(lab: Lab) -> str:
    one = plant(320, few=True)
    stuck = next(number for number in range(SENSORS) if number not in one.matter)
    one.rows[:, stuck] = one.hidden.rows[:, stuck] = 1013.25
    return expect_error(lab, fitted(lab, one))
