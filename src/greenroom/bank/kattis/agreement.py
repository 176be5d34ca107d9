"""Whether a submission got what its package says that it must: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenroom.bank.kattis.globs import matches
from greenroom.bank.kattis.package import Expectation, Package, Submission
from greenroom.bank.kattis.verdicts import Verdict, Verdicts

WHOLE = "all"
_COUNTED = "secret"
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Ran:
    """What became of a submission: the judge's words for the whole and for each case that was run.

    `scores` are those of groups, that of the whole under `all`; `messages` are what validators told the judges, by
    case. `has_no_best` is true where no score is known to be the best one.
    """

    verdict: str
    cases: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    has_no_best: bool = False


def is_thorough(package: Package) -> bool:
    """Whether the package's rules speak of every case, and not of the final verdict alone."""
    return package.format != "legacy"


def disagreements(package: Package, submission: Submission, ran: Ran) -> list[str]:
    """Every rule of the package that *ran* breaks, in words; empty where all are kept."""
    if ran.verdict == "judge-error":
        return ["the judge failed"]
    told = list(_final(package, submission, ran)) if not is_thorough(package) or not submission.expectations else []
    if is_thorough(package):
        names = [case.name for case in package.data.all_cases()]
        told += [reason for one in submission.expectations for reason in _broken(one, names, ran)]
    if submission.score is not None and not (is_thorough(package) and submission.expectations):
        wrong = list(_score("the whole", submission.score, ran.scores.get(WHOLE)))
        # DOMjudge, whose tag it is, counts no points for the samples.
        told += wrong if list(_score(_COUNTED, submission.score, ran.scores.get(_COUNTED))) else []
    return list(dict.fromkeys(told))


def _final(package: Package, submission: Submission, ran: Ran) -> Iterator[str]:
    good = _is_in(ran.verdict, submission.verdicts)
    if not good and package.scoring:
        good = _scores_as_well(submission.verdicts, ran)
    if not good:
        yield f"{ran.verdict}, expected {words(submission.verdicts)}"


def _is_in(verdict: str, verdicts: Verdicts) -> bool:
    """Whether *verdict* is one of *verdicts*. What prints without end is ended for its output before its time is up."""
    if verdict == Verdict.output_limit.value and Verdict.time_limit in verdicts:
        return True
    return verdict in {one.value for one in verdicts}


def _scores_as_well(verdicts: Verdicts, ran: Ran) -> bool:
    """Where a scoring problem's words mean more than one of ours.

    Kattis' `accepted` is about the verdict, whatever the score; DOMjudge's `partial` is about the score, whatever the
    verdict; and nothing is known to be the best score where none is stated.
    """
    if ran.verdict == Verdict.partial.value:
        return Verdict.accepted in verdicts
    if Verdict.partial not in verdicts:
        return False
    score = ran.scores.get(WHOLE)
    return ran.has_no_best if ran.verdict == Verdict.accepted.value else score is not None and score > 0


def _broken(rule: Expectation, names: Sequence[str], ran: Ran) -> Iterator[str]:
    if ran.verdict == Verdict.compile_error.value:
        yield f"{rule.origin}: {ran.verdict}"
        return
    cases = {name: verdict for name, verdict in ran.cases.items() if rule.cases is None or matches(rule.cases, name)}
    for name, verdict in cases.items():
        if not _is_in(verdict, rule.permitted):
            yield f"{rule.origin}: {name} is {verdict}, permitted {words(rule.permitted)}"
            break
    # Cases of a group that needed another one to pass count as not accepted, whatever they would have come to.
    closed = [name for name in names if name not in ran.cases and (rule.cases is None or matches(rule.cases, name))]
    if closed and rule.permitted == {Verdict.accepted}:
        yield f"{rule.origin}: {closed[0]} was not run, for its group needs another one to pass"
    satisfied = any(_is_in(verdict, rule.required) for verdict in cases.values())
    exists = bool(cases or closed)
    if exists and not satisfied and not (closed and rule.required - {Verdict.accepted}):
        yield f"{rule.origin}: no case is {words(rule.required)}"
    if rule.message and not any(rule.message in text for name, text in ran.messages.items() if name in cases):
        yield f"{rule.origin}: no validator says {rule.message[:60]!r}"
    if rule.score is not None:
        scores = (
            {WHOLE: ran.scores.get(WHOLE)}
            if rule.cases is None
            else {name: score for name, score in ran.scores.items() if _is_named(rule.cases, name)}
        )
        for name, score in scores.items():
            yield from _score(f"{rule.origin}: {name}", rule.score, score)


def _is_named(pattern: str, group: str) -> bool:
    return group != WHOLE and pattern.count("/") == group.count("/") and matches(pattern, group)


def _score(where: str, wanted: tuple[float, float], score: float | None) -> Iterator[str]:
    low, high = wanted
    if score is None:
        yield f"{where} has no score"
    elif not low - _ROUNDING <= score <= high + _ROUNDING:
        yield f"{where} scored {score:g}, expected {low:g}" + (f" to {high:g}" if high != low else "")


def expected(package: Package, submission: Submission) -> dict[str, Any]:
    """What the package says of *submission*, as plain data."""
    said: dict[str, Any] = {"verdict": sorted(verdict.value for verdict in submission.verdicts)}
    if submission.score is not None:
        said["score"] = list(submission.score)
    if is_thorough(package) and submission.expectations:
        said["cases"] = [_plain(one) for one in submission.expectations]
    return said


def _plain(rule: Expectation) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "origin": rule.origin,
        "permitted": sorted(verdict.value for verdict in rule.permitted),
        "required": sorted(verdict.value for verdict in rule.required),
    }
    optional = {"of": rule.cases, "score": list(rule.score) if rule.score else None, "message": rule.message or None}
    return plain | {name: value for name, value in optional.items() if value is not None}


def words(verdicts: Verdicts) -> str:
    """The verdicts for a person: `wrong-answer or time-limit`."""
    return " or ".join(sorted(verdict.value for verdict in verdicts))
