"""The rows that the grader learns from, and how they come in and go out.

A row is a rubric point beside an answer, or a whole short answer beside its references. In files each line or CSV row
is one; `docs/grading.md` lists the columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, model_validator

MOST_ANSWER_CHARACTERS = 50_000
MOST_TEXT_CHARACTERS = 10_000

Source = Literal["bank", "audit", "file"]


def _number_as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _no_truth_value(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Answer = Annotated[str, StringConstraints(max_length=MOST_ANSWER_CHARACTERS)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=MOST_TEXT_CHARACTERS)]
QuestionId = Annotated[
    str, BeforeValidator(_number_as_text), StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]
Score = Annotated[float, BeforeValidator(_no_truth_value), Field(allow_inf_nan=False)]
Version = Annotated[int, BeforeValidator(_no_truth_value), Field(ge=1, le=1_000_000)]


class Row(BaseModel):
    """Base of both sorts: an unknown column is an error, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sort: ClassVar[str]


class PointRow(Row):
    """A rubric point beside an answer, and what a person found of it. `item_version` is the rubric's version."""

    sort: ClassVar[str] = "point"
    item: Name
    item_version: Version = 1
    point: Name
    answer: Answer
    state: Literal["present", "absent", "contradicted"]

    @property
    def asked(self) -> str:
        """What was asked: rows of the same are compared with each other."""
        return f"{self.item}/{self.point}"

    @property
    def decision(self) -> str:
        """What the row teaches."""
        return self.state


class AnswerRow(Row):
    """A short answer beside the references of its question, with a label, a score (any scale of the contract) or both.

    `label` is kept in lower case. `domain` is what the question is about.
    """

    sort: ClassVar[str] = "answer"
    question_id: QuestionId
    question: Annotated[str, StringConstraints(max_length=MOST_TEXT_CHARACTERS)]
    references: Annotated[tuple[Text, ...], Field(min_length=1, max_length=200)]
    answer: Answer
    label: Annotated[
        str | None, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=64)
    ] = None
    score: Score | None = None
    domain: Annotated[str | None, StringConstraints(min_length=1, max_length=200)] = None

    @model_validator(mode="after")
    def _marked(self) -> AnswerRow:
        if self.label is None and self.score is None:
            raise ValueError("neither label nor score")
        return self

    @property
    def asked(self) -> str:
        """What was asked: rows of the same are compared with each other."""
        return self.question_id

    @property
    def decision(self) -> str:
        """What the row teaches."""
        return f"{self.label}" if self.score is None else f"{self.label} {self.score:g}"


AnyRow = PointRow | AnswerRow


@dataclass(frozen=True)
class Subject:
    """A candidate who agreed: a name that stands for nobody (*id*), their key, their consent, and what names them."""

    id: str
    key: bytes = field(repr=False)
    consent_version: int
    consent_at: datetime
    names: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Found:
    """A row as it was found at *place*, before anything is known of it; *unreadable* says why it is no row at all."""

    source: Source
    place: str
    values: Mapping[str, Any]
    unreadable: str = ""
    subject: Subject | None = None


@dataclass(frozen=True)
class Taken:
    """A row that was taken, scrubbed."""

    row: AnyRow
    source: Source
    place: str
    subject: Subject | None = None


@dataclass(frozen=True)
class Refused:
    """A row that was put into quarantine, and why. `values` are as they were found, scrubbed."""

    source: Source
    place: str
    reason: str
    values: Mapping[str, Any] = field(repr=False)
    subject: Subject | None = None

    def as_json(self) -> dict[str, str]:
        """Where and why; never the text."""
        return {"source": self.source, "place": self.place if self.subject is None else "", "reason": self.reason}


@dataclass(frozen=True)
class Checked:
    """What became of a batch: `read` = taken + quarantined. `problems` say what breaks the contract."""

    taken: tuple[Taken, ...]
    quarantined: tuple[Refused, ...]
    problems: tuple[str, ...]
    facts: Mapping[str, Any]

    @property
    def read(self) -> int:
        """How many rows were found."""
        return len(self.taken) + len(self.quarantined)

    def as_json(self) -> dict[str, Any]:
        """`{read, taken, quarantined: [{source, place, reason}], problems, facts}`."""
        return {
            "read": self.read,
            "taken": len(self.taken),
            "quarantined": [one.as_json() for one in self.quarantined],
            "problems": list(self.problems),
            "facts": dict(self.facts),
        }


class ConsentView(BaseModel):
    """Whether one's answers may train the grader, and the text that this is about."""

    given: bool
    version: int | None = Field(description="The version of the text that was agreed to.")
    given_at: datetime | None
    current_version: int = Field(description="The version of the text that is valid now.")
    text: str


class ConsentChange(BaseModel):
    """A decision about training; `version` is the version of the text that was read."""

    model_config = ConfigDict(extra="forbid")

    given: StrictBool
    version: Annotated[int, Field(ge=1, le=1_000_000)]
