"""Training does now what the service does."""

from typing import Any

import pandas as pd

BAND = 25.0


def prepare(rows: list[dict[str, Any]]) -> tuple[list[list[float]], dict[str, Any]]:
    """Return the features of each of *rows*, and the state for the service."""
    frame = pd.DataFrame(rows, columns=["price", "nights", "booked", "channel"])
    price = frame["price"].astype(float)
    filled = price.fillna(0.0)
    booked = pd.to_datetime(frame["booked"], utc=True, format="ISO8601")
    channels = sorted(frame["channel"].dropna().unique())
    columns = {
        "price": (filled - filled.mean()) / filled.std(ddof=0),
        "price_missing": price.isna(),
        "band": (filled / BAND + 0.5) // 1,
        "nights": frame["nights"],
        "hour": booked.dt.hour,
        "weekend": booked.dt.dayofweek >= 5,
    }
    for channel in channels:
        columns[f"channel_{channel}"] = frame["channel"] == channel
    table = pd.DataFrame(columns).astype(float)
    state = {
        "median": 0.0,
        "mean": float(filled.mean()),
        "std": float(filled.std(ddof=0)),
        "channels": channels,
    }
    return table.to_numpy().tolist(), state
