"""`/api/v1/interviews` and `/api/v1/rounds`: one's own interviews, from the plan to the report."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import BackgroundTasks, Path, Query, Response
from fastapi.responses import JSONResponse
from starlette.status import HTTP_201_CREATED, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from greenroom.interview import report as reports
from greenroom.interview.admission import check_language
from greenroom.interview.assembly import Workplace
from greenroom.interview.drafts import DraftConflict
from greenroom.interview.rules import StepName
from greenroom.interview.worker import Workers
from greenroom.kernel.errors import ConflictError, InputError
from greenroom.web.api import schemas, telling
from greenroom.web.api.problems import MEDIA_TYPE, problem, problems
from greenroom.web.api.routing import api_router
from greenroom.web.questions import visible_cases
from greenroom.web.session import Live, Now, OwnPage, Running, SignedIn, Trying, Work

router = api_router("interviews")

ID = r"^[0-9a-z-]+$"
InterviewId = Annotated[str, Path(pattern=ID, max_length=36)]
RoundId = Annotated[str, Path(pattern=ID, max_length=36)]
After = Annotated[str | None, Query(pattern=ID, max_length=36, description="`next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100)]

_CREATED: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"description": "The interview.", "schema": {"type": "string"}}}}
}
_NEWER: dict[int | str, dict[str, Any]] = {
    409: {
        "model": schemas.DraftProblem,
        "description": "Another tab has written a newer draft, or the follow-up is not asked.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/DraftProblem"}}},
    }
}


@router.get("/interviews", operation_id="list_interviews", responses=problems(401, 422))
async def interviews(opened: Work, found: SignedIn, after: After = None, limit: Limit = 20) -> schemas.InterviewPage:
    """One's own interviews, the newest first."""
    rows = await opened.interviews.page(found.id, after=after, limit=limit + 1)
    last = rows[limit - 1].id if len(rows) > limit else None
    return schemas.InterviewPage(interviews=[telling.interview(one) for one in rows[:limit]], next=last)


@router.post(
    "/interviews",
    operation_id="create_interview",
    status_code=HTTP_201_CREATED,
    dependencies=[OwnPage],
    responses=_CREATED | problems(401, 403, 422),
)
async def create(
    wanted: schemas.NewInterview, response: Response, opened: Work, found: SignedIn, moment: Now
) -> schemas.InterviewDetail:
    """Plan an interview; its clock does not run yet."""
    made = await opened.interviews.create(found.id, **dict(wanted), seed=secrets.randbelow(2**31), now=moment)
    response.headers["location"] = f"/api/v1/interviews/{made.id}"
    return telling.interview(made)


@router.get("/interviews/{interview_id}", operation_id="read_interview", responses=problems(401, 404, 422))
async def interview(interview_id: InterviewId, opened: Work, found: SignedIn) -> schemas.InterviewDetail:
    """Where an interview stands."""
    return telling.interview(await opened.interviews.get(found.id, interview_id))


@router.delete(
    "/interviews/{interview_id}",
    operation_id="delete_interview",
    status_code=HTTP_204_NO_CONTENT,
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 422),
)
async def delete(interview_id: InterviewId, opened: Work, found: SignedIn) -> Response:
    """Delete it with its rounds and answers, for good."""
    await opened.interviews.delete(found.id, interview_id)
    return Response(status_code=HTTP_204_NO_CONTENT)


@router.put(
    "/interviews/{interview_id}/forecast",
    operation_id="forecast",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422),
)
async def forecast(
    interview_id: InterviewId, given: schemas.Forecast, opened: Work, found: SignedIn
) -> schemas.InterviewDetail:
    """Say before the first round what one expects; the report holds it against what came of it."""
    one = await opened.interviews.get(found.id, interview_id)
    other = sorted(given.shares.keys() - set(one.topics))
    if other:
        raise InputError(f"the interview has no topic {other[0]}", mend=f"its topics are {', '.join(one.topics)}")
    await opened.interviews.forecast(
        found.id, interview_id, {topic.value: share for topic, share in given.shares.items()}
    )
    return telling.interview(await opened.interviews.get(found.id, interview_id))


