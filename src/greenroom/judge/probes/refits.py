"""Whether a fit can be repeated: the same data and seed give the same answer, whatever else the process has done.

again = refits(lab, "model:fitted", rows, labels, 7, before=[("model:fitted", (others, other_labels, 3))])
lab.expect(again.same, again.told)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from greenroom.judge.inside import arrays

if TYPE_CHECKING:
    from greenroom.judge.probes.lab import Lab


@dataclass(frozen=True)
class Refits:
    """The answers, by the circumstances under which the project was asked; `differing` have another one than the first.

    `apart` is the greatest difference between numbers of two answers, NaN where answers are not arrays of one shape.
    """

    answers: dict[str, Any]
    differing: tuple[str, ...]
    apart: float

    @property
    def same(self) -> bool:
        """Whether all answers are the same."""
        return not self.differing

    @property
    def told(self) -> str:
        """What was seen, for the candidate."""
        if self.same:
            return f"the same answer {len(self.answers)} times: {', '.join(self.answers)}"
        by = "" if np.isnan(self.apart) else f", by up to {self.apart:.3g}"
        return f"the same call gave another answer {' and '.join(self.differing)}{by}"


def refits(
    lab: Lab, target: str, *arguments: Any, before: Sequence[tuple[str, tuple[Any, ...]]] = (), within: float = 0.0
) -> Refits:
    """Call *target* in two fresh processes, again in the second, and in a third one after the calls *before*.

    Numbers may differ by *within*, relative to the greatest; 0 asks for the very same bits. Processes of one machine
    hash strings alike, so an order that comes of hashing is not seen.
    """
    answers = {"in a fresh process": lab.call(target, *arguments)}
    seat = lab.process()
    answers["in another fresh process"] = lab.call(target, *arguments, seat=seat)
    answers["asked again in that process"] = lab.call(target, *arguments, seat=seat)
    lab.end(seat)
    if before:
        seat = lab.process()
        for other, given in before:
            lab.call(other, *given, seat=seat)
        answers["in a process that had done other work"] = lab.call(target, *arguments, seat=seat)
        lab.end(seat)
    first = next(iter(answers.values()))
    differing = tuple(how for how, answer in answers.items() if not _alike(first, answer, within))
    return Refits(answers, differing, max(_apart(first, answer) for answer in answers.values()))


def _alike(one: Any, other: Any, within: float) -> bool:
    if arrays.encode(one) == arrays.encode(other):
        return True
    apart = _apart(one, other)
    return bool(within) and apart <= within * float(np.max(np.abs(np.asarray(one, float))))


def _apart(one: Any, other: Any) -> float:
    try:
        first, second = np.asarray(one, float), np.asarray(other, float)
    except (TypeError, ValueError):
        return float("nan")
    if first.shape != second.shape or not first.size:
        return float("nan")
    return float(np.max(np.abs(first - second)))
