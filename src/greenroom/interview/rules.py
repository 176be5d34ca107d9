"""What happens next in a round, and what it is worth: pure decisions over what was stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from greenroom.bank.findings import Finding, State, share
from greenroom.bank.models import Item, Kind
from greenroom.bank.projects import first_draft
from greenroom.interview.overruling import Dispute, overruled
from greenroom.kernel.errors import ConflictError, NotFoundError

FOLLOW_UPS_PER_ROUND = 2
AWAY_AFTER_S = 120.0
"""A page says every 30 s that it is open. After a silence this long the clock stops at the last word."""
MAX_ATTEMPTS = 3
MAX_ANSWER_CHARACTERS = 50_000
MAX_PROJECT_CHARACTERS = 400_000
DISPUTES_PER_FINDING = 3


@dataclass(frozen=True)
class FollowUpState:
    """A follow-up that was planned for a round, what is typed for it, and what became of it."""

    point: str
    ask: str
    state: Literal["open", "answered", "skipped"] = "open"
    draft: str = ""
    draft_revision: int = 0


@dataclass(frozen=True)
class Submission:
    """An answer as it was handed in, and what it got."""

    id: str
    round_id: str
    sort: Literal["answer", "follow-up"]
    point: str | None
    text: str
    created_at: datetime
    late_s: float
    state: Literal["queued", "done"]
    attempts: int
    verdict: str | None
    result: dict[str, Any] | None
    language: str | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that judge or grader gave; empty while queued and after a judge error."""
        rows = (self.result or {}).get("findings", [])
        return tuple(Finding.model_validate(row) for row in rows)


@dataclass(frozen=True)
class Round:
    """One asked item with its clock, draft, hints and follow-ups."""

    id: str
    interview_id: str
    position: int
    item: str
    item_version: int
    title: str
    topic: str
    kind: str
    limit_s: int
    spent_s: float
    running_since: datetime | None
    seen_at: datetime | None
    away_s: float
    opened_at: datetime | None
    closed_at: datetime | None
    done_at: datetime | None
    skipped: bool
    hints_used: int
    self_judgements: dict[str, bool]
    follow_ups: tuple[FollowUpState, ...] | None
    draft: str
    draft_revision: int
    draft_tab: str | None
    draft_at: datetime | None
    draft_language: str | None = None
    commitment: dict[str, Any] | None = None
    submissions: tuple[Submission, ...] = ()
    disputes: tuple[Dispute, ...] = ()


@dataclass(frozen=True)
class Interview:
    """An interview with its rounds in order."""

    id: str
    user_id: str
    state: Literal["ready", "running", "paused", "finished"]
    warm_up: bool
    topics: tuple[str, ...]
    minutes: int
    level: str
    seed: int
    forecast: dict[str, float] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    rounds: tuple[Round, ...] = ()

    @property
    def current(self) -> Round | None:
        """The first round that is not done, or None when all are."""
        return next((one for one in self.rounds if one.done_at is None), None)


class StepName(StrEnum):
    """Where a round stands."""

    waiting = "waiting"
    answer = "answer"
    judging = "judging"
    self_judge = "self-judge"
    follow_up = "follow-up"
    finish = "finish"
    done = "done"


@dataclass(frozen=True)
class Unsure:
    """A point that the grader could not decide: the candidate does, against the shown claim.

    `key` names it in `Round.self_judgements`: the point's id, or `follow-up/<id>`.
    """

    key: str
    point: str
    claim: str
    quote: str


@dataclass(frozen=True)
class Step:
    """What the candidate does next, with what that needs."""

    name: StepName
    submission: Submission | None = None
    follow_up: FollowUpState | None = None
    unsure: tuple[Unsure, ...] = field(default=())


def next_step(item: Item | None, one: Round) -> Step:
    """What comes next in *one*. Without its item (the pack is gone) the round can only be finished."""
    if one.done_at is not None:
        return Step(StepName.done)
    if one.opened_at is None:
        return Step(StepName.waiting)
    queued = next((sub for sub in one.submissions if sub.state == "queued"), None)
    if queued is not None:
        return Step(StepName.judging, submission=queued)
    if item is None:
        return Step(StepName.finish)
    if one.closed_at is None:
        return Step(StepName.answer)
    unsure = unsure_points(item, one)
    if unsure:
        return Step(StepName.self_judge, unsure=unsure)
    pending = next((follow for follow in one.follow_ups or () if follow.state == "open"), None)
    if pending is not None:
        return Step(StepName.follow_up, follow_up=pending)
    return Step(StepName.finish)


