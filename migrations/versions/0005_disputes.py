"""Disputes of findings with what was decided, and items that are switched off"""

import sqlalchemy as sa
from alembic import op

from greenroom.platform.database import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("round_id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("point", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False, server_default=""),
        sa.Column("finding_state", sa.String(length=12), nullable=True),
        sa.Column("earned", sa.Float(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"),
        sa.ForeignKeyConstraint(["round_id"], ["rounds.id"], name="fk_disputes_round_id_rounds", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name="fk_disputes_submission_id_submissions", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name="fk_disputes_decided_by_users", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_disputes"),
    )
    op.create_index("ix_disputes_round_id", "disputes", ["round_id"], unique=False)
    op.create_index("ix_disputes_submission_id", "disputes", ["submission_id"], unique=False)
    op.create_index("ix_disputes_state_id", "disputes", ["state", "id"], unique=False)
    only_open = sa.text("state = 'open'")
    op.create_index(
        "uq_disputes_open",
        "disputes",
        ["round_id", "point"],
        unique=True,
        sqlite_where=only_open,
        postgresql_where=only_open,
    )
    op.create_table(
        "item_switches",
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("switched_by", sa.String(length=36), nullable=True),
        sa.Column("switched_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["switched_by"], ["users.id"], name="fk_item_switches_switched_by_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("item", name="pk_item_switches"),
    )


def downgrade() -> None:
    op.drop_table("item_switches")
    op.drop_table("disputes")
