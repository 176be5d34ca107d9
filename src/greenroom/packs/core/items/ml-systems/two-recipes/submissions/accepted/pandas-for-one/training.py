"""The table of features, from a frame of any length and what was learned."""

import pandas as pd

FIELDS = ["price", "nights", "booked", "channel"]


def table(rows, state):
    """Return the features of rows."""
    frame = pd.DataFrame(rows, columns=FIELDS)
    price = frame["price"].astype(float)
    filled = price.fillna(state["median"])
    booked = pd.to_datetime(frame["booked"], utc=True, format="ISO8601")
    columns = {
        "price": (filled - state["mean"]) / state["std"],
        "missing": price.isna(),
        "band": (filled / 25.0).round(),
        "nights": frame["nights"],
        "hour": booked.dt.hour,
        "weekend": booked.dt.dayofweek >= 5,
        **{f"channel {one}": frame["channel"] == one for one in state["channels"]},
    }
    return pd.DataFrame(columns).astype(float).to_numpy().tolist()


def prepare(rows):
    """Learn, then apply."""
    frame = pd.DataFrame(rows, columns=FIELDS)
    price = frame["price"].astype(float)
    filled = price.fillna(price.median())
    state = {
        "median": float(price.median()),
        "mean": float(filled.mean()),
        "std": float(filled.std()),
        "channels": sorted(frame["channel"].dropna().unique().tolist()),
    }
    return table(rows, state), state
