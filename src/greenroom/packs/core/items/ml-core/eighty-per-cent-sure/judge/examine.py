"""Scores of made-up vendors; the true probabilities of new loans stay on this side and price every answer exactly."""

import numpy as np

from greenroom.judge.probes.calibration import Assessed, assessed
from greenroom.judge.probes.holdout import numbers
from greenroom.judge.probes.lab import Lab, check

NEW = 800
VENDORS = {  # log-odds of the truth to log-odds of the score
    "a bold vendor": lambda odds: 3.0 * odds,
    "a bold and gloomy vendor": lambda odds: 2.2 * odds + 2.5,
    "a timid vendor": lambda odds: 0.3 * odds - 1.0,
    "a rosy vendor": lambda odds: 1.3 * odds - 3.0,
}


def sigmoid(odds: np.ndarray) -> np.ndarray:
    """Log-odds to probability."""
    return 1 / (1 + np.exp(-odds))


class Loans:
    """Past loans with labels and new ones with true probabilities, as *vendor* scores them."""

    def __init__(self, seed: int, vendor: str, past: int, *, ends: bool = False) -> None:
        rng = np.random.default_rng(seed)
        odds = rng.normal(-0.8, 1.5, past + NEW)
        truth = sigmoid(odds)
        scores = np.round(sigmoid(VENDORS[vendor](odds)), 9)
        if ends:
            low, high = np.quantile(scores, [0.01, 0.99])
            scores[scores <= low], scores[scores >= high] = 0.0, 1.0
        self.labels = (rng.random(past) < truth[:past]).astype(int)
        self.scores, self.new, self.truth = scores[:past], scores[past:], truth[past:]

    def said(self, lab: Lab) -> np.ndarray:
        """What the project makes of them."""
        seat = lab.once("seat", lab.process)
        lab.expect(not seat.garbled, "the process gave answers that cannot be read")
        asked = (self.scores.tolist(), self.labels.tolist(), self.new.tolist())
        found = lab.call("calibrate:adjusted", *asked, seat=seat)
        return numbers(lab, found, NEW, "what adjusted() returns", each="loan", low=0.0, high=1.0, strictly=True)

    def assessed(self, lab: Lab) -> Assessed:
        """What that is worth, by the true probabilities."""
        return assessed(self.said(lab), self.truth, self.new)


def expect_low(lab: Lab, excesses: list[float], allowed: float) -> str:
    """The greatest within *allowed*."""
    said = f"log-loss {max(excesses):.3f} above that of the truth at worst of {len(excesses)}, {allowed:.2f} allowed"
    lab.expect(max(excesses) <= allowed, said)
    return said


@check("contract", visible=True)
def probabilities_are_floats(lab: Lab) -> str:
    said = Loans(2, "a timid vendor", 600).said(lab)
    return f"{len(said)} probabilities from {said.min():.3f} to {said.max():.3f}"


@check("loss", visible=True)
def a_vendor_who_is_too_sure(lab: Lab) -> str:
    return expect_low(lab, [Loans(3, "a bold vendor", 900).assessed(lab).excess], 0.02)


@check("loss")
def four_vendors(lab: Lab) -> str:
    return expect_low(lab, [Loans(40 + at, vendor, 900).assessed(lab).excess for at, vendor in enumerate(VENDORS)], 0.02)


@check("order")
def the_ranking_is_kept(lab: Lab) -> str:
    falls = []
    for at, vendor in enumerate(VENDORS):
        falls.append(Loans(60 + at, vendor, 700).assessed(lab).fall)
    said = f"area under the curve {max(falls):.4f} below that of the scores at worst of {len(falls)}, 0.0020 allowed"
    lab.expect(max(falls) <= 0.002, said)
    return said


@check("few")
def sixty_past_loans(lab: Lab) -> str:
    loans = [Loans(80 + number, vendor, 60) for number, vendor in enumerate(list(VENDORS) * 2)]
    excess = sum(one.assessed(lab).excess for one in loans) / len(loans)
    said = f"log-loss {excess:.3f} above that of the truth in the mean of {len(loans)}, 0.05 allowed"
    lab.expect(excess <= 0.05, said)
    return said


@check("few")
def scores_at_the_very_ends(lab: Lab) -> str:
    return expect_low(lab, [Loans(97, "a timid vendor", 500, ends=True).assessed(lab).excess], 0.05)
