"""The sentences of an item's accepted answers: whoever copies one must copy all of it, as with a phrasing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from greenroom.bank.models import Item, SubmissionSort
from greenroom.grading.sentences import sentences, windows
from greenroom.grading.words import words

_KNOWN_ITEMS = 512
_FEWEST_WORDS = 5


def good_sentences(item: Item) -> tuple[tuple[str, ...], ...]:
    """The words of each sentence and clause that the item's accepted answers have; a file is read once."""
    paths = (one.path for one in item.submissions if one.sort is SubmissionSort.accepted)
    return tuple(dict.fromkeys(spoken for path in paths for spoken in _spoken(path)))


@lru_cache(maxsize=_KNOWN_ITEMS)
def _spoken(path: Path) -> tuple[tuple[str, ...], ...]:
    found = (words(window.text) for text in _texts(path) for window in windows(sentences(text)) if window.is_single)
    return tuple(dict.fromkeys(one for one in found if len(one) >= _FEWEST_WORDS))


def _texts(path: Path) -> Iterator[str]:
    """The words of an answer: all of a text, the reasons of a design. A file that cannot be read has none."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            yield text
        elif path.suffix == ".yaml":
            reasons = yaml.safe_load(text).get("reasons", "")
            yield from reasons.values() if isinstance(reasons, dict) else [str(reasons)]
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        return
