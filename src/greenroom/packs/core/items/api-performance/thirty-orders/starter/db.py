"""The shop's database."""

from collections.abc import Iterator
from typing import Annotated

import greenroom_lab
from fastapi import Depends
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.orm import Session

engine = create_engine("sqlite://", module=greenroom_lab.dbapi, poolclass=QueuePool)


def session() -> Iterator[Session]:
    with Session(engine) as opened:
        yield opened


Db = Annotated[Session, Depends(session)]
