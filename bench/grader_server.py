"""The servers that `bench/grader.py` measures, each in a process of its own: one model, served in two ways.

python bench/grader_server.py greenroom|plain PORT
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import APIRouter, FastAPI
from grader_model import ITEM, Asked, Said, pipeline, scorer, steps

from greenroom.grading.registry.artefacts import Artefacts
from greenroom.grading.registry.service import Registry
from greenroom.grading.serving.loading import Models
from greenroom.grading.serving.service import Desk
from greenroom.platform.database import Database
from greenroom.platform.migrations import migrate
from greenroom.web.api.routing import add_api
from greenroom.web.timing import TimedRoute


def greenroom() -> FastAPI:
    """The desk behind one route of the class that `/api/v1/grader/score` has, but for who may ask."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        folder = Path(tempfile.mkdtemp(prefix="greenroom-bench-"))
        migrate(folder / "greenroom.db")
        database = Database(folder / "greenroom.db", readers=1)
        models = Models(Registry(database, Artefacts(folder / "models")), scorer())
        app.state.desk = Desk(database, models, most_waiting=4096)
        yield
        await app.state.desk.close()
        await database.close()

    app, router = FastAPI(lifespan=lifespan), APIRouter(route_class=TimedRoute)
    points = [point for point in ITEM.head.rubric if point.claim]

    @router.post("/score")
    async def score(asked: Asked) -> Said:
        reading = await app.state.desk.score(ITEM, points, asked.text)
        return Said(scores=[one.score for one in reading.scores])

    add_api(app, router)
    return app


def plain() -> FastAPI:
    """The scikit-learn pipeline behind one synchronous route: a thread of the pool for each request."""
    model = pipeline()
    app = FastAPI()

    @app.post("/score")
    def score(asked: Asked) -> Said:
        return Said(scores=steps(model, asked.text))

    return app


def main() -> None:
    uvicorn.run(
        f"grader_server:{sys.argv[1]}", factory=True, host="127.0.0.1", port=int(sys.argv[2]), loop="uvloop",
        http="httptools", log_config=None, access_log=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
