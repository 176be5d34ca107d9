"""What the model said of answers, and what people said later. The answers themselves are only referred to."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
)

from greenroom.platform.database import Moment, metadata

predictions = Table(
    "grader_predictions",
    metadata,
    Column("id", String(36), primary_key=True),
    # Deleting an interview, or an account, takes these with it.
    Column("submission_id", ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False),
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    # What was drawn together: rows of one interview are not independent.
    Column("cluster", String(36), nullable=False),
    Column("item", String(64), nullable=False),
    Column("point", String(64), nullable=False),
    Column("version", String(64), nullable=False),
    Column("snapshot", String(64)),
    Column(
        "role",
        String(12),
        CheckConstraint("role IN ('champion', 'canary')", name="role"),
        nullable=False,
    ),
    Column("features", String(64), nullable=False),
    # Where the model failed there is no state: the model that comes with Greenroom answered instead.
    Column("state", String(12)),
    Column("score", Float),
    Column("confidence", Float),
    Column("abstained", Boolean, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("shadow_version", String(64)),
    Column("shadow_state", String(12)),
    Column("shadow_score", Float),
    Column("audit", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("submission_id", "point"),
    Index("ix_grader_predictions_created_at", "created_at"),
    Index("ix_grader_predictions_version_created_at", "version", "created_at"),
    Index("ix_grader_predictions_shadow_version", "shadow_version"),
)

labels = Table(
    "grader_labels",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("submission_id", ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False),
    Column("point", String(64), nullable=False),
    # Only audits are drawn at random. The others come where somebody had a reason to look.
    Column(
        "source",
        String(12),
        CheckConstraint("source IN ('audit', 'override', 'dispute', 'self-judged')", name="source"),
        nullable=False,
    ),
    Column("state", String(12), nullable=False),
    Column("labelled_at", Moment, nullable=False),
    UniqueConstraint("submission_id", "point", "source"),
    Index("ix_grader_labels_labelled_at", "labelled_at"),
)
