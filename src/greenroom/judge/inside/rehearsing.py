"""What projects do first, done once before the walls, so that each process of theirs finds it warm.

A library makes much of itself when it is first used: caches, compiled expressions, bytecode that fits the types it
meets. A small service and a small schema are made here, asked, and forgotten. Nothing of them may remain that a project
could stumble over: no thread, no event loop, no open file, no mapped class. (Two models stay in the libraries' caches.)

Annotations are not put off here: the libraries read them, and the classes that they name are local.
"""

import asyncio
import contextlib
import gc
import json
import typing
from collections.abc import AsyncIterator, Callable, Generator
from typing import Annotated, Any

_TIMES = 10
"""An adaptive interpreter looks at what it has run eight times or more."""


def rehearse() -> None:
    """Rehearse what there is of the libraries; what fails, fails where a project does it."""
    for part in (_service(_TIMES), _schema(_TIMES)):
        with contextlib.suppress(Exception):
            for _ in part:
                pass
    for forget in typing._cleanups:  # type: ignore[attr-defined]  # its caches hold the mapped classes
        forget()
    gc.collect()


def rehearse_until(wanted: Callable[[], bool]) -> None:
    """The same once more in a process that was forked since, in small steps, until it is *wanted* for something.

    The memory that this touches is then the process's own: the first touch of a page after a fork costs more than what
    is done there.
    """
    for part in (_service(2), _schema(2)):
        with contextlib.suppress(Exception), contextlib.closing(part):
            for _ in part:
                if wanted():
                    return


def _service(times: int) -> Generator[None, None, None]:
    loop = asyncio.new_event_loop()
    try:
        yield
        application = yield from _application()
        for _ in range(times):
            for method, path, body in _REQUESTS:
                loop.run_until_complete(_request(application, method, path, body))
                yield
    finally:
        loop.close()


_REQUESTS = (
    ("GET", "/wholes/3", b""),
    ("GET", "/wholes/300", b""),
    ("POST", "/wholes", json.dumps({"name": "b", "amounts": [1]}).encode()),
    ("POST", "/wholes", b'{"name": 7}'),
)


def _application() -> Generator[None, None, Any]:
    from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Query, Request
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from pydantic import BaseModel, ConfigDict, Field, field_validator

    class Part(BaseModel):
        model_config = ConfigDict(extra="forbid")
        name: str = Field(min_length=1, max_length=80)
        amounts: list[int] = []
        note: str | None = None

        @field_validator("name")
        @classmethod
        def trimmed(cls, name: str) -> str:
            return name.strip()

    yield

    class Whole(BaseModel):
        id: int
        parts: list[Part]
        extra: dict[str, float] | None = None

    yield

    async def session() -> AsyncIterator[dict[str, int]]:
        yield {"one": 1}

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield

    application = FastAPI(lifespan=lifespan)
    yield
    router = APIRouter(prefix="/wholes", tags=["wholes"])

    @application.middleware("http")
    async def passing(request: Request, call_next: Any) -> Any:
        response = await call_next(request)
        response.headers["x-seen"] = "1"
        return response

    @application.exception_handler(RequestValidationError)
    async def unread(_: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"detail": str(error)[:80]}, status_code=422)

    @router.get("/{number}", response_model=Whole)
    async def read(
        number: int,
        state: Annotated[dict[str, int], Depends(session)],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
        authorization: Annotated[str | None, Header()] = None,
    ) -> Any:
        if number > limit:
            raise HTTPException(404, "there is none")
        return {"id": state["one"], "parts": [{"name": authorization or "a"}]}

    yield

    @router.post("", status_code=201)
    async def make(part: Part, state: Annotated[dict[str, int], Depends(session)]) -> Whole:
        return Whole(id=state["one"], parts=[part])

    yield
    application.include_router(router)
    return application


async def _request(application: Any, method: str, path: str, body: bytes) -> None:
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": b"limit=20", "root_path": "",
        "headers": [(b"host", b"testserver"), (b"content-type", b"application/json")],
        "client": ("127.0.0.1", 40000), "server": ("testserver", 80), "state": {}, "extensions": {},
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(_: dict[str, Any]) -> None:
        return

    await application(scope, receive, send)


def _schema(times: int) -> Generator[None, None, None]:
    from sqlalchemy import ForeignKey, create_engine, func, select
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload
    from sqlalchemy.pool import StaticPool

    class Base(DeclarativeBase):
        pass

    yield

    class Parent(Base):
        __tablename__ = "parents"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        children: Mapped[list["Child"]] = relationship(back_populates="parent")

    yield

    class Child(Base):
        __tablename__ = "children"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parents.id"))
        parent: Mapped[Parent] = relationship(back_populates="children")

    yield
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        yield
        Base.metadata.create_all(engine)
        yield
        with Session(engine) as session:
            session.add_all(Parent(name=str(number), children=[Child(), Child()]) for number in range(times))
            session.commit()
            yield
            for loading in (selectinload(Parent.children), joinedload(Parent.children)):
                for parent in session.scalars(select(Parent).options(loading).order_by(Parent.id).limit(5)).unique():
                    len(parent.children)
                yield
            counted = select(Parent.name, func.count(Child.id)).join(Child).group_by(Parent.id)
            session.execute(counted).all()
    finally:
        Base.registry.dispose()
        engine.dispose()
