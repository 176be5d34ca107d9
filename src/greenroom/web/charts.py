"""Charts as SVG: a picture with a title and a description; pages put the same facts in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_ROW, _AXIS = 66, 28
_LABEL_Y, _NOTE_Y, _BAR_Y = 16, 34, 51
_MARKS = (0.0, 0.25, 0.5, 0.75, 1.0)


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

    There is no view box: places across are shares of whatever width the page has, so that text keeps its size, and
    labels stand above their bars, so that a narrow page has room for them. Rows without enough evidence say so, and
    have a dotted bar and a hollow dot: nothing depends on colour.
    """
    height = len(bars) * _ROW + _AXIS
    parts = [
        f'<svg class="chart" width="100%" height="{height}" role="img" aria-labelledby="chart-title chart-desc">',
        f'<title id="chart-title">{escape(title)}</title><desc id="chart-desc">{escape(description)}</desc>',
        *(_axis_label(share, height - 8) for share in _MARKS),
        *(_row(number * _ROW, bar) for number, bar in enumerate(bars)),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (labels are escaped above)


def _x(share: float) -> str:
    return f"{share * 100:.1f}%"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _axis_label(share: float, y: int) -> str:
    return f'<text x="{_x(share)}" y="{y}" text-anchor="middle">{_percent(share)}</text>'


def _grid(y: int) -> str:
    # A row's own lines: one line through all rows would run through the labels.
    return "".join(
        f'<line class="grid" x1="{_x(share)}" x2="{_x(share)}" y1="{y - 9}" y2="{y + 9}"/>' for share in _MARKS
    )


def _row(top: int, bar: Bar) -> str:
    y = top + _BAR_Y
    weak = "" if bar.enough else " weak"
    return (
        f'<text class="label" x="0" y="{top + _LABEL_Y}">{escape(bar.label)}</text>'
        f'<text x="0" y="{top + _NOTE_Y}">{_note(bar)}</text>'
        f'{_grid(y)}<line class="ci{weak}" x1="{_x(bar.low)}" x2="{_x(bar.high)}" y1="{y}" y2="{y}"/>'
        f'<circle class="mean{weak}" cx="{_x(bar.median)}" cy="{y}" r="6"/>{_forecast(bar, y)}'
    )


def _note(bar: Bar) -> str:
    interval = f"{bar.low * 100:.0f} to {_percent(bar.high)}"
    return f"{_percent(bar.median)} ({interval})" if bar.enough else "not enough evidence"


def _forecast(bar: Bar, y: int) -> str:
    if bar.forecast is None:
        return ""
    # A path knows no shares of the width; a picture of its own can be placed by one.
    diamond = '<path class="forecast" d="M0 -7 l6 7 l-6 7 l-6 -7 z"/>'
    return f'<svg x="{_x(bar.forecast)}" y="{y}" overflow="visible">{diamond}</svg>'
