"""A problem package as data: what its files say, and where they are. Nothing here reads or runs anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from greenroom.bank.kattis.cases import Comparison, Group
from greenroom.bank.kattis.verdicts import EVERY, OF_CASES, Verdict, Verdicts
from greenroom.bank.source import Problem

Format = Literal["legacy", "2025-09"]
StatementKind = Literal["md", "tex", "pdf"]


@dataclass(frozen=True)
class Limits:
    """What submissions and validators may use, and how the time limit follows from submissions.

    `time_limit`, in seconds, is None where it is to be inferred: at least `time_multiplier` times what the slowest
    submission takes that bounds it from below, and `time_safety_margin` times less than what the fastest one takes
    that must exceed it, in whole multiples of `time_resolution` seconds. 2025-09 calls the two `ac_to_time_limit` and
    `time_limit_to_tle`. Times are in seconds; memory and outputs in MiB; `code` is in KiB. `stated` names the limits
    that the package sets itself; the others are what systems typically take.
    """

    time_limit: float | None = None
    time_multiplier: float = 5.0
    time_safety_margin: float = 2.0
    time_resolution: float = 1.0
    memory: int = 2048
    output: int = 8
    code: int = 128
    compilation_time: int = 60
    compilation_memory: int = 2048
    validation_time: int = 60
    validation_memory: int = 2048
    validation_output: int = 8
    stated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Statement:
    """A statement of the problem: `language` as in `en` or `pt-BR`."""

    path: Path
    language: str
    kind: StatementKind


@dataclass(frozen=True)
class Program:
    """A validator or a grader: one file, or a folder with all that is in it.

    `language` is None where `build` or `run`, scripts in its folder, make and start it. Those of input validators may
    be `checktestdata` and `viva`.
    """

    name: str
    path: Path
    files: tuple[Path, ...]
    language: str | None
    build: Path | None = None
    run: Path | None = None


@dataclass(frozen=True)
class Expectation:
    """What a submission must get on some cases: each one's verdict among `permitted`, at least one's in `required`.

    `cases` is a glob for names of test cases and groups (`globs.matches`), None for all. `score` is a range, both ends
    included, for the group that `cases` names or for the whole; `message` must occur in a judge's message. `origin`
    says where the package states it.
    """

    origin: str
    cases: str | None = None
    permitted: Verdicts = OF_CASES
    required: Verdicts = OF_CASES
    score: tuple[float, float] | None = None
    message: str = ""
    use_for_time_limit: bool | Literal["lower", "upper"] = True

    @property
    def bounds_time_limit(self) -> Literal["lower", "upper"] | None:
        """Which bound of the time limit the submission's time on these cases gives."""
        if isinstance(self.use_for_time_limit, str):
            return self.use_for_time_limit
        if not self.use_for_time_limit:
            return None
        if self.required == {Verdict.time_limit}:
            return "upper"
        return None if Verdict.time_limit in self.permitted else "lower"


@dataclass(frozen=True)
class Submission:
    """An example submission.

    `name` is its path below `submissions/`. `language` is None where the package does not tell (then `unsupported` of
    the package names it). `verdicts` are the final verdicts that the package allows it: that of the first or worst
    failing case, `partial` only where the package says so. `expectations` say more, case by case. `score` is the range
    that its score must lie in.
    """

    name: str
    path: Path
    files: tuple[Path, ...]
    language: str | None
    verdicts: Verdicts = EVERY
    expectations: tuple[Expectation, ...] = ()
    score: tuple[float, float] | None = None
    entry_point: str | None = None
    authors: tuple[str, ...] = ()
    model_solution: bool = False

    @property
    def directory(self) -> str:
        """The folder of `submissions/` that it is in."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What `problem.yaml` says.

    `titles` are by language. `passes` is how often a submission may run on one case: 1 unless `multi_pass`.
    `custom_validation` is true where an output validator of the package's own judges.
    `validator_flags` go to the output validator before those of a case; with `validator_scores` it gives scores.
    `minimize` and `show_groups` are `grading` of the legacy format. `languages` is None where all are allowed.
    `constants` are to be put into the sources by `constants.substitute`.
    """

    format: Format
    titles: Mapping[str, str]
    uuid: str | None = None
    version: str = ""
    author: str = ""
    source: str = ""
    license: str = "unknown"
    rights_owner: str = ""
    embargo_until: str = ""
    keywords: tuple[str, ...] = ()
    scoring: bool = False
    interactive: bool = False
    multi_pass: bool = False
    submit_answer: bool = False
    passes: int = 1
    limits: Limits = field(default_factory=Limits)
    custom_validation: bool = False
    validator_flags: tuple[str, ...] = ()
    validator_scores: bool = False
    minimize: bool = False
    show_groups: bool = False
    languages: tuple[str, ...] | None = None
    allow_file_writing: bool = True
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Package(Metadata):
    """A whole package.

    `output_validators` is empty where the default one is used, which compares as `comparison` says unless a case says
    otherwise. `include` maps a language, or `default`, to the files that are laid beside every submission in it.
    `unsupported` names what was seen and cannot be used, with the reason.
    """

    folder: Path
    short_name: str
    statements: tuple[Statement, ...]
    statement_files: tuple[Path, ...]
    data: Group
    comparison: Comparison
    output_validators: tuple[Program, ...]
    input_validators: tuple[Program, ...]
    static_validator: Program | None
    graders: tuple[Program, ...]
    include: Mapping[str, tuple[Path, ...]]
    attachments: tuple[Path, ...]
    generators: tuple[Path, ...]
    submissions: tuple[Submission, ...]
    unsupported: tuple[Problem, ...]

    @property
    def title(self) -> str:
        """The title in English, or in the first language that has one; the short name where none has."""
        english = [language for language in self.titles if language.split("-")[0] == "en"]
        return next((self.titles[language] for language in sorted(english) + sorted(self.titles)), self.short_name)

    @property
    def statement(self) -> Statement | None:
        """The statement to show: English if there is one, Markdown before TeX before PDF."""
        return self.statements[0] if self.statements else None

    @property
    def sample(self) -> Group | None:
        """The sample test data."""
        return next((group for group in self.data.groups if group.name == "sample"), None)

    @property
    def secret(self) -> Group:
        """The secret test data: the reader refuses a package without any."""
        return next(group for group in self.data.groups if group.name == "secret")
