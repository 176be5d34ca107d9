"""Sixty virtual days of a world that changes or does not; errors are reported, costs are counted from the truth."""

from dataclasses import dataclass, field

import numpy as np

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat

DAYS, ROWS = 60, 60
WORTH, TRAINING = 100.0, 100.0
CHANGING, STILL = 2250, 500
CLEAR = 0.01
BAD = 0.5


class World:
    """What a forecast should be on each day, the noise around it, and how each night's training would turn out.

    A model is a number; its expected squared error above the noise is the squared distance from what it should be.
    """

    def __init__(self, seed: int, sort: str) -> None:
        rng = np.random.default_rng(seed)
        day = int(rng.integers(15, 35))
        self.right = np.full(DAYS + 1, rng.normal())
        self.noise = np.full(DAYS + 1, rng.uniform(0.7, 1.2))
        if sort == "break":
            self.right[day:] += rng.choice([-1, 1]) * rng.uniform(1.2, 1.8)
        elif sort == "slow":
            self.right[10:] += rng.choice([-1, 1]) * 0.05 * np.arange(DAYS - 9)
        elif sort == "harder":
            self.noise[day:] *= 1.5
        self.day = day
        self.surprise = rng.normal(size=(DAYS + 1, ROWS))
        self.luck = np.where(rng.random(DAYS + 1) < BAD, 0.7, 0.15) * rng.normal(size=DAYS + 1)
        self.luck[0] = 0.15 * rng.normal()

    def trained(self, day: int) -> float:
        """The model that is trained after *day*."""
        return float(self.right[day] + self.luck[day + 1])

    def excess(self, model: float, day: int) -> float:
        """The expected squared error of a model above the noise."""
        return float((model - self.right[day]) ** 2)

    def errors(self, model: float, day: int) -> list[float]:
        """The squared errors of that day's forecasts."""
        return np.round((model - self.right[day] + self.noise[day] * self.surprise[day]) ** 2, 4).tolist()


@dataclass
class Played:
    """One stream: its cost in euros, trainings, whether each promotion was to a worse model, and each day's excess."""

    cost: float = 0.0
    trainings: int = 0
    worse: list[bool] = field(default_factory=list)
    excess: list[float] = field(default_factory=list)


def played(lab: Lab, seed: int, sort: str) -> Played:
    """One stream, decided on by the project, in the one process that all checks share."""
    seat: Seat = lab.once("seat", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    world, found = World(seed, sort), Played()
    champion, challenger = float(world.right[0] + world.luck[0]), None
    lab.call("policy:begin", seat=seat)
    for day in range(DAYS):
        found.excess.append(world.excess(champion, day))
        found.cost += WORTH * found.excess[-1]
        report = {"day": day, "champion": world.errors(champion, day), "challenger": None}
        if challenger is not None:
            report["challenger"] = world.errors(challenger, day)
        todo = lab.call("policy:decide", report, seat=seat)
        known = isinstance(todo, list) and all(one in ("train", "promote") for one in todo)
        lab.expect(known, f'decide() must return a list of "train" and "promote", got {repr(todo)[:100]}')
        if "promote" in todo and challenger is not None:
            found.worse.append(world.excess(challenger, day) > world.excess(champion, day) + CLEAR)
            champion, challenger = challenger, None
        if "train" in todo:
            found.trainings += 1
            found.cost += TRAINING
            challenger = world.trained(day)
    return found


def changing(lab: Lab) -> list[Played]:
    """Streams in which the world changes, played once for all checks."""
    return lab.once("changing", lambda: [played(lab, 100 + one, ("break", "slow")[one % 2]) for one in range(16)])


def still(lab: Lab) -> list[Played]:
    """Streams in which there is nothing to train for: nothing happens, or the task becomes harder for every model."""
    return lab.once("still", lambda: [played(lab, 300 + one, ("quiet", "harder")[one % 2]) for one in range(12)])


def expect_cost(lab: Lab, streams: list[Played], allowed: int) -> str:
    """The mean cost within what is allowed."""
    cost = sum(one.cost for one in streams) / len(streams)
    trainings = TRAINING * sum(one.trainings for one in streams) / len(streams)
    said = f"{len(streams)} streams: {cost:,.0f} euros on average, {allowed:,} allowed ({trainings:,.0f} for trainings)"
    lab.expect(cost <= allowed, said)
    return said


def expect_gate(lab: Lab, streams: list[Played], spare: int = 1) -> str:
    """No more than one in ten promotions is to a worse model, and one more for chance."""
    promotions = [worse for one in streams for worse in one.worse]
    allowed = len(promotions) // 10 + spare
    said = f"{sum(promotions)} of {len(promotions)} promotions to a worse model, {allowed} allowed (in {len(streams)} streams)"
    lab.expect(sum(promotions) <= allowed, said)
    return said


def expect_recovery(lab: Lab, seeds: range) -> str:
    """After a break at least every second stream is back near the best within sixteen days: something happens."""
    good = 0
    for seed in seeds:
        day = World(seed, "break").day
        good += min(played(lab, seed, "break").excess[day + 1 : day + 17]) < 0.5
    said = f"after a break {good} of {len(seeds)} streams recover within 16 days, {len(seeds) // 2} wanted"
    lab.expect(good >= len(seeds) // 2, said)
    return said


@check("contract", visible=True)
def a_world_that_breaks(lab: Lab) -> str:
    return expect_recovery(lab, range(1, 3))


@check("gate", visible=True)
def two_streams_where_training_does_not_help(lab: Lab) -> str:
    return expect_gate(lab, [played(lab, 21, "quiet"), played(lab, 22, "harder")])


@check("fresh", visible=True)
def two_streams_that_change(lab: Lab) -> str:
    return expect_cost(lab, [played(lab, 31, "break"), played(lab, 32, "slow")], CHANGING)


@check("contract")
def more_worlds_that_break(lab: Lab) -> str:
    return expect_recovery(lab, range(51, 55))


@check("gate")
def promotions_in_all_streams(lab: Lab) -> str:
    return expect_gate(lab, changing(lab) + still(lab))


@check("fresh")
def streams_that_change(lab: Lab) -> str:
    return expect_cost(lab, changing(lab), CHANGING)


@check("thrift")
def streams_that_do_not(lab: Lab) -> str:
    return expect_cost(lab, still(lab), STILL)
