"""Features that stay, move a little or break, shown to the monitor one day at a time."""

from dataclasses import dataclass, field

import numpy as np

from greenroom.judge.probes.intervals import most_by_chance
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat

DAYS = 60
REFERENCE = 600
USUAL = 40
MOST = 60
WINDOW = 7
SHIFT = 0.4
RATE, FOUND, RISK = 0.05, 0.9, 2e-4
STILL = 400
CLEARLY_QUIET = 19  # of the first 400: whoever names one in ten is as lucky once in 5,000 times


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


def draw(rng: np.random.Generator, kind: int, size: tuple[int, int]) -> np.ndarray:
    """Values with mean 0 and standard deviation 1: normal, skewed, or uniform."""
    if kind == 0:
        return rng.normal(size=size)
    if kind == 1:
        return (rng.gamma(4.0, size=size) - 4.0) / 2.0
    return rng.uniform(-(3**0.5), 3**0.5, size=size)


def watched(lab: Lab, seed: int, still: int, moved: int, *, shift: float = SHIFT, any_size: bool = False) -> Run:
    """What a monitor in a process of its own says of *still* features and *moved* ones, in an order of chance."""
    rng = np.random.default_rng(seed)
    names = [f"f{number:03d}" for number in rng.permutation(still + moved)]
    run = Run({name: int(rng.integers(20, 48)) for name in names[still:]}, names[:still])
    ordered = sorted(names)
    kinds = rng.permutation(len(names)) % 3
    scales, middles = 10 ** rng.uniform(-1, 3, len(names)), rng.uniform(-5, 5, len(names))
    shifts = shift * rng.choice([-1.0, 1.0], len(names))
    days = np.array([run.moved.get(name, DAYS) for name in ordered])
    seat: Seat = lab.process()

    def values(size: int, at: int) -> np.ndarray:
        drawn = np.empty((len(names), size))
        for kind in range(3):
            drawn[kinds == kind] = draw(rng, kind, (int((kinds == kind).sum()), size))
        moves = np.where(at >= days, shifts, 0.0)
        return np.round(scales[:, None] * ((middles + moves)[:, None] + drawn), 3)

    lab.call("monitor:begin", dict(zip(ordered, values(REFERENCE, -1), strict=True)), seat=seat)
    for at in range(DAYS):
        day = dict(zip(ordered, values(MOST if any_size else USUAL, at), strict=True))
        if any_size:
            for name, own in list(day.items()):
                size = 0 if rng.random() < 0.06 else 6 if at % 7 == 6 else int(rng.integers(36, MOST))
                day[name] = own[:size]
                if not size and rng.random() < 0.5:
                    del day[name]
        found = lab.call("monitor:observe", day, seat=seat)
        known = isinstance(found, list) and all(isinstance(one, str) and one in day for one in found)
        lab.expect(known, "observe() must return a list of names of that day's features")
        for name in found:
            run.named.setdefault(name, at)
    lab.end(seat)
    return run


def usual(lab: Lab) -> Run:
    """The long run that two checks look at."""
    return lab.once("usual", lambda: watched(lab, 7102, STILL, 150))


def allowed(count: int) -> int:
    """How many of *count* a monitor names at most that names one in twenty, but for one time in five thousand."""
    return most_by_chance(count, RATE, RISK)


def expect_quiet(lab: Lab, run: Run) -> str:
    """No more than one in twenty and chance explain."""
    count = len(run.still)
    said = f"{run.false} of {count} unmoved features named, {allowed(count)} allowed (one in twenty, and chance)"
    lab.expect(run.false <= allowed(count), said)
    return said


def expect_found(lab: Lab, run: Run, window: int = WINDOW) -> str:
    """No fewer than nine in ten and chance explain."""
    count, found = len(run.moved), run.in_time(window)
    wanted = count - most_by_chance(count, 1 - FOUND, RISK)
    said = f"{found} of {count} moved features first named within {window} days, {wanted} wanted (nine in ten, and chance)"
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
def hundreds_of_features_stay_as_they_are(lab: Lab) -> str:
    run = usual(lab)
    said = expect_quiet(lab, run)
    if run.false <= CLEARLY_QUIET:
        return said
    rest = [watched(lab, 7300 + number, STILL, 0) for number in range(3)]  # too close to tell: more of them decide
    still = [f"{number} {name}" for number, one in enumerate([run, *rest]) for name in one.still]
    named = {f"{number} {name}": day for number, one in enumerate([run, *rest]) for name, day in one.named.items()}
    return expect_quiet(lab, Run(still=still, named=named))


@check("found")
def small_shifts_are_found_within_a_week(lab: Lab) -> str:
    return expect_found(lab, usual(lab))


@check("gaps")
def days_have_any_number_of_values(lab: Lab) -> str:
    run = watched(lab, 7204, 120, 60, any_size=True)
    return f"{expect_quiet(lab, run)}; {expect_found(lab, run, WINDOW + 2)}"
