"""Facts that the items under `packs/core/items/api-performance` state, asserted against the real libraries."""

from __future__ import annotations

import asyncio
import cProfile
import inspect
import pstats
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import django
import httpx2
import pytest
import sqlalchemy as sa
from django.conf import settings
from fastapi import FastAPI
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from uvicorn.supervisors import Multiprocess

if not settings.configured:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()

from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import CaptureQueriesContext


class ShopCustomer(models.Model):  # type: ignore[misc]
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "performance_facts"


class ShopOrder(models.Model):  # type: ignore[misc]
    customer = models.ForeignKey(ShopCustomer, on_delete=models.CASCADE, related_name="orders")

    class Meta:
        app_label = "performance_facts"


class ShopLine(models.Model):  # type: ignore[misc]
    order = models.ForeignKey(ShopOrder, on_delete=models.CASCADE, related_name="lines")
    sku = models.CharField(max_length=10)

    class Meta:
        app_label = "performance_facts"


class ShopNote(models.Model):  # type: ignore[misc]
    order = models.ForeignKey(ShopOrder, on_delete=models.CASCADE, related_name="notes")

    class Meta:
        app_label = "performance_facts"


TABLES = [ShopCustomer, ShopOrder, ShopLine, ShopNote]
ORDERS = 10


@pytest.fixture
def shop() -> Iterator[None]:
    with connection.schema_editor() as editor:
        for model in TABLES:
            editor.create_model(model)
    for number in range(ORDERS):
        customer = ShopCustomer.objects.create(name=f"customer {number}")
        order = ShopOrder.objects.create(customer=customer)
        ShopLine.objects.bulk_create([ShopLine(order=order, sku="a"), ShopLine(order=order, sku="b")])
        ShopNote.objects.bulk_create([ShopNote(order=order) for _ in range(3)])
    yield
    with connection.schema_editor() as editor:
        for model in reversed(TABLES):
            editor.delete_model(model)


