"""Charts as SVG: a picture with a title and a description; pages put the same facts in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_LEFT, _RIGHT, _ROW, _TOP, _WIDTH = 190, 24, 38, 14, 720


@dataclass(frozen=True)
class Bar:
    """One topic: its interval and median as shares 0..1, whether that is enough evidence, and a forecast."""

    label: str
    low: float
    median: float
    high: float
    enough: bool
    forecast: float | None = None


def interval_chart(bars: Sequence[Bar], *, title: str, description: str) -> Markup:
    """Intervals over a 0 to 100 % axis: a bar for the 90 % interval, a dot for the median, a diamond for the forecast.

    Rows without enough evidence have a dashed bar and a hollow dot, so that nothing depends on colour.
    """
    height = _TOP + len(bars) * _ROW + 30
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="chart-title chart-desc">',
        f'<title id="chart-title">{escape(title)}</title><desc id="chart-desc">{escape(description)}</desc>',
        *(_grid_line(share, height) for share in (0.0, 0.25, 0.5, 0.75, 1.0)),
        *(_row(number, bar) for number, bar in enumerate(bars)),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (labels are escaped above)


def _x(share: float) -> float:
    return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)


def _grid_line(share: float, height: int) -> str:
    x, bottom = _x(share), height - 26
    return (
        f'<line class="grid" x1="{x}" x2="{x}" y1="4" y2="{bottom}"/>'
        f'<text x="{x}" y="{height - 8}" text-anchor="middle">{share:.0%}</text>'
    )


def _row(number: int, bar: Bar) -> str:
    y = _TOP + number * _ROW + _ROW / 2
    weak = "" if bar.enough else " weak"
    forecast = ""
    if bar.forecast is not None:
        x = _x(bar.forecast)
        forecast = f'<path class="forecast" d="M{x} {y - 7} l6 7 l-6 7 l-6 -7 z"/>'
    return (
        f'<text class="label" x="{_LEFT - 14}" y="{y + 5}" text-anchor="end">{escape(bar.label)}</text>'
        f'<line class="ci{weak}" x1="{_x(bar.low)}" x2="{_x(bar.high)}" y1="{y}" y2="{y}"/>'
        f'<circle class="mean{weak}" cx="{_x(bar.median)}" cy="{y}" r="6"/>{forecast}'
    )
