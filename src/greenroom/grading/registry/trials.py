"""Trying a challenger on held-out rows beside the champion: scores both, compares, and holds the invariance suite."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from greenroom.bank.findings import CLAIM_STATES, State
from greenroom.bank.models import Item
from greenroom.grading.registry.comparison import Comparison, HeldOut, compare
from greenroom.grading.registry.invariance import Suite, try_out
from greenroom.grading.registry.protocols import Row, Scorer
from greenroom.kernel.errors import InputError

_MOST_ROWS = 50_000
_MOST_CHARACTERS = 100_000
_MOST_VARIED = 60
_COLUMNS = "item, point, answer, state and, if known, group"


class HeldOutLine(BaseModel):
    """One line of a file of held-out rows; `group` is what was drawn together (a candidate), else the item counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str = Field(max_length=64)
    point: str = Field(max_length=64)
    answer: str = Field(max_length=_MOST_CHARACTERS)
    state: State
    group: str = Field(default="", max_length=64)


@dataclass(frozen=True)
class Labelled:
    """A row with what a person said of it."""

    row: Row
    state: State
    group: str


def read_held_out(lines: Iterable[str], items: Mapping[str, Item]) -> list[Labelled]:
    """The rows of a JSONL file. Raises InputError with the number of the first line that cannot be used."""
    found: list[Labelled] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        if len(found) >= _MOST_ROWS:
            raise InputError(f"more than {_MOST_ROWS:,} rows", mend="give fewer")
        try:
            found.append(_labelled(HeldOutLine.model_validate(json.loads(line)), items))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "row"
            raise InputError(f"line {number}: {where}: {first['msg']}", mend=f"give {_COLUMNS} alone") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"line {number}: {error}", mend="mend that line") from None
    return found


def _labelled(line: HeldOutLine, items: Mapping[str, Item]) -> Labelled:
    item = items.get(line.item)
    point = item.point_by_id.get(line.point) if item is not None else None
    if item is None or point is None or not point.claim:
        raise ValueError(f"no item {line.item} with a claim {line.point}")
    if line.state not in CLAIM_STATES:
        raise ValueError(f"state {line.state.value}: a person says {', '.join(one.value for one in CLAIM_STATES)}")
    return Labelled(Row(item, point, line.answer), line.state, line.group or item.slug)


def try_challenger(
    champion: Scorer, challenger: Scorer, held_out: Sequence[Labelled], seed: int
) -> tuple[Comparison, Suite]:
    """Compare both on *held_out*, and hold the challenger against variants of some of it. Blocks.

    Raises InputError for no rows.
    """
    if not held_out:
        raise InputError("there are no held-out rows", mend="give a file with at least 600")
    rows = [one.row for one in held_out]
    both = zip(held_out, champion.score(rows), challenger.score(rows), strict=True)
    compared = [HeldOut(one.state, old, new, one.group, one.row.item.topic.value) for one, old, new in both]
    rng = random.Random(seed)
    varied = rng.sample(rows, min(len(rows), _MOST_VARIED))
    return compare(compared, np.random.default_rng(seed)), try_out(challenger, varied, rng)
