"""Words that others join in the same way, and answers in which hardly any are joined."""

from __future__ import annotations

import pytest

from greenroom.grading.joints import is_stuffed, joints, joints_of, loose

PHRASINGS = (
    "The blocking call inside async def holds the event loop, so no other request makes progress.",
    "As a plain def the endpoint runs in the thread pool and does not block the event loop.",
    "The outgoing call to the partner needs a timeout.",
)
PROMPT = "Whenever the partner is slow, the orchestrator kills our pod."


def test_a_joint_has_the_small_words_and_marks_between() -> None:
    assert joints("The event loop, and the pools of threads.") == (
        ("event", (), "loop"),
        ("loop", (",", "and", "the"), "pool"),
        ("pool", ("of",), "thread"),
    )
    assert joints("Threads.") == ()
    assert joints("") == ()


def test_what_stands_in_no_known_joint_is_loose() -> None:
    known = joints_of(PHRASINGS)
    assert loose("This stalls the event loop.", known) == ["stall"]
    assert loose("The event and the loop are blocked.", known) == ["event", "loop", "block"]
    assert loose("The loop.", known) == []


@pytest.mark.parametrize(
    "text",
    [
        "This is about blocking, call and inside. You need async and def for the holds. There is event, loop, request. "
        "We talk about progress, plain and endpoint. With thread comes pool, then partner and timeout.",
        "The loop needs the call. A partner is def, and the thread has progress. The pool and the event are plain. "
        "Request by timeout, endpoint with async, outgoing to holds.",
    ],
)
def test_words_without_their_neighbours_are_stuffed(text: str) -> None:
    assert is_stuffed([text], PHRASINGS, PROMPT)


@pytest.mark.parametrize(
    "text",
    [
        "A call that blocks stands still in the event loop, and each other request of the loop waits as well. With a "
        "plain def the thread pool has it, so the event loop is free; the call to the partner needs a timeout.",
        "The loop needs the call.",
        "Something else is said here, at length, of which nobody knows what it has to do with anything at all.",
        "",
    ],
)
def test_sentences_are_not_and_a_few_words_do_not_tell(text: str) -> None:
    assert not is_stuffed([text], PHRASINGS, PROMPT)
