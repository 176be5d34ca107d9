"""What accuracy to expect of the model."""

import numpy as np

from model import best_columns, predict

FOLDS = 6
REPEATS = 3


def accuracy(rows: list[list[float]], labels: list[int], patients: list[int]) -> float:
    """Return the accuracy to expect on people who are not among *patients*, by cross-validation over patients."""
    data, known, who = np.array(rows), np.array(labels), np.array(patients)
    rng = np.random.default_rng(0)
    right = 0
    for _ in range(REPEATS):
        for held_out in np.array_split(rng.permutation(np.unique(who)), FOLDS):
            test = np.isin(who, held_out)
            columns = best_columns(data[~test], known[~test])
            found = predict(data[~test][:, columns], known[~test], data[test][:, columns])
            right += int((found == known[test]).sum())
    return right / (REPEATS * len(data))
