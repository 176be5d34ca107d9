"""The item format of the bank, as pydantic models.

An item is one folder (see `docs/writing-items.md`); these models are what its `item.yaml` says and what
the files beside it hold. They are data alone: no model here reads a file or runs anything.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
StatementId = Annotated[str, StringConstraints(pattern=r"^[a-z-]+(\.[a-z0-9-]+)+$", max_length=96)]
EnvironmentName = Literal["plain", "web", "ml"]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]


class Model(BaseModel):
    """Base of the bank's models: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Topic(StrEnum):
    """The eight topics, in the order in which reports list them."""

    fastapi = "fastapi"
    jwt = "jwt"
    api_performance = "api-performance"
    django = "django"
    databases = "databases"
    ml_core = "ml-core"
    ml_systems = "ml-systems"
    dsa = "dsa"


class Kind(StrEnum):
    """How an item is answered."""

    concept = "concept"
    code = "code"
    service = "service"
    sql = "sql"
    ml = "ml"

    @property
    def is_lab(self) -> bool:
        """Whether it is answered by changing a small project, which an examiner then measures."""
        return self in (Kind.service, Kind.sql, Kind.ml)


class Difficulty(Model):
    """A prior on the item's difficulty in logits: 0 is a medium question, +1 is clearly harder.

    `b` is the difficulty at which a candidate of ability b earns half of the points; `error` is the
    prior's standard deviation.
    """

    b: float = Field(ge=-3, le=3)
    error: float = Field(default=0.7, gt=0, le=2)

    @property
    def level(self) -> Literal["easy", "medium", "hard"]:
        """The difficulty as a word."""
        if self.b < -0.5:
            return "easy"
        return "hard" if self.b > 0.5 else "medium"


class Limits(Model):
    """What one case of a submission may use."""

    cpu_s: float = Field(default=2.0, gt=0, le=300)
    wall_s: float = Field(default=6.0, gt=0, le=900)
    memory_mb: int = Field(default=256, ge=32, le=4096)
    processes: int = Field(default=16, ge=1, le=256)
    output_kb: int = Field(default=256, ge=1, le=65536)
    disk_mb: int = Field(default=16, ge=1, le=1024)


class Measure(Model):
    """A predicate over what was measured: either cases of a run, or one number of it.

    `cases` names case groups; `earn: all` gives the point only when every case of the groups passed,
    `earn: share` gives the passed share. `metric` names a number of the run (`peak_mb`, `cpu_s`). `score` names a
    test data group of a problem package (`secret/group1`), or `all`: the point is earned by the share of the group's
    best score that was reached, or by being accepted in a problem without scores.
    """

    cases: tuple[Slug, ...] = ()
    earn: Literal["all", "share"] = "all"
    metric: Slug | Literal["peak_mb", "cpu_s", "wall_s"] | None = None
    at_most: float | None = None
    at_least: float | None = None
    score: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        if bool(self.cases) + (self.metric is not None) + (self.score is not None) != 1:
            raise ValueError("a measure names either `cases` (a list of case groups), one `metric` or one `score`")
        if self.metric is not None and self.at_most is None and self.at_least is None:
            raise ValueError("a metric needs `at_most` or `at_least`")
        return self


class Phrasings(Model):
    """A statement and the ways of saying it, and its opposites, that a grader compares an answer with."""

    claim: Sentence
    accepts: tuple[Sentence, ...] = Field(default=(), max_length=24)
    rejects: tuple[Sentence, ...] = Field(default=(), max_length=24)


class FollowUp(Model):
    """What the interviewer asks when the point was missed.

    For a claim point `ask` alone is enough: the answer is held against the point's own claim. For a
    measure point `claim` (with `accepts` and `rejects`) says what a good answer would state.
    `recovers` is the share of the point's worth that a good answer brings back.
    """

    ask: Sentence
    claim: Sentence | None = None
    accepts: tuple[Sentence, ...] = Field(default=(), max_length=24)
    rejects: tuple[Sentence, ...] = Field(default=(), max_length=24)
    recovers: float = Field(default=0.5, gt=0, le=1)


class Point(Model):
    """One line of a rubric: worth points, earned by a measure or by a claim."""

    id: Slug
    points: float = Field(gt=0, le=20)
    title: Sentence
    covers: tuple[StatementId, ...] = ()
    measure: Measure | None = None
    claim: Sentence | None = None
    accepts: tuple[Sentence, ...] = Field(default=(), max_length=24)
    rejects: tuple[Sentence, ...] = Field(default=(), max_length=24)
    follow_up: FollowUp

    @model_validator(mode="after")
    def _earned_one_way(self) -> Self:
        if (self.measure is None) == (self.claim is None):
            raise ValueError(f"point {self.id!r} needs exactly one of `measure` and `claim`")
        if self.measure is not None and self.follow_up.claim is None:
            raise ValueError(f"point {self.id!r} is earned by a measure, so its follow_up needs a `claim`")
        return self

    @property
    def phrasings(self) -> Phrasings | None:
        """What the text must say, or None for a measure."""
        if self.claim is None:
            return None
        return Phrasings(claim=self.claim, accepts=self.accepts, rejects=self.rejects)

    @property
    def follow_up_phrasings(self) -> Phrasings:
        """What the answer to the follow-up must say."""
        follow = self.follow_up
        if follow.claim is not None:
            return Phrasings(claim=follow.claim, accepts=follow.accepts, rejects=follow.rejects)
        own = self.phrasings
        assert own is not None  # _earned_one_way: without a claim of its own the follow-up has one
        return own


