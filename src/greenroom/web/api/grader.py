"""`/api/v1/grader`: what the model says of one's own text, which model it is, and how it is."""

from __future__ import annotations

import secrets
from dataclasses import asdict

from fastapi import APIRouter, Request, Response

from greenroom.accounts.errors import TooOften
from greenroom.accounts.rules import Role, User, at_least
from greenroom.bank.models import Item
from greenroom.bank.rubric import Point
from greenroom.grading.monitoring.metrics import CONTENT_TYPE
from greenroom.grading.serving.schemas import GraderHealth, PointScore, Scores, ServedModel, Text, Watch
from greenroom.interview.assembly import Workplace
from greenroom.kernel.errors import InputError
from greenroom.web.api.problems import problems
from greenroom.web.api.routing import api_router
from greenroom.web.session import OwnPage, Refused, SignedIn, Work, bearer_token, user

router = api_router("grader")
metrics = APIRouter(include_in_schema=False)


@router.post(
    "/grader/score",
    operation_id="score_text",
    dependencies=[OwnPage],
    responses=problems(401, 403, 422, 429, 503),
)
async def score(wanted: Text, opened: Work, found: SignedIn) -> Scores:
    """Have one's own text read; nothing is stored and nothing counts.

    Candidates may ask about items whose rounds they have finished, authors and admins about every item.
    """
    item = await _askable(opened, found, wanted.item)
    points = _points(item, wanted.points)
    verdict = await opened.limits.hit("score", found.id)
    if not verdict.allowed:
        raise TooOften(verdict.retry_after_s)
    reading = await opened.lifecycle.desk.score(item, points, wanted.text)
    told = [
        PointScore(point=point.id, state=one.state, score=one.score, confidence=one.confidence, abstained=one.abstained)
        for point, one in zip(points, reading.scores, strict=True)
    ]
    return Scores(item=item.slug, model=reading.version, scores=told)


@router.get("/grader/model", operation_id="read_grader_model", responses=problems(401))
async def model(opened: Work, _found: SignedIn) -> ServedModel:
    """Which model answers."""
    now = opened.lifecycle.desk.models.now
    return ServedModel(
        version=now.champion.version,
        shipped=now.champion.shipped,
        snapshot=now.champion.snapshot,
        challenger=now.challenger.version if now.challenger is not None else None,
    )


@router.get("/grader/health", operation_id="read_grader_health", responses=problems(401))
async def health(opened: Work, found: SignedIn) -> GraderHealth:
    """Whether the model that should answer does, and how much waits."""
    desk = opened.lifecycle.desk
    now = desk.models.now
    return GraderHealth(
        status="degraded" if now.trouble else "ok",
        model=now.champion.version,
        waiting=desk.batches.waiting,
        watch=await _watch(opened, now.champion.version) if at_least(found.role, Role.author) else None,
    )


async def _watch(opened: Workplace, version: str) -> Watch:
    stands = await opened.lifecycle.monitor.stands(version, opened.clock.now())
    known = {name: stands.figures.get(name) for name in ("audited_f1", "override_ratio", "abstention_ratio")}
    return Watch(
        score_drift_e=stands.score_e,
        score_drift=stands.score_alarm,
        text_drift_e=stands.text_e,
        text_drift=stands.text_alarm,
        error_rise_e=stands.error_e,
        error_rise=stands.error_alarm,
        audit_rate=stands.audit_rate,
        **asdict(stands.look),
        **known,
    )


@metrics.get("/metrics")
async def prometheus(request: Request, opened: Work) -> Response:
    """Figures for Prometheus: for who has the token of the settings, and for admins."""
    wanted = opened.settings.metrics_token.get_secret_value()
    given = bearer_token(request.headers.get("authorization", ""))
    if not (wanted and secrets.compare_digest(given.encode(), wanted.encode())):
        found = await user(request)
        if not at_least(found.role, Role.admin):
            raise Refused("this is not for you", mend="it needs the role admin")
    return Response(opened.lifecycle.desk.metrics.text(), media_type=CONTENT_TYPE)


async def _askable(opened: Workplace, found: User, slug: str) -> Item:
    """The item; raises Refused for one that the user may not ask about, known or not."""
    item = opened.catalogue.get(slug)
    if not at_least(found.role, Role.author):
        if item is None or not await opened.interviews.has_finished(found.id, slug):
            raise Refused("this item is not open to you", mend="finish a round of it first")
        return item
    if item is None:
        raise InputError(f"there is no item {slug}", mend="see /api/v1/items")
    return item


def _points(item: Item, wanted: list[str] | None) -> list[Point]:
    known = {point.id: point for point in item.head.rubric if point.claim}
    if not known:
        raise InputError("this item is not answered in words", mend="ask about one that is")
    strange = [one for one in wanted or () if one not in known]
    if strange:
        raise InputError(f"{item.slug} has no point {strange[0]}", mend=f"use {', '.join(sorted(known))}")
    return [known[one] for one in dict.fromkeys(wanted)] if wanted else list(known.values())
