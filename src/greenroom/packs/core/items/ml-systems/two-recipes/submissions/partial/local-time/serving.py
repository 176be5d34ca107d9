"""The service has caught up with training, but for the clock: the hour is what the text says."""

from datetime import datetime


def features(row, state):
    """Return the features of a booking."""
    price, channel = row.get("price"), row.get("channel")
    missing = price is None or price != price
    filled = state["median"] if missing else price
    booked = datetime.fromisoformat(row["booked"])
    return [
        (filled - state["mean"]) / state["std"],
        float(missing),
        float(round(filled / 25)),
        float(row["nights"]),
        float(booked.hour),
        float(booked.weekday() >= 5),
        *(float(channel == one) for one in state["channels"]),
    ]
