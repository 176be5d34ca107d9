"""Turning a sentence into its denial, for training: a grader that never saw denials takes them for agreement."""

from __future__ import annotations

import re

_AUXILIARY = "is|are|was|were|can|could|will|would|should|must|may|does|do|did|has|have"
_NEGATED = re.compile(rf"\b({_AUXILIARY})(?:n't| not)\b|\bcannot\b", re.IGNORECASE)
_NEVER = re.compile(r"\bnever\b", re.IGNORECASE)
_VERB = re.compile(rf"\b(?:{_AUXILIARY})\b(?! to\b)", re.IGNORECASE)
_ORDER = re.compile(
    r"(?:use|put|set|keep|make|take|split|store|send|load|add|run|check|write|read|fit|measure|compare)\b",
    re.IGNORECASE,
)


def deny(sentence: str) -> str:
    """*sentence* with its first statement turned round: a `not` taken away or put in."""
    if found := _NEGATED.search(sentence):
        return sentence[: found.start()] + (found.group(1) or "can") + sentence[found.end() :]
    if found := _NEVER.search(sentence):
        return sentence[: found.start()] + "always" + sentence[found.end() :]
    if found := _VERB.search(sentence):
        return f"{sentence[: found.end()]} not{sentence[found.end() :]}"
    small = sentence[:1].lower() + sentence[1:]
    return f"Do not {small}" if _ORDER.match(sentence) else f"It is not true that {small}"
