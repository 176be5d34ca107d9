"""From what the interview knows to what the API tells a candidate. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from greenroom.bank.findings import Finding
from greenroom.bank.models import Item, Topic
from greenroom.bank.projects import editable
from greenroom.interview import drafts
from greenroom.interview.rules import Interview, Round, StepName, Submission, final_findings, remaining
from greenroom.interview.service import Place
from greenroom.judge.choosing import choices
from greenroom.web.api import schemas

_CASE = tuple(schemas.CaseTold.model_fields)
_SHOWN = (StepName.answer, StepName.judging, StepName.follow_up, StepName.self_judge, StepName.finish, StepName.done)


def interview(one: Interview) -> schemas.InterviewDetail:
    """An interview with its rounds."""
    current = one.current if one.state != "finished" else None
    return schemas.InterviewDetail(
        id=one.id,
        state=one.state,
        level=one.level,
        minutes=one.minutes,
        topics=[Topic(topic) for topic in one.topics],
        forecast={Topic(topic): value for topic, value in one.forecast.items()} if one.forecast is not None else None,
        warm_up=one.warm_up,
        created_at=one.created_at,
        started_at=one.started_at,
        finished_at=one.finished_at,
        current=current.id if current is not None else None,
        rounds=[_summary(row) for row in one.rounds],
    )


def _summary(one: Round) -> schemas.RoundSummary:
    opened = one.opened_at is not None
    return schemas.RoundSummary(
        id=one.id,
        number=one.position + 1,
        topic=Topic(one.topic),
        kind=one.kind,
        minutes=one.limit_s // 60,
        opened=opened,
        done=one.done_at is not None,
        item=one.item if opened else None,
        title=one.title if opened else None,
    )


def round_detail(
    place: Place, now: datetime, cases: Sequence[dict[str, Any]], before: int | None
) -> schemas.RoundDetail:
    """A round as it stands: nothing of its question before it is opened, no finding before it is done."""
    one, item, step = place.round, place.item, place.step
    opened = one.opened_at is not None
    asked = step.follow_up
    taken = hints(item, one.hints_used)
    total = len(item.hints) if item is not None and opened else 0
    return schemas.RoundDetail(
        **_summary(one).model_dump(include={"id", "number", "topic", "kind", "minutes", "item", "title"}),
        interview=place.interview.id,
        step=step.name,
        remaining_s=round(remaining(one, now), 1),
        clock_runs=one.running_since is not None,
        runs_before=before,
        question=_question(item, cases) if item is not None and opened else None,
        draft=_draft(one, asked.point if asked is not None else None) if opened else None,
        hints_taken=taken,
        hints_total=total,
        next_hint_cost=item.hints[len(taken)].cost if item is not None and len(taken) < total else None,
        follow_up=schemas.FollowUpAsked(point=asked.point, ask=asked.ask) if asked is not None else None,
        unsure=[schemas.UnsurePoint(key=row.key, statement=row.claim, quote=row.quote) for row in step.unsure],
        handed_in=[_submission(sub) for sub in one.submissions],
        findings=[finding(row) for row in final_findings(item, one)] if one.done_at is not None else [],
    )


def hints(item: Item | None, used: int) -> list[schemas.HintTaken]:
    """The hints that were taken."""
    return [schemas.HintTaken(text=hint.text, cost=hint.cost) for hint in item.hints[:used]] if item else []


def _question(item: Item, cases: Sequence[dict[str, Any]]) -> schemas.Question:
    code, lab = item.head.code, item.head.lab
    files = sorted(item.starter.items()) if lab is not None else []
    return schemas.Question(
        prompt=item.prompt,
        signature=code.signature if code is not None and code.form == "function" else None,
        languages=[
            schemas.LanguageChoice(name=one.name, title=one.title, starter=one.starter) for one in choices(item)
        ],
        files=[schemas.ProjectFile(path=path, text=text, editable=editable(item, path)) for path, text in files],
        may_add=list(lab.add) if lab is not None else [],
        cases=[schemas.VisibleCase(**case) for case in cases],
    )


def _draft(one: Round, point: str | None) -> schemas.StoredDraft:
    return draft(drafts.current(one, point))


def draft(stored: drafts.Draft) -> schemas.StoredDraft:
    """A draft as it is stored."""
    return schemas.StoredDraft(
        text=stored.text, revision=stored.revision, language=stored.language, saved_at=stored.saved_at
    )


def _submission(sub: Submission) -> schemas.SubmissionTold:
    result = sub.result or {}
    return schemas.SubmissionTold(
        id=sub.id,
        sort=sub.sort,
        state=sub.state,
        text=sub.text,
        language=sub.language,
        created_at=sub.created_at,
        late_s=sub.late_s,
        verdict=sub.verdict,
        message=result.get("message"),
        cases=[_case(row) for row in result.get("cases", [])],
    )


def _case(row: dict[str, Any]) -> schemas.CaseTold:
    return schemas.CaseTold(**{name: row.get(name) for name in _CASE})


def finding(one: Finding) -> schemas.FindingTold:
    """A finding without the bank's phrasings."""
    return schemas.FindingTold(**one.told())
