"""What a model takes and gives, whatever it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from greenroom.bank.findings import State
from greenroom.bank.models import Item
from greenroom.bank.rubric import Point

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One point that is to be read in one answer; `question` is the follow-up's, where it answers one."""

    item: Item
    point: Point
    answer: str
    question: str = ""


@dataclass(frozen=True)
class Score:
    """What a model says of a row: a state, how sure it is of it (0..1), and how surely the point is present (0..1).

    `abstained`: it leaves the point to a person. `evidence` is plain JSON, as in a finding. `features` is a hash of
    what the model saw: alike for rows that it cannot tell apart.
    """

    state: State
    confidence: float
    score: float
    abstained: bool
    evidence: Mapping[str, Any] = field(default_factory=dict)
    features: str = ""


class Scorer(Protocol):
    """A model that is loaded. It is called in threads, from several at once."""

    @property
    def version(self) -> str:
        """Its version."""
        ...

    def score(self, rows: Sequence[Row]) -> list[Score]:
        """One score for each row, in their order."""
        ...


@runtime_checkable
class QuickScorer(Scorer, Protocol):
    """A model that reads short texts in less time than it takes to hand them to a thread and back."""

    def is_quick(self, rows: Sequence[Row]) -> bool:
        """Whether these are read within a few milliseconds."""
        ...


class Measure(Protocol):
    """Turns rows into numbers: a column for each of `names`."""

    @property
    def name(self) -> str:
        """Which measure this is; another one of the same columns has another name."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """The columns."""
        ...

    def __call__(self, rows: Sequence[Row]) -> Floats:
        """One line of features for each row."""
        ...
