"""Pages for authors: each rubric beside marked answers, and a place to try an answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from greenroom.accounts.errors import TooOften
from greenroom.accounts.rules import Role, User, at_least
from greenroom.bank.models import Item
from greenroom.bank.syllabus import topic_titles
from greenroom.grading.rubrics import PointReview
from greenroom.grading.service import Read
from greenroom.interview.assembly import Workplace
from greenroom.interview.authoring import MOST_TRIAL_CHARACTERS
from greenroom.kernel.errors import GreenroomError
from greenroom.web import views
from greenroom.web.page import render
from greenroom.web.paging import Id
from greenroom.web.session import OwnPage, Work, needs

router = APIRouter(prefix="/rubrics", include_in_schema=False)

Author = Annotated[User, needs(Role.author)]
_EXCERPT = 160


@router.get("")
async def rubrics(request: Request, opened: Work, _author: Author) -> HTMLResponse:
    """The items that are answered in words."""
    titles = topic_titles()
    groups: dict[str, list[Item]] = {}
    for item in opened.authoring.items:
        groups.setdefault(titles[item.topic], []).append(item)
    return render(request, "rubrics.html", {"groups": groups})


@router.get("/{slug}")
async def rubric(request: Request, slug: Id, opened: Work, author: Author) -> HTMLResponse:
    """One rubric beside its marked answers."""
    return await _page(request, slug, opened, author)


@router.post("/{slug}/trial", dependencies=[OwnPage])
async def trial(
    request: Request,
    slug: Id,
    opened: Work,
    author: Author,
    answer: Annotated[str, Form(max_length=10 * MOST_TRIAL_CHARACTERS)] = "",
) -> HTMLResponse:
    """What would be found in an answer; nothing of it is stored."""
    item = opened.authoring.get(slug)
    try:
        verdict = await opened.limits.hit("score", author.id)
        if not verdict.allowed:
            raise TooOften(verdict.retry_after_s)
        found = await opened.authoring.trial(item, answer)
    except GreenroomError as error:
        return await _page(request, slug, opened, author, answer=answer, error=error)
    return await _page(request, slug, opened, author, answer=answer, found=found)


async def _page(
    request: Request,
    slug: str,
    opened: Workplace,
    author: User,
    *,
    answer: str = "",
    found: list[Read] | None = None,
    error: GreenroomError | None = None,
) -> HTMLResponse:
    item = opened.authoring.get(slug)
    made = await opened.authoring.review(item, with_decided=at_least(author.role, Role.admin))
    context = {
        "item": item,
        "topic": topic_titles()[item.topic],
        "model": opened.lifecycle.desk.models.now.champion.version,
        "answers": made.answers,
        "points": [_point(one) for one in made.points],
        "answer": answer,
        "found": [_found(item, one) for one in found or ()],
        "most": MOST_TRIAL_CHARACTERS,
        "error": error,
    }
    return render(request, "rubric.html", context, error.status if error else 200)


def _point(one: PointReview) -> dict[str, Any]:
    rows = [vars(row) | {"excerpt": _excerpt(row.answer)} for row in one.rows]
    wrong = [row for row in rows if row["verdict"] != "agrees"]
    return vars(one) | {"wrong": wrong, "right": [row for row in rows if row["verdict"] == "agrees"]}


def _found(item: Item, read: Read) -> dict[str, Any]:
    one = read.finding
    return {
        "title": item.point_by_id[one.point].title,
        "state": one.state.value,
        "word": views.state_word(one.state),
        "confidence": one.confidence,
        "sentence": one.evidence.get("quote") or read.sentence,
        "nearest": one.evidence.get("nearest") or read.nearest,
        "notes": [str(one.evidence[name]) for name in ("reason", "language_model") if one.evidence.get(name)],
    }


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[:_EXCERPT].rsplit(' ', 1)[0]} …"
