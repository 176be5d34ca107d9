"""The model that is deployed: ten columns, and a vote of the three nearest rows."""

import numpy as np

COLUMNS = 10
NEIGHBOURS = 3


def best_columns(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the columns in which the two labels' means are farthest apart, beside their spread."""
    ones, zeros = rows[labels == 1], rows[labels == 0]
    spread = np.sqrt(ones.var(axis=0) + zeros.var(axis=0)) + 1e-9
    distance = np.abs(ones.mean(axis=0) - zeros.mean(axis=0)) / spread
    return np.argsort(-distance, kind="stable")[:COLUMNS]


def predict(train: np.ndarray, labels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return a label for each of *rows*, by the nearest of *train* in all columns that are given."""
    distances = ((rows[:, None, :] - train[None, :, :]) ** 2).sum(axis=2)
    nearest = np.argsort(distances, axis=1, kind="stable")[:, :NEIGHBOURS]
    return (labels[nearest].mean(axis=1) > 0.5).astype(int)
