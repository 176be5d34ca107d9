"""Features that stay, move a little or break, shown to the monitor one day at a time."""

from dataclasses import dataclass, field

import numpy as np

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat

DAYS = 60
REFERENCE = 600
USUAL = 40
WINDOW = 7
SHIFT = 0.4


@dataclass
class Run:
    """Features over sixty days: on which day each moved, and on which it was first named."""

    moved: dict[str, int] = field(default_factory=dict)
    still: list[str] = field(default_factory=list)
    named: dict[str, int] = field(default_factory=dict)

    @property
    def false(self) -> int:
        """How many of those that stayed were named."""
        return sum(name in self.named for name in self.still)

    def in_time(self, window: int) -> int:
        """How many of those that moved were first named within *window* days."""
        return sum(0 <= self.named.get(name, -1) - day < window for name, day in self.moved.items())


def draw(rng: np.random.Generator, kind: int, size: int) -> np.ndarray:
    """Values with mean 0 and standard deviation 1: normal, skewed, or uniform."""
    if kind == 0:
        return rng.normal(size=size)
    if kind == 1:
        return (rng.gamma(4.0, size=size) - 4.0) / 2.0
    return rng.uniform(-(3**0.5), 3**0.5, size=size)


def watched(lab: Lab, seed: int, still: int, moved: int, *, shift: float = SHIFT, sizes: str = "usual") -> Run:
    """What a monitor in a process of its own says of *still* features and *moved* ones, in an order of chance."""
    rng = np.random.default_rng(seed)
    run = Run()
    names = [f"f{number:03d}" for number in rng.permutation(still + moved)]
    units = {name: (10 ** rng.uniform(-1, 3), rng.uniform(-5, 5), number % 3) for number, name in enumerate(names)}
    run.still = names[:still]
    run.moved = {name: int(rng.integers(20, 48)) for name in names[still:]}
    signs = {name: 1 if rng.random() < 0.5 else -1 for name in names}
    seat: Seat = lab.process()

    def values(name: str, size: int, at: int) -> list[float]:
        scale, middle, kind = units[name]
        moves = shift * signs[name] if at >= run.moved.get(name, DAYS) else 0.0
        return np.round(scale * (middle + moves + draw(rng, kind, size)), 3).tolist()

    lab.call("monitor:begin", {name: values(name, REFERENCE, -1) for name in sorted(names)}, seat=seat)
    for at in range(DAYS):
        day = {}
        for name in sorted(names):
            size = USUAL
            if sizes == "any":
                size = 0 if rng.random() < 0.06 else 6 if at % 7 == 6 else int(rng.integers(36, 60))
            if size or rng.random() < 0.5:
                day[name] = values(name, size, at)
        found = lab.call("monitor:observe", day, seat=seat)
        known = isinstance(found, list) and all(isinstance(one, str) and one in units for one in found)
        lab.expect(known, "observe() must return a list of names of features")
        for name in found:
            run.named.setdefault(name, at)
    lab.end(seat)
    return run


def usual(lab: Lab) -> Run:
    """The long run that two checks look at."""
    return lab.once("usual", lambda: watched(lab, 7102, 60, 30))


def expect_quiet(lab: Lab, run: Run, luck: float = 2.0) -> str:
    """At most one in twenty, and *luck* standard deviations of a binomial count above it."""
    count = len(run.still)
    allowed = int(count / 20 + luck * (count * 0.05 * 0.95) ** 0.5)
    said = f"{run.false} of {count} unmoved features named, {allowed} allowed (one in twenty, and chance)"
    lab.expect(run.false <= allowed, said)
    return said


def expect_found(lab: Lab, run: Run, window: int = WINDOW) -> str:
    """At least nine in ten."""
    found, wanted = run.in_time(window), -(-9 * len(run.moved) // 10)
    said = f"{found} of {len(run.moved)} moved features first named within {window} days, {wanted} wanted"
    lab.expect(found >= wanted, said)
    return said


@check("contract", visible=True)
def what_breaks_is_named_at_once(lab: Lab) -> str:
    run = watched(lab, 5, 0, 4, shift=2.0)
    seen = sum(run.named.get(name, -1) >= day for name, day in run.moved.items())
    late = [name for name, day in run.moved.items() if run.named.get(name, DAYS) >= day + 2]
    lab.expect(not late, f"{len(late)} of 4 broken features not named within 2 days")
    return f"4 of 4 broken features named within 2 days, {4 - seen} of them before they broke"


@check("quiet", visible=True)
def ten_features_stay_as_they_are(lab: Lab) -> str:
    run = watched(lab, 6, 10, 0)
    return expect_quiet(lab, run)


@check("contract")
def broken_features_are_named_in_time(lab: Lab) -> str:
    run = watched(lab, 8, 0, 6, shift=2.0)
    late = [name for name, day in run.moved.items() if run.named.get(name, DAYS) >= day + 2]
    lab.expect(not late, f"{len(late)} of 6 broken features not named within 2 days")
    return "6 of 6 broken features named within 2 days"


@check("quiet")
def sixty_features_stay_as_they_are(lab: Lab) -> str:
    return expect_quiet(lab, usual(lab), luck=1.0)


@check("found")
def small_shifts_are_found_within_a_week(lab: Lab) -> str:
    return expect_found(lab, usual(lab))


@check("gaps")
def days_have_any_number_of_values(lab: Lab) -> str:
    run = watched(lab, 7204, 40, 20, sizes="any")
    quiet = expect_quiet(lab, run)
    found, wanted = run.in_time(WINDOW + 2), 18
    said = f"{found} of 20 moved features first named within {WINDOW + 2} days, {wanted} wanted"
    lab.expect(found >= wanted, said)
    return f"{quiet}; {said}"
