"""How the work grows with the size: the exponent of counts, fitted on a log-log scale. Counts do not depend on the
machine's load, times do.

Anything that is counted outside the project will do: statements of a `Database` or SQLite's work, calls of an
`Upstream`, or of functions that the examiner offers (`offers.py`: comparisons, columns read, fits).

    offers = Offers(less=lambda one, other: one < other)
    ...
    found = growth([200, 400, 800, 1600], counts)
    lab.expect(found.exponent <= 1.5, found.told)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""Student's 97.5 % quantiles for 1 to 10 degrees of freedom (NIST/SEMATECH e-Handbook, 1.3.6.7.2)."""

MOST_SIZES = len(_T) + 2


@dataclass(frozen=True)
class Growth:
    """The exponent k of counts that grow as size to the power of k, with its 95 % interval.

    The counts are usually exact; what the interval tells is how well a power describes them. n log n has an exponent of
    1.1 to 1.2 over usual sizes, so 1.5 parts it from n².
    """

    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    exponent: float
    low: float
    high: float

    @property
    def told(self) -> str:
        """What was counted, and the exponent."""
        counted = ", ".join(map(str, self.counts))
        sizes = ", ".join(map(str, self.sizes))
        return (
            f"{counted} for {sizes}: grows as n to the power of {self.exponent:.2f} ({self.low:.2f} to {self.high:.2f})"
        )


def growth(sizes: Sequence[int], counts: Sequence[int]) -> Growth:
    """The growth of *counts* with *sizes*: three to twelve sizes, at least two different. A count of 0 counts as 1.

    Ordinary least squares of log(count) on log(size). Raises ValueError when the sizes do not do.
    """
    if not 3 <= len(sizes) <= MOST_SIZES or len(counts) != len(sizes) or min(sizes) < 1 or len(set(sizes)) < 2:
        raise ValueError(f"three to {MOST_SIZES} positive sizes are needed, and a count for each")
    x = [math.log(size) for size in sizes]
    y = [math.log(max(count, 1)) for count in counts]
    middle_x, middle_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((one - middle_x) ** 2 for one in x)
    slope = sum((one - middle_x) * (other - middle_y) for one, other in zip(x, y, strict=True)) / spread
    rest = sum((other - middle_y - slope * (one - middle_x)) ** 2 for one, other in zip(x, y, strict=True))
    free = len(x) - 2
    reach = _T[free - 1] * math.sqrt(rest / free / spread)
    return Growth(tuple(sizes), tuple(counts), slope, slope - reach, slope + reach)
