"""What a run came to: one verdict, one result for each case, one finding for each point."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from greenroom.bank.findings import Finding


class Verdict(StrEnum):
    """The judge's word on a run or a case. `judge_error` is never the candidate's fault and never costs points."""

    accepted = "accepted"
    partial = "partial"
    wrong_answer = "wrong-answer"
    time_limit = "time-limit"
    memory_limit = "memory-limit"
    output_limit = "output-limit"
    runtime_error = "runtime-error"
    compile_error = "compile-error"
    judge_error = "judge-error"


class CaseResult(BaseModel):
    """What became of one case.

    `cpu_s` is user and system time of all processes of the case, in seconds; `wall_s` runs from the fork to the last
    process's end; `peak_mb` is the largest resident size in MiB of the main process, the interpreter's own 11 MiB
    included, or that of all processes together above those, when this was seen to be larger. In the environments `web`
    and `ml` what the process held before it began, their libraries above all, is taken off. `score` is what a problem's
    validator gave, if it gives scores. The five texts after `message` belong to visible cases alone; on a hidden case
    they are None, and `message` says no more than the sort of failure with the type and line of the candidate's own
    exception.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    group: str
    visible: bool
    verdict: Verdict
    cpu_s: float = Field(default=0.0, ge=0)
    wall_s: float = Field(default=0.0, ge=0)
    peak_mb: float = Field(default=0.0, ge=0)
    message: str | None = None
    args: str | None = None
    stdin: str | None = None
    expected: str | None = None
    actual: str | None = None
    stdout: str | None = None
    score: float | None = None


class RunResult(BaseModel):
    """What became of a submission: `model_dump(mode="json")` is what `greenroom judge run --json` prints.

    `tier` names the walls that ran (1 strongest, 3 none). `cpu_s` and `wall_s` are sums over the cases, `peak_mb` is
    the largest of them. `not_run` counts, by group, the cases that were left out after a failure because they could
    change no point; they count as not passed. `findings` has one entry for each measured point; it is empty for
    visible-only runs and for `judge-error`, so that neither can cost a point. `scores` are those of the groups of a
    scoring problem, by name, that of the whole under `all`; `measures` the numbers that a lab's examiner gave.
    `judge_messages` are what a problem's validators told its judges, by case: they may quote what is hidden, so they
    are never dumped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    tier: int = Field(ge=1, le=3)
    findings: tuple[Finding, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    cpu_s: float = Field(default=0.0, ge=0)
    wall_s: float = Field(default=0.0, ge=0)
    peak_mb: float = Field(default=0.0, ge=0)
    not_run: dict[str, int] = Field(default_factory=dict)
    scores: dict[str, float] = Field(default_factory=dict)
    measures: dict[str, float] = Field(default_factory=dict)
    judge_messages: dict[str, str] = Field(default_factory=dict, exclude=True, repr=False)
    message: str | None = None
