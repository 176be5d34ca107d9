"""What to practise next and when: pure.

The dates follow the expanding intervals that spaced practice has been found to profit from (Cepeda et
al. 2006): the next day for what was missed, three days for what was half there, a week for what needs
only refreshing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from greenroom.bank.models import Item, Topic

MOST = 6
_SOLID = 0.85


@dataclass(frozen=True)
class Practice:
    """One thing to practise: which points of which item, what to take next, and when."""

    topic: Topic
    tag: str
    because: str
    item: str
    next_item: str | None
    on: date
    share: float


def practise(
    results: Sequence[tuple[Item, float, tuple[str, ...]]], bank: Sequence[Item], today: date
) -> tuple[Practice, ...]:
    """What to practise after *results* (item, share earned, ids of missed points), the weakest first."""
    asked = {item.slug for item, _, _ in results}
    chosen: list[Practice] = []
    for item, share, missed in sorted(results, key=lambda row: row[1]):
        if share >= _SOLID or not missed:
            continue
        titles = [item.point_by_id[point].title for point in missed if point in item.point_by_id]
        own_tag = item.head.tags[0]
        next_item = _next_item(item, bank, asked | {one.next_item for one in chosen if one.next_item})
        chosen.append(
            Practice(
                topic=item.topic,
                tag=own_tag,
                because="; ".join(titles[:3]),
                item=item.slug,
                next_item=next_item.slug if next_item else None,
                on=today + timedelta(days=days_until(share)),
                share=share,
            )
        )
    return tuple(chosen[:MOST])


def days_until(share: float) -> int:
    """Days until the next practice after earning *share* of an item's points."""
    if share < 0.4:
        return 1
    return 3 if share < 0.7 else 7


def _next_item(item: Item, bank: Sequence[Item], taken: set[str]) -> Item | None:
    """The item that shares most tags, then the easiest of the topic; None when all were asked."""
    others = [one for one in bank if one.topic is item.topic and one.slug not in taken]
    tags = set(item.head.tags)
    return min(others, key=lambda one: (-len(tags & set(one.head.tags)), one.head.difficulty.b), default=None)
