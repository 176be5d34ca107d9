"""The database, through SQLAlchemy's pool."""

import greenroom_lab
from sqlalchemy import QueuePool, create_engine

from settings import GRANTED, WORKERS

engine = create_engine(
    "sqlite://",
    module=greenroom_lab.dbapi,
    poolclass=QueuePool,
    pool_size=GRANTED // WORKERS,
    max_overflow=0,
    pool_timeout=10,
)
