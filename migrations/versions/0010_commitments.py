"""What a candidate committed to before the first run of a design"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rounds", sa.Column("commitment", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("rounds", "commitment")
