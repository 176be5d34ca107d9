"""Whether an output is right: by the default comparison, or by the package's own output validators."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from greenroom.bank.kattis.cases import Case
from greenroom.bank.kattis.package import Program as Source
from greenroom.judge import reading
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.problems.comparing import difference
from greenroom.judge.problems.programs import Tools
from greenroom.judge.reading import Report

ACCEPTED, REJECTED = 42, 43
"""The exit codes with which a validator says what it found (`Reporting a judgement` of both formats)."""

_MESSAGE = 2000
FEEDBACK = "feedback"


@dataclass(frozen=True)
class Judgement:
    """What a validator says: whether it accepts, what it tells judges and teams, and the score where it gives one.

    `written` are the files of its feedback folder.
    """

    accepted: bool
    message: str = ""
    team_message: str = ""
    score: float | None = None
    multiplier: float | None = None
    written: Mapping[str, bytes] = field(default_factory=dict)


def case_files(case: Case) -> dict[str, bytes]:
    """What a validator finds around it: the input, the answer, and an empty folder for what it wants to say."""
    return {
        case.input.name: case.input.read_bytes(),
        _answer_name(case): case.answer.read_bytes() if case.answer is not None else b"",
        f"{FEEDBACK}/": b"",
    }


def arguments_for(case: Case, source: Source) -> list[str]:
    """What a validator is called with."""
    places = (case.input.name, _answer_name(case), f"{FEEDBACK}/")
    return ["{scratch}/" + place for place in places] + list(case.output_validator_args.of(source.name))


def _answer_name(case: Case) -> str:
    return case.answer.name if case.answer is not None else f"{case.input.stem}.ans"


def judge_output(case: Case, output: bytes, tools: Tools, files: Mapping[str, bytes] | None = None) -> Judgement:
    """What is to be said of *output*. Raises JudgeFaultError when a validator fails to say it.

    *files* are what a validator finds around it, `case_files` by default.
    """
    package = tools.package
    if not package.output_validators:
        comparison = case.comparison or package.comparison
        answer = case.answer.read_bytes() if case.answer is not None else b""
        found = difference(answer, output, comparison)
        return Judgement(found is None, found or "")
    judgements = []
    for source in package.output_validators:
        around = case_files(case) if files is None else files
        report = tools.run(source, arguments_for(case, source), around, output, keep=FEEDBACK)
        judgements.append(judgement_of(report, case, source, tools))
        if not judgements[-1].accepted:
            return judgements[-1]
    return next((one for one in judgements if (one.score, one.multiplier) != (None, None)), judgements[0])


def judgement_of(report: Report, case: Case, source: Source, tools: Tools) -> Judgement:
    """The meaning of a validator's end. Raises JudgeFaultError for one that says nothing."""
    package = tools.package
    where = f"{source.path.relative_to(package.folder)} on {case.name}"
    if report.exit_code not in (ACCEPTED, REJECTED):
        said = reading.clean((report.stderr or report.stdout).decode("utf-8", "replace").strip(), 300)
        told = f": {said}" if said else ""
        raise JudgeFaultError(f"{where} ended with exit code {report.exit_code}, and not with 42 or 43{told}")
    if report.excess and (package.scoring or package.multi_pass):
        raise JudgeFaultError(f"{where} wrote more into its feedback folder than is kept")
    accepted = report.exit_code == ACCEPTED
    if not accepted or not package.scoring or case.name.startswith("sample"):
        # Some write a score of 0 with what they reject; there it counts for nothing in either format.
        score = multiplier = None
    else:
        score = _number(report.files, "score.txt", where)
        multiplier = _number(report.files, "score_multiplier.txt", where)
    if score is not None and multiplier is not None:
        raise JudgeFaultError(f"{where} gave both a score.txt and a score_multiplier.txt")
    if multiplier is not None and not 0 <= multiplier <= 1:
        raise JudgeFaultError(f"{where}: score_multiplier.txt has {multiplier:g}, which is not between 0 and 1")
    if score is not None and score < 0 and package.format != "legacy":
        raise JudgeFaultError(f"{where}: score.txt has {score:g}, which is below 0")
    return Judgement(
        accepted,
        _text(report.files, "judgemessage.txt"),
        _text(report.files, "teammessage.txt"),
        score,
        multiplier,
        report.files,
    )


def _number(files: Mapping[str, bytes], name: str, where: str) -> float | None:
    if name not in files:
        return None
    text = files[name][:200].decode("utf-8", "replace").strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise JudgeFaultError(f"{where}: {name} has {reading.clean(text, 40)!r}, which is not a number")
    return value


def _text(files: Mapping[str, bytes], name: str) -> str:
    return reading.clean(files.get(name, b"")[: 4 * _MESSAGE].decode("utf-8", "replace").strip(), _MESSAGE)