def _queries(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.usefixtures("shop")
def test_touching_a_foreign_key_in_a_loop_costs_one_query_a_row() -> None:
    """`orders-and-their-queries`: 1 + N."""
    assert len(_queries(lambda: [order.customer.name for order in ShopOrder.objects.all()])) == 1 + ORDERS


@pytest.mark.usefixtures("shop")
def test_select_related_joins_in_one_query() -> None:
    """`orders-and-their-queries`: a foreign key is fetched by a join."""
    queries = _queries(lambda: [o.customer.name for o in ShopOrder.objects.select_related("customer")])
    assert len(queries) == 1
    assert " JOIN " in queries[0]


@pytest.mark.usefixtures("shop")
def test_prefetch_related_makes_one_more_query_for_each_relation() -> None:
    """`orders-and-their-queries`: a collection is fetched by a second query with IN, merged in Python."""
    queries = _queries(lambda: [len(o.lines.all()) for o in ShopOrder.objects.prefetch_related("lines")])
    assert len(queries) == 2
    assert " IN (" in queries[1]
    assert " JOIN " not in queries[1]
    both = ShopOrder.objects.select_related("customer").prefetch_related("lines", "notes")
    assert len(_queries(lambda: list(both))) == 3


@pytest.mark.usefixtures("shop")
def test_select_related_refuses_a_collection() -> None:
    """`orders-and-their-queries`: select_related follows single-valued relations only."""
    with pytest.raises(FieldError):
        list(ShopOrder.objects.select_related("lines"))


@pytest.mark.usefixtures("shop")
def test_filtering_a_prefetched_relation_queries_again() -> None:
    """`orders-and-their-queries`: `.filter()` on the related manager walks past what was prefetched."""
    prefetched = ShopOrder.objects.prefetch_related("lines")
    assert len(_queries(lambda: [list(o.lines.filter(sku="a")) for o in prefetched])) == 2 + ORDERS
    chosen = models.Prefetch("lines", queryset=ShopLine.objects.filter(sku="a"), to_attr="chosen")
    assert len(_queries(lambda: [o.chosen for o in ShopOrder.objects.prefetch_related(chosen)])) == 2


class Base(DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customer"
    id: Mapped[int] = mapped_column(primary_key=True)


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[Line]] = relationship()


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"))


@pytest.fixture
def session() -> Iterator[tuple[Session, list[str]]]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as one:
        one.add_all(Customer(id=number) for number in range(1, ORDERS + 1))
        one.add_all(Order(id=number, customer_id=number) for number in range(1, ORDERS + 1))
        one.add_all(Line(order_id=number) for number in range(1, ORDERS + 1) for _ in range(2))
        one.commit()
    seen: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with Session(engine) as one:
        yield one, seen
    engine.dispose()


def test_sqlalchemy_lazy_loads_one_by_one(session: tuple[Session, list[str]]) -> None:
    """`orders-and-their-queries`: lazy loading is the same 1 + N."""
    one, seen = session
    for order in one.scalars(sa.select(Order)):
        _ = order.lines
    assert len(seen) == 1 + ORDERS


def test_sqlalchemy_joinedload_joins_and_selectinload_asks_once_more(session: tuple[Session, list[str]]) -> None:
    """`orders-and-their-queries`: joinedload is one statement with a join, selectinload a second with IN."""
    one, seen = session
    for order in one.scalars(sa.select(Order).options(joinedload(Order.customer))):
        _ = order.customer.id
    assert len(seen) == 1
    assert " JOIN " in seen[0]
    seen.clear()
    one.expunge_all()
    for order in one.scalars(sa.select(Order).options(selectinload(Order.lines))):
        _ = order.lines
    assert len(seen) == 2
    assert " IN (" in seen[1]


def test_sqlalchemy_joined_collection_repeats_the_parent(session: tuple[Session, list[str]]) -> None:
    """`orders-and-their-queries`: a joined collection sends each order once per line, so `unique()` is demanded."""
    one, _seen = session
    rows = one.execute(sa.select(Order.id, Line.id).join(Line)).all()
    assert len(rows) == 2 * ORDERS
    with pytest.raises(sa.exc.InvalidRequestError, match="unique"):
        one.scalars(sa.select(Order).options(joinedload(Order.lines))).all()


@pytest.fixture
def events() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, tenant INTEGER, created INTEGER, email TEXT)")
    database.execute("CREATE TABLE detail (id INTEGER PRIMARY KEY, event_id INTEGER, body TEXT)")
    database.executemany(
        "INSERT INTO event VALUES (?, ?, ?, ?)", ((n, n % 50, n // 3, f"User{n}@example.org") for n in range(1, 20_001))
    )
    yield database
    database.close()


def _plan(database: sqlite3.Connection, query: str) -> str:
    return " | ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}"))


def _steps(database: sqlite3.Connection, query: str) -> int:
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    database.set_progress_handler(tick, 10)
    database.execute(query).fetchall()
    database.set_progress_handler(None, 10)
    return count


def test_an_index_turns_a_scan_into_a_search(events: sqlite3.Connection) -> None:
    """`slow-search`: the plan says which, before and after."""
    query = "SELECT id FROM event WHERE tenant = 7 ORDER BY created"
    assert _plan(events, query).startswith("SCAN event")
    before = _steps(events, query)
    events.execute("CREATE INDEX by_tenant ON event (tenant, created)")
    plan = _plan(events, query)
    assert "SEARCH event USING COVERING INDEX by_tenant (tenant=?)" in plan
    assert "TEMP B-TREE" not in plan  # the index has the order too: nothing is left to sort
    assert before > 10 * _steps(events, query)


def test_only_a_leading_part_of_a_composite_index_is_searched(events: sqlite3.Connection) -> None:
    """`slow-search`: (tenant, created) does not search by `created` alone."""
    events.execute("CREATE INDEX by_tenant ON event (tenant, created)")
    assert "SCAN" in _plan(events, "SELECT email FROM event WHERE created = 5")
    assert "SEARCH" in _plan(events, "SELECT email FROM event WHERE tenant = 5 AND created > 100")


