"""Scores of made-up vendors; the true probabilities of new loans stay on this side and price every answer exactly."""

import numpy as np

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


def loss(truth: np.ndarray, said: np.ndarray) -> float:
    """The log-loss on average, if *truth* are the probabilities."""
    return float(-(truth * np.log(said) + (1 - truth) * np.log1p(-said)).mean())


def area(truth: np.ndarray, said: np.ndarray) -> float:
    """The area under the ROC curve on average, with one half for ties."""
    levels, places = np.unique(said, return_inverse=True)
    ones = np.bincount(places, truth, len(levels))
    zeros = np.bincount(places, 1 - truth, len(levels))
    below = np.concatenate([[0], np.cumsum(zeros)[:-1]])
    return float((ones * (below + zeros / 2)).sum() / (ones.sum() * zeros.sum()))


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
        plain = isinstance(found, list) and len(found) == NEW and all(type(one) is float for one in found)
        lab.expect(plain, f"adjusted() must return a list of {NEW} floats")
        outside = sum(not 0 < one < 1 for one in found)
        lab.expect(outside == 0, f"{outside} of {NEW} probabilities are not strictly between 0 and 1")
        return np.array(found)

    def excess(self, lab: Lab) -> float:
        """The log-loss above that of the truth."""
        return loss(self.truth, self.said(lab)) - loss(self.truth, self.truth)


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
    return expect_low(lab, [Loans(3, "a bold vendor", 900).excess(lab)], 0.02)


@check("loss")
def four_vendors(lab: Lab) -> str:
    return expect_low(lab, [Loans(40 + at, vendor, 900).excess(lab) for at, vendor in enumerate(VENDORS)], 0.02)


@check("order")
def the_ranking_is_kept(lab: Lab) -> str:
    falls = []
    for at, vendor in enumerate(VENDORS):
        loans = Loans(60 + at, vendor, 700)
        falls.append(area(loans.truth, loans.new) - area(loans.truth, loans.said(lab)))
    said = f"area under the curve {max(falls):.4f} below that of the scores at worst of {len(falls)}, 0.0020 allowed"
    lab.expect(max(falls) <= 0.002, said)
    return said


@check("few")
def sixty_past_loans(lab: Lab) -> str:
    loans = [Loans(80 + number, vendor, 60) for number, vendor in enumerate(list(VENDORS) * 2)]
    excess = sum(one.excess(lab) for one in loans) / len(loans)
    said = f"log-loss {excess:.3f} above that of the truth in the mean of {len(loans)}, 0.05 allowed"
    lab.expect(excess <= 0.05, said)
    return said


@check("few")
def scores_at_the_very_ends(lab: Lab) -> str:
    return expect_low(lab, [Loans(97, "a timid vendor", 500, ends=True).excess(lab)], 0.05)
