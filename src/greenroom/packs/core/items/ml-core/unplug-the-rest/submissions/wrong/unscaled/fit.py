"""Cross-validates everything, in the units in which it came."""

import numpy as np
from sklearn.linear_model import LassoCV, RidgeCV
from sklearn.model_selection import cross_val_score


def fit(rows, targets):
    """Return weights and constant."""
    models = [LassoCV(cv=5), RidgeCV(np.logspace(-2, 4, 25))]
    best = max(models, key=lambda model: cross_val_score(model, rows, targets, cv=5).mean()).fit(rows, targets)
    return best.coef_, best.intercept_