class Parameter(Model):
    """A typed parameter of the function that the candidate writes."""

    name: str = Field(pattern=r"^[a-z_][a-z0-9_]*$")
    type: str = Field(max_length=120)


class CodeSpec(Model):
    """How a `code` item is called and how its answers are compared.

    `compare`: `exact` (equal values of equal types), `unordered` (equal as multisets at the top level),
    `close` (floats within `tolerance`, absolute or relative), `tokens` (whitespace-separated tokens of
    stdout, programs only), `checker` (the item's own `judge/checker.py` decides). `environment`: what Python
    code may import: the standard library, with the libraries of `web` or of `ml`. With `package` the cases, the
    comparison and the submissions are those of the problem package in `judge/package/`; `python_cpu_s` is then Python's
    limit in CPU seconds, where it needs another one than the other languages.
    """

    form: Literal["function", "program"]
    entry: str | None = Field(default=None, pattern=r"^[a-z_][a-z0-9_]*$")
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    compare: Literal["exact", "unordered", "close", "tokens", "checker"] = "exact"
    tolerance: float = Field(default=1e-9, gt=0, le=1)
    stop_at_first_failure: bool = False
    package: bool = False
    python_cpu_s: float | None = Field(default=None, gt=0, le=300)
    environment: EnvironmentName = "plain"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.package and self.form != "program":
            raise ValueError("a problem package is answered by a program")
        if self.python_cpu_s is not None and not self.package:
            raise ValueError("`python_cpu_s` is for problem packages: other items say what Python may use in `limits`")
        if self.form == "function" and (self.entry is None or self.returns is None):
            raise ValueError("a function item needs `entry` (its name), `parameters` and `returns`")
        if self.form == "program" and self.compare == "unordered":
            raise ValueError("a program's stdout is compared by exact, tokens, close or checker")
        return self

    @property
    def signature(self) -> str:
        """The function's head as a candidate would write it."""
        params = ", ".join(f"{p.name}: {p.type}" for p in self.parameters)
        return f"def {self.entry}({params}) -> {self.returns}:"


class LabSpec(Model):
    """How a lab is set up. `environment` is what the project may import; `examiner` what `judge/examine.py` may.

    SQL is executed by the examiner: its environment is `plain`, which no other lab's is.

    With `postgres` a real PostgreSQL is there for its databases; where the host has none, the item is not asked.

    `edit` are patterns of the starter's files that the candidate may change, all of them unless it says otherwise;
    `add` are patterns of files that may be added.
    """

    environment: EnvironmentName = "plain"
    examiner: EnvironmentName = "plain"
    postgres: bool = False
    edit: tuple[str, ...] = ("**",)
    add: tuple[str, ...] = ()


class Hint(Model):
    """A hint and its cost as a share of the round's points."""

    text: str
    cost: float = Field(ge=0, le=0.5)


class SubmissionSort(StrEnum):
    """The four sorts of declared submissions, which are also folder names."""

    accepted = "accepted"
    partial = "partial"
    wrong = "wrong"
    hostile = "hostile"


class Expectation(Model):
    """What a declared submission must get.

    `findings` maps point ids to a state (`present`, `absent`, `contradicted`, `unsure`, `met`, `missed`),
    to several joined by `|`, or to an earned share 0..1. Points that are not named follow the sort:
    earned in full for `accepted`, nothing earned for `hostile`, free otherwise.
    """

    verdict: str | None = None
    findings: dict[Slug, str | float] = Field(default_factory=dict)


class DeclaredSubmission(Model):
    """A submission that ships with the item, and what it must get."""

    path: Path
    sort: SubmissionSort
    expected: Expectation

    @property
    def name(self) -> str:
        """`<sort>/<file name>`."""
        return f"{self.sort}/{self.path.name}"


