"""Which server does a job, and when it was done."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from greenroom.platform.database import Moment, metadata

jobs = Table(
    "grader_jobs",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("holder", String(36)),
    Column("held_until", Moment),
    Column("done_at", Moment),
)
