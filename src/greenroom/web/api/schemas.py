"""What the API takes and gives of the bank and of interviews.

Every model is written out: nothing of an item or a stored row reaches a candidate because it was passed through.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from greenroom.bank.models import Kind, Topic
from greenroom.interview.planning import LONGEST, SHORTEST, Level
from greenroom.interview.rules import MAX_PROJECT_CHARACTERS, StepName
from greenroom.judge.languages import Name as LanguageName
from greenroom.web.api.problems import Problem

_ID = "0198c2f4-7c1e-7a55-9a3c-3f1f2f6f7a10"
_SLUG = "rate-limit-sliding-window"
State = Literal["ready", "running", "paused", "finished"]
Text = Annotated[str, StringConstraints(max_length=MAX_PROJECT_CHARACTERS, pattern=r"^[^\x00]*$")]
Revision = Annotated[int, Field(ge=0, le=2**31 - 1)]


class ItemSummary(BaseModel):
    """A question in a list."""

    slug: str = Field(examples=[_SLUG])
    title: str = Field(examples=["A sliding window that counts"])
    kind: Kind
    topic: Topic
    minutes: int = Field(examples=[15])


class ItemDetail(ItemSummary):
    """A question as a candidate may read it before a round."""

    prompt: str = Field(description="Markdown.")


class ItemPage(BaseModel):
    """Questions by slug. `next` is the `after` of the next page, null on the last."""

    items: list[ItemSummary]
    next: str | None = Field(examples=[None])


class Input(BaseModel):
    """What comes in: names that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class NewInterview(Input):
    """What to plan."""

    topics: Annotated[list[Topic], Field(min_length=1, max_length=len(Topic), examples=[["dsa", "jwt"]])]
    minutes: int = Field(default=60, ge=SHORTEST, le=LONGEST)
    level: Level = "mixed"


class Forecast(Input):
    """What share of the points is expected in each topic of the interview, from 0 to 1."""

    shares: Annotated[
        dict[Topic, Annotated[float, Field(ge=0, le=1)]],
        Field(min_length=1, max_length=len(Topic), examples=[{"dsa": 0.6, "jwt": 0.8}]),
    ]


class SelfJudgement(Input):
    """Whether the answer says what the statement of an unsure point says, by the `key` of `unsure`."""

    judgements: Annotated[
        dict[Annotated[str, StringConstraints(max_length=100)], bool],
        Field(min_length=1, max_length=100, examples=[{"no-session": True}]),
    ]


class Draft(Input):
    """What is typed: the text, the revision that it was typed over, the tab, the follow-up's point if it is for one."""

    text: Text
    revision: Revision
    tab: str = Field(default="api", max_length=64)
    point: str | None = Field(default=None, max_length=64)
    language: LanguageName | None = None


class Code(Input):
    """Code to run on the visible cases."""

    text: Text
    language: LanguageName | None = None


class Answer(Input):
    """An answer. The same `token` again is the same answer, not a second one."""

    text: Text
    token: str | None = Field(default=None, min_length=1, max_length=64)
    revision: Revision | None = None
    language: LanguageName | None = None


class RoundSummary(BaseModel):
    """A round in its interview. What it asks is told when it is opened."""

    id: str = Field(examples=[_ID])
    number: int
    topic: Topic
    kind: Kind
    minutes: int
    opened: bool
    done: bool
    item: str | None = Field(examples=[_SLUG])
    title: str | None = Field(examples=["A sliding window that counts"])


class InterviewDetail(BaseModel):
    """An interview. `current` is the round that comes next or is under way."""

    id: str = Field(examples=[_ID])
    state: State
    level: Level
    minutes: int
    topics: list[Topic]
    forecast: dict[Topic, float] | None = Field(examples=[{"jwt": 0.8}])
    warm_up: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    current: str | None = Field(examples=[_ID])
    rounds: list[RoundSummary]


class InterviewPage(BaseModel):
    """One's own interviews, the newest first. `next` is the `after` of the next page, null on the last."""

    interviews: list[InterviewDetail]
    next: str | None


class HintTaken(BaseModel):
    """A hint that was taken, and its cost as a share of the round's points."""

    text: str
    cost: float


class VisibleCase(BaseModel):
    """A case that is shown. `expected` is null where several answers are right, or where it is computed."""

    name: str
    input: str
    expected: str | None
    several: bool
    is_call: bool


class ProjectFile(BaseModel):
    """A file of a lab's project as it was at first."""

    path: str
    text: str
    editable: bool


