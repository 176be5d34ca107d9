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

from pydantic import Field, StringConstraints, model_validator

from greenroom.bank.base import EnvironmentName, Model, Slug, StatementId
from greenroom.bank.rubric import Point
from greenroom.bank.specs import CodeSpec, DesignSpec, LabSpec, Limits


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
    design = "design"

    @property
    def is_lab(self) -> bool:
        """Whether it is answered by changing a small project, which an examiner then measures."""
        return self in (Kind.service, Kind.sql, Kind.ml)

    @property
    def is_judged(self) -> bool:
        """Whether the judge runs its answers: concepts are read, and designs are simulated."""
        return self not in (Kind.concept, Kind.design)


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
    design: DesignSpec | None = None
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
        if (self.kind is Kind.design) != (self.design is not None):
            raise ValueError("an item of kind `design` has a `design:` section, and only such an item has one")
        simulated = [point for point in self.rubric if point.measure is not None]
        if self.kind is Kind.design and not all(point.measure and point.measure.design for point in simulated):
            raise ValueError("a design's points are earned by claims, or by a measure that names `design`")
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
