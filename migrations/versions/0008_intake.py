"""Consents to training, keys of candidates, snapshots with rows and quarantine, erasures"""

import sqlalchemy as sa
from alembic import op

from greenroom.platform.database import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_REASONS = "reason IN ('withdrawn', 'account-deleted', 'by-admin', 'key-gone')"


def upgrade() -> None:
    _people()
    op.create_table(
        "training_snapshots",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_training_snapshots"),
    )
    op.create_table(
        "snapshot_rows",
        sa.Column("snapshot_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        _of_snapshot("snapshot_rows"),
        sa.PrimaryKeyConstraint("snapshot_id", "position", name="pk_snapshot_rows"),
    )
    op.create_index("ix_snapshot_rows_subject_snapshot_id", "snapshot_rows", ["subject", "snapshot_id"])
    op.create_table(
        "snapshot_quarantine",
        sa.Column("snapshot_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        _of_snapshot("snapshot_quarantine"),
        sa.PrimaryKeyConstraint("snapshot_id", "position", name="pk_snapshot_quarantine"),
    )
    op.create_table(
        "erasures",
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("erased_at", Moment(), nullable=False),
        sa.Column("retrain_by", Moment(), nullable=True),
        sa.CheckConstraint(_REASONS, name="reason"),
        sa.PrimaryKeyConstraint("subject", name="pk_erasures"),
    )


def _people() -> None:
    op.create_table(
        "training_consents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        _of_user("training_consents"),
        sa.PrimaryKeyConstraint("id", name="pk_training_consents"),
    )
    op.create_index("ix_training_consents_user_id", "training_consents", ["user_id"], unique=False)
    given = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_training_consents_given",
        "training_consents",
        ["user_id"],
        unique=True,
        sqlite_where=given,
        postgresql_where=given,
    )
    op.create_table(
        "subject_keys",
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        _of_user("subject_keys"),
        sa.PrimaryKeyConstraint("subject", name="pk_subject_keys"),
        sa.UniqueConstraint("user_id", name="uq_subject_keys_user_id"),
    )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=f"fk_{table}_user_id_users", ondelete="CASCADE")


def _of_snapshot(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_snapshot_id_training_snapshots"
    return sa.ForeignKeyConstraint(["snapshot_id"], ["training_snapshots.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for table in (
        "erasures",
        "snapshot_quarantine",
        "snapshot_rows",
        "training_snapshots",
        "subject_keys",
        "training_consents",
    ):
        op.drop_table(table)
