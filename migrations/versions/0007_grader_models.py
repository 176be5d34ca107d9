"""The grader's models and aliases, what they said of answers, what people said, and the watch over them"""

import sqlalchemy as sa
from alembic import op

from greenroom.platform.database import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _registry()
    _log()
    _watch()


def _registry() -> None:
    op.create_table(
        "grader_models",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("file", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=True),
        sa.Column("rubric", sa.String(length=64), nullable=True),
        sa.Column("parent", sa.String(length=64), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=True),
        sa.Column("lock_hash", sa.String(length=64), nullable=True),
        sa.Column("git_commit", sa.String(length=64), nullable=True),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("version", name="pk_grader_models"),
    )
    op.create_table(
        "grader_aliases",
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.CheckConstraint("name IN ('champion', 'challenger', 'previous')", name="name"),
        sa.ForeignKeyConstraint(
            ["version"], ["grader_models.version"], name="fk_grader_aliases_version_grader_models", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_grader_aliases"),
    )
    op.create_table(
        "grader_moves",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=True),
        sa.Column("before", sa.String(length=64), nullable=True),
        sa.Column("after", sa.String(length=64), nullable=True),
        sa.Column("moved_by", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False, server_default=""),
        sa.Column("moved_at", Moment(), nullable=False),
        sa.CheckConstraint("sort IN ('nominate', 'promote', 'rollback')", name="sort"),
        sa.ForeignKeyConstraint(["moved_by"], ["users.id"], name="fk_grader_moves_moved_by_users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_grader_moves"),
    )
    op.create_index("ix_grader_moves_moved_at", "grader_moves", ["moved_at"], unique=False)
    op.create_table(
        "grader_trials",
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("champion", sa.String(length=64), nullable=False),
        sa.Column("comparison", sa.JSON(), nullable=False),
        sa.Column("invariance", sa.JSON(), nullable=False),
        sa.Column("tried_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"], ["grader_models.version"], name="fk_grader_trials_version_grader_models", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version", name="pk_grader_trials"),
    )


def _log() -> None:
    op.create_table(
        "grader_predictions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.String(length=36), nullable=False),
        sa.Column("cluster", sa.String(length=36), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("features", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("abstained", sa.Boolean(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("shadow_version", sa.String(length=64), nullable=True),
        sa.Column("shadow_state", sa.String(length=12), nullable=True),
        sa.Column("shadow_score", sa.Float(), nullable=True),
        sa.Column("audit", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("role IN ('champion', 'canary')", name="role"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name="fk_grader_predictions_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["rounds.id"], name="fk_grader_predictions_round_id_rounds", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grader_predictions"),
        sa.UniqueConstraint("submission_id", "point", name="uq_grader_predictions_submission_id_point"),
    )  # fmt: skip
    for columns in (["round_id"], ["created_at"], ["version", "created_at"], ["shadow_version"]):
        op.create_index(f"ix_grader_predictions_{'_'.join(columns)}", "grader_predictions", columns, unique=False)
    op.create_table(
        "grader_labels",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("labelled_at", Moment(), nullable=False),
        sa.CheckConstraint("source IN ('audit', 'override', 'dispute', 'self-judged')", name="source"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name="fk_grader_labels_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_grader_labels"),
        sa.UniqueConstraint("submission_id", "point", "source", name="uq_grader_labels_submission_id_point_source"),
    )  # fmt: skip
    op.create_index("ix_grader_labels_labelled_at", "grader_labels", ["labelled_at"], unique=False)


def _watch() -> None:
    op.create_table(
        "grader_watches",
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("seen_until", Moment(), nullable=False),
        sa.CheckConstraint("name IN ('scores', 'errors')", name="name"),
        sa.PrimaryKeyConstraint("name", "version", name="pk_grader_watches"),
    )
    op.create_table(
        "grader_retrainings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_grader_retrainings"),
    )
    op.create_index("ix_grader_retrainings_done_at", "grader_retrainings", ["done_at"], unique=False)
    op.create_table(
        "grader_jobs",
        sa.Column("name", sa.String(length=24), nullable=False),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("held_until", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_grader_jobs"),
    )


def downgrade() -> None:
    for table in ("jobs", "retrainings", "watches", "labels", "predictions", "trials", "moves", "aliases", "models"):
        op.drop_table(f"grader_{table}")
