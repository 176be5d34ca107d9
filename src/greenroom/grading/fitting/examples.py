"""Rows of a snapshot as examples: the windows of an answer beside a point, as the grader would read them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from greenroom.bank.findings import State
from greenroom.bank.models import Item, Kind
from greenroom.bank.rubric import Point
from greenroom.grading.encoder import Encoder
from greenroom.grading.features import Gauge
from greenroom.grading.fitting.points import let_through
from greenroom.grading.intake.manifests import Content, Kept
from greenroom.grading.intake.schemas import PointRow
from greenroom.grading.intake.scrubbing import mask, shared_terms
from greenroom.grading.monitoring.rules import share_of
from greenroom.grading.registry.protocols import Floats, Row
from greenroom.grading.registry.trials import Labelled
from greenroom.grading.sentences import Window
from greenroom.grading.service import others
from greenroom.grading.words import content as content_words

RESERVED = 0.2
"""The share of candidates (and of rows in files) that no model is ever trained on: challengers are tried on them."""
_EMBEDDED_AT_ONCE = 512


@dataclass(frozen=True)
class Example:
    """A point beside an answer. `windows` has a line for each window, with the features of `features.NAMES`.

    `candidate` stands for who wrote it, `answer` for the whole answer; `overlap` is the share of a phrasing's words.
    """

    item: str
    point: str
    family: str
    candidate: str
    answer: str
    present: bool
    worth: float
    overlap: float
    windows: Floats


@dataclass(frozen=True)
class Material:
    """What a snapshot gives: examples to learn from, and how many rows were not used, by reason."""

    examples: tuple[Example, ...]
    not_used: Mapping[str, int]
    candidates: int


def reserved(kept: Kept) -> bool:
    """Whether a row is kept for trials, in this snapshot and in each later one. The bank's rows never are.

    It is decided by candidate, so that nobody's answers are on both sides.
    """
    return kept.source != "bank" and share_of(kept.subject or kept.id, "held-out") < RESERVED


def masked_anew(content: Content, public: Iterable[str]) -> list[Kept]:
    """The rows that can still be read. A term that by now fewer than five candidates used is masked in them."""
    texts = [(one.subject, one.row.answer) for one in content.rows]
    known = shared_terms([*texts, *((None, text) for text in public)])
    return [one if one.subject is None else _masked(one, known) for one in content.rows]


def _masked(one: Kept, known: frozenset[str]) -> Kept:
    return replace(one, row=one.row.model_copy(update={"answer": mask(one.row.answer, known)}))


def held_out(rows: Iterable[Kept], items: Mapping[str, Item]) -> list[Labelled]:
    """The rows that are kept for trials."""
    found = []
    for one in rows:
        known = _point(one, items) if reserved(one) else None
        if known is not None and isinstance(one.row, PointRow):
            item, point = known
            found.append(Labelled(Row(item, point, one.row.answer), State(one.row.state), one.subject or item.slug))
    return found


def material(rows: Sequence[Kept], items: Mapping[str, Item], encoder: Encoder | None) -> Material:
    """The examples of *rows*. Blocks for as long as it takes to read the answers."""
    not_used: Counter[str] = Counter()
    usable = [(one, *known) for one in rows if (known := _usable(one, items, not_used)) is not None]
    parts = {(item.slug, row.answer): let_through(item, row.answer) for _, row, item, _ in usable}
    if encoder is not None:
        _embed(encoder, [window.text for windows in parts.values() for window in windows])
    gauges: dict[tuple[str, str], Gauge] = {}
    made = []
    for kept, row, item, point in usable:
        windows = parts[item.slug, row.answer]
        if not windows:
            not_used["decided by the guards"] += 1
            continue
        gauge = gauges.get((item.slug, point.id)) or _gauge(item, point, encoder)
        gauges[item.slug, point.id] = gauge
        made.append(_example(kept, row, item, point, gauge, windows))
    candidates = {kept.subject for kept, *_ in usable if kept.subject is not None}
    return Material(tuple(made), dict(not_used), len(candidates))


def _usable(one: Kept, items: Mapping[str, Item], not_used: Counter[str]) -> tuple[PointRow, Item, Point] | None:
    known = _point(one, items)
    if not isinstance(one.row, PointRow):
        not_used["short answers, which train the scorer"] += 1
    elif known is None:
        not_used["of a point that there is not"] += 1
    elif reserved(one):
        not_used["reserved for trials"] += 1
    else:
        return one.row, *known
    return None


def _point(one: Kept, items: Mapping[str, Item]) -> tuple[Item, Point] | None:
    if not isinstance(one.row, PointRow):
        return None
    item = items.get(one.row.item)
    point = item.point_by_id.get(one.row.point) if item is not None else None
    if item is None or point is None or point.phrasings is None or not point.claim:
        return None
    return item, point


def _prompt(item: Item) -> str:
    return f"{item.title}\n{item.prompt}"


def _embed(encoder: Encoder, texts: Sequence[str]) -> None:
    """Fill the encoder's cache: texts of like length share a batch."""
    found = list(dict.fromkeys(texts))
    for start in range(0, len(found), _EMBEDDED_AT_ONCE):
        encoder.embed(found[start : start + _EMBEDDED_AT_ONCE])


def _gauge(item: Item, point: Point, encoder: Encoder | None) -> Gauge:
    assert point.phrasings is not None
    return Gauge(point.phrasings, others(item, point), content_words(_prompt(item)), encoder)


def _example(kept: Kept, row: PointRow, item: Item, point: Point, gauge: Gauge, windows: Sequence[Window]) -> Example:
    answer = hashlib.sha256(f"{item.slug}\x00{kept.subject}\x00{row.answer}".encode()).hexdigest()[:16]
    said = content_words(row.answer)
    wanted = [content_words(one) for one in gauge.accepts]
    return Example(
        item=item.slug,
        point=point.id,
        family=item.topic.value,
        candidate=kept.subject or answer,
        answer=answer,
        present=row.state == State.present.value,
        worth=point.points,
        overlap=max(len(said & one) / max(len(one), 1) for one in wanted),
        windows=np.array([seen.features for seen in gauge.look(windows)], dtype=float),
    )


def rubric_version(items: Iterable[Item]) -> str:
    """A hash of every claim with its phrasings: another one is another rubric."""
    digest = hashlib.sha256()
    for part in _rubric(items):
        digest.update(part.encode() + b"\x00")
    return digest.hexdigest()[:16]


def _rubric(items: Iterable[Item]) -> Iterator[str]:
    for item in sorted(items, key=lambda one: one.slug):
        for point in item.head.rubric if item.kind is Kind.concept else ():
            said: Any = point.phrasings
            yield f"{item.slug}/{point.id}"
            yield from (said.claim, *said.accepts, *said.rejects) if said is not None else ()
