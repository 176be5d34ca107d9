"""Whose turn it is: fair between candidates, first come first served within one, bounded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.judge.queueing import Bounds, FairQueue
from greenroom.kernel.errors import CapacityError, QuotaError

CANDIDATES = st.sampled_from("abcde")
MOVES = st.lists(
    st.tuples(st.sampled_from(["put", "put", "put", "pop", "pop", "remove", "end"]), CANDIDATES), max_size=80
)

Entry = tuple[str, int]


def play(moves: list[tuple[str, str]]) -> tuple[FairQueue[Entry], list[tuple[Entry | None, set[str]]]]:
    """The queue after *moves*, and each turn: the entry, and the candidates that waited just before it."""
    queue: FairQueue[Entry] = FairQueue()
    waiting: list[Entry] = []
    turns: list[tuple[Entry | None, set[str]]] = []
    for number, (move, candidate) in enumerate(moves):
        own = [entry for entry in waiting if entry[0] == candidate]
        if move == "put":
            queue.put(candidate, (candidate, number))
            waiting.append((candidate, number))
        elif move == "pop":
            who = {entry[0] for entry in waiting}
            entry = queue.pop()
            turns.append((entry, who))
            if entry is not None:
                waiting.remove(entry)
        elif move == "end":
            queue.end_round()
        elif own:
            assert queue.remove(own[-1])
            waiting.remove(own[-1])
        assert len(queue) == len(waiting)
        assert sorted(queue.in_order()) == sorted(waiting)
    return queue, turns


@given(MOVES)
def test_between_two_turns_of_one_candidate_each_other_who_waits_has_one(moves: list[tuple[str, str]]) -> None:
    _, turns = play(moves)
    for later, (entry, _) in enumerate(turns):
        earlier = [at for at in range(later) if turns[at][0] and entry and turns[at][0][0] == entry[0]]  # type: ignore[index]
        if not earlier:
            continue
        between = turns[earlier[-1] + 1 : later]
        had_one = {one[0] for one, _ in between if one is not None}
        # Who waited when the first of the two had its turn, and all the time until the second.
        waited = set.intersection(turns[earlier[-1]][1], turns[later][1], *(who for _, who in between))
        assert waited - {entry[0]} <= had_one  # type: ignore[index]


@given(MOVES)
def test_within_a_candidate_the_first_come_is_the_first_served(moves: list[tuple[str, str]]) -> None:
    _, turns = play(moves)
    for candidate in "abcde":
        own = [entry[1] for entry, _ in turns if entry is not None and entry[0] == candidate]
        assert own == sorted(own)


@given(MOVES)
def test_a_turn_is_given_whenever_somebody_waits(moves: list[tuple[str, str]]) -> None:
    _, turns = play(moves)
    assert all((entry is not None) == bool(who) for entry, who in turns)


@given(MOVES)
def test_the_order_that_is_told_is_the_order_that_comes(moves: list[tuple[str, str]]) -> None:
    queue, _ = play(moves)
    told = list(queue.in_order())
    came = [queue.pop() for _ in told]
    assert came == told
    assert queue.pop() is None


@given(MOVES, CANDIDATES)
def test_whoever_comes_pushes_back_only_those_who_had_a_turn(moves: list[tuple[str, str]], candidate: str) -> None:
    queue, turns = play(moves)
    had_turn = {entry[0] for entry, _ in turns if entry is not None}
    before = list(queue.in_order())
    firsts = {entry[0]: place for place, entry in reversed(list(enumerate(before)))}
    queue.put(candidate, (candidate, 1000))
    after = list(queue.in_order())
    assert all(after[place] == before[place] for one, place in firsts.items() if one not in had_turn)
    assert [entry for entry in after if entry != (candidate, 1000)] == before or candidate not in had_turn


@given(MOVES, CANDIDATES)
def test_a_newcomer_waits_for_at_most_one_run_of_each_other(moves: list[tuple[str, str]], candidate: str) -> None:
    queue, _ = play(moves)
    own = sum(entry[0] == candidate for entry in queue.in_order())
    queue.put(candidate, (candidate, 1000))
    after = list(queue.in_order())
    ahead = after[: after.index((candidate, 1000))]
    assert all(sum(entry[0] == other for entry in ahead) <= own + 1 for other in "abcde" if other != candidate)


def test_fifty_runs_of_one_delay_another_only_by_the_one_that_runs() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(50):
        queue.put("busy", f"busy-{number}")
    assert queue.pop() == "busy-0"
    queue.put("other", "other-0")
    queue.put("third", "third-0")
    assert list(queue.in_order())[:3] == ["other-0", "third-0", "busy-1"]
    assert queue.pop() == "other-0"
    queue.put("other", "other-1")  # has had a turn, as the busy one has, and comes behind it
    assert list(queue.in_order())[:4] == ["third-0", "busy-1", "other-1", "busy-2"]


def test_who_comes_first_is_first_once_the_round_is_over() -> None:
    queue: FairQueue[str] = FairQueue()
    queue.put("a", "a-0")
    assert queue.pop() == "a-0"
    queue.end_round()
    queue.put("a", "a-1")
    queue.put("b", "b-0")
    assert list(queue.in_order()) == ["a-1", "b-0"]


def test_one_candidate_fills_no_more_than_their_share() -> None:
    queue: FairQueue[int] = FairQueue(Bounds(total=3, each=2))
    queue.put("a", 1)
    queue.put("a", 2)
    with pytest.raises(QuotaError, match="2 runs of yours"):
        queue.put("a", 3)
    queue.put("b", 4)
    with pytest.raises(CapacityError, match="too many runs are waiting") as refused:
        queue.put("c", 5)
    assert not isinstance(refused.value, QuotaError)
    assert list(queue.in_order()) == [1, 4, 2]


def test_what_must_be_answered_is_never_refused_and_counts() -> None:
    queue: FairQueue[int] = FairQueue(Bounds(total=1, each=1))
    for number in range(3):
        queue.put("a", number, bounded=False)
    assert len(queue) == 3
    with pytest.raises(CapacityError):
        queue.put("b", 9)


def test_what_is_not_there_cannot_be_removed() -> None:
    queue: FairQueue[int] = FairQueue()
    queue.put("a", 1)
    assert not queue.remove(2)
    assert queue.remove(1)
    assert not queue.remove(1)
    assert queue.pop() is None
