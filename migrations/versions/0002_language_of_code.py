"""The language in which code was written"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rounds", sa.Column("draft_language", sa.String(length=12), nullable=True))
    op.add_column("submissions", sa.Column("language", sa.String(length=12), nullable=True))


def downgrade() -> None:
    op.drop_column("submissions", "language")
    op.drop_column("rounds", "draft_language")
