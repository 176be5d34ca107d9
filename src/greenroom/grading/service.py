"""The grader: findings for answers in words."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import structlog

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Item
from greenroom.bank.rubric import Phrasings, Point
from greenroom.grading.commitment import changed_mind_at
from greenroom.grading.copies import ALTERED
from greenroom.grading.decision import Decision, Judging, decide, packaged_model
from greenroom.grading.encoder import Encoder, MiniLM
from greenroom.grading.features import Gauge
from greenroom.grading.good_answers import good_sentences
from greenroom.grading.guards import is_echo, is_instruction, is_keyword_list, is_question, refuse, takes_back
from greenroom.grading.joints import is_stuffed
from greenroom.grading.sentences import Window, sentences, windows
from greenroom.grading.word_order import is_scrambled
from greenroom.grading.words import content
from greenroom.kernel.errors import EnvironmentFault

log = structlog.get_logger(__name__)

LEXICAL = "lexical"
_MOST_SENTENCES = 12
_DOUBTED = 0.6


class SecondReader(Protocol):
    """Somebody else who reads the same answers: a language model."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def beside(
        self, findings: Sequence[Finding], claims: Mapping[str, str], answer: str, prompt: str
    ) -> tuple[Finding, ...]:
        """*findings*, joined with what it says of the same points, whose *claims* stand by their ids."""
        ...


class Grader:
    """Reads answers. Thread-safe; the encoder is loaded at the first use.

    Without an encoder given, the packaged one is used, and plain word likeness, labelled `lexical`, when
    its files are missing or are not the pinned ones. With *lexical* words are compared although there is an encoder. A
    *second* reader is asked after it, if there is one.
    """

    def __init__(
        self, encoder: Encoder | None = None, second: SecondReader | None = None, *, lexical: bool = False
    ) -> None:
        self._encoder = encoder
        self._second = second
        self._loaded = encoder is not None or lexical
        self._lock = threading.Lock()
        self._own: Judging | None = None

    def with_model(self, model: Judging) -> Grader:
        """One that reads with the same encoder and guards, and decides by *model*."""
        found = Grader(self.loaded_encoder(), lexical=True)
        found._own = model
        return found

    def warm(self) -> None:
        """Load what the first answer would else wait for; the interpreter is held for some tenths of a second."""
        self._model()

    @property
    def version(self) -> str:
        """The version of the fitted model, and the second reader's name."""
        version = self._model().version
        return version if self._second is None else f"{version}+{self._second.name}"

    @property
    def encoder(self) -> str:
        """The encoder's name, or `lexical`."""
        found = self.loaded_encoder()
        return found.name if found else LEXICAL

    def grade(self, item: Item, answer: str) -> tuple[Finding, ...]:
        """One finding for each claim of the item's rubric."""
        found = tuple(one.finding for one in self.read(item, answer))
        claims = {point.id: point.claim for point in item.head.rubric if point.claim}
        return self._beside(found, claims, answer, f"{item.title}\n{item.prompt}")

    def read(self, item: Item, answer: str) -> list[Read]:
        """The same without a second reader, and for each point the sentence that decided and what it is nearest to."""
        points = [point for point in item.head.rubric if point.claim]
        measured = [(phrasings_of(one), others(item, one)) for one in points]
        rows = self._read(answer, f"{item.title}\n{item.prompt}", measured, good_sentences(item))
        return [
            Read(_finding(point.id, point.points, *row), *_nearest(row[0]))
            for point, row in zip(points, rows, strict=True)
        ]

    def grade_follow_up(self, item: Item, point: Point, answer: str, *, question: str) -> Finding:
        """The answer to a follow-up, held against what a good answer to it states."""
        prompt = f"{item.title}\n{item.prompt}\n{question}"
        (row,) = self._read(answer, prompt, [(point.follow_up_phrasings, others(item, point))])
        found = (_finding(point.id, point.points, *row),)
        return self._beside(found, {point.id: point.follow_up_phrasings.claim}, answer, prompt)[0]

    def _beside(
        self, found: tuple[Finding, ...], claims: Mapping[str, str], answer: str, prompt: str
    ) -> tuple[Finding, ...]:
        return found if self._second is None else self._second.beside(found, claims, answer, prompt)

    def vector(self, answer: str) -> bytes | None:
        """Where an answer lies among others, as 384 half-precision numbers; None without encoder or sentence.

        It is the mean of its first sentences' embeddings, which are known once it was graded.
        """
        encoder, parts = self.loaded_encoder(), sentences(answer)[:_MOST_SENTENCES]
        if encoder is None or not parts:
            return None
        middle = encoder.embed(parts).mean(axis=0)
        return bytes((middle / max(float(np.linalg.norm(middle)), 1e-9)).astype(np.float16).tobytes())

    def _read(
        self,
        answer: str,
        prompt: str,
        points: Sequence[tuple[Phrasings, Sequence[str]]],
        good: Sequence[Sequence[str]] = (),
    ) -> list[tuple[Decision, dict[str, Any]]]:
        parts = sentences(answer)
        refusal = refuse(answer, parts, prompt)
        if refusal is not None:
            nothing = Decision(State.absent, 0.99, None, refusal.reason)
            return [(nothing, {"reason": refusal.reason}) for _ in points]
        encoder, model = self.loaded_encoder(), self._model()
        set_aside = [part for part in parts if is_instruction(part)]
        read = readable(parts, prompt)
        if encoder is not None:  # all at once: texts of like length share a batch, and padding is what costs
            held = [phrase for phrasings, _ in points for phrase in _phrases(phrasings)]
            encoder.embed([*held, *(window.text for window in read)])
        known = [phrase for phrasings, others in points for phrase in (*_phrases(phrasings), *others)]
        stuffed = is_stuffed(parts, dict.fromkeys(known), prompt)
        stands_from = changed_mind_at(parts)
        decisions = []
        for phrasings, other_phrasings in points:
            gauge = Gauge(phrasings, other_phrasings, content(prompt), encoder)
            wanted = replace(gauge.wanted, good=good)
            decisions.append(decide(gauge.look(read), model, wanted, stands_from=stands_from))
        reason = "the claims' words, hardly joined to sentences" if stuffed else None
        if reason is None and encoder is not None:  # without it harmless words are doubted, too, and tell nothing
            reason = _whole_doubt(decisions)
        return [(one, _evidence(one, set_aside)) for one in (_doubted(one, reason) for one in decisions)]

    def loaded_encoder(self) -> Encoder | None:
        """The encoder, loaded; None where words are compared."""
        with self._lock:
            if not self._loaded:
                self._loaded = True
                try:
                    self._encoder = MiniLM()
                except (EnvironmentFault, ImportError) as error:
                    log.warning("answers are compared by words alone", reason=str(error))
        return self._encoder

    def _model(self) -> Judging:
        return self._own or packaged_model("model" if self.loaded_encoder() is not None else LEXICAL)