class ItemHead(Model):
    """What `item.yaml` says."""

    uuid: UUID
    version: int = Field(ge=1)
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=80)]
    kind: Kind
    tags: tuple[Slug, ...] = Field(min_length=1)
    covers: tuple[StatementId, ...] = ()
    minutes: int = Field(ge=1, le=120)
    difficulty: Difficulty
    warm_up: bool = False
    limits: Limits = Limits()
    code: CodeSpec | None = None
    lab: LabSpec | None = None
    rubric: tuple[Point, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.kind is Kind.code) != (self.code is not None):
            raise ValueError("an item of kind `code` has a `code:` section, and only such an item has one")
        if self.kind.is_lab != (self.lab is not None):
            raise ValueError(
                "an item of kind `service`, `sql` or `ml` has a `lab:` section, and only such an item has one"
            )
        if self.lab is not None and (self.lab.environment == "plain") != (self.kind is Kind.sql):
            raise ValueError("a lab's environment is `web` or `ml`, and `plain` for `sql`, whose examiner executes it")
        ids = [point.id for point in self.rubric]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        if twice:
            raise ValueError(f"rubric point ids must differ; used twice: {', '.join(twice)}")
        proven = {statement for point in self.rubric for statement in point.covers}
        if proven != set(self.covers):
            odd = ", ".join(sorted(proven ^ set(self.covers)))
            raise ValueError(f"`covers` of the item and of its points must name the same statements; differ in: {odd}")
        if self.kind is Kind.concept and any(point.measure for point in self.rubric):
            raise ValueError("a concept item is read, not run: its points are earned by claims")
        scored = [point.measure is not None and point.measure.score is not None for point in self.rubric]
        if (self.code is not None and self.code.package) != all(scored) or any(scored) != all(scored):
            raise ValueError("every point of a problem package is measured by a `score`, and only those are")
        if self.warm_up and self.kind is not Kind.code:
            raise ValueError("a warm-up tries the editor and the cases: only an item of kind `code` can be one")
        return self


class Item(Model):
    """One question with everything needed to ask it, run it, judge it and explain it."""

    slug: Slug
    topic: Topic
    pack: str
    folder: Path
    head: ItemHead
    prompt: str
    hints: tuple[Hint, ...]
    debrief: str
    interviewer: str
    starter: dict[str, str] = Field(default_factory=dict)
    submissions: tuple[DeclaredSubmission, ...] = ()

    @property
    def kind(self) -> Kind:
        """How it is answered."""
        return self.head.kind

    @property
    def title(self) -> str:
        """Its title."""
        return self.head.title

    @property
    def points(self) -> float:
        """What the whole rubric is worth."""
        return sum(point.points for point in self.head.rubric)

    @property
    def environments(self) -> frozenset[EnvironmentName]:
        """The environments that it needs, for the candidate's side and for the examiner's."""
        if self.head.lab is not None:
            return frozenset({self.head.lab.environment, self.head.lab.examiner})
        return frozenset({self.head.code.environment} if self.head.code is not None else ())

    @property
    def needs_postgres(self) -> bool:
        """Whether it needs a PostgreSQL on this host."""
        return self.head.lab is not None and self.head.lab.postgres

    @property
    def judge_folder(self) -> Path:
        """The examiner's side of the item: never readable from the candidate's sandbox."""
        return self.folder / "judge"

    @property
    def package_folder(self) -> Path | None:
        """The problem package that holds the item's cases; None for an item that has its own."""
        return self.judge_folder / "package" if self.head.code is not None and self.head.code.package else None

    @cached_property
    def point_by_id(self) -> dict[str, Point]:
        """The rubric by point id."""
        return {point.id: point for point in self.head.rubric}


class Concept(Model):
    """A concept tag: the topic it stands under and the tags one needs before it."""

    topic: Topic
    needs: tuple[Slug, ...] = ()


class PackHead(Model):
    """What `pack.yaml` says."""

    id: Slug
    title: str
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    licence: str
    locale: str = Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")


class Pack(Model):
    """A folder of items that is installed and versioned together."""

    folder: Path
    head: PackHead
    concepts: dict[Slug, Concept]
    items: tuple[Item, ...]

    @cached_property
    def by_slug(self) -> dict[str, Item]:
        """The items by slug."""
        return {item.slug: item for item in self.items}


class Case(Model):
    """One case of a `code` item as written in `judge/cases.yaml`.

    `args` (functions) or `stdin` (programs) go to the candidate's side; `expect` (a value, or the text of
    stdout) never does. Without `expect` the item's `judge/oracle.py` computes it.
    """

    name: str = Field(min_length=1, max_length=120)
    group: Slug
    visible: bool = False
    args: tuple[Any, ...] | None = None
    stdin: str | None = None
    expect: Any = None


_HINT_HEADING = re.compile(r"^##\s.*?(\d+(?:\.\d+)?)\s*%.*$", re.MULTILINE)


def parse_hints(text: str) -> tuple[Hint, ...]:
    """Hints from `hints.md`: each under a level-2 heading that states its cost, as in `## Hint 1 (5 %)`.

    Raises ValueError when a hint has no text or a cost above 50 %.
    """
    marks = list(_HINT_HEADING.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    hints = []
    for mark, end in zip(marks, ends, strict=True):
        body = text[mark.end() : end].strip()
        if not body:
            raise ValueError(f"the hint under {mark.group(0)!r} has no text")
        hints.append(Hint(text=body, cost=float(mark.group(1)) / 100))
    return tuple(hints)
