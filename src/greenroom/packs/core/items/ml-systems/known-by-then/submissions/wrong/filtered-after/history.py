"""An as-of join by valid time; what had not arrived is emptied afterwards."""

import pandas as pd


def as_of(events, rows):
    """Join with pandas."""
    left = pd.DataFrame(events, columns=["customer", "at"]).reset_index().sort_values("at")
    right = pd.DataFrame(rows, columns=["customer", "valid", "arrived", "value"])
    if left.empty or right.empty:
        return [None] * len(events)
    right = right.sort_values(["valid", "arrived"])
    joined = pd.merge_asof(left, right, left_on="at", right_on="valid", by="customer").sort_values("index")
    return [
        None if pd.isna(value) or arrived > at else float(value)
        for at, arrived, value in zip(joined["at"], joined["arrived"], joined["value"])
    ]
