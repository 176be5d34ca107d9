"""Consents to training, keys of candidates, snapshots with their rows and their quarantine, and what was erased."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)

from greenroom.platform.database import Moment, metadata

training_consents = Table(
    "training_consents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    # Which text was agreed to.
    Column("version", Integer, nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Index(
        "uq_training_consents_given",
        "user_id",
        unique=True,
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)

subject_keys = Table(
    "subject_keys",
    metadata,
    # Who a row is from, in snapshots: random, and after the key is gone it leads to nobody.
    Column("subject", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("key", LargeBinary(32), nullable=False),
    Column("created_at", Moment, nullable=False),
)

training_snapshots = Table(
    "training_snapshots",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("made_at", Moment, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
    Column("manifest", Text, nullable=False),
    Column("manifest_sha256", String(64), nullable=False),
)

snapshot_rows = Table(
    "snapshot_rows",
    metadata,
    Column("snapshot_id", ForeignKey("training_snapshots.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("row_id", String(32), nullable=False),
    # Without foreign key: the rows stay, unreadable, when the key is gone.
    Column("subject", String(36)),
    # Canonical JSON, or with a subject what `sealing.seal` made of it.
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("snapshot_id", "position"),
    Index("ix_snapshot_rows_subject_snapshot_id", "subject", "snapshot_id"),
)

snapshot_quarantine = Table(
    "snapshot_quarantine",
    metadata,
    Column("snapshot_id", ForeignKey("training_snapshots.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("source", String(8), nullable=False),
    Column("place", String(400), nullable=False),
    Column("reason", String(400), nullable=False),
    Column("subject", String(36)),
    Column("body", Text, nullable=False),
    PrimaryKeyConstraint("snapshot_id", "position"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("subject", String(36), primary_key=True),
    Column(
        "reason",
        String(16),
        CheckConstraint("reason IN ('withdrawn', 'account-deleted', 'by-admin', 'key-gone')", name="reason"),
        nullable=False,
    ),
    Column("erased_at", Moment, nullable=False),
    # None where no snapshot had a row of theirs.
    Column("retrain_by", Moment),
)