def test_a_function_around_the_column_hides_the_index(events: sqlite3.Connection) -> None:
    """`slow-search`: lower(email) is searched only by an index on that expression."""
    events.execute("CREATE INDEX by_email ON event (email)")
    query = "SELECT tenant FROM event WHERE lower(email) = 'user7@example.org'"
    assert "SCAN" in _plan(events, query)
    events.execute("CREATE INDEX by_lower_email ON event (lower(email))")
    assert "SEARCH" in _plan(events, query)


def test_a_foreign_key_has_no_index_of_its_own(events: sqlite3.Connection) -> None:
    """`slow-search`: declaring REFERENCES indexes nothing on the referencing side (as in PostgreSQL)."""
    events.execute("CREATE TABLE child (id INTEGER PRIMARY KEY, event_id INTEGER REFERENCES event (id))")
    assert not events.execute("PRAGMA index_list(child)").fetchall()
    assert "SCAN" in _plan(events, "SELECT id FROM child WHERE event_id = 5")


def test_a_join_wants_an_index_on_the_joined_column(events: sqlite3.Connection) -> None:
    """`slow-search`: with it the inner table is searched once for each outer row."""
    query = "SELECT d.body FROM event e JOIN detail d ON d.event_id = e.id WHERE e.id < 50"
    events.execute("CREATE INDEX detail_event ON detail (event_id)")
    plan = _plan(events, query)
    assert "SEARCH" in plan
    assert "detail_event" in plan


def test_two_joined_collections_multiply_each_other(events: sqlite3.Connection) -> None:
    """`slow-search`: joining two one-to-many tables repeats rows (2 lines x 3 notes), so counts come out wrong."""
    events.executescript(
        "CREATE TABLE line (event_id INTEGER); CREATE TABLE note (event_id INTEGER);"
        "INSERT INTO line VALUES (1), (1); INSERT INTO note VALUES (1), (1), (1);"
    )
    joined = "FROM event e JOIN line l ON l.event_id = e.id JOIN note n ON n.event_id = e.id WHERE e.id = 1"
    assert events.execute(f"SELECT count(l.event_id), count(n.event_id) {joined}").fetchone() == (6, 6)


def test_a_deep_offset_walks_over_what_it_skips(events: sqlite3.Connection) -> None:
    """`deep-pages`: the work of OFFSET grows with the offset; a keyset page costs the same everywhere."""
    events.execute("CREATE INDEX newest ON event (created, id)")
    first = _steps(events, "SELECT id FROM event ORDER BY created, id LIMIT 20")
    deep = _steps(events, "SELECT id FROM event ORDER BY created, id LIMIT 20 OFFSET 18000")
    row = events.execute("SELECT created, id FROM event ORDER BY created, id LIMIT 1 OFFSET 17999").fetchone()
    seek = f"SELECT id FROM event WHERE (created, id) > ({row[0]}, {row[1]}) ORDER BY created, id LIMIT 20"
    assert "SEARCH event USING COVERING INDEX newest" in _plan(events, seek)
    offset = "SELECT id FROM event ORDER BY created, id LIMIT 20 OFFSET 18000"
    assert events.execute(seek).fetchall() == events.execute(offset).fetchall()
    assert deep > 50 * first
    assert _steps(events, seek) < 3 * first


def test_an_insert_between_two_offset_pages_repeats_a_row() -> None:
    """`deep-pages`: with newest first, a new row pushes the last one of page 1 onto page 2; a delete skips one."""
    rows = list(range(10, 0, -1))
    page_1 = rows[0:3]
    rows.insert(0, 11)
    assert set(page_1) & set(rows[3:6]) == {8}
    rows = [row for row in range(10, 0, -1) if row != 9]
    assert 7 not in page_1 + rows[3:6]
    assert [row for row in rows if row < page_1[-1]][:3] == [7, 6, 5]


def test_a_keyset_without_a_tie_breaker_loses_rows() -> None:
    """`deep-pages`: rows that share the last value of a page fall between two pages."""
    rows = [(5, 1), (5, 2), (5, 3), (6, 4)]
    page = rows[:2]
    assert [row for row in rows if row[0] > page[-1][0]] == [(6, 4)]
    assert [row for row in rows if row > page[-1]] == [(5, 3), (6, 4)]


