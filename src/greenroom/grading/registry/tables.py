"""Models, which of them answers, how that came about, and what each has shown."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from greenroom.platform.database import Moment, metadata

models = Table(
    "grader_models",
    metadata,
    # A row is written when its file lies in the folder, was read back and has answered: a model without a row is none.
    Column("version", String(64), primary_key=True),
    Column("kind", String(24), nullable=False),
    Column("file", String(120), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("snapshot", String(64)),
    Column("rubric", String(64)),
    Column("parent", String(64)),
    Column("seed", Integer),
    Column("lock_hash", String(64)),
    Column("git_commit", String(64)),
    Column("metrics", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
)

aliases = Table(
    "grader_aliases",
    metadata,
    # No champion here: the model that comes with Greenroom answers.
    Column(
        "name",
        String(12),
        CheckConstraint("name IN ('champion', 'challenger', 'previous')", name="name"),
        primary_key=True,
    ),
    Column("version", ForeignKey("grader_models.version", ondelete="RESTRICT"), nullable=False),
    Column("moved_at", Moment, nullable=False),
)

moves = Table(
    "grader_moves",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("sort", String(12), CheckConstraint("sort IN ('nominate', 'promote', 'rollback')", name="sort")),
    # Versions as they were then, None for the model that comes with Greenroom: a removed model leaves its history.
    Column("before", String(64)),
    Column("after", String(64)),
    Column("moved_by", ForeignKey("users.id", ondelete="SET NULL")),
    Column("reason", String(500), nullable=False, server_default=""),
    Column("moved_at", Moment, nullable=False),
    Index("ix_grader_moves_moved_at", "moved_at"),
)

trials = Table(
    "grader_trials",
    metadata,
    Column("version", ForeignKey("grader_models.version", ondelete="CASCADE"), primary_key=True),
    # Against whom: a trial against another champion than today's proves nothing.
    Column("champion", String(64), nullable=False),
    Column("comparison", JSON, nullable=False),
    Column("invariance", JSON, nullable=False),
    Column("tried_at", Moment, nullable=False),
)