@router.post(
    "/interviews/{interview_id}/begin",
    operation_id="begin_interview",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 422),
)
async def begin(
    interview_id: InterviewId, after: BackgroundTasks, opened: Work, found: SignedIn, moment: Now
) -> schemas.InterviewDetail:
    """Begin or go on: the clock of `current` runs."""
    current = await opened.interviews.begin(found.id, interview_id, moment)
    item = opened.catalogue.get(current.item) if current is not None else None
    if item is not None:
        after.add_task(opened.answering.make_ready, item)
    elif current is None:
        after.add_task(opened.answering.judge.rest)
    return telling.interview(await opened.interviews.get(found.id, interview_id))


@router.post(
    "/interviews/{interview_id}/pause",
    operation_id="pause_interview",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 422),
)
async def pause(interview_id: InterviewId, opened: Work, found: SignedIn, moment: Now) -> schemas.InterviewDetail:
    """Stop the clock until `begin`."""
    await opened.interviews.pause(found.id, interview_id, moment)
    return telling.interview(await opened.interviews.get(found.id, interview_id))


@router.post(
    "/interviews/{interview_id}/finish",
    operation_id="finish_interview",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 422),
)
async def finish(
    interview_id: InterviewId, after: BackgroundTasks, opened: Work, found: SignedIn, moment: Now
) -> schemas.InterviewDetail:
    """End it early: rounds that were not reached are not counted."""
    await opened.interviews.finish(found.id, interview_id, moment)
    after.add_task(opened.answering.judge.rest)
    return telling.interview(await opened.interviews.get(found.id, interview_id))


@router.get("/interviews/{interview_id}/report", operation_id="read_report", responses=problems(401, 404, 422))
async def report(interview_id: InterviewId, opened: Work, found: SignedIn, moment: Now) -> schemas.ReportDetail:
    """Where the candidate stands, with the evidence."""
    one = await opened.interviews.get(found.id, interview_id)
    body = reports.as_json(reports.build(one, opened.catalogue, moment, askable=await opened.interviews.askable()))
    if one.state != "finished":  # what the rounds to come will ask is not told before
        asked = {row.item for row in one.rounds if row.opened_at is not None}
        body["rounds"] = [row for row in body["rounds"] if row["item"] in asked]
    return schemas.ReportDetail.model_validate(body)


@router.get("/rounds/{round_id}", operation_id="read_round", responses=problems(401, 404, 422))
async def read(round_id: RoundId, opened: Work, running: Running, found: SignedIn, moment: Now) -> schemas.RoundDetail:
    """Where a round stands, and what it asks once it is opened."""
    return await _round(opened, running, found.id, round_id, moment)


async def _round(
    opened: Workplace, running: Workers, user_id: str, round_id: str, moment: datetime
) -> schemas.RoundDetail:
    place = await opened.interviews.place(user_id, round_id)
    cases = await visible_cases(place.item) if place.round.opened_at is not None else ()
    before = running.before(place.step.submission.id) if place.step.submission else None
    return telling.round_detail(place, moment, cases, before)


@router.put(
    "/rounds/{round_id}/draft",
    operation_id="save_draft",
    dependencies=[OwnPage],
    response_model=schemas.DraftSaved,
    responses=problems(401, 403, 404, 422) | _NEWER,
)
async def save_draft(
    round_id: RoundId, draft: schemas.Draft, opened: Work, found: SignedIn, moment: Now
) -> schemas.DraftSaved | Response:
    """Store what is typed, over the revision that was read; 409 with the newer text when another was faster."""
    try:
        revision = await opened.interviews.save_draft(found.id, round_id, **draft.model_dump(), now=moment)
    except DraftConflict as conflict:
        body = problem(409, "Something newer is there", conflict.message, conflict.mend, conflict.code)
        newer = telling.draft(conflict.newer).model_dump(mode="json")
        return JSONResponse(body | {"newer": newer}, status_code=409, media_type=MEDIA_TYPE)
    return schemas.DraftSaved(revision=revision, saved_at=moment)


