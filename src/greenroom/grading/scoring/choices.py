"""What an answer picks where there is something to pick: yes or no, one of the question's choices, a name, a number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from greenroom.grading.antonyms import places
from greenroom.grading.words import FUNCTION_WORDS, stem, words

_AMOUNTS = {
    "zero": "0", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "twice": "2", "double": "2", "half": "0.5", "once": "1",
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"\b[A-Z]\b|\b[b-hj-z]\b")
_ARTICLE = re.compile(r"(?:^|[.!?]\s+)A\s+(?=[a-z])")
_FIRST = re.compile(r"\W*([A-Za-z0-9]+)\b")
_OR = re.compile(r"([^.?!,;:()]+(?:,[^.?!,;:()]+)*),?\s+or\s+([^.?!,;:()]+)", re.IGNORECASE)
_YES_OR_NO = {
    "yes": "yes", "yeah": "yes", "yep": "yes", "true": "yes", "no": "no", "nope": "no", "false": "no",
}  # fmt: skip
_OPTION_WORDS = 3
_LONGEST_QUESTION = 2_000
"""Characters of a question in which options are looked for: the search takes their square."""


def compare(answer: str, reference: str, question: str) -> dict[str, float]:
    """Whether both pick something and not the same, and how far they pick the same, by kind of choice."""
    chosen = _clash(_chosen(question, answer), _chosen(question, reference))
    leads = _clash(_lead(answer, question), _lead(reference, question))
    names = _clash(_names(answer), _names(reference))
    numbers = _clash(_amounts(answer), _amounts(reference))
    return {
        "choice_clash": chosen[0], "choice_same": chosen[1], "lead_other": leads[0], "lead_same": leads[1],
        "names_clash": names[0], "names_same": names[1], "number_clash": numbers[0], "number_same": numbers[1],
    }  # fmt: skip


def _clash(own: frozenset[str], wanted: frozenset[str]) -> tuple[float, float]:
    if not own or not wanted:
        return 0.0, 0.0
    return float(not own & wanted), len(own & wanted) / len(own | wanted)


@lru_cache(maxsize=20_000)
def _names(text: str) -> frozenset[str]:
    """Single letters that name something; not the article, and not I."""
    return frozenset(one.lower() for one in _NAME.findall(_ARTICLE.sub(" ", text)) if one != "I")


@lru_cache(maxsize=20_000)
def _amounts(text: str) -> frozenset[str]:
    """Numbers in digits or words."""
    return frozenset([*_NUMBER.findall(text), *(_AMOUNTS[word] for word in words(text) if word in _AMOUNTS)])


def _chosen(question: str, text: str) -> frozenset[str]:
    """Which of the question's options *text* has a word of, by their numbers."""
    options = _options(question)
    if len(options) < 2:
        return frozenset()
    own = frozenset(map(stem, words(text)))
    return frozenset(str(number) for number, one in enumerate(options) if one & own)


@lru_cache(maxsize=4_000)
def _options(question: str) -> tuple[frozenset[str], ...]:
    """What a question lets one choose from: the few words before and after each `or`, less what they share."""
    found: list[frozenset[str]] = []
    for match in _OR.finditer(question[:_LONGEST_QUESTION]):
        *listed, last = [*(part.split() for part in match.group(1).split(",") if part.strip()), match.group(2).split()]
        options = [_telling(part[-_OPTION_WORDS:]) for part in listed] + [_telling(last[:_OPTION_WORDS])]
        for number, one in enumerate(options):
            others = frozenset[str]().union(*(two for at, two in enumerate(options) if at != number))
            found.append(one - others)
    return tuple(one for one in found if one)


def _telling(part: Sequence[str]) -> frozenset[str]:
    return frozenset(stem(word) for word in words(" ".join(part)) if word not in FUNCTION_WORDS or places(word))


@lru_cache(maxsize=20_000)
def _lead(text: str, question: str) -> frozenset[str]:
    """The pick that *text* begins with: yes or no, a single capital letter, or a name that the question has."""
    match = _FIRST.match(text)
    if match is None:
        return frozenset()
    first = match.group(1)
    word = first.lower()
    if word in _YES_OR_NO:
        return frozenset([_YES_OR_NO[word]])
    is_letter = len(word) == 1 and first.isupper() and word != "i" and not _ARTICLE.match(text.lstrip())
    is_name = first[:1].isupper() and word not in FUNCTION_WORDS and re.search(rf"\b{re.escape(first)}\b", question)
    return frozenset([word]) if is_letter or is_name else frozenset()
