"""One cut for all invoices, by the average loss."""

from model import fitted


def decide(train, labels, rows, losses, look):
    """Return 1 above the cut."""
    cut = look / (look + sum(losses) / len(losses))
    return [int(p > cut) for p in fitted(train, labels).predict_proba(rows)[:, 1]]