class LanguageChoice(BaseModel):
    """A language to answer in, and what stands there at first."""

    name: str
    title: str
    starter: str


class Question(BaseModel):
    """What a round asks."""

    prompt: str = Field(description="Markdown.")
    signature: str | None
    languages: list[LanguageChoice]
    files: list[ProjectFile]
    may_add: list[str] = Field(description="Patterns of the files that may be added to a project.")
    cases: list[VisibleCase]


class StoredDraft(BaseModel):
    """A draft as it is stored."""

    text: str
    revision: int
    language: str | None
    saved_at: datetime | None


class DraftSaved(BaseModel):
    """The revision that a draft has now."""

    revision: int
    saved_at: datetime


class DraftProblem(Problem):
    """What stands in the way of a draft. Where another tab was faster, the newer text comes with it."""

    newer: StoredDraft | None = None


class CaseTold(BaseModel):
    """What became of a case. The texts after `message` are those of visible cases alone."""

    name: str
    visible: bool
    verdict: str
    cpu_s: float
    wall_s: float
    peak_mb: float
    message: str | None
    args: str | None
    stdin: str | None
    expected: str | None
    actual: str | None
    stdout: str | None


class SubmissionTold(BaseModel):
    """An answer that was handed in, and what it got."""

    id: str
    sort: Literal["answer", "follow-up"]
    state: Literal["queued", "done"]
    text: str
    language: str | None
    created_at: datetime
    late_s: float
    verdict: str | None
    message: str | None
    cases: list[CaseTold]


class FollowUpAsked(BaseModel):
    """A question on what was missed."""

    point: str
    ask: str


class UnsurePoint(BaseModel):
    """A point that could not be decided: the candidate does, against the statement that is shown."""

    key: str
    statement: str
    quote: str


class FindingTold(BaseModel):
    """What became of a point of the rubric."""

    point: str
    earned: float = Field(ge=0, le=1)
    of: float = Field(ge=0)
    confidence: float = Field(ge=0, le=1)
    state: Literal["met", "missed", "present", "absent", "contradicted", "unsure"]
    evidence: dict[str, Any]
    self_judged: bool


class RoundDetail(BaseModel):
    """A round: where it stands, what it asks, and what was handed in. The findings come when it is done."""

    id: str = Field(examples=[_ID])
    interview: str = Field(examples=[_ID])
    number: int
    topic: Topic
    kind: Kind
    minutes: int
    item: str | None
    title: str | None
    step: StepName
    remaining_s: float
    clock_runs: bool
    runs_before: int | None = Field(description="How many runs come before the answer that waits.")
    question: Question | None
    draft: StoredDraft | None
    hints_taken: list[HintTaken]
    hints_total: int
    next_hint_cost: float | None
    follow_up: FollowUpAsked | None
    unsure: list[UnsurePoint]
    handed_in: list[SubmissionTold]
    findings: list[FindingTold]


class Started(BaseModel):
    """Something runs: its events are at `stream` (server-sent events)."""

    stream: str


class HandedIn(Started):
    """An answer is stored."""

    submission: str


class HintsTaken(BaseModel):
    """How many hints are taken now, and what they say."""

    hints_taken: list[HintTaken]


class ShareRange(BaseModel):
    """A share of the points with a 90 % credible interval."""

    low: float
    median: float
    high: float


class TopicStanding(BaseModel):
    """Where the candidate stands in a topic. Without `enough` evidence the numbers say little."""

    median: float
    low: float
    high: float
    evidence: int
    rounds: int
    enough: bool
    expected_share: ShareRange
    forecast: float | None
    share: float | None


class ReportedRound(BaseModel):
    """A round in the report."""

    item: str
    title: str
    topic: Topic
    kind: Kind
    verdict: str | None
    findings: list[FindingTold]
    share: float
    answered_share: float
    hints: int
    hint_cost: float
    tries: int
    spent_s: float
    limit_s: int
    late_s: float
    away_s: float
    skipped: bool
    reached: bool


class PracticeTip(BaseModel):
    """What to practise, and when."""

    topic: Topic
    tag: str
    because: str
    item: str
    next_item: str | None
    on: str


class ReportedInterview(BaseModel):
    """The interview that is reported on."""

    id: str
    state: State
    started_at: datetime | None
    finished_at: datetime | None
    minutes: int
    level: Level
    not_reached: int


class ReportDetail(BaseModel):
    """Where the candidate stands, with the evidence."""

    interview: ReportedInterview
    topics: dict[Topic, TopicStanding]
    rounds: list[ReportedRound]
    practise: list[PracticeTip]
