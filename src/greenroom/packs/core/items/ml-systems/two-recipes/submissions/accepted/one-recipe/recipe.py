"""The features of a booking: learned from rows once, applied to one row at a time, in training and in the service."""

from datetime import UTC, datetime
from statistics import fmean, median, stdev
from typing import Any

BAND = 25.0
SATURDAY = 5


def known(row: dict[str, Any], field: str) -> Any:
    """Return the value of *field*, None where it is absent or NaN."""
    value = row.get(field)
    return None if value is None or value != value else value


def learned(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the features need to know of training, as plain data."""
    prices = [known(row, "price") for row in rows]
    middle = median(price for price in prices if price is not None)
    filled = [middle if price is None else price for price in prices]
    channels = {known(row, "channel") for row in rows} - {None}
    return {"middle": middle, "mean": fmean(filled), "spread": stdev(filled), "channels": sorted(channels)}


def features(row: dict[str, Any], state: dict[str, Any]) -> list[float]:
    """Return the features of *row*."""
    price, channel = known(row, "price"), known(row, "channel")
    filled = state["middle"] if price is None else price
    booked = datetime.fromisoformat(row["booked"]).astimezone(UTC)
    numbers = [
        (filled - state["mean"]) / state["spread"],
        price is None,
        round(filled / BAND),
        row["nights"],
        booked.hour,
        booked.weekday() >= SATURDAY,
    ]
    return [float(number) for number in (*numbers, *(channel == one for one in state["channels"]))]
