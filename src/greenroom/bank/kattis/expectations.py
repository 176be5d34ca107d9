"""What submissions must get: by the folder they are in, and by `submissions.yaml` of 2025-09."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Literal

from greenroom.bank.kattis import languages
from greenroom.bank.kattis.credit import people
from greenroom.bank.kattis.files import Files
from greenroom.bank.kattis.globs import alternatives, matches
from greenroom.bank.kattis.keys import Keys, number_of, read_keys
from greenroom.bank.kattis.package import Expectation
from greenroom.bank.kattis.verdicts import (
    CRASHED,
    EVERY,
    OF_CASES,
    REJECTED,
    WORDS_OF_CASES,
    Verdict,
    Verdicts,
    spelled,
)

MAX_PATTERNS = 10_000

_ACCEPTED = frozenset({Verdict.accepted})
_WRONG = frozenset({Verdict.wrong_answer})
_SLOW = frozenset({Verdict.time_limit})

# What the 2025-09 format says of its folders where `submissions.yaml` does not.
_DEFAULTS = {
    "accepted": (_ACCEPTED, OF_CASES),
    "rejected": (OF_CASES, OF_CASES - _ACCEPTED),
    "wrong_answer": (_ACCEPTED | _WRONG, _WRONG),
    "time_limit_exceeded": (_ACCEPTED | _SLOW, _SLOW),
    "run_time_error": (_ACCEPTED | CRASHED, CRASHED),
    "brute_force": (_ACCEPTED | CRASHED | _SLOW, CRASHED | _SLOW),
}
_CASE_KEYS = ("permitted", "required", "score", "message", "use_for_time_limit")
_FILE_KEYS = ("language", "entrypoint", "authors", "model_solution", *_CASE_KEYS)


@dataclass(frozen=True)
class Rule:
    """What `submissions.yaml` says of the submissions that `pattern` fits; `line` is None for the format's own."""

    pattern: str
    line: int | None = None
    expectations: tuple[Expectation, ...] = ()
    language: str | None = None
    entry_point: str | None = None
    authors: tuple[str, ...] = ()
    model_solution: bool = False


@dataclass(frozen=True)
class Rules:
    """All of `submissions.yaml`, with the format's own rules for folders in front."""

    rules: tuple[Rule, ...] = field(default=())

    def of(self, name: str) -> Iterator[Rule]:
        """The rules for the submission called *name*, its path below `submissions/`."""
        return (rule for rule in self.rules if matches(rule.pattern, name))

    def unfit(self, names: Sequence[str]) -> Iterator[Rule]:
        """The package's own rules that fit none of the submissions *names*."""
        for rule in self.rules:
            if rule.line is not None and not any(matches(rule.pattern, name) for name in names):
                yield rule


def verdicts_of_folder(folder: str) -> Verdicts | None:
    """The final verdicts that a folder's name stands for in either format; None where the name says nothing."""
    name = folder.strip().lower().replace("-", "_")
    named = {"rejected": REJECTED, "mixed": EVERY, "brute_force": CRASHED | _SLOW}
    return named.get(name) or spelled(folder)


def legacy_expectation(folder: str, verdicts: Verdicts) -> Expectation:
    """What the legacy format asks of every case of a submission in *folder* that may come to *verdicts*.

    Its rules are about the final verdict; on single cases they forbid little. Accepted submissions alone bound the
    time limit from below.
    """
    permitted: Verdicts = EVERY - {Verdict.partial, Verdict.compile_error}
    if verdicts == _ACCEPTED:
        permitted = _ACCEPTED
    elif verdicts == _WRONG:
        permitted = _ACCEPTED | _WRONG
    elif verdicts == _SLOW:
        permitted = _ACCEPTED | _WRONG | _SLOW
    fails = Verdict.accepted not in verdicts and verdicts & permitted
    return Expectation(
        f"submissions/{folder}",
        permitted=permitted,
        required=verdicts & permitted if fails else permitted,
        use_for_time_limit=verdicts in (_ACCEPTED, _SLOW),
    )


def final_verdicts(expectations: Sequence[Expectation]) -> Verdicts:
    """The final verdicts that are left by *expectations*: empty where they contradict each other."""
    everywhere = [one for one in expectations if one.cases is None]
    verdicts = OF_CASES.intersection(*(one.permitted for one in everywhere)) if everywhere else OF_CASES
    fails = any(Verdict.accepted not in one.required & one.permitted for one in expectations)
    return verdicts - _ACCEPTED if fails else verdicts


