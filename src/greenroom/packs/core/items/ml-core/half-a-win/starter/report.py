"""The report by region."""

from collections import defaultdict

from ranking import auc


def by_region(rows: list[tuple[str, int, float]]) -> dict[str, str]:
    """Return the area of each region, from rows of (region, label, score), as it is printed."""
    labels: dict[str, list[int]] = defaultdict(list)
    scores: dict[str, list[float]] = defaultdict(list)
    for region, label, score in rows:
        labels[region].append(label)
        scores[region].append(score)
    return {region: printed(auc(labels[region], scores[region])) for region in sorted(labels)}


def printed(area: float | None) -> str:
    """Return *area* with three digits, or a dash where there is none."""
    return "-" if area is None else f"{area:.3f}"
