"""Verdicts in Greenroom's words, and how packages spell them."""

from __future__ import annotations

from enum import StrEnum

Verdicts = frozenset["Verdict"]


class Verdict(StrEnum):
    """What a submission or a test case can come to: the judge's words, without its own failures."""

    accepted = "accepted"
    partial = "partial"
    wrong_answer = "wrong-answer"
    time_limit = "time-limit"
    memory_limit = "memory-limit"
    output_limit = "output-limit"
    runtime_error = "runtime-error"
    compile_error = "compile-error"


EVERY: Verdicts = frozenset(Verdict)
REJECTED: Verdicts = EVERY - {Verdict.accepted}

# The 2025-09 format has four verdicts; the tools that archives were checked with see memory and output that run out as
# crashes. A judge that tells them apart must take either for what the package calls a run-time error.
CRASHED: Verdicts = frozenset({Verdict.runtime_error, Verdict.memory_limit, Verdict.output_limit})

# What `submissions.yaml` of 2025-09 may say of a test case.
WORDS_OF_CASES: dict[str, Verdicts] = {
    "AC": frozenset({Verdict.accepted}),
    "WA": frozenset({Verdict.wrong_answer}),
    "TLE": frozenset({Verdict.time_limit}),
    "RTE": CRASHED,
}
OF_CASES: Verdicts = frozenset().union(*WORDS_OF_CASES.values())

_SPELLINGS: dict[Verdicts, str] = {
    frozenset({Verdict.accepted}): "AC ACCEPTED CORRECT",
    frozenset({Verdict.partial}): "PAC PARTIAL PARTIALLY-ACCEPTED",
    frozenset({Verdict.wrong_answer}): "WA WRONG WRONG-ANSWER NO-OUTPUT",
    frozenset({Verdict.time_limit}): "TLE TIMELIMIT TIME-LIMIT TIME-LIMIT-EXCEEDED TIMELIMIT-EXCEEDED",
    frozenset({Verdict.memory_limit}): "MLE MEMORYLIMIT MEMORY-LIMIT MEMORY-LIMIT-EXCEEDED",
    frozenset({Verdict.output_limit}): "OLE OUTPUTLIMIT OUTPUT-LIMIT OUTPUT-LIMIT-EXCEEDED",
    frozenset({Verdict.compile_error}): "CE COMPILER-ERROR COMPILE-ERROR COMPILATION-ERROR COMPILE-TIME-ERROR",
    CRASHED: "RTE RUN-ERROR RUN-TIME-ERROR RUNTIME-ERROR",
}
_BY_SPELLING = {word: verdicts for verdicts, words in _SPELLINGS.items() for word in words.split()}


def spelled(word: str) -> Verdicts | None:
    """The verdicts that *word* stands for in the spellings of Kattis and DOMjudge; None for an unknown word.

    Case does not matter, nor whether words are joined by hyphens, underscores or spaces.
    """
    return _BY_SPELLING.get("-".join(word.strip().upper().replace("_", " ").replace("-", " ").split()))
