"""What is set aside before any comparison, each with a plain reason: learned negatives alone do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from greenroom.grading.word_order import is_scrambled
from greenroom.grading.words import FUNCTION_WORDS, NEGATIONS, content, function_ratio, normalise, trigrams, words

FEWEST_WORDS = 4
_ECHO_SHARE = 0.8
_LEAST_FUNCTION_RATIO = 0.16
_LEAST_KNOWN_LETTERS = 0.6

_INSTRUCTION = re.compile(
    r"""(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:rubric|instruction|prompt|rule|criteria|above|previous|guideline)
    | \b(?:award|give|grant|assign|mark|score|grade|rate)\b.{0,60}\b(?:full|max|maximum|all|every|top|perfect|100|complete)\b.{0,30}\b(?:mark|point|credit|score|grade|present|correct)
    | \b(?:mark|set|treat|consider|count|accept)\b.{0,40}\bas\s+(?:present|correct|complete|earned|accepted|passed)\b.{0,20}(?:$|[.!])
    | \b(?:mark|set|treat|consider|count|accept)\s+(?:\w+\s+){0,3}?(?:all|every|each|everything|it|this|these|answers?|points?)\b.{0,30}\b(?:present|correct|complete|earned|accepted|passed)\b.{0,20}(?:$|[.!])
    | ^\W*(?:mark|set|treat|consider|count|accept)\b.{0,200}\bas\s+(?:present|correct|earned)\b
    | \b(?:you\s+are|as|act\s+as|pretend\s+to\s+be)\b.{0,20}\b(?:the\s+)?(?:grader|examiner|judge|evaluator|assistant|system)\b
    | \b(?:system|assistant|user|developer)\s*:\s
    | "?(?<!\w)(?:state|earned|confidence|verdict|findings?|score)"?\s*[:=]\s*["\d\[{]
    | \b(?:this|the|my)\s+answer\s+(?:is|covers|says|contains|satisfies|deserves|earns)\b.{0,50}\b(?:correct|complete|all|every|full|right|perfect)
    | \b(?:all|every)\s+(?:rubric\s+)?points?\b.{0,30}\b(?:present|met|earned|covered|satisfied|said)
    | <\s*/?\s*(?:system|instruction|rubric|grader)
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_DENIAL = re.compile(
    r"""^\W*(?:it\s+is|it's|that\s+is|this\s+is)\s+(?:simply\s+|just\s+)?(?:not\s+(?:true|correct|right|the\s+case)|false|wrong|untrue|incorrect|a\s+myth|a\s+lie)\b
    | \b(?:is|are|was|would\s+be)\s+(?:simply\s+|just\s+|completely\s+)?(?:false|untrue|a\s+myth|a\s+misconception|nonsense)\b(?=\W*$|[.,;:!)]|\s+(?:that|to|as|because|since|in)\b)
    | \b(?:some|many|people|they|one)\b.{0,30}\b(?:say|claim|think|believe|said|assume)\b.{0,200}\bbut\b.{0,40}\b(?:wrong|false|not|untrue|mistaken)
    | \bi\s+(?:\w+\s+)?(?:don't|do\s+not|cannot|can't)\s+(?:think|believe|agree|say)\b(?!\s+(?:what|if|whether|how|when|which|where)\b)
    | \b(?:don't|do\s+not|never|cannot|can't)\s+(?:think|believe|agree|say)\s+(?:that|it|them|those|this|any\w*|people)\b
    | \b(?:wrongly|falsely|mistakenly)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_TURN = r"^\W*(?:(?:no|nope|but|however|yet|well|wait|sorry|oh|in\s+fact|in\s+truth|in\s+reality|actually|of\s+course|just\s+kidding)\W+){0,3}"
_TAKES_BACK = re.compile(
    rf"""{_TURN}(?:it|this|that|all\s+(?:this|that))(?:'s|\s+(?:is|was|are|were))(?:\s+(?!not\b)\w+){{0,2}}\s+
        (?:not\s+(?:true|so|correct|right|the\s+case)|false|wrong|untrue|incorrect|a\s+lie|a\s+joke|nonsense|rubbish)\b
        (?=\W*$|\s*[.,;:!(-]|\s+(?:though|of\s+course|in\s+fact|as|because|since)\b)
    | {_TURN}(?:it|this|that)\s+(?:isn't|wasn't|is\s+not|was\s+not)\s+(?:true|so|correct|right|the\s+case)\b
    | {_TURN}(?:quite\s+|just\s+|rather\s+|exactly\s+)?(?:the\s+(?:very\s+|exact\s+)?(?:reverse|opposite|contrary)|on\s+the\s+contrary)\b
    | {_TURN}(?:i\s+(?:was|am)\s+(?:wrong|mistaken|joking|kidding|lying)|i\s+take\s+(?:it|that|this)\s+back|(?:scratch|strike|forget)\s+(?:that|this|it)\b)
    | ^\W*(?:actually|in\s+fact|in\s+truth|well|wait|oh)\W+(?:no|not|wrong)\b
    | ^\W*(?:no|nope|not|wrong|false|untrue|incorrect|nonsense|rubbish|lies|(?:just\s+)?(?:kidding|joking))\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
_ALL = r"\b(?:all|everything|each|every|none|nothing|whatever|what|any|neither|both)\b"
_HERE = (
    r"\b(?:above|below|before|following|previous|preceding|next|statements?|sentences?|answer"
    r"|i(?:'ve|\s+have|\s+just)?\s+(?:wr[io]te|written|say|said|told)|(?:wrote|written|said|told)\s+(?:here|so\s+far|until\s+now))\b"
)
_FALSE = r"\b(?:false|wrong|untrue|incorrect|true|right|correct|lies?|joke|opposite|nonsense|invented|believe)\b"
_RETRACTION = re.compile(f"{_ALL}.{{0,60}}{_HERE}.{{0,60}}{_FALSE}", re.IGNORECASE | re.DOTALL)
_MASH = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}|(.)\1{3,}")


@dataclass(frozen=True)
class Refusal:
    """Why a whole answer earns nothing: one of `empty`, `too-short`, `gibberish`, `echo`, `keyword-list`,
    `instruction`, `scrambled`, `retracted`."""

    reason: str


def is_instruction(sentence: str) -> bool:
    """Whether a sentence speaks to the grader instead of answering."""
    return bool(_INSTRUCTION.search(normalise(sentence)))


def is_question(sentence: str) -> bool:
    """Whether a sentence asks: what is asked is not said."""
    return sentence.rstrip("\"') ").endswith("?")


def is_denial(sentence: str) -> bool:
    """Whether a sentence quotes a statement in order to deny it."""
    return bool(_DENIAL.search(normalise(sentence)))


def takes_back(sentence: str) -> bool:
    """Whether a sentence says of the one before it that it is not so."""
    return bool(_TAKES_BACK.search(normalise(sentence)))


def is_retraction(sentence: str) -> bool:
    """Whether a sentence says of the whole answer that it is true or false: of neither can it be told what it says."""
    return bool(_RETRACTION.search(normalise(sentence)))


def is_echo(sentence: str, prompt_content: frozenset[str], prompt_text: str) -> bool:
    """Whether a sentence is mostly copied from the prompt."""
    pieces = trigrams(sentence)
    if not pieces:
        return False
    if " ".join(words(sentence)) in " ".join(words(prompt_text)):
        return True
    own = content(sentence)
    copied_words = len(own & prompt_content) / len(own) if own else 1.0
    copied_pieces = len(pieces & trigrams(prompt_text)) / len(pieces)
    return copied_words >= _ECHO_SHARE and copied_pieces >= 0.9


def is_keyword_list(sentence: str) -> bool:
    """Whether a sentence only lists words: hardly any function words, or mostly commas."""
    found = words(sentence)
    if len(found) < FEWEST_WORDS:
        return True
    commas = sentence.count(",") + sentence.count("/") + sentence.count("|")
    ratio = function_ratio(sentence)
    # No sentence has a comma after every other word.
    return ratio < _LEAST_FUNCTION_RATIO or commas >= len(found) * 0.5 or (commas >= len(found) * 0.3 and ratio < 0.3)


def refuse(answer: str, sentences: Sequence[str], prompt: str) -> Refusal | None:
    """Why the answer as a whole earns nothing, or None when it is to be read."""
    found = words(answer)
    if not found:
        return Refusal("empty")
    if len(found) < FEWEST_WORDS:
        return Refusal("too-short")
    if _is_gibberish(answer):
        return Refusal("gibberish")
    readable = [one for one in sentences if not is_instruction(one)]
    if not readable:
        return Refusal("instruction")
    prompt_content = content(prompt)
    if all(is_echo(one, prompt_content, prompt) for one in readable):
        return Refusal("echo")
    if all(is_keyword_list(one) for one in readable):
        return Refusal("keyword-list")
    if all(is_scrambled(one) for one in readable):
        return Refusal("scrambled")
    if any(is_retraction(one) for one in readable):
        return Refusal("retracted")
    return None


def _is_gibberish(answer: str) -> bool:
    found = [word for word in words(answer) if word.isalpha()]
    text = normalise(answer)
    letters = sum(char.isascii() and (char.isalpha() or char.isspace()) for char in text)
    if letters / max(len(text), 1) < _LEAST_KNOWN_LETTERS or not found:
        return True
    if len(set(found)) <= max(3, len(found) // 20):
        return True
    known = sum(word in FUNCTION_WORDS or word in NEGATIONS for word in found) / len(found)
    mashed = sum(bool(_MASH.search(word)) for word in found) / len(found)
    return (known < 0.05 and len(found) > 12 and "," not in answer) or mashed > 0.25