def _whole_doubt(decisions: Sequence[Decision]) -> str | None:
    """Why all of an answer is doubted for one place in it."""
    altered = any(one.state is State.unsure and one.reason in ALTERED for one in decisions)
    return "another sentence is a copy that was changed" if altered else None


def _doubted(decision: Decision, reason: str | None) -> Decision:
    """The same, but that a point which is there is unsure for *reason*, if there is one."""
    if reason is None or decision.state is not State.present:
        return decision
    return Decision(State.unsure, _DOUBTED, decision.seen, reason)


@dataclass(frozen=True)
class Read:
    """A finding with the sentence of the answer that is nearest to the point, and the phrasing it is nearest to."""

    finding: Finding
    sentence: str = ""
    nearest: str = ""


def _nearest(decision: Decision) -> tuple[str, str]:
    return (decision.seen.window.text, decision.seen.nearest) if decision.seen is not None else ("", "")


def probability_of(finding: Finding) -> float:
    """That the point is present. An unsure point's confidence does not say of which side; it counts as even."""
    if finding.state is State.present:
        return finding.confidence
    return 0.5 if finding.state is State.unsure else 1.0 - finding.confidence


def readable(parts: Sequence[str], prompt: str) -> list[Window]:
    """The windows of the sentences *parts* that are read: no order to the grader, question, echo, bare
    list or words in disorder. What takes the sentence before it back is read, however short it is."""
    known = content(prompt)
    kept = ["" if _is_set_aside(one, known, prompt) else one for one in parts]
    made = [one for one in windows(kept) if one.text.strip()]
    return [one for one in made if takes_back(one.text) or not is_keyword_list(one.text)]


def _is_set_aside(sentence: str, known: frozenset[str], prompt: str) -> bool:
    aside = is_instruction(sentence) or is_question(sentence) or is_scrambled(sentence)
    return aside or is_echo(sentence, known, prompt)


def phrases(item: Item) -> list[str]:
    """Everything that answers to *item*, and to its follow-ups, are held against."""
    found = [one for point in item.head.rubric for one in (point.phrasings, point.follow_up_phrasings)]
    return list(dict.fromkeys(phrase for phrasings in found if phrasings for phrase in _phrases(phrasings)))


def _phrases(phrasings: Phrasings) -> tuple[str, ...]:
    return (phrasings.claim, *phrasings.accepts, *phrasings.rejects)


def others(item: Item, point: Point) -> list[str]:
    """What the item's other points say: near to this one's subject, and not what it asks."""
    found = [one.phrasings for one in item.head.rubric if one.id != point.id and one.phrasings]
    return [phrase for phrasings in found for phrase in (phrasings.claim, *phrasings.accepts)]


def phrasings_of(point: Point) -> Phrasings:
    """What *point*, which has a claim, is held against."""
    found = point.phrasings
    assert found is not None
    return found


def _evidence(decision: Decision, set_aside: Sequence[str]) -> dict[str, Any]:
    evidence: dict[str, Any] = {}
    seen = decision.seen
    if seen is not None:
        evidence["similarity"] = round(seen.cosine, 3)
        if decision.state is not State.absent:
            evidence["quote"] = seen.window.text
        if decision.state is State.present:
            evidence["nearest"] = seen.nearest
    if decision.reason:
        evidence["reason"] = decision.reason
    elif set_aside:
        evidence["reason"] = "instruction set aside"
    return evidence


def _finding(point: str, worth: float, decision: Decision, evidence: dict[str, Any]) -> Finding:
    return Finding(
        point=point,
        earned=1.0 if decision.state is State.present else 0.0,
        of=worth,
        confidence=round(min(0.99, decision.confidence), 3),
        state=decision.state,
        evidence=evidence,
    )
