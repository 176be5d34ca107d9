"""What the API about items and disputes takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from greenroom.bank.findings import Finding, State
from greenroom.bank.models import Kind, Topic
from greenroom.interview.disputes import Case, Hearing
from greenroom.interview.overruling import MAX_DECISION_CHARACTERS, MAX_DISPUTE_CHARACTERS
from greenroom.interview.switches import MOST_REASON_CHARACTERS, SwitchedItem


class Input(BaseModel):
    """What comes in: names that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class NewDispute(Input):
    """Which finding is wrong, and why."""

    point: Annotated[str, StringConstraints(min_length=1, max_length=64), Field(examples=["no-session"])]
    text: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_DISPUTE_CHARACTERS),
        Field(examples=["My second sentence says this."]),
    ]


class DisputeMade(BaseModel):
    """The dispute that was stored."""

    id: str


class SwitchOff(Input):
    """Why an item is asked no more."""

    reason: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MOST_REASON_CHARACTERS),
        Field(examples=["The expected answer is out of date."]),
    ]


class Acceptance(Input):
    """What a disputed finding becomes: its state, and how many of its points are earned."""

    state: State
    points: Annotated[float, Field(ge=0, allow_inf_nan=False, examples=[2.0])]
    text: Annotated[str, StringConstraints(max_length=MAX_DECISION_CHARACTERS)] = ""


class Rejection(Input):
    """Why a disputed finding stays as it is."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_DECISION_CHARACTERS)]


class BankItem(BaseModel):
    """An item, and why and since when it is switched off."""

    slug: str
    title: str
    topic: Topic
    kind: Kind
    tags: list[str]
    minutes: int
    version: int
    on: bool
    reason: str | None
    switched_at: datetime | None
    switched_by: str | None

    @classmethod
    def of(cls, one: SwitchedItem) -> BankItem:
        """*one* as it is told."""
        item, off = one.item, one.off
        return cls(
            slug=item.slug,
            title=item.title,
            topic=item.topic,
            kind=item.kind,
            tags=list(item.head.tags),
            minutes=item.head.minutes,
            version=item.head.version,
            on=off is None,
            reason=off.reason if off else None,
            switched_at=off.at if off else None,
            switched_by=off.by if off else None,
        )


class BankItems(BaseModel):
    """Items by slug; `next` is the `after` of the next page."""

    items: list[BankItem]
    next: str | None


class DisputeView(BaseModel):
    """A dispute, and what was decided."""

    id: str
    round_id: str
    item: str
    title: str
    point: str
    text: str
    state: Literal["open", "accepted", "rejected"]
    created_at: datetime
    user_id: str
    candidate: str
    decided_at: datetime | None
    decided_by: str | None
    answer: str
    finding_state: str | None
    earned: float | None

    @classmethod
    def of(cls, case: Case) -> DisputeView:
        """*case* as it is told."""
        return cls(**{name: getattr(case, name) for name in cls.model_fields})


class DisputeList(BaseModel):
    """Open ones with the oldest first, or decided ones with the newest first."""

    disputes: list[DisputeView]
    next: str | None


class DisputeDetail(DisputeView):
    """A dispute with the answer and the finding, as it stands, that it is about."""

    submission: str | None
    finding: Finding | None

    @classmethod
    def about(cls, heard: Hearing) -> DisputeDetail:
        """*heard* as it is told."""
        text = heard.answer.text if heard.answer else None
        return cls(**DisputeView.of(heard.case).model_dump(), submission=text, finding=heard.finding)
