"""Numbers that say how near an answer is to the nearest of its references, and how far that is the question's doing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from greenroom.grading.encoder import Vectors
from greenroom.grading.scoring import contrast
from greenroom.grading.scoring.alignment import REVERSED_NAMES, beside_reversed, best_matches, differences, mean
from greenroom.grading.scoring.reading import Reading
from greenroom.grading.tokens import Floats
from greenroom.grading.words import OPPOSITES, bigrams, function_ratio, negation_count, trigrams, words

# How an answer stands beside one reference. "New" words are those that the question has not given away.
_LEXICAL_PAIR = (
    "recall", "precision", "overlap", "recall_new", "precision_new", "recall_given", "stray_given", "bigram",
    "trigram", "order", "negation_gap", "opposites", "length_ratio", "number_recall", "stray_numbers",
)  # fmt: skip
_ENCODER_PAIR = (
    "cosine", "cosine_demoted", "sentence_best", "sentence_recall", "soft_recall", "soft_precision", "soft_recall_new",
    "soft_precision_new", "soft_least", "soft_quarter", "stray_token",
)  # fmt: skip
# The best of these over all references, whichever reference is the nearest.
_LEXICAL_BEST = ("recall", "recall_new", "trigram")
_ENCODER_BEST = ("cosine", "soft_recall", "soft_recall_new", "soft_precision_new")
_LEXICAL_ALONE = (
    "negations", "negated", "length", "copied", "function_ratio", "references", "reference_length", "question_length",
    "all_recall_new", "vocabulary",
)  # fmt: skip
_ENCODER_ALONE = ("cosine_question", "reference_question", "cosine_mean", "cosine_lead")

LEXICAL_NAMES = (
    *_LEXICAL_PAIR, *(f"best_{one}" for one in _LEXICAL_BEST), *_LEXICAL_ALONE, *contrast.NAMES, *contrast.OVER_ALL,
)  # fmt: skip
NAMES = (
    *LEXICAL_NAMES, *_ENCODER_PAIR, *(f"best_{one}" for one in _ENCODER_BEST), *_ENCODER_ALONE, *REVERSED_NAMES,
)  # fmt: skip


@dataclass(frozen=True)
class Likeness:
    """An answer beside its references: the features in the order of NAMES (LEXICAL_NAMES without an encoder).

    `nearest` is the number of the reference that decided; `difference` is what `alignment.differences` says of the
    answer and that reference, and empty without an encoder.
    """

    features: tuple[float, ...]
    nearest: int
    difference: Vectors


def compare(
    answer: Reading, question: Reading, references: Sequence[Reading], reversed_ones: Sequence[Sequence[Reading]] = ()
) -> Likeness:
    """The features of *answer*; *references* has at least one.

    *reversed_ones* are the readings of each reference's reversals (`reversal.reversals`); only with an encoder.
    """
    lexical = [_lexical_pair(answer, question, reference) for reference in references]
    if answer.vector is None:
        nearest = _largest(row["recall_new"] + row["overlap"] + row["trigram"] for row in lexical)
        return Likeness((*_lexical(answer, question, references, lexical, nearest),), nearest, np.zeros(0, np.float32))
    encoded = [_encoded_pair(answer, question, reference) for reference in references]
    nearest = _largest(row["cosine"] + row["soft_recall"] + 0.5 * row["soft_precision"] for row in encoded)
    cosines = [row["cosine"] for row in encoded]
    reference = references[nearest]
    assert question.vector is not None
    assert reference.vector is not None
    to_question = float(answer.vector @ question.vector)
    features = (
        *_lexical(answer, question, references, lexical, nearest),
        *(encoded[nearest][name] for name in _ENCODER_PAIR),
        *(max(row[name] for row in encoded) for name in _ENCODER_BEST),
        to_question,
        float(reference.vector @ question.vector),
        float(np.mean(cosines)),
        cosines[nearest] - to_question,
        *beside_reversed(answer, reference, reversed_ones[nearest]),
    )
    return Likeness(features, nearest, differences(answer, reference))


def _largest(values: Iterable[float]) -> int:
    return int(np.argmax(list(values)))


def _lexical(
    answer: Reading,
    question: Reading,
    references: Sequence[Reading],
    rows: Sequence[dict[str, float]],
    nearest: int,
) -> tuple[float, ...]:
    every = frozenset[str]().union(*(reference.stems for reference in references))
    negations = negation_count(answer.text)
    return (
        *(rows[nearest][name] for name in _LEXICAL_PAIR),
        *(max(row[name] for row in rows) for name in _LEXICAL_BEST),
        float(min(negations, 3)),
        float(negations % 2),
        math.log1p(answer.length),
        _weighted(answer, answer.stems & question.stems, answer.stems),
        function_ratio(answer.text),
        math.log1p(len(references)),
        math.log1p(references[nearest].length),
        math.log1p(question.length),
        _share_of(every - question.stems, answer.stems),
        _weighted(answer, answer.stems & every, answer.stems),
        *contrast.features(answer, question, references, nearest),
    )


def _lexical_pair(answer: Reading, question: Reading, reference: Reading) -> dict[str, float]:
    both, given = answer.stems & reference.stems, question.stems
    recall = _weighted(reference, both, reference.stems)
    precision = _weighted(answer, both, answer.stems)
    left, right = trigrams(answer.text), trigrams(reference.text)
    return {
        "recall": recall,
        "precision": precision,
        "overlap": 2 * recall * precision / (recall + precision) if recall + precision else 0.0,
        "recall_new": _weighted(reference, both - given, reference.stems - given, nothing=recall),
        "precision_new": _weighted(answer, both - given, answer.stems - given),
        "recall_given": _weighted(reference, both & given, reference.stems & given, nothing=0.5),
        "stray_given": _weighted(answer, (answer.stems & given) - reference.stems, answer.stems),
        "bigram": _dice(bigrams(answer.text), bigrams(reference.text)),
        "trigram": len(left & right) / max((len(left) * len(right)) ** 0.5, 1),
        "order": _order(answer.text, reference.text),
        "negation_gap": float(negation_count(answer.text) % 2 != negation_count(reference.text) % 2),
        "opposites": float(opposites(answer.text, reference.text)),
        "length_ratio": math.log1p(answer.length) - math.log1p(reference.length),
        "number_recall": _share_of(reference.numbers, answer.numbers, nothing=0.5),
        "stray_numbers": float(min(len(answer.numbers - reference.numbers - question.numbers), 3)),
    }


def _encoded_pair(answer: Reading, question: Reading, reference: Reading) -> dict[str, float]:
    assert answer.vector is not None
    assert reference.vector is not None
    assert question.vector is not None
    sentence = answer.sentence_vectors @ reference.sentence_vectors.T
    best_for_reference, best_for_answer = best_matches(reference, answer)
    new_reference = reference.token_weights * (1 - _given(reference, question))
    new_answer = answer.token_weights * (1 - _given(answer, question))
    heavy = best_for_reference[reference.token_weights > 0.3]
    stray = best_for_answer[answer.token_weights > 0.3]
    return {
        "cosine": float(answer.vector @ reference.vector),
        "cosine_demoted": _demoted(answer.vector, reference.vector, question.vector),
        "sentence_best": float(sentence.max()),
        "sentence_recall": float(sentence.max(axis=0).mean()),
        "soft_recall": mean(best_for_reference, reference.token_weights),
        "soft_precision": mean(best_for_answer, answer.token_weights),
        "soft_recall_new": mean(best_for_reference, new_reference),
        "soft_precision_new": mean(best_for_answer, new_answer),
        "soft_least": float(heavy.min(initial=1.0)),
        "soft_quarter": float(np.quantile(heavy, 0.25)) if len(heavy) else 1.0,
        "stray_token": float(stray.min(initial=1.0)),
    }


def _given(reading: Reading, question: Reading) -> Floats:
    """How far each token stands in the question already, 0..1."""
    if not len(reading.token_vectors) or not len(question.token_vectors):
        return np.zeros(len(reading.token_vectors))
    nearest: Floats = (reading.token_vectors @ question.token_vectors.T).max(axis=1).astype(float)
    return np.clip(nearest, 0.0, 1.0)


def _demoted(answer: Vectors, reference: Vectors, question: Vectors) -> float:
    """The cosine of what remains of both vectors when the question's direction is taken out."""
    left = answer - (answer @ question) * question
    right = reference - (reference @ question) * question
    size = float(np.linalg.norm(left) * np.linalg.norm(right))
    return float(left @ right) / size if size > 1e-9 else 0.0


