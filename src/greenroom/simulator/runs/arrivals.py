"""When requests come: a Poisson stream whose rate follows the traffic, the same luck for the same seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from greenroom.simulator.columns import Floats, Ints
from greenroom.simulator.design.model import Design

_BIN_S = 0.1


@dataclass(frozen=True)
class Stream:
    """The times of requests in ms, in order, and which flow each one goes through."""

    times: Floats
    flows: Ints


def rates(design: Design, seconds: float) -> Floats:
    """Requests a second in each tenth of a second; a storm multiplies them."""
    middles = (np.arange(max(1, round(seconds / _BIN_S))) + 0.5) * _BIN_S
    found = np.array([design.traffic.rate(float(one)) for one in middles])
    for fault in design.faults:
        if fault.does == "storm":
            found[(middles >= fault.at_s) & (middles < fault.until_s)] *= fault.times
    return found


def expected(design: Design, seconds: float) -> float:
    """How many requests come in *seconds*, in the mean."""
    return float(rates(design, seconds).sum() * _BIN_S)


def stream(design: Design, seconds: float, seed: int) -> Stream:
    """The requests of one run: unit exponentials, bent by the rate, so that a changed rate keeps the luck."""
    steps = rates(design, seconds) * _BIN_S
    passed = np.concatenate([[0.0], np.cumsum(steps)])
    total = passed[-1]
    count = int(total + 8 * total**0.5 + 20)
    gaps = np.cumsum(np.random.default_rng([seed, 1]).exponential(1.0, count))
    gaps = gaps[gaps < total]
    edges = np.arange(len(passed)) * _BIN_S * 1000.0
    times = np.interp(gaps, passed, edges)
    shares = np.cumsum([design.traffic.shares[name] for name in design.flows])
    luck = np.random.default_rng([seed, 2]).random(len(times))
    flows = np.minimum(np.searchsorted(shares, luck, side="right"), len(shares) - 1)
    return Stream(np.asarray(times, np.float64), flows.astype(np.int64))
