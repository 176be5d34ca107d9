"""Scaled, and a penalty so strong that few sensors are left."""

from sklearn.linear_model import Lasso
from sklearn.preprocessing import StandardScaler


def fit(rows, targets):
    """Return weights and constant."""
    scaler = StandardScaler().fit(rows)
    model = Lasso(alpha=0.8).fit(scaler.transform(rows), targets)
    weights = model.coef_ / scaler.scale_
    return weights, model.intercept_ - weights @ scaler.mean_
