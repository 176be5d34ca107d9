"""Plots of lines and of columns, as SVG. A line is known by its dashes, never by its colour alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 206, 180
_LEFT, _TOP, _BOTTOM, _RIGHT = 46, 12, 42, 14
_DASHES = ("", "dashed", "dotted")
_MOST_LABELS, _MOST_CHARACTERS = 4, 24
"""Of the labels below a plot, with two characters between them: the last one stands further left than its place."""


@dataclass(frozen=True)
class Line:
    """A name and its values, one a place; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Scale:
    """Upwards from `low` to `high`, with labels at `marks`. `logarithmic`: by powers of ten."""

    low: float
    high: float
    marks: Sequence[float]
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """How far up *value* is, in px from the top; what lies beyond either end is drawn at that end."""
        kept = min(max(value, self.low), self.high)
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, kept = math.log10(low), math.log10(high), math.log10(kept)
        return round(_TOP + (1 - (kept - low) / (high - low)) * _HEIGHT, 1)


def share_scale(values: Sequence[float]) -> Scale:
    """A scale for shares: from the tenth below the lowest of *values* to 1, so that near lines can be told apart."""
    low = min(0.8, math.floor(10 * min(values, default=0.0)) / 10)
    step = 0.05 if low >= 0.75 else 0.1 if low >= 0.5 else 0.25
    first = math.ceil(low / step - 1e-9)
    return Scale(low, 1.0, [round(one * step, 2) for one in range(first, round(1 / step) + 1)])


E_VALUES = Scale(0.01, 10_000.0, (0.01, 1.0, 100.0, 10_000.0), logarithmic=True)


def lines(
    name: str, title: str, across: str, places: Sequence[tuple[float, str]], drawn: Sequence[Line], scale: Scale,
    *, limit: float | None = None,
) -> Markup:  # fmt: skip
    """*drawn* over *places* (how far across, 0..1, and the label); a *limit* is a line of its own."""
    inner = "".join(_mark(one, scale, f"{one:,g}") for one in scale.marks) + _labels(places)
    inner += _limit(limit, scale) if limit is not None else ""
    inner += "".join(_line(one, places, scale, _DASHES[at % 3]) for at, one in enumerate(drawn))
    return _picture(name, title, across, "; ".join(_said(one, places) for one in drawn), inner)


def _picture(name: str, title: str, across: str, said: str, inner: str) -> Markup:
    width, height = _LEFT + _WIDTH + _RIGHT, _TOP + _HEIGHT + _BOTTOM
    label = f'<text x="{_x(0.5)}" y="{height - 4}" text-anchor="middle">{escape(across)}</text>'
    return Markup(  # noqa: S704 (labels are escaped)
        f'<svg class="plot" width="{width}" height="{height}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(said)}.</desc>{inner}{label}</svg>'
    )


@dataclass(frozen=True)
class Column:
    """A bar with its label, and where it used to be, as a step across it."""

    label: str
    value: float
    before: float | None = None


def columns(
    name: str, title: str, across: str, every: Sequence[Column], *, text: Callable[[float], str] = "{:,.0f}".format
) -> Markup:
    """A bar for each of *every*, upwards from 0; *text* writes a value."""
    most = _round_up(max([value for one in every for value in (one.value, one.before or 0.0)], default=0.0))
    marks = [mark for mark in (0.0, most / 2, most) if not mark or text(mark) != text(0.0)]
    scale, slot = Scale(0.0, most, marks), 1 / max(len(every), 1)
    bars = "".join(_column(one, at * slot, slot, scale) for at, one in enumerate(every))
    labels = _labels([((at + 0.5) * slot, one.label) for at, one in enumerate(every)])
    said = "; ".join(f"{one.label}: {text(one.value)}{_beside(one, text)}" for one in every)
    axis = "".join(_mark(one, scale, text(one)) for one in scale.marks)
    return _picture(name, title, across, said, axis + labels + bars)


def _column(one: Column, left: float, width: float, scale: Scale) -> str:
    top, gap = scale.at(one.value), width * 0.15
    bar = (
        f'<rect class="bar" x="{_x(left + gap)}" y="{top}" width="{(width - 2 * gap) * _WIDTH:.1f}" '
        f'height="{scale.at(0.0) - top:.1f}"/>'
    )
    if one.before is None:
        return bar
    y = scale.at(one.before)
    return f'{bar}<line class="before" x1="{_x(left)}" x2="{_x(left + width)}" y1="{y}" y2="{y}"/>'


def _beside(one: Column, text: Callable[[float], str]) -> str:
    return f" (before: {text(one.before)})" if one.before is not None else ""


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 6, 10 times a power of ten; 1 for none."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 2, 4, 6, 10) if step * unit >= value * (1 - 1e-9))


def legend(names: Sequence[str]) -> list[dict[str, Any]]:
    """The names of lines with how each is drawn, in the order of `lines`."""
    return [{"name": name, "dashes": _DASHES[at % 3]} for at, name in enumerate(names)]


def _labels(places: Sequence[tuple[float, str]]) -> str:
    """The labels of some places, the last one among them."""
    longest = max((len(text) for _, text in places), default=1)
    most = min(_MOST_LABELS, _MOST_CHARACTERS / (longest + 2))
    every = max(1, math.ceil(len(places) / most))
    y = _TOP + _HEIGHT + 18
    return "".join(
        f'<text x="{_x(share)}" y="{y}" text-anchor="{"end" if share > 0.97 else "middle"}">{escape(text)}</text>'
        for share, text in places[::-every]
    )


def _mark(value: float, scale: Scale, text: str) -> str:
    y = scale.at(value)
    return (
        f'<line class="grid" x1="{_x(0)}" x2="{_x(1)}" y1="{y}" y2="{y}"/>'
        f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{text}</text>'
    )


def _limit(value: float, scale: Scale) -> str:
    y = scale.at(value)
    return f'<line class="limit" x1="{_x(0)}" x2="{_x(1)}" y1="{y}" y2="{y}"/>'


def _line(one: Line, places: Sequence[tuple[float, str]], scale: Scale, dashes: str) -> str:
    known = [(_x(x), scale.at(y)) for (x, _), y in zip(places, one.values, strict=True) if y is not None]
    path = " ".join(f"{x},{y}" for x, y in known)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in known) if len(known) <= 10 else ""
    return f'<polyline class="curve {dashes}" points="{path}"/>{dots}'


def _said(one: Line, places: Sequence[tuple[float, str]]) -> str:
    told = ", ".join(
        f"{value:.3g} at {text}" for (_, text), value in zip(places, one.values, strict=True) if value is not None
    )
    return f"{one.name}: {told or 'nothing'}"


def _x(share: float) -> float:
    return round(_LEFT + share * _WIDTH, 1)
