"""What accuracy to expect of the model."""

import numpy as np

from model import best_columns, predict

FOLDS = 5


def accuracy(rows: list[list[float]], labels: list[int], patients: list[int]) -> float:
    """Return the accuracy to expect on people who are not among *patients*, by cross-validation."""
    data, known = np.array(rows), np.array(labels)
    data = data[:, best_columns(data, known)]
    order = np.random.default_rng(0).permutation(len(data))
    right = 0
    for held_out in np.array_split(order, FOLDS):
        rest = np.setdiff1d(order, held_out)
        right += int((predict(data[rest], known[rest], data[held_out]) == known[held_out]).sum())
    return right / len(data)