def best_answer(one: Round) -> Submission | None:
    """The answer that counts: the best of the tries, the latest among equals; None before any was judged."""
    judged = [sub for sub in one.submissions if sub.sort == "answer" and sub.state == "done" and sub.findings]
    return max(judged, key=lambda sub: (share(sub.findings), sub.created_at), default=None)


@dataclass(frozen=True)
class Unsent:
    """A text that was typed and never handed in; `ask` is the follow-up that it was typed for, if any."""

    text: str
    ask: str | None = None


def unsent(item: Item | None, one: Round) -> tuple[Unsent, ...]:
    """What was typed in *one* and never handed in, so that leaving a question by mistake loses no work."""
    known = {"", *(_comparable(sub.text) for sub in one.submissions)}
    known.add(_comparable(first_draft(item) if item else ""))
    left = [follow for follow in one.follow_ups or () if follow.state != "answered"]
    typed = [Unsent(one.draft), *(Unsent(follow.draft, follow.ask) for follow in left)]
    return tuple(each for each in typed if _comparable(each.text) not in known)


def _comparable(text: str) -> str:
    # Forms may send CRLF, and a blank line at the end is nobody's work.
    return text.replace("\r\n", "\n").strip()


def unsure_points(item: Item, one: Round) -> tuple[Unsure, ...]:
    """The undecided points of the answer and of answered follow-ups, without those already self-judged."""
    found = []
    answer = best_answer(one)
    for finding in answer.findings if answer else ():
        point = item.point_by_id.get(finding.point)
        if finding.state is State.unsure and point is not None and finding.point not in one.self_judgements:
            quote = str(finding.evidence.get("quote", ""))
            found.append(Unsure(finding.point, finding.point, point.claim or point.title, quote))
    for finding in follow_up_findings(one):
        key = f"follow-up/{finding.point}"
        point = item.point_by_id.get(finding.point)
        if finding.state is State.unsure and point is not None and key not in one.self_judgements:
            quote = str(finding.evidence.get("quote", ""))
            found.append(Unsure(key, finding.point, point.follow_up_phrasings.claim, quote))
    return tuple(found)


def follow_up_findings(one: Round) -> tuple[Finding, ...]:
    """What the answers to follow-ups got."""
    return tuple(finding for sub in one.submissions if sub.sort == "follow-up" for finding in sub.findings)


def plan_follow_ups(item: Item, one: Round) -> tuple[FollowUpState, ...]:
    """The follow-ups to ask: the missed points of highest worth, at most two, in the rubric's order."""
    findings = {finding.point: finding for finding in judged_findings(one)}
    missed = [point for point in item.head.rubric if point.id in findings and findings[point.id].earned == 0.0]
    worth_most = sorted(missed, key=lambda point: -point.points)[:FOLLOW_UPS_PER_ROUND]
    return tuple(FollowUpState(point.id, point.follow_up.ask) for point in missed if point in worth_most)


def judged_findings(one: Round) -> tuple[Finding, ...]:
    """The findings of the answer that counts, with the candidate's own judgement of unsure points."""
    answer = best_answer(one)
    return (
        tuple(_self_judged(finding, one.self_judgements.get(finding.point)) for finding in answer.findings)
        if answer
        else ()
    )


def _self_judged(finding: Finding, judgement: bool | None) -> Finding:
    if finding.state is not State.unsure or judgement is None:
        return finding
    state = State.present if judgement else State.absent
    return finding.model_copy(update={"state": state, "earned": float(judgement), "self_judged": True})


def final_findings(item: Item | None, one: Round) -> tuple[Finding, ...]:
    """What became of every point at the end of the round: as judged, and as accepted disputes have changed it."""
    return tuple(overruled(finding, one.disputes) for finding in undisputed_findings(item, one))


def undisputed_findings(item: Item | None, one: Round) -> tuple[Finding, ...]:
    """What became of every point before any dispute: answer, own judgement, follow-ups.

    A skipped round with no answer has every point missed; a round that ended in a judge error has no
    findings, so that it costs nothing.
    """
    findings = judged_findings(one)
    if not findings:
        answered = any(sub.sort == "answer" for sub in one.submissions)
        return _nothing_said(item) if item is not None and not answered else ()
    recovered = {
        finding.point: _self_judged(finding, one.self_judgements.get(f"follow-up/{finding.point}"))
        for finding in follow_up_findings(one)
    }
    return tuple(_with_follow_up(item, finding, recovered.get(finding.point)) for finding in findings)


