"""What the figures ask for: more audits, a new model, the model before. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from greenroom.grading.monitoring.statistics import wilson

BASE_AUDIT_RATE = 0.02
RAISED_AUDIT_RATE = 0.10
ENOUGH_NEW_LABELS = 300
_HIGHEST_ERROR_RATE = 0.02
_OVERRIDE_MARGIN = 0.05
_FEWEST = 50


def share_of(key: str, purpose: str) -> float:
    """A number 0..1 that is always the same for *key* and one *purpose*, and even over many keys."""
    digest = hashlib.sha256(f"{purpose}\x00{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def audit_rate(*, covariates_drifted: bool) -> float:
    """The share of answers that a person reads as well.

    A drift of what comes in says nothing yet about how well it is read: it is looked at more closely.
    """
    return RAISED_AUDIT_RATE if covariates_drifted else BASE_AUDIT_RATE


@dataclass(frozen=True)
class Facts:
    """What decides whether a new model is trained. By `erasure_due` what was erased must be out of the champion.

    `outdated` are the models that know erased rows, whatever they are.
    """

    errors_alarm: bool = False
    erasure_due: datetime | None = None
    trained_rubric: str | None = None
    rubric: str | None = None
    new_labels: int = 0
    outdated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reason:
    """Why a new model is to be trained, and until when it must be there, where there is a date."""

    code: str
    said: str
    due_at: datetime | None = None


def retraining_reasons(facts: Facts) -> tuple[Reason, ...]:
    """Every reason that holds; none for a model that can stay."""
    found = []
    if facts.errors_alarm:
        found.append(Reason("errors", "audits found more errors than the model may make"))
    if (due := facts.erasure_due) is not None:
        found.append(Reason("erasure", f"somebody's rows must be out of the model by {due:%Y-%m-%d}", due))
    if facts.trained_rubric is not None and facts.rubric is not None and facts.rubric != facts.trained_rubric:
        found.append(Reason("rubric", "the rubric is another than the model was trained on"))
    if facts.new_labels >= ENOUGH_NEW_LABELS:
        found.append(Reason("labels", f"{facts.new_labels} new labels ({ENOUGH_NEW_LABELS} are enough)"))
    return tuple(found)


@dataclass(frozen=True)
class Window:
    """What happened with a version since it answers: answers, failures, answers with a label, and overrides."""

    answers: int = 0
    failures: int = 0
    labelled: int = 0
    overridden: int = 0


def rollback_reasons(champion: Window, before: Window) -> tuple[str, ...]:
    """Why the version before should answer again; none while the champion is good, or while it is too early to say.

    Both are judged by the lower end of Wilson's interval, so that a bad hour is not enough.
    """
    found = []
    tried = champion.answers + champion.failures
    if tried >= _FEWEST and wilson(champion.failures, tried)[0] > _HIGHEST_ERROR_RATE:
        found.append(f"{champion.failures} of {tried} answers failed")
    if champion.labelled >= _FEWEST:
        used_to = before.overridden / before.labelled if before.labelled >= _FEWEST else 0.10
        if wilson(champion.overridden, champion.labelled)[0] > used_to + _OVERRIDE_MARGIN:
            found.append(f"people overrode {champion.overridden} of {champion.labelled} (before: {used_to:.0%})")
    return tuple(found)
