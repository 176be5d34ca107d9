"""Words: the way for plain ASCII gives what the way for all texts gives."""

from __future__ import annotations

import random

from greenroom.grading.words import normalise

ASCII = "".join(map(chr, range(128)))


def test_plain_texts_are_normalised_as_all_others_are() -> None:
    rng = random.Random(1)
    for text in (ASCII, *("".join(rng.choices(ASCII, k=40)) for _ in range(200))):
        assert normalise(f"{text}é") == f"{normalise(text)}é"
    assert normalise("Don`t `STOP`") == "dont stop"
    assert normalise("\ufb01ne\u200d \u2019") == "fine '"
