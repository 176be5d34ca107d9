"""A shop with three workers and one PostgreSQL: baskets that want the same goods in another order."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.playing import Actor, Run, trouble
from greenroom.judge.probes.postgres import Postgres
from greenroom.judge.probes.schedules import asks, crashes, explore
from greenroom.judge.probes.seats import SlowError
from greenroom.judge.probes.service import Exchange, Service

STOCK = {"candle": 20, "lantern": 20, "matches": 20, "wreath": 3}
FILL = [("INSERT INTO stock VALUES ($1, $2)", list(STOCK.items()))]

Lines = tuple[tuple[str, int], ...]
ONE, OTHER = (("candle", 2), ("lantern", 3)), (("lantern", 1), ("candle", 4))
RING = ONE, (("lantern", 1), ("matches", 4)), (("matches", 2), ("candle", 5))


def basket(lines: Lines, customer: str = "Ada") -> dict[str, Any]:
    return {"customer": customer, "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines]}


def summed(lines: Lines) -> dict[str, int]:
    found: dict[str, int] = {}
    for sku, quantity in lines:
        found[sku] = found.get(sku, 0) + quantity
    return found


class Shop:
    """The database, and three workers that have been asked once."""

    def __init__(self, lab: Lab) -> None:
        self.database = database(lab)
        self.workers = lab.services("app:app", 3, database=self.database)
        for worker in self.workers:
            worker.post("/orders", basket((("wreath", 1000),))).expect(409)


def database(lab: Lab) -> Postgres:
    return lab.once("database", lambda: Postgres(lab, lab.text("schema.sql"), FILL))


def shop(lab: Lab) -> Shop:
    return lab.once("shop", lambda: Shop(lab))


def orders(database: Postgres) -> dict[int, dict[str, int]]:
    """What was ordered, by the order's number."""
    found: dict[int, dict[str, int]] = {number: {} for (number,) in database.rows("SELECT id FROM orders")}
    for number, sku, quantity in database.rows("SELECT order_id, sku, quantity FROM order_lines"):
        found[number][sku] = found[number].get(sku, 0) + quantity
    return found


def imbalance(database: Postgres) -> str | None:
    """What is off the stock and in no order, or the other way round."""
    taken = summed(tuple((sku, count) for lines in orders(database).values() for sku, count in lines.items()))
    for sku, free in database.rows("SELECT sku, free FROM stock ORDER BY sku"):
        if free + taken.get(sku, 0) != STOCK[sku]:
            return f"of {STOCK[sku]} pieces of {sku} {free} are free and {taken.get(sku, 0)} in orders"
    return None


@dataclass(frozen=True)
class Seen:
    """What several baskets came to in one order of their statements."""

    order: str
    codes: tuple[int | None, ...]
    kept: list[dict[str, int]]
    imbalance: str | None
    raised: str | None


def tried(found: Shop, baskets: tuple[Lines, ...], most: int, changes: int, start: tuple[int, ...] = ()) -> list[Seen]:
    seen: list[Seen] = []

    def look(run: Run) -> None:
        raised = next((trouble(one.raised) for one in run.outcomes if one is not None and one.raised), None)
        codes = tuple(one.status if one is not None else None for one in run.outcomes)
        seen.append(Seen(run.told, codes, [*orders(found.database).values()], imbalance(found.database), raised))

    said = [basket(lines, f"customer {place}") for place, lines in enumerate(baskets)]
    actors = [asks(worker, "POST", "/orders", json_body=one) for worker, one in zip(found.workers, said)]
    report = explore(
        found.database, actors, look, before=found.database.reset, most_runs=most, changes=changes, start=start
    )
    report.expect_sound()
    return seen


def expect(lab: Lab, seen: list[Seen], wanted: tuple[int, ...], baskets: tuple[Lines, ...]) -> str:
    kept = in_order([summed(lines) for lines, code in zip(baskets, wanted, strict=True) if code == 201])
    for one in seen:
        told = f"a request raised {one.raised}" if one.raised is not None else one.imbalance
        if told is None and one.codes != wanted:
            told = f"the baskets were answered {said(one.codes)}, expected {said(wanted)}"
        if told is None and in_order(one.kept) != kept:
            told = f"{len(one.kept)} orders are kept, {one.kept}, expected {len(kept)}"
        lab.expect(told is None, f"{told}. The order of the statements: {one.order[:600]}")
    return f"tried {len(seen)} ways in which the statements of {len(baskets)} baskets can follow one another"


def said(codes: tuple[int | None, ...]) -> str:
    return ", ".join(map(str, codes))


def in_order(kept: list[dict[str, int]]) -> list[list[tuple[str, int]]]:
    return sorted(sorted(lines.items()) for lines in kept)


@check("contract", visible=True)
def one_after_the_other_it_works(lab: Lab) -> str:
    found = shop(lab)
    found.database.reset()
    worker = found.workers[0]
    number = worker.post("/orders", basket(ONE)).expect(201).json()["order"]
    lab.expect(orders(found.database) == {number: summed(ONE)}, f"kept is {orders(found.database)}, expected {ONE}")
    for lines in ((("candle", 1), ("wreath", 4)), (("candle", 1), ("unicorn", 1)), (("wreath", 2), ("wreath", 2))):
        worker.post("/orders", basket(lines)).expect(409)
    kept = orders(found.database)
    lab.expect(kept == {number: summed(ONE)}, f"after three refusals kept is {kept}, expected {ONE} alone")
    worker.post("/orders", basket((("wreath", 1), ("candle", 1), ("wreath", 2)))).expect(201)
    worker.post("/orders", basket(())).expect(422)
    told = imbalance(found.database)
    lab.expect(told is None, str(told))
    return "6 baskets"


