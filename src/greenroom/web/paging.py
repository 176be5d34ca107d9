"""Pages of long lists: by the key of the last row, so that what is added meanwhile moves nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Path, Query

PAGE = 50
MOST = 100

# PostgreSQL stores no NUL, and nobody means one.
Word = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
After = Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$", description="The last page's `next`.")]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Id = Annotated[str, Path(max_length=64, pattern=r"^[0-9a-z-]+$")]

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and what `after` must be for those that come next; None at the end."""

    rows: list[Row]
    next: str | None


def cut(found: Sequence[Row], limit: int, key: Callable[[Row], str]) -> Page[Row]:
    """The first *limit* of *found*, which was asked for one more than that."""
    rows = list(found[:limit])
    return Page(rows, key(rows[-1]) if len(found) > limit else None)
