"""The cut with the best F1 on the training data."""

import numpy as np
from sklearn.metrics import precision_recall_curve

from model import fitted


def decide(train, labels, rows, losses, look):
    """Return 1 above the cut."""
    model = fitted(train, labels)
    precision, recall, cuts = precision_recall_curve(labels, model.predict_proba(train)[:, 1])
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return (model.predict_proba(rows)[:, 1] > cuts[np.argmax(f1[:-1])]).astype(int).tolist()