@check("contract")
def many_baskets_in_turn_are_answered_right(lab: Lab) -> str:
    found = shop(lab)
    found.database.reset()
    rng = random.Random(11)
    free = dict(STOCK)
    for turn in range(12):
        lines = tuple((rng.choice(list(STOCK)), rng.randint(1, 4)) for _ in range(rng.randint(1, 4)))
        fits = all(free[sku] >= quantity for sku, quantity in summed(lines).items())
        answer = found.workers[turn % 3].post("/orders", basket(lines))
        wanted = 201 if fits else 409
        lab.expect(answer.status == wanted, f"{lines} with {free} was answered {answer.status}, expected {wanted}")
        if fits:
            free = {sku: left - summed(lines).get(sku, 0) for sku, left in free.items()}
        is_free = dict(found.database.rows("SELECT sku, free FROM stock"))
        lab.expect(is_free == free, f"after {lines} {is_free} are free, expected {free}")
    told = imbalance(found.database)
    lab.expect(told is None, str(told))
    return "12 baskets"


@check("orders")
def two_baskets_that_want_the_same_end(lab: Lab) -> str:
    return expect(lab, tried(shop(lab), (ONE, OTHER), 10, 2), (201, 201), (ONE, OTHER))


@check("orders")
def three_baskets_in_a_ring_end(lab: Lab) -> str:
    # Each has begun its order and taken its first product, if it goes about it that way.
    return expect(lab, tried(shop(lab), RING, 2, 1, start=(0, 0, 1, 1, 2, 2)), (201, 201, 201), RING)


@check("orders")
def who_is_refused_takes_nothing_from_others(lab: Lab) -> str:
    baskets: tuple[Lines, ...] = ((("candle", 15), ("wreath", 4)), (("candle", 20),))
    return expect(lab, tried(shop(lab), baskets, 6, 1), (409, 201), baskets)


@check("orders")
def statements_that_overlap_end(lab: Lab) -> str:
    found = shop(lab)
    found.database.reset()
    pairs = zip(found.workers, (ONE, OTHER), strict=False)
    with found.database.locked("stock"):
        asked = [worker.begin("POST", "/orders", json_body=basket(lines)) for worker, lines in pairs]
        for one in asked:
            try:
                one.wait_for(lambda one: one.done or found.database.sleeping(one.service.seat), 8.0)
            except SlowError:
                continue
    for answer in [one.wait() for one in asked]:
        told = trouble(answer.raised) if answer.raised is not None else f"was answered {answer.status}"
        lab.expect(answer.status == 201, f"a basket whose first statement had to wait: {told}, expected 201")
    told = imbalance(found.database)
    lab.expect(told is None, str(told))
    return "2 baskets whose first statements have to wait"


@check("whole")
def a_worker_that_is_killed_leaves_no_half_basket(lab: Lab) -> str:
    kept = database(lab)

    def actor() -> Actor:
        worker = lab.service("app:app", database=kept)
        return asks(worker, "POST", "/orders", json_body=basket(OTHER))

    count = 0
    for crash in crashes(kept, actor, before=kept.reset, places=(2, 3, 4)):
        count += 1
        found = [*orders(kept).values()]
        told = imbalance(kept)
        if told is None and found not in ([], [summed(OTHER)]):
            told = f"{found} is kept, expected nothing or {summed(OTHER)}"
        lab.expect(told is None, f"after {crash.told}: {told}")
        lab.expect(crash.sql is not None or found, "after an order was done nothing of it is kept")
    return f"killed at {count} places"


@check("apart")
def another_basket_does_not_wait(lab: Lab) -> str:
    found = shop(lab)
    found.database.reset()
    first, other = found.workers[:2]
    held = about_to_commit(found, first)
    try:
        asked = other.begin("POST", "/orders", json_body=basket((("matches", 1), ("wreath", 1))))
        try:
            asked.wait_for(lambda one: one.done or found.database.sleeping(other.seat))
        except SlowError:
            lab.expect(asked.done, "a basket with other goods does not end while one is under way")
        lab.expect(asked.done, "a basket with other goods waits for a lock while one is under way")
    finally:
        found.database.release()
    held.wait()
    asked.wait().expect(201)
    return "a basket with other goods ends while one is under way"


def about_to_commit(found: Shop, worker: Service) -> Exchange:
    """An order whose transaction is about to be committed, if it has one that is."""
    ours: list[str] = []

    def hold(sql: str, _connection: int) -> bool:
        ours.append(sql)
        return sql.strip().upper().startswith("COMMIT") and any("stock" in one for one in ours)

    found.database.hold = hold
    asked = worker.begin("POST", "/orders", json_body=basket(ONE))
    asked.wait_for(lambda one: one.done or bool(found.database.held))
    found.database.hold = None
    return asked
