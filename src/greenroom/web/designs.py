"""What the page of a design round calls: reading and editing the text, runs that count for nothing, and their end."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from greenroom.bank.models import Item
from greenroom.interview import designs
from greenroom.interview.rules import StepName
from greenroom.interview.service import Place
from greenroom.kernel.errors import ConflictError
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.design.editing import Does, Edit, edited
from greenroom.simulator.design.reading import MOST_CHARACTERS
from greenroom.web.session import OwnPage, SignedIn, Trying, Work

router = APIRouter(include_in_schema=False, dependencies=[OwnPage])

_PLACE = re.compile(r"nodes\.[A-Za-z][A-Za-z0-9_-]{0,39}\.[a-z_]{1,20}")
Text = Annotated[str, Field(max_length=MOST_CHARACTERS)]
Word = Annotated[str, StringConstraints(max_length=64)]
Changed = Annotated[str, StringConstraints(pattern=f"^{_PLACE.pattern}$")]


class Reading(BaseModel):
    """A design to read."""

    model_config = ConfigDict(extra="forbid")

    text: Text


class Editing(Reading):
    """A design and one edit of it."""

    does: Does
    name: Word = ""
    field: Word = ""
    value: Annotated[str, StringConstraints(max_length=2_000)] = ""


class Running(Reading):
    """A design to run; quickly, with other numbers at some places (`nodes.api.copies`)."""

    quick: bool = False
    changes: dict[Changed, Annotated[float, Field(ge=0, le=1e9)]] = Field(default_factory=dict, max_length=20)


@router.post("/rounds/{round_id}/design/read")
async def read(round_id: str, given: Reading, opened: Work, found: SignedIn) -> dict[str, Any]:
    """The text as a drawing, or what is wrong with it line by line."""
    place = await opened.interviews.place(found.id, round_id)
    return await asyncio.to_thread(designs.pictured, place.item, given.text)


@router.post("/rounds/{round_id}/design/edit")
async def edit(round_id: str, given: Editing, opened: Work, found: SignedIn) -> dict[str, Any]:
    """The text after an edit, comments and all else as they were, and its drawing."""
    place = await opened.interviews.place(found.id, round_id)
    change = Edit(given.does, given.name, given.field, given.value)
    return await asyncio.to_thread(_edited, place.item, given.text, change)


def _edited(item: Item | None, text: str, change: Edit) -> dict[str, Any]:
    designs.spec_of(item)
    new = edited(text, change)
    return {"text": new, **designs.pictured(item, new)}


@router.post("/rounds/{round_id}/design/run")
async def run(round_id: str, given: Running, opened: Work, trying: Trying, found: SignedIn) -> Response:
    """Run the design; nothing counts, but the first run locks the estimates. The stream's address comes at once.

    503 or 429 with Retry-After when too many runs wait.
    """
    place = await opened.interviews.place(found.id, round_id)
    committed = await _committed(opened, found.id, place, given)
    job = designs.rehearsal(
        opened.answering.engine, place.item, given.text, committed, given.changes, quick=given.quick
    )
    run_id = trying.begin(found.id, round_id, job)
    body = {
        "stream": f"/rounds/{round_id}/runs/{run_id}/stream",
        "estimate": committed.estimate,
        "bottleneck": committed.bottleneck,
    }
    return JSONResponse(body, status_code=202)


async def _committed(opened: Work, user_id: str, place: Place, given: Running) -> Commitment:
    if place.step.name is not StepName.answer:
        raise ConflictError("there is nothing to run here now", mend="go to the interview's current round")
    if given.quick and place.round.commitment is None:
        raise ConflictError("the estimates come first", mend="lock them with a whole run; then ask what if")
    return await designs.commit(opened.interviews, user_id, place.round.id, place.item, given.text)


@router.post("/rounds/{round_id}/design/stop")
async def stop(round_id: str, opened: Work, trying: Trying, found: SignedIn) -> dict[str, bool]:
    """End the run that waits or is under way, if there is one, in whichever process."""
    await opened.interviews.place(found.id, round_id)
    await trying.end(round_id, designs.STOPPED)
    return {"stopped": True}
