"""Which server answers a queued submission, and until when its claim holds"""

import sqlalchemy as sa
from alembic import op

from greenroom.platform.database import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("submissions", sa.Column("claimed_by", sa.String(length=36), nullable=True))
    op.add_column("submissions", sa.Column("claimed_until", Moment(), nullable=True))


def downgrade() -> None:
    op.drop_column("submissions", "claimed_until")
    op.drop_column("submissions", "claimed_by")
