"""A training each week; the new model goes live when it was better today."""


def begin():
    """Nothing is remembered."""


def decide(report):
    """Return what is to be done tonight."""
    todo = []
    if report["challenger"] is not None and sum(report["challenger"]) < sum(report["champion"]):
        todo.append("promote")
    if report["day"] % 7 == 6:
        todo.append("train")
    return todo
