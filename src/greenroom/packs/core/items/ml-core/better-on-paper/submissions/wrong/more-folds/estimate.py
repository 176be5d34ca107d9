"""More folds: each row is held out by itself."""

import numpy as np

from model import best_columns, predict


def accuracy(rows, labels, patients):
    """Return the share of rows that were right."""
    data, known = np.array(rows), np.array(labels)
    data = data[:, best_columns(data, known)]
    right = 0
    for at in range(len(data)):
        rest = np.arange(len(data)) != at
        right += int(predict(data[rest], known[rest], data[[at]])[0] == known[at])
    return right / len(data)
