"""Whether a submission got what its package says that it must: pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from greenroom.bank.kattis.globs import matches
from greenroom.bank.kattis.package import Expectation, Package, Submission
from greenroom.bank.kattis.verdicts import Verdict, Verdicts

WHOLE = "all"
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Ran:
    """What became of a submission: the judge's words for the whole and for each case that was run.

    `scores` are those of groups, that of the whole under `all`; `messages` are what validators told the judges, by
    case.
    """

    verdict: str
    cases: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, float] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)


def is_thorough(package: Package) -> bool:
    """Whether the package's rules speak of every case, and not of the final verdict alone."""
    return package.format != "legacy"


def disagreements(package: Package, submission: Submission, ran: Ran) -> list[str]:
    """Every rule of the package that *ran* breaks, in words; empty where all are kept."""
    if ran.verdict == "judge-error":
        return ["the judge failed"]
    told = list(_final(submission, ran)) if not is_thorough(package) or not submission.expectations else []
    if is_thorough(package):
        names = [case.name for case in package.data.all_cases()]
        told += [reason for one in submission.expectations for reason in _broken(one, names, ran)]
    if submission.score is not None and not (is_thorough(package) and submission.expectations):
        told += _score("the whole", submission.score, ran.scores.get(WHOLE))
    return list(dict.fromkeys(told))


def _final(submission: Submission, ran: Ran) -> Iterator[str]:
    if ran.verdict not in {verdict.value for verdict in submission.verdicts}:
        yield f"{ran.verdict}, expected {words(submission.verdicts)}"


def _broken(rule: Expectation, names: Sequence[str], ran: Ran) -> Iterator[str]:
    if ran.verdict == Verdict.compile_error.value:
        yield f"{rule.origin}: {ran.verdict}"
        return
    cases = {name: verdict for name, verdict in ran.cases.items() if rule.cases is None or matches(rule.cases, name)}
    permitted = {verdict.value for verdict in rule.permitted}
    for name, verdict in cases.items():
        if verdict not in permitted:
            yield f"{rule.origin}: {name} is {verdict}, permitted {words(rule.permitted)}"
            break
    required = {verdict.value for verdict in rule.required}
    # Cases of a group that needed another one to pass count as not accepted, whatever they would have come to.
    closed = [name for name in names if name not in ran.cases and (rule.cases is None or matches(rule.cases, name))]
    if closed and permitted == {Verdict.accepted.value}:
        yield f"{rule.origin}: {closed[0]} was not run, for its group needs another one to pass"
    satisfied = bool(required.intersection(cases.values())) or bool(closed and required - {Verdict.accepted.value})
    if not satisfied:
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
