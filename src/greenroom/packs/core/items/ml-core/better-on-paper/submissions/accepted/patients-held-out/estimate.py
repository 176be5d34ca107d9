"""What accuracy to expect of the model, with the splitter of scikit-learn."""

import numpy as np
from sklearn.model_selection import GroupKFold

from model import best_columns, predict


def accuracy(rows, labels, patients):
    """Return the mean over folds of whole patients."""
    data, known = np.array(rows), np.array(labels)
    shares = []
    for train, test in GroupKFold(8).split(data, known, patients):
        columns = best_columns(data[train], known[train])
        found = predict(data[train][:, columns], known[train], data[test][:, columns])
        shares.append((found == known[test]).mean())
    return float(np.mean(shares))
