"""Links and invitations are found by an HMAC: those of before, stored by a plain hash, open nothing any more"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from greenroom.platform.database import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.delete(sa.table("links")))
    invitations = sa.table("invitations", sa.column("used_at", Moment()), sa.column("withdrawn_at", Moment()))
    waiting = invitations.c.used_at.is_(None) & invitations.c.withdrawn_at.is_(None)
    op.execute(sa.update(invitations).where(waiting).values(withdrawn_at=datetime.now(UTC)))


def downgrade() -> None:
    """They were stored for minutes or days: who needs one asks again."""