def _weighted(owner: Reading, part: frozenset[str], whole: frozenset[str], nothing: float = 0.0) -> float:
    """The share of *whole*, by the weights that its stems have in *owner*, that *part* is."""
    total = sum(owner.weights.get(one, 0.0) for one in whole)
    return sum(owner.weights.get(one, 0.0) for one in part) / total if total else nothing


def _share_of(wanted: frozenset[str], own: frozenset[str], nothing: float = 0.0) -> float:
    return len(wanted & own) / len(wanted) if wanted else nothing


def _dice(left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]]) -> float:
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def opposites(text: str, other: str) -> int:
    """How many words of *other* stand in *text* as their opposite instead (`more` for `less`)."""
    own, wanted = frozenset(words(text)), frozenset(words(other))
    extra, missing = own - wanted, wanted - own
    return sum((one in extra and two in missing) or (two in extra and one in missing) for one, two in OPPOSITES)


def _order(text: str, other: str) -> float:
    """The longest common subsequence of words, as a share of the shorter text (ROUGE-L, Lin 2004)."""
    left, right = words(text)[:120], words(other)[:120]
    if not left or not right:
        return 0.0
    row = [0] * (len(right) + 1)
    for one in left:
        diagonal = 0
        for at, two in enumerate(right, 1):
            kept = row[at]
            row[at] = diagonal + 1 if one == two else max(row[at], row[at - 1])
            diagonal = kept
    return row[-1] / min(len(left), len(right))
