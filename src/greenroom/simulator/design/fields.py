"""What a field of a node may be: its sort, its default, its bounds, and the range that is usual in practice.

Bounds are errors. A value outside its *usual* range is taken to its nearer end, unless the node says *why*.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A number; *default* None: it may be left out (or must be there, where *needed*)."""

    says: str
    default: float | None = None
    low: float = 0.0
    high: float = 1e9
    usual: tuple[float, float] | None = None
    whole: bool = False
    needed: bool = False


@dataclass(frozen=True)
class Word:
    """One of some words."""

    says: str
    choices: tuple[str, ...]
    default: str


@dataclass(frozen=True)
class Flag:
    """true or false."""

    says: str
    default: bool = False


@dataclass(frozen=True)
class Curve:
    """A number of milliseconds, or an expression in `n`, the size of the batch."""

    says: str
    default: str
    usual: tuple[float, float]


@dataclass(frozen=True)
class Scaling:
    """`{to: 8, aim: 0.6, every_s: 15, delay_s: 60}`."""

    says: str


Field = Number | Word | Flag | Curve | Scaling

SCALING = {
    "to": Number("copies at most", low=1, high=500, whole=True, needed=True),
    "aim": Number("how busy copies should be", 0.6, 0.05, 0.95),
    "every_s": Number("how often it looks", 15, 1, 600),
    "delay_s": Number("how long a new copy takes", 60, 0, 3600, usual=(5, 900)),
}
