"""Alembic's entry: runs the migrations on the connection that the program hands over."""

from alembic import context

import greenroom.accounts.tables
import greenroom.grading.intake.tables
import greenroom.grading.monitoring.tables
import greenroom.grading.registry.tables
import greenroom.grading.scheduling.tables
import greenroom.grading.serving.tables
import greenroom.interview.tables  # noqa: F401  (registers the tables)
from greenroom.platform.database import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
