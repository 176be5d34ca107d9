"""Facts that the fastapi items state, asserted on the real libraries."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any

import anyio.to_thread
import httpx2
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Header, HTTPException
from fastapi.exceptions import ResponseValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from flask import Flask, jsonify, request
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Log = list[str]


class Recorder:
    """ASGI middleware that notes what it sees on the way in, on sending, and on the way out."""

    def __init__(self, app: ASGIApp, name: str, log: Log) -> None:
        self.app, self.name, self.log = app, name, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.log.append(f"{self.name} in, route known: {'path_params' in scope}")

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.log.append(f"{self.name} sends {message['status']}")
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            self.log.append(f"{self.name} sees {type(error).__name__}")
            raise
        self.log.append(f"{self.name} out, route known: {'path_params' in scope}")


def call(app: ASGIApp, method: str, path: str, **options: Any) -> httpx2.Response:
    """One request to *app* without a socket; server errors become 500 responses."""

    async def run() -> httpx2.Response:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, **options)

    return asyncio.run(run())


@pytest.fixture
def log() -> Log:
    """The order of events in one test."""
    return []


@pytest.fixture
def session(log: Log) -> Callable[[], Iterator[str]]:
    """The `get_db` of the prompts: commit after the yield, close in finally."""

    def get_db() -> Iterator[str]:
        log.append("open")
        try:
            yield "session"
            log.append("commit")
        finally:
            log.append("close")

    return get_db


def test_the_last_added_middleware_is_outermost_and_knows_no_route_on_the_way_in(log: Log) -> None:
    """socket-to-function: middleware stands before routing; on the way out the route is there."""
    app = FastAPI()
    app.add_middleware(Recorder, name="first", log=log)
    app.add_middleware(Recorder, name="last", log=log)

    @app.get("/orders/{order_id}")
    def read(order_id: int) -> int:
        log.append("endpoint")
        return order_id

    assert call(app, "GET", "/orders/4").json() == 4
    assert log == [
        "last in, route known: False",
        "first in, route known: False",
        "endpoint",
        "first sends 200",
        "last sends 200",
        "first out, route known: True",
        "last out, route known: True",
    ]


def test_the_first_declared_route_wins_and_404_differs_from_405() -> None:
    """socket-to-function, tiny-router: declaration order decides; a wrong method is a 405."""
    app = FastAPI()

    @app.get("/users/{user_id}")
    def by_id(user_id: str) -> str:
        return f"id {user_id}"

    @app.get("/users/me")
    def me() -> str:
        return "me"

    assert call(app, "GET", "/users/me").json() == "id me"
    assert call(app, "GET", "/nothing").status_code == 404
    wrong = call(app, "POST", "/users/me")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET")


def test_def_runs_in_a_pool_thread_and_async_def_on_the_loop() -> None:
    """socket-to-function, health-check-that-hangs: where each sort of endpoint runs; the pool has forty tokens."""
    app = FastAPI()

    @app.get("/plain")
    def plain() -> bool:
        return threading.current_thread() is threading.main_thread()

    @app.get("/coroutine")
    async def coroutine() -> list[Any]:
        tokens = anyio.to_thread.current_default_thread_limiter().total_tokens
        return [threading.current_thread() is threading.main_thread(), tokens]

    assert call(app, "GET", "/plain").json() is False
    assert call(app, "GET", "/coroutine").json() == [True, 40]


def test_a_blocking_call_in_async_def_serialises_and_a_plain_def_does_not() -> None:
    """health-check-that-hangs, waiting-or-working: blocking stops the loop; awaiting and threads overlap."""
    app = FastAPI()
    running: list[int] = []
    peaks = {"/blocking": 0, "/awaiting": 0, "/threaded": 0}

    @contextlib.contextmanager
    def counted(path: str) -> Iterator[None]:
        running.append(1)
        peaks[path] = max(peaks[path], len(running))
        yield
        running.pop()

    @app.get("/blocking")
    async def blocking() -> None:
        with counted("/blocking"):
            time.sleep(0.02)

    @app.get("/awaiting")
    async def awaiting() -> None:
        with counted("/awaiting"):
            await asyncio.sleep(0.02)

    @app.get("/threaded")
    def threaded() -> None:
        with counted("/threaded"):
            time.sleep(0.1)

    async def burst(path: str) -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as client:
            await asyncio.gather(*(client.get(path) for _ in range(6)))

    for path in peaks:
        asyncio.run(burst(path))
    assert peaks["/blocking"] == 1
    assert peaks["/awaiting"] == 6
    assert peaks["/threaded"] > 1


class OrderIn(BaseModel):
    """The body of the prompts."""

    quantity: int


@pytest.fixture
def shop(log: Log, session: Callable[[], Iterator[str]]) -> FastAPI:
    """The application of the prompt of dependency-says-no."""
    app = FastAPI()
    app.add_middleware(Recorder, name="outside", log=log)

    def current_user(authorization: Annotated[str, Header()], db: Annotated[str, Depends(session)]) -> str:
        log.append("user")
        if authorization != "good":
            raise HTTPException(status_code=401)
        return "Ada"

    def get_mailer() -> str:
        log.append("mailer")
        return "mailer"

    @app.post("/orders")
    def create_order(
        order: OrderIn, user: Annotated[str, Depends(current_user)], mailer: Annotated[str, Depends(get_mailer)]
    ) -> None:
        log.append("endpoint")

    return app


def test_a_raising_dependency_beats_an_invalid_body(shop: FastAPI, log: Log) -> None:
    """dependency-says-no, request one: 401, no mailer, no commit, closed before the response."""
    response = call(shop, "POST", "/orders", headers={"authorization": "bad"}, json={"quantity": "plenty"})
    assert response.status_code == 401
    assert log[1:-1] == ["open", "user", "close", "outside sends 401"]


def test_an_invalid_body_is_a_located_422_after_the_dependencies_ran(shop: FastAPI, log: Log) -> None:
    """dependency-says-no, request two: everything but the endpoint ran; the error says where."""
    response = call(shop, "POST", "/orders", headers={"authorization": "good"}, json={"quantity": "plenty"})
    assert response.status_code == 422
    assert [error["loc"] for error in response.json()["detail"]] == [["body", "quantity"]]
    assert log[1:-1] == ["open", "user", "mailer", "close", "outside sends 422"]


def test_a_dependency_with_invalid_parameters_is_skipped_and_all_errors_are_collected(shop: FastAPI, log: Log) -> None:
    """dependency-says-no, debrief: the sibling runs, both locations are reported."""
    response = call(shop, "POST", "/orders", json={"quantity": "plenty"})
    assert [error["loc"] for error in response.json()["detail"]] == [["header", "authorization"], ["body", "quantity"]]
    assert "user" not in log
    assert "mailer" in log


def test_broken_json_is_refused_before_any_dependency(shop: FastAPI, log: Log) -> None:
    """dependency-says-no, debrief: a body that is not JSON gives 422 and nothing is called."""
    headers = {"authorization": "good", "content-type": "application/json"}
    assert call(shop, "POST", "/orders", headers=headers, content='{"quantity": ').status_code == 422
    assert log[1:-1] == ["outside sends 422"]


def test_a_dependency_that_swallows_the_exception_is_an_error_of_its_own(log: Log) -> None:
    """dependency-says-no, debrief: FastAPI refuses a yield dependency that does not raise again."""
    app = FastAPI()
    app.add_middleware(Recorder, name="outside", log=log)

    def swallows() -> Iterator[None]:
        with contextlib.suppress(ValueError):
            yield

    @app.get("/")
    def endpoint(_: Annotated[None, Depends(swallows)]) -> None:
        raise ValueError

    assert call(app, "GET", "/").status_code == 500
    assert log[-1] == "outside sees FastAPIError"


def test_a_dependency_is_called_once_unless_its_cache_is_off() -> None:
    """injection-order: shared needs are solved once per request, use_cache=False calls again."""
    calls: list[object] = []

    def db() -> int:
        calls.append(object())
        return len(calls)

    def left(value: Annotated[int, Depends(db)]) -> int:
        return value

    def right(value: Annotated[int, Depends(db)]) -> int:
        return value

    app = FastAPI()

    @app.get("/")
    def endpoint(
        a: Annotated[int, Depends(left)],
        b: Annotated[int, Depends(right)],
        own: Annotated[int, Depends(db, use_cache=False)],
    ) -> list[int]:
        return [a, b, own]

    assert call(app, "GET", "/").json() == [1, 1, 2]


class UserOut(BaseModel):
    """The response model of what-the-caller-sees."""

    id: int
    name: str


class UserInDb(UserOut):
    """A subclass with a field that must not go out."""

    password_hash: str = "secret"


def test_the_response_model_validates_filters_and_is_bypassed_by_a_response(log: Log) -> None:
    """what-the-caller-sees: conversion, filter, 500 on a misfit, and a Response goes out untouched."""
    app = FastAPI()
    app.add_middleware(Recorder, name="outside", log=log)
    row: dict[str, Any] = {"id": "7", "name": "Ada", "password_hash": "secret"}

    @app.get("/row", response_model=UserOut)
    def read_row() -> Any:
        return row

    @app.get("/subclass")
    def read_subclass() -> UserOut:
        return UserInDb(id=7, name="Ada")

    @app.get("/broken", response_model=UserOut)
    def read_broken() -> Any:
        return {"id": 7}

    @app.get("/direct", response_model=UserOut)
    def read_direct() -> Any:
        return JSONResponse(row)

    assert call(app, "GET", "/row").json() == {"id": 7, "name": "Ada"}
    assert call(app, "GET", "/subclass").json() == {"id": 7, "name": "Ada"}
    assert call(app, "GET", "/direct").json() == row
    assert call(app, "GET", "/broken").status_code == 500
    assert log[-1] == f"outside sees {ResponseValidationError.__name__}"


def test_after_a_return_response_then_tasks_then_teardown(log: Log, session: Callable[[], Iterator[str]]) -> None:
    """sent-but-not-over, injection-order: the order after `return`; a failing task undoes the commit."""
    app = FastAPI()
    app.add_middleware(Recorder, name="outside", log=log)

    def failing() -> None:
        log.append("mail fails")
        raise OSError

    @app.get("/fine")
    def fine(tasks: BackgroundTasks, db: Annotated[str, Depends(session)]) -> None:
        tasks.add_task(log.append, "mail")

    @app.get("/failing-task")
    def failing_task(tasks: BackgroundTasks, db: Annotated[str, Depends(session)]) -> None:
        tasks.add_task(failing)
        tasks.add_task(log.append, "second task")

    @app.get("/raising")
    def raising(db: Annotated[str, Depends(session)]) -> None:
        raise HTTPException(status_code=409)

    call(app, "GET", "/fine")
    assert log[1:-1] == ["open", "outside sends 200", "mail", "commit", "close"]
    log.clear()
    assert call(app, "GET", "/failing-task").status_code == 200
    assert log[1:] == ["open", "outside sends 200", "mail fails", "close", "outside sees OSError"]
    log.clear()
    call(app, "GET", "/raising")
    assert log[1:-1] == ["open", "close", "outside sends 409"]


def test_an_exception_after_the_yield_comes_too_late_for_the_status() -> None:
    """sent-but-not-over: HTTPException in the teardown does not change the 200."""
    app = FastAPI()

    def late() -> Iterator[None]:
        yield
        raise HTTPException(status_code=500)

    @app.get("/")
    def endpoint(_: Annotated[None, Depends(late)]) -> str:
        return "sent"

    response = call(app, "GET", "/")
    assert (response.status_code, response.json()) == (200, "sent")


def test_function_scope_tears_down_before_the_response(log: Log, session: Callable[[], Iterator[str]]) -> None:
    """sent-but-not-over: scope="function" commits first; a stream then runs after the close."""
    app = FastAPI()
    app.add_middleware(Recorder, name="outside", log=log)

    @app.get("/function")
    def endpoint(db: Annotated[str, Depends(session, scope="function")]) -> None:
        return None

    @app.get("/stream")
    def stream(db: Annotated[str, Depends(session, scope="function")]) -> StreamingResponse:
        async def chunks() -> AsyncIterator[bytes]:
            log.append("chunk")
            yield b"."

        return StreamingResponse(chunks())

    call(app, "GET", "/function")
    assert log[1:-1] == ["open", "commit", "close", "outside sends 200"]
    log.clear()
    call(app, "GET", "/stream")
    assert log.index("close") < log.index("chunk")


def test_the_smallest_asgi_application_and_fastapi_speak_the_same_protocol() -> None:
    """asgi-for-a-wsgi-mind: scope, receive, send; a response is a start message and a body message."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    assert call(app, "GET", "/").text == "hello"
    api = FastAPI()
    sent: list[Message] = []

    @api.get("/")
    async def root() -> int:
        return 1

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [],
        "http_version": "1.1", "scheme": "http", "root_path": "",
    }  # fmt: skip
    asyncio.run(api(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]


def test_flask_is_a_wsgi_callable() -> None:
    """flask-or-fastapi: environ and start_response in, an iterable of bytes out."""
    app = Flask(__name__)
    statuses: list[str] = []

    @app.get("/")
    def root() -> str:
        return "plain"

    with app.test_request_context("/") as context:
        environ = context.request.environ

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda data: None

    assert b"".join(app(environ, start_response)) == b"plain"
    assert statuses == ["200 OK"]


def test_an_async_flask_view_has_a_loop_of_its_own_and_leaves_no_task_behind() -> None:
    """flask-or-fastapi: the caller's thread waits, every request gets a new loop, pending tasks are cancelled."""
    app = Flask(__name__)
    loops: list[asyncio.AbstractEventLoop] = []
    ends: list[str] = []

    async def linger() -> None:
        try:
            await asyncio.sleep(5)
            ends.append("finished")
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    @app.get("/")
    async def view() -> str:
        loops.append(asyncio.get_running_loop())
        left = asyncio.create_task(linger())
        await asyncio.sleep(0.02)
        assert not left.done()
        return "done"

    client = app.test_client()
    start = time.perf_counter()
    assert client.get("/").text == client.get("/").text == "done"
    assert time.perf_counter() - start >= 0.04
    assert loops[0] is not loops[1]
    assert ends == ["cancelled", "cancelled"]


def test_flask_hands_over_what_was_sent() -> None:
    """flask-or-fastapi: JSON is parsed and not validated; a bad int in the query quietly becomes None."""
    app = Flask(__name__)

    @app.post("/")
    def view() -> Any:
        return jsonify(body=request.get_json(), n=request.args.get("n", type=int))

    client = app.test_client()
    assert client.post("/?n=abc", json={"quantity": "plenty"}).json == {"body": {"quantity": "plenty"}, "n": None}
    assert client.post("/", data="{", content_type="application/json").status_code == 400
