"""Where answers lie among others, for the watch over what comes in"""

import sqlalchemy as sa
from alembic import op

from greenroom.platform.database import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "grader_vectors",
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(length=768), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name="fk_grader_vectors_submission_id_submissions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("submission_id", name="pk_grader_vectors"),
    )
    op.create_index("ix_grader_vectors_version_created_at", "grader_vectors", ["version", "created_at"])


def downgrade() -> None:
    op.drop_table("grader_vectors")
