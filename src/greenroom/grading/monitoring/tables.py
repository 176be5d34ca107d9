"""What is watched, how it stands, and the models that were asked for."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, LargeBinary, String, Table

from greenroom.platform.database import Moment, metadata

watches = Table(
    "grader_watches",
    metadata,
    Column("name", String(12), CheckConstraint("name IN ('scores', 'errors')", name="name"), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("state", JSON, nullable=False),
    # All before this moment is in the state; what comes after is not.
    Column("seen_until", Moment, nullable=False),
)

retrainings = Table(
    "grader_retrainings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("due_at", Moment),
    Column("done_at", Moment),
    Index("ix_grader_retrainings_done_at", "done_at"),
)

vectors = Table(
    "grader_vectors",
    metadata,
    # A place among other answers, and no text; deleting an interview, or an account, takes it along.
    Column("submission_id", ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("vector", LargeBinary(768), nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_grader_vectors_version_created_at", "version", "created_at"),
)
