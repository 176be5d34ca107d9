"""Right for bookings that have everything."""

from datetime import UTC, datetime


def features(row, state):
    """Return the features of a booking."""
    booked = datetime.fromisoformat(row["booked"]).astimezone(UTC)
    price = row["price"] or 0.0
    channels = [0.0] * len(state["channels"])
    channels[state["channels"].index(row["channel"])] = 1.0
    return [
        (price - state["mean"]) / state["std"],
        float(not price),
        float(round(price / 25)),
        float(row["nights"]),
        float(booked.hour),
        float(booked.weekday() >= 5),
        *channels,
    ]
