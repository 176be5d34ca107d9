"""Which items an interview asks, in which order: pure, with the randomness passed in."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from greenroom.bank.models import Item, Topic
from greenroom.kernel.errors import InputError

Level = Literal["easy", "medium", "hard", "mixed"]

SHORTEST, LONGEST = 5, 180
_TARGET: dict[str, float | None] = {"easy": -0.9, "medium": 0.0, "hard": 0.9, "mixed": None}
_JITTER = 0.35
_SEEN_PENALTY = 3.0


@dataclass(frozen=True)
class Plan:
    """The items to ask in order, and the chosen topics that the time does not allow."""

    items: tuple[Item, ...]
    left_out: tuple[Topic, ...]

    @property
    def minutes(self) -> int:
        """How long the rounds are allowed to take together."""
        return sum(item.head.minutes for item in self.items)


def plan(
    items: Iterable[Item],
    *,
    topics: Collection[Topic],
    minutes: int,
    level: Level,
    rng: random.Random,
    seen: Collection[str] = (),
) -> Plan:
    """Choose rounds: one for each topic while the time lasts, then a second turn, and so on.

    *seen* are slugs asked lately: they are taken last. Raises InputError when nothing can be asked.
    """
    if not SHORTEST <= minutes <= LONGEST:
        raise InputError(f"{minutes} minutes", mend=f"an interview takes {SHORTEST} to {LONGEST} minutes")
    if not topics:
        raise InputError("no topic was chosen", mend="choose at least one topic")
    queues = {topic: _ranked(items, topic, level, rng, seen) for topic in Topic if topic in topics}
    queues = {topic: queue for topic, queue in queues.items() if queue}
    if not queues:
        raise InputError("the bank has no item for these topics", mend="choose another topic")
    chosen = _fill(queues, minutes, rng)
    order = list(Topic)
    chosen.sort(key=lambda item: order.index(item.topic))
    asked = {item.topic for item in chosen}
    return Plan(tuple(chosen), tuple(topic for topic in Topic if topic in topics and topic not in asked))


def _ranked(items: Iterable[Item], topic: Topic, level: Level, rng: random.Random, seen: Collection[str]) -> list[Item]:
    target = _TARGET[level]

    def cost(item: Item) -> float:
        distance = 0.0 if target is None else abs(item.head.difficulty.b - target)
        spread = _JITTER if target is not None else 1.0
        return distance + rng.uniform(0, spread) + (_SEEN_PENALTY if item.slug in seen else 0.0)

    return sorted((item for item in items if item.topic is topic and not item.head.warm_up), key=cost)


def _fill(queues: dict[Topic, list[Item]], minutes: int, rng: random.Random) -> list[Item]:
    """Turns over the topics in random order; each takes its best item that leaves room for the others."""
    chosen: list[Item] = []
    left = minutes
    turn = list(queues)
    rng.shuffle(turn)
    while turn:
        after = []
        for index, topic in enumerate(turn):
            first_turn = not any(item.topic is topic for item in chosen)
            reserve = sum(_shortest(queues[other]) for other in turn[index + 1 :]) if first_turn else 0
            item = _take(queues[topic], left, left - reserve)
            if item is not None:
                chosen.append(item)
                left -= item.head.minutes
                if queues[topic]:
                    after.append(topic)
        turn = after
    if not chosen:
        chosen.append(min((queue[0] for queue in queues.values()), key=lambda item: item.head.minutes))
    return chosen


def _shortest(queue: Sequence[Item]) -> int:
    return min(item.head.minutes for item in queue)


def _take(queue: list[Item], left: int, comfortable: int) -> Item | None:
    """Remove and return the best item within *comfortable* minutes, else the shortest within *left*."""
    fitting = [item for item in queue if item.head.minutes <= comfortable]
    if not fitting:
        fitting = sorted((item for item in queue if item.head.minutes <= left), key=lambda item: item.head.minutes)
    if not fitting:
        return None
    queue.remove(fitting[0])
    return fitting[0]
