"""Examples for the model that reads rubric points: a point beside each text of the bank that says it, or does not.

Present: accepted answers and points declared present, and each accepted phrasing held against the others. Not present:
points declared otherwise, rejected phrasings, denials of good sentences, phrasings of other points, sentences that only
name the claims' words, and answers to other items of the topic.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from greenroom.bank.models import Item
from greenroom.bank.rubric import Phrasings
from greenroom.bank.verification import expected_findings
from greenroom.grading.encoder import Encoder
from greenroom.grading.features import Gauge
from greenroom.grading.fitting.denial import deny
from greenroom.grading.fitting.stuffing import stuffed
from greenroom.grading.guards import refuse
from greenroom.grading.sentences import Window, sentences
from greenroom.grading.service import others, phrasings_of, readable
from greenroom.grading.words import content

Rows = npt.NDArray[np.float64]

# How much an example of each sort weighs: real answers most, made ones least.
WEIGHTS = {
    "accepted": 9.0, "partial": 9.0, "wrong": 6.0, "hostile": 6.0, "denied": 1.0, "neighbour": 0.3,
    "stuffed": 1.0,
    "phrase": 1.0, "phrase-rejected": 1.0, "phrase-denied": 0.5, "phrase-other": 0.3,
    "phrase-itself": 0.3,
}  # fmt: skip
REAL = ("accepted", "partial", "wrong", "hostile")


@dataclass(frozen=True)
class Example:
    """A point beside an answer: one row of features for each window of the answer."""

    item: str
    label: int
    rows: Rows
    sort: str

    @property
    def weight(self) -> float:
        """How much it counts in a fit."""
        return WEIGHTS[self.sort]


def fingerprint(bank: Sequence[Item]) -> str:
    """The SHA-256 of what a fit learns from the concept items *bank*: phrasings, and what the guards let through of the
    answers, with their findings. So a guard that reads other sentences asks for a new fit, too."""
    told = [
        (
            item.slug,
            item.topic,
            item.title,
            item.prompt,
            [(point.id, (phrasings := phrasings_of(point)).claim, phrasings.accepts, phrasings.rejects)
             for point in item.head.rubric],
            [(told.sort, told.expected, [window.text for window in let_through(item, told.text)])
             for told in _told(item, bank)],
        )
        for item in bank
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, default=str).encode()).hexdigest()


def examples(bank: Sequence[Item], encoder: Encoder | None) -> Iterator[Example]:
    """Every example of the concept items *bank*. Reads their declared answers."""
    for item in bank:
        yield from item_examples(item, bank, encoder)


def item_examples(item: Item, bank: Sequence[Item], encoder: Encoder | None) -> Iterator[Example]:
    """Those of *item*, one of the *bank*."""
    yield from _phrases(item, encoder)
    yield from _answers(item, bank, encoder)


def _rows(gauge: Gauge, windows: Sequence[Window]) -> Rows:
    return np.array([seen.features for seen in gauge.look(windows)], dtype=float)


def _phrases(item: Item, encoder: Encoder | None) -> Iterator[Example]:
    """Every phrasing held against the point without itself."""
    draw = random.Random(item.slug)
    known = content(f"{item.title}\n{item.prompt}")

    def example(label: int, text: str, sort: str, accepts: list[str], rejects: list[str], other: list[str]) -> Example:
        phrasings = Phrasings(claim=accepts[0], accepts=tuple(accepts[1:]), rejects=tuple(rejects))
        gauge = Gauge(phrasings, other, known, encoder)
        return Example(item.slug, label, _rows(gauge, [Window(text, 0, 0, text)]), sort)

    for point in item.head.rubric:
        phrasings = phrasings_of(point)
        accepts, rejects = [phrasings.claim, *phrasings.accepts], list(phrasings.rejects)
        other = others(item, point)
        for phrase in accepts if len(accepts) > 1 else ():
            rest = [one for one in accepts if one != phrase]
            yield example(1, phrase, "phrase", rest, rejects, other)
            yield example(0, deny(phrase), "phrase-denied", rest, rejects, other)
        for phrase in draw.sample(accepts, min(3, len(accepts))):
            yield example(1, phrase, "phrase-itself", accepts, rejects, other)
            yield example(0, deny(phrase), "phrase-denied", accepts, rejects, other)
        for phrase in rejects:
            rest = [one for one in rejects if one != phrase]
            yield example(0, phrase, "phrase-rejected", accepts, rest, other)
        for phrase in draw.sample(other, min(6, len(other))):
            yield example(0, phrase, "phrase-other", accepts, rejects, [one for one in other if one != phrase])


@dataclass(frozen=True)
class _Told:
    """An answer, of what sort it is, and what is known of each point."""

    sort: str
    text: str
    expected: Mapping[str, str | float]


def _told(item: Item, bank: Sequence[Item]) -> Iterator[_Told]:
    """Every declared answer, its denial, answers to neighbouring items, and stuffed ones."""
    nothing: dict[str, str | float] = {point.id: 0.0 for point in item.head.rubric}
    for submission in item.submissions:
        text = submission.path.read_text(encoding="utf-8")
        yield _Told(str(submission.sort), text, expected_findings(item, submission))
        if submission.sort == "accepted":
            yield _Told("denied", " ".join(map(deny, sentences(text))), nothing)
    for neighbour in [one for one in bank if one.topic is item.topic and one.slug != item.slug][:2]:
        text = next(one.path.read_text(encoding="utf-8") for one in neighbour.submissions if one.sort == "accepted")
        yield _Told("neighbour", text, nothing)
    claims = [phrasings_of(point).claim for point in item.head.rubric]
    for text in stuffed(claims, random.Random(item.slug)):
        yield _Told("stuffed", text, nothing)


def let_through(item: Item, text: str) -> list[Window]:
    """What the guards let through of *text*."""
    prompt, parts = f"{item.title}\n{item.prompt}", sentences(text)
    return [] if refuse(text, parts, prompt) else readable(parts, prompt)


def _answers(item: Item, bank: Sequence[Item], encoder: Encoder | None) -> Iterator[Example]:
    """Every answer held against every point."""
    known = content(f"{item.title}\n{item.prompt}")
    gauges = {point.id: Gauge(phrasings_of(point), others(item, point), known, encoder) for point in item.head.rubric}
    for told in _told(item, bank):
        windows = let_through(item, told.text)
        for point_id, gauge in gauges.items():
            label = _label(told.expected.get(point_id))
            if windows and label is not None:
                yield Example(item.slug, label, _rows(gauge, windows), told.sort)


def _label(expected: str | float | None) -> int | None:
    if expected is None:
        return None
    if isinstance(expected, str):
        return 1 if expected == "present" else 0 if "present" not in expected else None
    return int(expected >= 1.0)
