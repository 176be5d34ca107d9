"""An elastic net whose mix of both penalties and whose strength are cross-validated; scaled by hand."""

import numpy as np
from sklearn.linear_model import ElasticNetCV


def fit(rows, targets):
    """Return plain lists, in the sensors' units."""
    middle, spread = rows.mean(axis=0), rows.std(axis=0)
    spread[spread <= 1e-12 * np.abs(middle)] = 1.0
    net = ElasticNetCV(l1_ratio=[0.02, 0.3, 1.0], cv=5, max_iter=5000)
    net.fit((rows - middle) / spread, targets)
    weights = net.coef_ / spread
    return weights.tolist(), float(net.intercept_ - weights @ middle)
