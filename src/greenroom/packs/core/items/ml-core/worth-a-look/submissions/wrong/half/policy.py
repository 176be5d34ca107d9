"""Without class weights, cut at one half."""

from model import fitted


def decide(train, labels, rows, losses, look):
    """Return what the model predicts."""
    return fitted(train, labels).predict(rows).tolist()
