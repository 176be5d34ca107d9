"""Scaled, with a ridge whose strength is cross-validated, whatever the plant."""

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler


def fit(rows, targets):
    """Return weights and constant."""
    scaler = StandardScaler().fit(rows)
    model = RidgeCV(np.logspace(-1, 4, 25)).fit(scaler.transform(rows), targets)
    weights = model.coef_ / scaler.scale_
    return weights, model.intercept_ - weights @ scaler.mean_