def read_rules(files: Files) -> Rules:
    """The rules of the 2025-09 format for this package's submissions."""
    rules = {
        folder: Rule(folder, None, (Expectation(f"submissions/{folder}", permitted=permitted, required=required),))
        for folder, (permitted, required) in _DEFAULTS.items()
    }
    path = files.root / "submissions" / "submissions.yaml"
    if files.is_file(path):
        keys = read_keys(files, path)
        if not _is_bounded(keys):
            return Rules(tuple(rules.values()))
        for pattern in keys.names():
            rule = _rule(keys, pattern, rules.get(pattern.rstrip("/")))
            if rule is not None:
                rules[pattern.rstrip("/")] = rule
    return Rules(tuple(rules.values()))


def _rule(keys: Keys, pattern: str, default: Rule | None) -> Rule | None:
    if not _is_pattern(keys, pattern):
        return None
    inner = keys.map(pattern)
    base = default.expectations[0] if default else Expectation("")
    whole = _expectation(inner, replace(base, origin=f"submissions.yaml: {pattern}"))
    asked = any(name in inner for name in _CASE_KEYS)
    narrower = []
    for name in inner.names():
        if name not in _FILE_KEYS and inner.has_map(name) and _is_pattern(inner, name):
            cases = inner.map(name)
            narrower.append(_expectation(cases, Expectation(f"submissions.yaml: {pattern}: {name}", cases=name)))
            cases.name_the_rest(_CASE_KEYS)
    rule = Rule(
        pattern,
        keys.line(pattern),
        ((whole,) if asked or default else ()) + tuple(narrower),
        language=_language(inner),
        entry_point=inner.text("entrypoint") or None,
        authors=people(inner.raw("authors")),
        model_solution=inner.flag("model_solution", False),
    )
    inner.name_the_rest(_FILE_KEYS)
    return rule


def _is_bounded(keys: Keys) -> bool:
    """Every pattern is held against every submission."""
    number = 0
    for pattern in keys.names():
        with suppress(ValueError):
            number += len(alternatives(pattern))
        if number > MAX_PATTERNS:
            keys.broken(None, f"stands for more than {MAX_PATTERNS:,} patterns", "write fewer braces")
            return False
    return True


def _is_pattern(keys: Keys, pattern: str) -> bool:
    try:
        alternatives(pattern)
    except ValueError as error:
        keys.broken(pattern, str(error), "write fewer braces")
        return False
    return True


def _expectation(keys: Keys, base: Expectation) -> Expectation:
    permitted = _words(keys, "permitted", base.permitted)
    # By the format's default every verdict is good enough for the one case that is required: what is permitted decides.
    required = _words(keys, "required", base.required)
    if not required & permitted:
        keys.broken("required", "names no verdict that is permitted", "permit it as well")
    return replace(
        base,
        permitted=permitted,
        required=required,
        score=_score(keys),
        message=keys.text("message"),
        use_for_time_limit=_use(keys, base.use_for_time_limit),
    )


def _words(keys: Keys, name: str, default: Verdicts) -> Verdicts:
    if name not in keys:
        return default
    words = keys.words(name)
    unknown = [word for word in words if word.upper() not in WORDS_OF_CASES]
    if unknown or not words:
        message = f"{unknown[0][:40]!r} is no verdict" if unknown else "names no verdict"
        keys.broken(name, message, f"use some of: {', '.join(WORDS_OF_CASES)}")
        return default
    return frozenset[Verdict]().union(*(WORDS_OF_CASES[word.upper()] for word in words))


def _score(keys: Keys) -> tuple[float, float] | None:
    value = keys.raw("score")
    if value is None:
        return None
    ends = [number_of(one) for one in value] if isinstance(value, list) else [number_of(value)]
    low, high = ends[0] if ends else None, ends[-1] if ends else None
    if len(ends) > 2 or low is None or high is None or low > high:
        keys.broken("score", "must be a number or a list of two, the smaller one first", "write `[0, 50]`, say")
        return None
    return low, high


def _use(keys: Keys, default: bool | Literal["lower", "upper"]) -> bool | Literal["lower", "upper"]:
    value = keys.raw("use_for_time_limit")
    if value == "lower":
        return "lower"
    if value == "upper":
        return "upper"
    return default if value is None else keys.flag("use_for_time_limit", True)


def _language(keys: Keys) -> str | None:
    code = keys.text("language")
    language = languages.by_code(code)
    if code and language is None:
        keys.leave_out("language", f"{code[:40]!r} is not in the languages table")
    return language
