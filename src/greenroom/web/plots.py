"""Plots of an evaluation as SVG; pages put the same numbers in a table beside each. Nothing depends on colour."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup, escape

_SIZE, _LEFT, _TOP, _BOTTOM = 210, 44, 10, 42
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_ROW = 44


def reliability(bins: Sequence[dict[str, float]], name: str) -> Markup:
    """How often the grader is right (upwards) where it is so sure (across); on the dotted line both are the same."""
    most = max((one["count"] for one in bins), default=1)
    dots = "".join(
        f'<circle cx="{_x(one["confidence"])}" cy="{_y(one["accuracy"])}" r="{_radius(one["count"], most)}"/>'
        for one in bins
    )
    even = f'<line class="even" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    said = "; ".join(f"sure {one['confidence']:.2f}, right {one['accuracy']:.2f}" for one in bins)
    return _square(name, "Reliability", f"{said}.", "confidence", f"{even}{dots}")


def coverage(points: Sequence[dict[str, float]], name: str) -> Markup:
    """The accuracy (upwards) of the share of answers that the grader is surest of (across)."""
    path = " ".join(f"{_x(one['coverage'])},{_y(one['accuracy'])}" for one in points)
    said = "; ".join(f"{one['coverage']:.0%}: {one['accuracy']:.3f}" for one in points)
    line = f'<polyline class="curve" points="{path}"/>'
    return _square(name, "Accuracy by coverage", f"{said}.", "share answered", line)


def bars(rows: Sequence[tuple[str, float | None]], name: str, title: str) -> Markup:
    """A bar for each label and value (0..1). It is as wide as the page."""
    parts = [_bar(number * _ROW, *row) for number, row in enumerate(rows)]
    said = "; ".join(f"{label}: {_number(value)}" for label, value in rows)
    return Markup(  # noqa: S704 (labels are escaped)
        f'<svg class="plot" width="100%" height="{len(rows) * _ROW}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(said)}.</desc>{"".join(parts)}</svg>'
    )


def _bar(top: int, label: str, value: float | None) -> str:
    width = f"{100 * (value or 0):.1f}%"
    return (
        f'<text class="label" x="0" y="{top + 14}">{escape(label)}</text>'
        f'<text x="100%" y="{top + 14}" text-anchor="end">{_number(value)}</text>'
        f'<rect class="rail" x="0" y="{top + 22}" width="100%" height="10"/>'
        f'<rect class="bar" x="0" y="{top + 22}" width="{width}" height="10"/>'
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _square(name: str, title: str, said: str, across: str, inner: str) -> Markup:
    width, height = _LEFT + _SIZE + 16, _TOP + _SIZE + _BOTTOM
    grid = "".join(
        f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{_y(mark)}" y2="{_y(mark)}"/>'
        f'<text x="{_LEFT - 6}" y="{_y(mark) + 4}" text-anchor="end">{mark:g}</text>'
        f'<text x="{_x(mark)}" y="{_y(0) + 18}" text-anchor="middle">{mark:g}</text>'
        for mark in _MARKS
    )
    label = f'<text x="{_x(0.5)}" y="{height - 4}" text-anchor="middle">{escape(across)}</text>'
    return Markup(  # noqa: S704 (labels are escaped)
        f'<svg class="plot" width="{width}" height="{height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(said)}</desc>'
        f"{grid}{label}{inner}</svg>"
    )


def _x(share: float) -> float:
    return round(_LEFT + share * _SIZE, 1)


def _y(share: float) -> float:
    return round(_TOP + (1 - share) * _SIZE, 1)


def _radius(count: float, most: float) -> float:
    return round(3 + 7 * math.sqrt(count / most), 1)
