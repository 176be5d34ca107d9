"""What people say of points later: it is joined to what the model said by submission and point."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from greenroom.bank.findings import State
from greenroom.grading.serving import queries
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection

Source = Literal["audit", "override", "dispute", "self-judged"]


async def note(
    connection: AsyncConnection, submission_id: str, point: str, source: Source, state: State, now: datetime
) -> None:
    """Write down what a person said of a point, in the caller's transaction; the same source overwrites its word."""
    row = {"submission_id": submission_id, "point": point, "source": source, "state": state.value}
    await queries.label(connection, {"id": new_id(now), "labelled_at": now, **row})