def _nothing_said(item: Item) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            point=point.id,
            earned=0.0,
            of=point.points,
            confidence=1.0,
            state=State.absent if point.claim else State.missed,
            evidence={"reason": "no answer was handed in"},
        )
        for point in item.head.rubric
    )


def _with_follow_up(item: Item | None, finding: Finding, follow: Finding | None) -> Finding:
    point = item.point_by_id.get(finding.point) if item else None
    if follow is None or point is None:
        return finding
    evidence = {**finding.evidence, "follow_up": {"state": follow.state.value, **follow.evidence}}
    earned = max(finding.earned, follow.earned * point.follow_up.recovers)
    return finding.model_copy(
        update={"evidence": evidence, "earned": earned, "self_judged": finding.self_judged or follow.self_judged}
    )


# Disputes


def disputable(one: Round, finding: Finding) -> bool:
    """Whether the candidate may say now that *finding* is wrong."""
    own = [dispute for dispute in one.disputes if dispute.point == finding.point]
    waits = any(dispute.state == "open" for dispute in own)
    return one.done_at is not None and best_answer(one) is not None and not waits and len(own) < DISPUTES_PER_FINDING


def disputed_answer(item: Item | None, one: Round, point: str) -> Submission:
    """The answer whose finding on *point* is disputed.

    Raises NotFoundError where there is no such finding, and ConflictError where it is not open to a dispute.
    """
    finding = next((row for row in final_findings(item, one) if row.point == point), None)
    if finding is None:
        raise NotFoundError("there is no such finding", mend="reload the debrief")
    answer = best_answer(one)
    if one.done_at is None or answer is None:
        mend = "a finding can be disputed once the round is over and something was handed in"
        raise ConflictError("there is nothing to dispute yet", mend=mend)
    if not disputable(one, finding):
        waits = any(row.state == "open" and row.point == point for row in one.disputes)
        mend = "wait for the decision" if waits else f"a finding can be disputed {DISPUTES_PER_FINDING} times"
        raise ConflictError("you have disputed this finding already", mend=mend)
    return answer


def hint_cost(item: Item | None, one: Round) -> float:
    """The share of the round's points that the hints taken cost, 0..1."""
    if item is None:
        return 0.0
    return min(1.0, sum(hint.cost for hint in item.hints[: one.hints_used]))


def round_share(item: Item | None, one: Round) -> float:
    """The share of its points that the round brings in the end, after the cost of hints."""
    return share(final_findings(item, one)) * (1.0 - hint_cost(item, one))


def closes(item: Item, answer: Submission | None) -> bool:
    """Whether *answer* ends the answering: words always do, code when it is accepted, a design once it was simulated.

    None: an answer of which nothing is known yet.
    """
    if answer is None or item.kind is Kind.concept:
        return item.kind is Kind.concept
    if item.kind is Kind.design:
        return bool((answer.result or {}).get("run"))
    return answer.verdict == "accepted"


# The clock


def spent(one: Round, now: datetime) -> tuple[float, float]:
    """(seconds of the round's time used, seconds away) at *now*.

    When nothing was heard of the page for two minutes (closed tab, crash) the clock stands still from
    the last word on, and the silence is counted as away.
    """
    if one.running_since is None:
        return one.spent_s, one.away_s
    last_word = max(one.seen_at or one.running_since, one.running_since)
    silence = (now - last_word).total_seconds()
    end = last_word if silence > AWAY_AFTER_S else now
    ran = max(0.0, (end - one.running_since).total_seconds())
    return one.spent_s + ran, one.away_s + max(0.0, (now - end).total_seconds())


def remaining(one: Round, now: datetime) -> float:
    """Seconds left of the round's time; negative when it is over."""
    return one.limit_s - spent(one, now)[0]


def runs(item: Item | None, one: Round, interview_state: str) -> bool:
    """Whether the round's clock should run: only while the candidate can answer, never while judging."""
    return interview_state == "running" and next_step(item, one).name is StepName.answer


def observations_of(pairs: Sequence[tuple[Item | None, Round]]) -> list[tuple[Item, float, int]]:
    """(item, share, points) of every finished round that says something about ability."""
    rows = []
    for item, one in pairs:
        findings = final_findings(item, one)
        if item is not None and one.done_at is not None and findings:
            rows.append((item, round_share(item, one), len(findings)))
    return rows
