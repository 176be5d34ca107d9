"""The features of one booking, in the booking service."""

from datetime import datetime
from statistics import fmean, pstdev
from typing import Any


def features(row: dict[str, Any], state: dict[str, Any]) -> list[float]:
    """Return the features of *row*, with the *state* of training."""
    price = row["price"] or 0.0
    booked = datetime.fromisoformat(row["booked"])
    found = [
        (price - fmean(state["prices"])) / pstdev(state["prices"]),
        float(row["price"] is None),
        float(row["nights"]),
        float(int(price / 25 + 0.5)),
        float(booked.hour),
        float(booked.weekday() >= 5),
    ]
    channels = [0.0] * len(state["channels"])
    channels[state["channels"].index(row["channel"])] = 1.0
    return found + channels
