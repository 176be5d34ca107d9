"""Two readings of one point become one finding: what code makes of the embedded grader and a language model. Pure."""

from __future__ import annotations

from typing import Any

from greenroom.bank.findings import Finding, State
from greenroom.grading.guards import is_echo, is_instruction, is_keyword_list, is_question
from greenroom.grading.language_model.protocol import Said
from greenroom.grading.sentences import sentences
from greenroom.grading.words import content

ALONE = 0.6
"""The confidence in what the language model decides where the embedded grader is unsure. Nobody has calibrated it."""
_EVEN = 0.5


def joined(finding: Finding, said: Said | None, answer: str, prompt: str, model: str) -> Finding:
    """The finding after a second reading; `evidence.language_model` says in words what came of it.

    A point that one reads as present and the other does not is unsure, with both readings in `evidence.readings`.
    """
    if said is None:
        return noted(finding, "said nothing of this point; read without it")
    if said.state != "absent" and (refused := refused_quote(said.quote, answer, prompt)):
        return noted(finding, f"its quote {refused}; read without it")
    state = State(said.state)
    if state is finding.state:
        return noted(finding, "agrees")
    readings = _readings(finding, said, model)
    if finding.state is State.unsure:
        return _of_unsure(finding, said, state, readings)
    if State.present in (finding.state, state):
        evidence = finding.evidence | readings | {"language_model": f"reads it as {state.value}, so this is unsure"}
        evidence.setdefault("quote", said.quote)
        return _changed(finding, State.unsure, _EVEN, evidence)
    return noted(finding, f"reads it as {state.value}; neither earns", readings)


def noted(finding: Finding, note: str, further: dict[str, Any] | None = None) -> Finding:
    """The same finding with a word about the language model."""
    return finding.model_copy(update={"evidence": finding.evidence | (further or {}) | {"language_model": note}})


def refused_quote(quote: str, answer: str, prompt: str) -> str:
    """Why a quote proves nothing; empty when it does: it stands in the answer, and is no order, question or list."""
    text = quote.strip()
    if not text:
        return "is empty"
    if text not in answer:
        return "does not stand in the answer"
    around = [one for one in sentences(answer) if text in one or one in text]
    known = content(prompt)
    if any(is_instruction(one) or is_question(one) for one in (text, *around)):
        return "is from an order or a question"
    if is_echo(text, known, prompt) or is_keyword_list(text):
        return "is an echo of the question or a bare list"
    return ""


def _of_unsure(finding: Finding, said: Said, state: State, readings: dict[str, Any]) -> Finding:
    if finding.evidence.get("reason") and state is State.present:
        return noted(finding, "reads it as present, but a guard holds it unsure", readings)
    evidence = finding.evidence | readings | {"language_model": f"reads it as {state.value}, which decides"}
    if said.quote.strip() and state is not State.absent:
        evidence["quote"] = said.quote.strip()
    return _changed(finding, state, ALONE, evidence)


def _readings(finding: Finding, said: Said, model: str) -> dict[str, Any]:
    embedded = {"state": finding.state.value, "confidence": finding.confidence, "quote": finding.evidence.get("quote")}
    quote = said.quote.strip() if said.state != "absent" else None
    return {"readings": {"embedded": embedded, "language_model": {"state": said.state, "quote": quote, "model": model}}}


def _changed(finding: Finding, state: State, confidence: float, evidence: dict[str, Any]) -> Finding:
    earned = 1.0 if state is State.present else 0.0
    return finding.model_copy(update={"state": state, "earned": earned, "confidence": confidence, "evidence": evidence})