@router.post(
    "/rounds/{round_id}/run",
    operation_id="run_visible_cases",
    status_code=HTTP_202_ACCEPTED,
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422, 429, 503),
)
async def run(round_id: RoundId, code: schemas.Code, opened: Work, trying: Trying, found: SignedIn) -> schemas.Started:
    """Run the visible cases: nothing is stored. A newer run of the round ends the one before."""
    place = await opened.interviews.place(found.id, round_id)
    if place.item is None or not place.item.kind.is_judged or place.step.name is not StepName.answer:
        raise ConflictError("there is nothing to run here now", mend="go to the interview's current round")
    check_language(place.item, code.language)
    run_id = trying.start(found.id, round_id, place.item, code.text, code.language)
    return schemas.Started(stream=f"/rounds/{round_id}/runs/{run_id}/stream")


@router.post(
    "/rounds/{round_id}/submit",
    operation_id="submit_answer",
    status_code=HTTP_202_ACCEPTED,
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422, 429, 503),
)
async def submit(
    round_id: RoundId,
    answer: schemas.Answer,
    opened: Work,
    running: Running,
    trying: Trying,
    live: Live,
    found: SignedIn,
    moment: Now,
) -> schemas.HandedIn:
    """Hand in an answer, or the answer to the open follow-up. It is stored before anything runs."""
    submission = await opened.interviews.submit(
        found.id,
        round_id,
        text=answer.text,
        token=answer.token or uuid4().hex,
        now=moment,
        revision=answer.revision,
        language=answer.language,
    )
    trying.end(round_id)
    if not live.known(submission):
        running.put(submission, found.id)
    return schemas.HandedIn(submission=submission, stream=f"/rounds/{round_id}/submissions/{submission}/stream")


@router.post(
    "/rounds/{round_id}/hints",
    operation_id="take_hint",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422),
)
async def take_hint(round_id: RoundId, opened: Work, found: SignedIn) -> schemas.HintsTaken:
    """Take the next hint, at its cost."""
    used = await opened.interviews.take_hint(found.id, round_id)
    place = await opened.interviews.place(found.id, round_id)
    return schemas.HintsTaken(hints_taken=telling.hints(place.item, used))


@router.post(
    "/rounds/{round_id}/skip",
    operation_id="skip",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 422),
)
async def skip(round_id: RoundId, opened: Work, running: Running, found: SignedIn, moment: Now) -> schemas.RoundDetail:
    """Leave the open follow-up, or else the round, without (another) answer."""
    place = await opened.interviews.place(found.id, round_id)
    if place.step.name is StepName.follow_up:
        await opened.interviews.skip_follow_up(found.id, round_id, moment)
    else:
        await opened.interviews.skip(found.id, round_id, moment)
    return await _round(opened, running, found.id, round_id, moment)


@router.post(
    "/rounds/{round_id}/close",
    operation_id="close_answer",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422),
)
async def close(round_id: RoundId, opened: Work, running: Running, found: SignedIn, moment: Now) -> schemas.RoundDetail:
    """Go on with what was handed in so far: no further try of the answer."""
    await opened.interviews.close_answer(found.id, round_id, moment)
    return await _round(opened, running, found.id, round_id, moment)


@router.post(
    "/rounds/{round_id}/self-judge",
    operation_id="self_judge",
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422),
)
async def self_judge(
    round_id: RoundId, given: schemas.SelfJudgement, opened: Work, running: Running, found: SignedIn, moment: Now
) -> schemas.RoundDetail:
    """Decide points of `unsure` oneself; those that are left out stay open."""
    await opened.interviews.self_judge(found.id, round_id, given.judgements, moment)
    return await _round(opened, running, found.id, round_id, moment)
