"""Whether a candidate stands by what a sentence says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from greenroom.grading.commitment import changed_mind_at, uncommitted

CLAIM = ["An index makes each insert slower, because it has to be kept up to date."]


@pytest.mark.parametrize(
    "turn",
    [
        "Hmm, wait.",
        "But hold on, there is a cache in front of it.",
        "On second thought, that does not fit the numbers.",
        "Let me go through it again, though.",
        "So I was wrong about the insert.",
        "I take both of that back.",
        "I no longer think so, to be honest.",
        "No, I have mixed something up.",
        "Then the thread idea falls, too.",
    ],
)
def test_what_stands_before_a_change_of_mind_is_in_doubt(turn: str) -> None:
    assert changed_mind_at(["An index slows inserts down.", turn, "Inserts stay as fast as they were."]) in (1, 2)


@pytest.mark.parametrize(
    "sentence",
    [
        "The others wait until the lock is released.",
        "The driver takes the connection back to the pool.",
        "If the user enters a wrong password, we answer 401.",
        "A retry makes no sense here, it would go through the same steps again.",
        "No request is lost, since the queue is durable.",
        "I would think about the cache first.",
    ],
)
def test_who_only_uses_such_words_has_not_changed_their_mind(sentence: str) -> None:
    assert changed_mind_at(["An index slows inserts down.", sentence]) == 0


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("At first sight each insert becomes slower.", "what came to mind, or what one might say"),
        ("One could argue that each insert becomes slower.", "what came to mind, or what one might say"),
        ("Indexes, inserts and updates are topics which one has to think about.", "named, and nothing said of it"),
        ("It would be a mistake to expect slower inserts.", "denied in a word"),
        ("Each insert has to update the index as well, so it takes a little longer.", None),
        ("An insert gets slower, because the index is updated with it.", None),
    ],
)
def test_a_sentence_is_doubted_for_what_it_does_with_its_subject(sentence: str, reason: str | None) -> None:
    assert uncommitted(sentence, sentence, CLAIM) == reason


def test_what_a_claim_itself_says_is_no_reason_to_doubt() -> None:
    assert uncommitted("It is pointless.", "It is pointless.", ["A second index is pointless here."]) is None


def test_the_filter_that_ships_is_what_its_command_makes() -> None:
    script = Path(__file__).parents[2] / "bench" / "grading" / "noncommittal.py"
    found = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
