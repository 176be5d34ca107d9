"""The example submissions of a package, with what each must get."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from greenroom.bank.kattis.annotations import Annotation, read_annotation
from greenroom.bank.kattis.expectations import (
    Rules,
    final_verdicts,
    legacy_expectation,
    read_rules,
    verdicts_of_folder,
)
from greenroom.bank.kattis.files import Entry, Files
from greenroom.bank.kattis.languages import ANSWERS
from greenroom.bank.kattis.package import Expectation, Submission
from greenroom.bank.kattis.programs import language_of_files
from greenroom.bank.kattis.verdicts import EVERY, Verdict, Verdicts

_LISTS = {"submissions.yaml", "submissions.yml"}


def read_submissions(files: Files, *, legacy: bool, answers: bool = False) -> tuple[Submission, ...]:
    """Every file and folder in the folders of `submissions/`, in order of folder and name.

    With *answers* (submit-answer) those that are no programs are the files that answer the cases.
    """
    folder = files.root / "submissions"
    rules = Rules() if legacy else read_rules(files)
    submissions: list[Submission] = []
    for directory in files.entries(folder):
        if directory.is_folder:
            submissions += _of_folder(files, directory, rules, legacy=legacy, answers=answers)
        elif legacy or directory.name != "submissions.yaml":
            mend = "the 2025-09 format reads submissions.yaml" if directory.name in _LISTS else "put it into a folder"
            files.leave_out(directory.path, "is not read", mend)
    for rule in rules.unfit([submission.name for submission in submissions]):
        files.leave_out(folder / "submissions.yaml", f"{rule.pattern!r} fits no submission", "mend it", rule.line)
    if not any(submission.verdicts == {Verdict.accepted} and submission.language for submission in submissions):
        files.leave_out(folder, "there is no accepted submission", "add one to submissions/accepted")
    return tuple(submissions)


def _of_folder(files: Files, directory: Entry, rules: Rules, *, legacy: bool, answers: bool) -> list[Submission]:
    found = []
    for entry in files.entries(directory.path):
        paths = tuple(files.below(entry.path)) if entry.is_folder else (entry.path,)
        if not paths:
            files.leave_out(entry.path, "holds no file")
            continue
        name = f"{directory.name}/{entry.name}"
        stated = next((rule.language for rule in reversed(tuple(rules.of(name))) if rule.language), None)
        language = _language(files, entry.path, paths, stated, legacy=legacy, answers=answers)
        if legacy:
            found.append(_legacy(files, name, entry.path, paths, language))
        else:
            found.append(_current(files, name, entry.path, paths, language, rules))
    known = verdicts_of_folder(directory.name) is not None
    if found and not known and not any(submission.expectations for submission in found):
        files.leave_out(directory.path, "is no folder of the format: its submissions may come to anything")
    return found


def _legacy(files: Files, name: str, path: Path, paths: tuple[Path, ...], language: str | None) -> Submission:
    folder = name.partition("/")[0]
    by_folder = verdicts_of_folder(folder)
    annotation = read_annotation(files, paths) or Annotation()
    verdicts = _agreed(files, path, by_folder, annotation.verdicts)
    stated = by_folder is not None or annotation.verdicts is not None
    return Submission(
        name=name,
        path=path,
        files=paths,
        language=language,
        verdicts=verdicts,
        expectations=(legacy_expectation(folder, verdicts),) if stated else (),
        score=None if annotation.score is None else (annotation.score, annotation.score),
    )


def _current(
    files: Files, name: str, path: Path, paths: tuple[Path, ...], language: str | None, rules: Rules
) -> Submission:
    fitting = list(rules.of(name))
    expectations = tuple(one for rule in fitting for one in rule.expectations)
    by_rules = final_verdicts(expectations) if expectations else None
    if by_rules is not None and not by_rules:
        files.leave_out(path, "its expectations contradict each other; every verdict is taken", "mend submissions.yaml")
        by_rules = EVERY
    if by_rules is None:
        by_rules = verdicts_of_folder(name.partition("/")[0])
    annotation = read_annotation(files, paths) or Annotation()
    return Submission(
        name=name,
        path=path,
        files=paths,
        language=language,
        verdicts=_agreed(files, path, by_rules, annotation.verdicts),
        expectations=expectations,
        score=_score(files, path, expectations, annotation.score),
        entry_point=next((rule.entry_point for rule in reversed(fitting) if rule.entry_point), None),
        authors=next((rule.authors for rule in reversed(fitting) if rule.authors), ()),
        model_solution=any(rule.model_solution for rule in fitting),
    )


def _agreed(files: Files, path: Path, by_folder: Verdicts | None, annotated: Verdicts | None) -> Verdicts:
    """Folder and annotation together; the folder, which is the format's own word, where they contradict each other."""
    if by_folder is None or annotated is None:
        return by_folder or annotated or EVERY
    if not by_folder & annotated:
        said = ", ".join(sorted(annotated))
        files.leave_out(path, f"@EXPECTED_RESULTS@ says {said}; its folder says otherwise, and counts")
        return by_folder
    return by_folder & annotated


def _score(
    files: Files, path: Path, expectations: Sequence[Expectation], annotated: float | None
) -> tuple[float, float] | None:
    ranges = [one.score for one in expectations if one.cases is None and one.score is not None]
    if annotated is not None:
        ranges.append((annotated, annotated))
    if not ranges:
        return None
    low, high = max(low for low, _ in ranges), min(high for _, high in ranges)
    if low > high:
        files.leave_out(path, "the scores that it must have contradict each other")
        return None
    return low, high


def _language(
    files: Files, path: Path, paths: tuple[Path, ...], stated: str | None, *, legacy: bool, answers: bool
) -> str | None:
    if stated is not None:
        return stated
    languages = language_of_files(files, paths, legacy=legacy)
    if len(languages) == 1:
        return languages.pop()
    if answers and not languages:
        return ANSWERS
    several = f"is written in several languages: {', '.join(sorted(languages))}"
    files.leave_out(path, several if languages else "its language is not known")
    return None
