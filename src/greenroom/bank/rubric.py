"""What a rubric is made of: points, and what earns them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from greenroom.bank.base import Model, Sentence, Slug, StatementId

DesignMeasure = Literal["estimates", "steady-state", "faults", "bottleneck", "cost", "data", "parts"]
"""What is measured of a design: its estimates; whether it meets its limits without faults; whether it comes back after
each fault; the bottleneck that was named; its cost; what it may lose; and whether it has the parts that are needed."""

Ways = Annotated[tuple[Sentence, ...], Field(max_length=40)]
"""Ways of saying something. Reading an answer costs time for each, and packs come from strangers too."""


class Measure(Model):
    """A predicate over what was measured: either cases of a run, or one number of it.

    `cases` names case groups; `earn: all` gives the point only when every case of the groups passed,
    `earn: share` gives the passed share. `metric` names a number of the run (`peak_mb`, `cpu_s`). `score` names a
    test data group of a problem package (`secret/group1`), or `all`: the point is earned by the share of the group's
    best score that was reached, or by being accepted in a problem without scores. `design` names what a simulated
    design is measured for.
    """

    cases: tuple[Slug, ...] = ()
    earn: Literal["all", "share"] = "all"
    metric: Slug | Literal["peak_mb", "cpu_s", "wall_s"] | None = None
    at_most: float | None = None
    at_least: float | None = None
    score: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    design: DesignMeasure | None = None

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        named = (bool(self.cases), self.metric is not None, self.score is not None, self.design is not None)
        if sum(named) != 1:
            raise ValueError("a measure names `cases` (a list of case groups), one `metric`, one `score` or `design`")
        if self.metric is not None and self.at_most is None and self.at_least is None:
            raise ValueError("a metric needs `at_most` or `at_least`")
        return self


class Phrasings(Model):
    """A statement and the ways of saying it, and its opposites, that a grader compares an answer with."""

    claim: Sentence
    accepts: Ways = ()
    rejects: Ways = ()


class FollowUp(Model):
    """What the interviewer asks when the point was missed.

    For a claim point `ask` alone is enough: the answer is held against the point's own claim. For a
    measure point `claim` (with `accepts` and `rejects`) says what a good answer would state.
    `recovers` is the share of the point's worth that a good answer brings back.
    """

    ask: Sentence
    claim: Sentence | None = None
    accepts: Ways = ()
    rejects: Ways = ()
    recovers: float = Field(default=0.5, gt=0, le=1)


class Point(Model):
    """One line of a rubric: worth points, earned by a measure or by a claim."""

    id: Slug
    points: float = Field(gt=0, le=20)
    title: Sentence
    covers: tuple[StatementId, ...] = ()
    measure: Measure | None = None
    claim: Sentence | None = None
    accepts: Ways = ()
    rejects: Ways = ()
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
