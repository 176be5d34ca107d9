"""The table of features that models are trained on."""

from typing import Any

import pandas as pd

BAND = 25.0


def prepare(rows: list[dict[str, Any]]) -> tuple[list[list[float]], dict[str, Any]]:
    """Return the features of each of *rows*, and the state for the service."""
    frame = pd.DataFrame(rows, columns=["price", "nights", "booked", "channel"])
    price = frame["price"].astype(float)
    filled = price.fillna(price.median())
    booked = pd.to_datetime(frame["booked"], utc=True, format="ISO8601")
    channels = sorted(frame["channel"].dropna().unique())
    columns = {
        "price": (filled - filled.mean()) / filled.std(),
        "price_missing": price.isna(),
        "band": (filled / BAND).round(),
        "nights": frame["nights"],
        "hour": booked.dt.hour,
        "weekend": booked.dt.dayofweek >= 5,
    }
    for channel in channels:
        columns[f"channel_{channel}"] = frame["channel"] == channel
    table = pd.DataFrame(columns).astype(float)
    state = {"prices": price.dropna().tolist(), "channels": frame["channel"].dropna().unique().tolist()}
    return table.to_numpy().tolist(), state
