"""Plans keep to the time, ask every topic they can, and are the same for the same seed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.interview.builders import make_item

from greenroom.bank.models import Item, Topic
from greenroom.interview.planning import Level, Plan, plan
from greenroom.kernel.errors import InputError

BANK = [
    make_item(f"{topic}-{number}", topic=topic, minutes=4 + 3 * number, b=number - 1.5)
    for topic in Topic
    for number in range(4)
]


def planned(
    minutes: int = 60, topics: set[Topic] | None = None, level: Level = "mixed", seed: int = 1, bank: list[Item] = BANK
) -> Plan:
    return plan(bank, topics=topics or set(Topic), minutes=minutes, level=level, rng=random.Random(seed))


@given(
    minutes=st.integers(5, 180), seed=st.integers(0, 10_000), topics=st.sets(st.sampled_from(list(Topic)), min_size=1)
)
def test_a_plan_keeps_its_promises(minutes: int, seed: int, topics: set[Topic]) -> None:
    made = planned(minutes, topics, seed=seed)
    assert made.items
    assert made.minutes <= max(minutes, 4)
    asked = {item.topic for item in made.items}
    assert asked <= topics
    assert set(made.left_out) == topics - asked
    slugs = [item.slug for item in made.items]
    assert len(slugs) == len(set(slugs))
    assert [item.topic for item in made.items] == sorted((i.topic for i in made.items), key=list(Topic).index)


@given(seed=st.integers(0, 10_000))
def test_all_eight_topics_are_asked_when_their_shortest_items_fit(seed: int) -> None:
    assert planned(8 * 4, seed=seed).left_out == ()


def test_the_same_seed_asks_the_same() -> None:
    assert planned(seed=3) == planned(seed=3)
    assert len({tuple(item.slug for item in planned(seed=seed).items) for seed in range(20)}) > 5


def test_the_level_is_respected_where_there_is_a_choice() -> None:
    def mean(level: Level) -> float:
        items = planned(180, level=level).items[:8]
        firsts = {item.topic: item for item in reversed(items)}
        return sum(item.head.difficulty.b for item in firsts.values()) / len(firsts)

    bank = [make_item(f"{t}-{n}", topic=t, minutes=20, b=n - 1.0) for t in Topic for n in range(3)]
    easy = planned(160, level="easy", bank=bank)
    hard = planned(160, level="hard", bank=bank)
    assert {item.head.difficulty.b for item in easy.items} == {-1.0}
    assert {item.head.difficulty.b for item in hard.items} == {1.0}


def test_items_asked_lately_come_last() -> None:
    bank = [make_item(f"jwt-{number}", minutes=6) for number in range(3)]
    made = plan(bank, topics={Topic.jwt}, minutes=6, level="mixed", rng=random.Random(0), seen={"jwt-0", "jwt-1"})
    assert [item.slug for item in made.items] == ["jwt-2"]


def test_time_too_short_for_any_item_still_asks_the_shortest() -> None:
    bank = [make_item("long", minutes=20), make_item("longer", minutes=30)]
    assert [item.slug for item in planned(5, {Topic.jwt}, bank=bank).items] == ["long"]


@pytest.mark.parametrize(("minutes", "topics"), [(4, {Topic.jwt}), (181, {Topic.jwt}), (60, set())])
def test_what_cannot_be_planned_is_refused(minutes: int, topics: set[Topic]) -> None:
    with pytest.raises(InputError):
        plan(BANK, topics=topics, minutes=minutes, level="mixed", rng=random.Random(0))
