"""What goes in and out of the served grader."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from greenroom.bank.findings import State

_SLUG = r"^[a-z0-9-]+$"
_MOST_CHARACTERS = 20_000
PointId = Annotated[str, StringConstraints(max_length=64)]


class Text(BaseModel):
    """A text of one's own about an item. Without `points` it is read for all of them."""

    model_config = ConfigDict(extra="forbid")

    item: Annotated[str, StringConstraints(pattern=_SLUG, max_length=64)] = Field(examples=["the-slow-lookup"])
    text: Annotated[str, StringConstraints(max_length=_MOST_CHARACTERS, pattern=r"^[^\x00]*$")] = Field(
        examples=["An index on the column turns the scan into a search."]
    )
    points: list[PointId] | None = Field(default=None, min_length=1, max_length=32, examples=[["index"]])


class PointScore(BaseModel):
    """What the model says of a point: `score` is how surely it is there, `confidence` how surely the state is right."""

    point: str = Field(examples=["index"])
    state: State = Field(examples=[State.present])
    score: float = Field(ge=0, le=1, examples=[0.93])
    confidence: float = Field(ge=0, le=1, examples=[0.93])
    abstained: bool = Field(description="The point is left to a person.", examples=[False])


class Scores(BaseModel):
    """What a model says of a text."""

    item: str = Field(examples=["the-slow-lookup"])
    model: str = Field(examples=["2026-03-02"])
    scores: list[PointScore]


class ServedModel(BaseModel):
    """The model that answers. `shipped`: it came with Greenroom and was not trained here."""

    version: str = Field(examples=["2026-03-02"])
    shipped: bool = Field(examples=[True])
    snapshot: str | None = Field(description="What it was trained on.", examples=[None])
    challenger: str | None = Field(description="What reads beside it.", examples=[None])


class Watch(BaseModel):
    """How the watch stands: evidence of drift (alarm from 100 on), and figures of a single look at the last 7 days.

    `score_psi` is to be held against `score_psi_threshold`, which chance alone exceeds once in a hundred looks.
    """

    score_drift_e: float = Field(examples=[1.0])
    score_drift: bool
    text_drift_e: float = Field(examples=[1.0])
    text_drift: bool
    error_rise_e: float = Field(examples=[1.0])
    error_rise: bool
    score_psi: float | None = Field(examples=[0.012])
    score_psi_threshold: float | None = Field(examples=[0.042])
    text_mmd_p: float | None = Field(examples=[0.4])
    audit_rate: float = Field(ge=0, le=1, examples=[0.02])
    audited_f1: float | None = Field(examples=[0.91])
    override_ratio: float | None = Field(examples=[0.03])
    abstention_ratio: float | None = Field(examples=[0.05])


class GraderHealth(BaseModel):
    """`degraded`: the model that should answer cannot be loaded, and another one answers."""

    status: Literal["ok", "degraded"]
    model: str = Field(examples=["2026-03-02"])
    waiting: int = Field(description="Points that wait to be read.", ge=0, examples=[0])
    watch: Watch | None = Field(default=None, description="How the watch over it stands; for authors and admins.")