async def _beats_during(work: Callable[[], Any]) -> int:
    beats = 0

    async def heart() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    task = asyncio.create_task(heart())
    await asyncio.sleep(0)
    result = work()
    if inspect.isawaitable(result):
        await result
    seen = beats
    task.cancel()
    return seen


def test_a_blocking_call_stops_every_other_coroutine() -> None:
    """`frozen-loop`: nothing else runs during time.sleep; awaiting, or a thread, lets the others go on."""
    assert asyncio.run(_beats_during(lambda: time.sleep(0.1))) == 0
    assert asyncio.run(_beats_during(lambda: asyncio.sleep(0.1))) >= 1
    assert asyncio.run(_beats_during(lambda: asyncio.to_thread(time.sleep, 0.1))) >= 1


def test_a_blocking_async_route_serves_one_request_at_a_time() -> None:
    """`frozen-loop`: the same sleep in `async def` and in `def`; how many requests are inside at once."""
    app = FastAPI()
    inside, peak, threads = [0], [0], set()

    def sleep_inside() -> None:
        threads.add(threading.current_thread() is threading.main_thread())
        inside[0] += 1
        peak[0] = max(peak[0], inside[0])
        time.sleep(0.1)
        inside[0] -= 1

    @app.get("/blocking")
    async def blocking() -> None:
        sleep_inside()

    @app.get("/plain")
    def plain() -> None:
        sleep_inside()

    async def four(path: str) -> None:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as client:
            await asyncio.gather(*(client.get(path) for _ in range(4)))

    asyncio.run(four("/blocking"))
    assert peak == [1]
    assert threads == {True}
    threads.clear()
    asyncio.run(four("/plain"))
    assert peak[0] > 1
    assert threads == {False}


def test_the_thread_pool_of_plain_routes_is_bounded() -> None:
    """`frozen-loop`: forty threads by default, shared by all plain routes and dependencies."""
    import anyio.to_thread

    async def limit() -> float:
        return anyio.to_thread.current_default_thread_limiter().total_tokens

    assert anyio.run(limit) == 40


def test_uvicorn_manages_several_processes_itself() -> None:
    """`more-processes`: uvicorn's own supervisor watches its workers and starts dead ones again."""
    assert hasattr(Multiprocess, "keep_subprocess_alive")


def test_the_mean_hides_what_a_high_percentile_shows() -> None:
    """`measure-before-mending`: 5 % of very slow requests hardly move the median."""
    latencies = [40.0] * 95 + [4000.0] * 5
    assert statistics.median(latencies) == 40
    assert statistics.mean(latencies) == 238
    assert statistics.quantiles(latencies, n=100)[97] == 4000


def test_a_deterministic_profile_names_the_function() -> None:
    """`measure-before-mending`: a profile attributes time inside the process to functions."""

    def busy() -> int:
        return sum(number * number for number in range(20_000))

    profile = cProfile.Profile()
    profile.runcall(busy)
    names = {name for _file, _line, name in pstats.Stats(profile).stats}  # type: ignore[attr-defined]
    assert "busy" in names


def test_waiting_is_no_cpu_time() -> None:
    """`measure-before-mending`: a CPU clock does not see time spent waiting for I/O."""
    wall, cpu = time.perf_counter(), time.process_time()
    time.sleep(0.1)
    assert time.perf_counter() - wall >= 0.1
    assert time.process_time() - cpu < 0.05


def test_an_expired_hot_key_is_computed_once_for_each_waiting_request_unless_one_goes_first() -> None:
    """`cached-dashboard`: the stampede, and a lock for each key that lets one caller compute."""

    async def run(locked: bool) -> int:
        cache: dict[str, int] = {}
        computed = 0
        lock = asyncio.Lock()

        async def compute() -> int:
            nonlocal computed
            computed += 1
            await asyncio.sleep(0.01)
            cache["report"] = 1
            return 1

        async def get() -> int:
            if "report" in cache:
                return cache["report"]
            if not locked:
                return await compute()
            async with lock:
                return cache["report"] if "report" in cache else await compute()

        await asyncio.gather(*(get() for _ in range(20)))
        return computed

    assert asyncio.run(run(locked=False)) == 20
    assert asyncio.run(run(locked=True)) == 1
