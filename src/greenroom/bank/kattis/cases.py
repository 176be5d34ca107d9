"""Test data as data: groups with their settings, cases with their files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Arguments:
    """Command-line arguments for validators of one kind: `common` for each of them, or `named` for some.

    With `named`, a validator that it does not name gets none.
    """

    common: tuple[str, ...] = ()
    named: Mapping[str, tuple[str, ...]] | None = None

    def of(self, validator: str) -> tuple[str, ...]:
        """The arguments of the validator called *validator*; suffixes do not matter."""
        if self.named is None:
            return self.common
        stems = {Path(name).stem: arguments for name, arguments in self.named.items()}
        return self.named.get(validator, stems.get(Path(validator).stem, ()))


@dataclass(frozen=True)
class Comparison:
    """How the default output validator compares tokens.

    A number is accepted within either tolerance, where at least one is set; with both None it is a word like others.
    """

    case_sensitive: bool = False
    space_change_sensitive: bool = False
    float_relative_tolerance: float | None = None
    float_absolute_tolerance: float | None = None


@dataclass(frozen=True)
class LegacyGroupSettings:
    """What `testdata.yaml` of the legacy format says of a group, with what it inherits, key by key."""

    on_reject: Literal["break", "continue"] = "break"
    grading: Literal["default", "custom"] = "default"
    grader_flags: tuple[str, ...] = ()
    input_validator_flags: Arguments = Arguments()
    output_validator_flags: Arguments = Arguments()
    accept_score: float = 1.0
    reject_score: float = 0.0
    range: tuple[float, float] = (-inf, inf)


@dataclass(frozen=True)
class GroupSettings:
    """What `test_group.yaml` of 2025-09 says of a group.

    Arguments and `full_feedback` are inherited from the group around it; scores are not. `max_score` is None where it
    is unbounded, `static_validation_score` where there is no static validation test case.
    """

    max_score: int | None = None
    score_aggregation: Literal["pass-fail", "sum", "min"] = "pass-fail"
    require_pass: tuple[str, ...] = ()
    static_validation_score: int | Literal["pass-fail"] | None = None
    static_validator_args: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    input_validator_args: Arguments = Arguments()
    output_validator_args: tuple[str, ...] = ()
    input_visualizer_args: tuple[str, ...] = ()
    output_visualizer_args: tuple[str, ...] = ()
    full_feedback: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """A test case: its files, and what its programs are called with.

    `name` is the path of its input below `data/`, without `.in`. `answer` is None where the package has none.
    `comparison` is None where the package has an output validator of its own. `output`, `statement_*` and `download_*`
    are the files that replace input and answer in the statement and for download; `files` lie under `files_folder`.
    """

    name: str
    input: Path
    answer: Path | None = None
    args: tuple[str, ...] = ()
    input_validator_args: Arguments = Arguments()
    output_validator_args: Arguments = Arguments()
    comparison: Comparison | None = None
    full_feedback: bool = False
    hint: str = ""
    description: str = ""
    illustration: Path | None = None
    files_folder: Path | None = None
    files: tuple[Path, ...] = ()
    interaction: Path | None = None
    output: Path | None = None
    statement_input: Path | None = None
    statement_answer: Path | None = None
    download_input: Path | None = None
    download_answer: Path | None = None

    @property
    def base_name(self) -> str:
        """Its name within its group's folder, by which cases are ordered."""
        return self.name.rpartition("/")[2]

    @property
    def shown_input(self) -> Path:
        """The input that a statement shows."""
        return self.statement_input or self.input

    @property
    def shown_answer(self) -> Path | None:
        """The output that a statement shows."""
        return self.statement_answer or self.output or self.answer

    @property
    def offered_input(self) -> Path:
        """The input that may be downloaded with a sample."""
        return self.download_input or self.input

    @property
    def offered_answer(self) -> Path | None:
        """The output that may be downloaded with a sample."""
        return self.download_answer or self.output or self.answer


@dataclass(frozen=True)
class Group:
    """A test data group: `items` are its cases and groups in the order in which they are judged.

    `name` is its path below `data/`: empty for the root, `sample`, `secret`, `secret/group1`. `interactions` are
    sample interactions that belong to no case.
    """

    name: str
    folder: Path
    settings: LegacyGroupSettings | GroupSettings
    items: tuple[Case | Group, ...] = ()
    interactions: tuple[Path, ...] = field(default=())

    @property
    def base_name(self) -> str:
        """Its folder's name, by which groups are ordered."""
        return self.name.rpartition("/")[2]

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases directly in it."""
        return tuple(item for item in self.items if isinstance(item, Case))

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups directly in it."""
        return tuple(item for item in self.items if isinstance(item, Group))

    def all_cases(self) -> Iterator[Case]:
        """Every case in it and in the groups below, in order."""
        for item in self.items:
            if isinstance(item, Case):
                yield item
            else:
                yield from item.all_cases()

    def all_groups(self) -> Iterator[Group]:
        """Itself, then every group below it, in order."""
        yield self
        for group in self.groups:
            yield from group.all_groups()
