"""Decisions on invoices whose true probabilities never leave this side, priced by what they cost on average."""

import numpy as np

from greenroom.judge.probes.lab import Lab, check

ALLOWED = 1.10
TRAIN = 1200
NEW = 900


class Invoices:
    """Invoices of one customer, of which about the share *rate* are frauds."""

    def __init__(self, seed: int, rate: float, *, train: int = TRAIN, new: int = NEW) -> None:
        rng = np.random.default_rng(seed)
        rows = np.round(rng.normal(size=(train + new, 6)), 3)
        log_odds = rows @ rng.permutation([1.4, -1.1, 0.8, 0.5, 0.0, 0.0])
        low, high = -15.0, 15.0
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if np.mean(1 / (1 + np.exp(-log_odds - middle))) < rate else (low, middle)
        truth = 1 / (1 + np.exp(-log_odds - low))
        self.labels = (rng.random(train) < truth[:train]).astype(int).tolist()
        rows = rows * [30, 1, 4, 0.2, 1, 100] + [200, 0, 10, 1, 0, 0]
        self.train, self.rows = rows[:train].tolist(), rows[train:].tolist()
        self.truth = truth[train:]
        self.rng = rng

    def decided(self, lab: Lab, losses: list[float], look: float) -> list[int]:
        """What the project decides, in the one process that all checks share."""
        seat = lab.once("seat", lab.process)
        lab.expect(not seat.garbled, "the process gave answers that cannot be read")
        found = lab.call("policy:decide", self.train, self.labels, self.rows, losses, look, seat=seat)
        plain = isinstance(found, list) and len(found) == len(self.rows)
        plain = plain and all(type(one) is int and one in (0, 1) for one in found)
        lab.expect(plain, f"decide() must return a list of {len(self.rows)} ints, 0 or 1")
        return found

    def ratio(self, lab: Lab, losses: np.ndarray, look: float) -> tuple[float, int]:
        """The average cost of the project's decisions beside that of the best ones, and how many looks there were."""
        decided = self.decided(lab, losses.tolist(), look)
        unseen, seen = self.truth * losses, (1 - self.truth) * look
        return float(np.where(np.array(decided) == 1, seen, unseen).sum() / np.minimum(unseen, seen).sum()), sum(decided)


def expect_cheap(lab: Lab, ratios: list[tuple[float, int]]) -> str:
    """Every one within what is allowed."""
    worst = max(ratio for ratio, _ in ratios)
    looks = ", ".join(str(count) for _, count in ratios)
    said = f"{worst:.2f} times the best cost, {ALLOWED:.2f} allowed ({looks} looks at {NEW} invoices)"
    lab.expect(worst <= ALLOWED, said)
    return said


def flat(seed: int, rate: float, loss: float, look: float, lab: Lab) -> tuple[float, int]:
    """One customer all of whose invoices lose the same."""
    return Invoices(seed, rate).ratio(lab, np.full(NEW, loss), look)


@check("contract", visible=True)
def a_customer_with_few_frauds(lab: Lab) -> str:
    return expect_cheap(lab, [flat(11, 0.05, 60.0, 10.0, lab)])


@check("contract")
def nothing_can_be_lost(lab: Lab) -> str:
    decided = Invoices(12, 0.3, train=200, new=40).decided(lab, [0.0] * 40, 10.0)
    lab.expect(decided == [0] * 40, f"{sum(decided)} looks at 40 invoices with nothing to lose, expected 0")
    return "0 looks at 40 invoices with nothing to lose"


@check("rare")
def fraud_is_rare(lab: Lab) -> str:
    return expect_cheap(lab, [flat(21, 0.04, 90.0, 15.0, lab), flat(22, 0.06, 200.0, 20.0, lab)])


@check("dear")
def looks_are_dear(lab: Lab) -> str:
    return expect_cheap(lab, [flat(31, 0.3, 20.0, 60.0, lab), flat(32, 0.35, 12.0, 25.0, lab)])


@check("amounts")
def amounts_differ(lab: Lab) -> str:
    ratios = []
    for seed, rate in ((41, 0.08), (42, 0.15)):
        invoices = Invoices(seed, rate)
        losses = np.round(np.exp(invoices.rng.normal(4.5, 1.3, NEW)), 2)
        ratios.append(invoices.ratio(lab, losses, 25.0))
    return expect_cheap(lab, ratios)
