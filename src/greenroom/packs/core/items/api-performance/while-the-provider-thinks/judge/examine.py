"""Many at once, a provider that thinks, errors, and two workers at one database."""

import json
from collections.abc import Callable

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.heartbeat import most
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.oracle import Expected, expect_same
from greenroom.judge.probes.service import Exchange, Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream

GRANTED, WORKERS = 16, 2
EACH = GRANTED // WORKERS
MANY = 20
PATIENCE_S = 3.0
SCHEMA = """
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    cents INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    receipt TEXT
);
"""


class Provider(Upstream):
    """Gives receipts; `says` is what it answers for some orders instead."""

    def __init__(self, *, held: bool = False) -> None:
        super().__init__(self._reply, held=held)
        self.says: dict[int, Reply] = {}

    def _reply(self, call: Call) -> Reply:
        number = order_of(call)
        return self.says.get(number, (200, {"receipt": receipt(number)}))

    def charged(self, number: int) -> int:
        return sum(order_of(call) == number for call in self.calls)


def order_of(call: Call) -> int:
    try:
        return int(json.loads(call.body)["order"])
    except (ValueError, KeyError, TypeError):
        return -1


def receipt(number: int) -> str:
    return f"R{number * 7919 % 10007:05}"


def cents_of(number: int) -> int:
    return 1000 + number * 37 % 900


class Shop:
    """Orders 1 to 99 in a database that grants so many connections, and *workers* at it."""

    def __init__(self, lab: Lab, *, workers: int = 1, held: bool = False) -> None:
        self.lab = lab
        rows = [(number, cents_of(number)) for number in range(1, 100)]
        self.database = Database(
            SCHEMA, [("INSERT INTO orders (id, cents) VALUES (?, ?)", rows)], most_connections=GRANTED
        )
        self.provider = Provider(held=held)
        self.workers = lab.services("app:app", workers, database=self.database, upstream=self.provider)

    @property
    def worker(self) -> Service:
        return self.workers[0]

    def paid(self, number: int) -> Expected:
        return Expected(
            body={"id": number, "cents": cents_of(number), "state": "paid", "receipt": receipt(number)}
        )

    def open(self, number: int) -> Expected:
        return Expected(body={"id": number, "cents": cents_of(number), "state": "open", "receipt": None})

    def pay(self, number: int, worker: int = 0) -> Exchange:
        return self.workers[worker].begin("POST", f"/orders/{number}/payment")

    def look(self, number: int, worker: int = 0) -> Exchange:
        return self.workers[worker].begin("GET", f"/orders/{number}")

    def all_done(self, asked: list[Exchange], otherwise: str) -> None:
        done = self.worker.within(lambda: all(one.done for one in asked), PATIENCE_S)
        left = sum(not one.done for one in asked)
        self.lab.expect(done, f"{left} of {len(asked)} requests are left waiting {otherwise}")

    def expect_refused(self, budget: int = 0) -> None:
        refused = self.database.refused
        self.lab.expect(refused == budget, f"the database has refused {refused} connections above {GRANTED}")

    def at_once(self, first: int, wanted: int = 0) -> list[int]:
        """On how many connections each worker has a statement at once, when all are asked for so many orders.

        It is final when there are *wanted* for each, or when nothing has changed for a while.
        """
        inert = "BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"
        self.database.hold = lambda sql, connection: not sql.upper().startswith(inert)
        asked = [self.look(first + n, worker) for n in range(MANY) for worker in range(len(self.workers))]

        def used() -> list[int]:
            held = self.database.held
            return [len({one.connection for one in held if one.seat is worker.seat}) for worker in self.workers]

        most(self.worker, lambda: sum(used()), len(self.workers) * (wanted or MANY))
        seen = used()
        self.database.hold = None
        self.database.release()
        self.all_done(asked, "though the database answers again")
        self.expect_refused()
        for place, one in enumerate(asked):
            expect_same(one.wait(), self.open(first + place // len(self.workers)))
        return seen


@check("contract", visible=True)
def an_order_is_paid(lab: Lab) -> str:
    shop = Shop(lab)
    expect_same(shop.look(5).wait(), shop.open(5))
    expect_same(shop.pay(5).wait(), shop.paid(5))
    expect_same(shop.look(5).wait(), shop.paid(5))
    shop.pay(5).wait().expect(409)
    shop.pay(100).wait().expect(404)
    return "paid once; 409 the second time, 404 for an order that is not there"


@check("contract")
def what_is_not_paid_stays_open(lab: Lab) -> str:
    shop = Shop(lab)
    shop.provider.says = {7: (402, {}), 8: (500, {}), 9: (429, {})}
    for number, status in ((7, 402), (8, 503), (9, 503)):
        shop.pay(number).wait().expect(status)
        expect_same(shop.look(number).wait(), shop.open(number))
    shop.provider.held = True
    asked = shop.pay(10)
    shop.worker.until(lambda: shop.provider.waiting or asked.done)
    for call in list(shop.provider.waiting):
        shop.provider.refuse(call)
    asked.wait().expect(503)
    shop.provider.held, shop.provider.says = False, {}
    for number in (7, 8, 9, 10):
        expect_same(shop.pay(number).wait(), shop.paid(number))
    return "402 and 503, and paid at the second try"


def two(lab: Lab) -> Shop:
    """Two workers at one database."""
    return lab.once("two", lambda: Shop(lab, workers=WORKERS))


@check("bounded", visible=True)
def two_workers_share_what_is_granted(lab: Lab) -> str:
    seen = two(lab).at_once(30)
    told = f"{sum(seen)} connections used by {WORKERS} workers at once, {GRANTED} granted"
    lab.expect(sum(seen) == GRANTED, told)
    lab.expect(max(seen) <= EACH, f"{max(seen)} connections used by one worker at once, its share is {EACH}")
    return told


@check("bounded")
def connections_are_kept(lab: Lab) -> str:
    shop = two(lab)
    for worker in range(WORKERS):
        asked = [shop.look(number, worker) for number in range(1, MANY + 1)]
        shop.all_done(asked, "though the database answers")
    for number in range(70, 90):
        expect_same(shop.look(number).wait(), shop.open(number))
    shop.expect_refused()
    opened = shop.database.opened
    lab.expect(opened <= GRANTED, f"{opened} connections were opened, {GRANTED} are enough if they are kept")
    return f"{opened} connections opened by {WORKERS} workers, {GRANTED} are enough"


@check("returned", visible=True)
def the_provider_thinks(lab: Lab) -> str:
    shop = Shop(lab, held=True)
    asked = {number: shop.pay(number) for number in range(1, MANY + 1)}
    seen = most(shop.worker, lambda: len(shop.provider.waiting), MANY)
    lab.expect(seen == MANY, f"{seen} of {MANY} payments wait for the provider, the others for something else")
    shop.expect_refused()
    looked = shop.look(50)
    lab.expect(shop.worker.within(lambda: looked.done), f"{MANY} payments wait, and an order cannot be looked at")
    expect_same(looked.wait(), shop.open(50))
    held = shop.database.connections
    lab.expect(held <= GRANTED, f"{held} connections are open meanwhile, {GRANTED} granted")
    finish(shop, asked)
    return f"{seen} payments wait for the provider, and others are served"


def finish(shop: Shop, asked: dict[int, Exchange]) -> None:
    shop.provider.held = False
    shop.provider.release()
    shop.all_done([*asked.values()], "after the provider has answered")
    for number, one in asked.items():
        expect_same(one.wait(), shop.paid(number))
    for number in asked:
        expect_same(shop.look(number).wait(), shop.paid(number))


@check("returned")
def more_than_its_share_wait_and_some_are_declined(lab: Lab) -> str:
    shop = Shop(lab, held=True)
    shop.provider.says = {number: (402, {}) for number in range(30, 40, 3)}
    asked = {number: shop.pay(number) for number in range(30, 30 + EACH + 3)}
    seen = most(shop.worker, lambda: len(shop.provider.waiting), len(asked))
    lab.expect(seen == len(asked), f"{seen} of {len(asked)} payments wait for the provider")
    shop.provider.held = False
    for call in reversed(shop.provider.waiting[:]):
        shop.provider.release(call)
    shop.all_done([*asked.values()], "after the provider has answered")
    for number, one in asked.items():
        if number in shop.provider.says:
            one.wait().expect(402)
        expect_same(shop.look(number).wait(), shop.open(number) if number in shop.provider.says else shop.paid(number))
    return f"{seen} payments wait at once, 4 of them declined"


@check("leak")
def errors_cost_no_connection(lab: Lab) -> str:
    shop = Shop(lab)
    (before,) = shop.at_once(70, EACH)
    lab.expect(before > 1, f"{before} connection is used by all requests at once")
    shop.provider.says = {1: (402, {}), 2: (503, {}), 4: (200, {"unexpected": True})}
    expect_same(shop.pay(3).wait(), shop.paid(3))
    failing: list[tuple[Callable[[], Exchange], tuple[int, ...]]] = [
        (lambda: shop.look(100), (404,)),
        (lambda: shop.pay(100), (404,)),
        (lambda: shop.pay(1), (402,)),
        (lambda: shop.pay(2), (503,)),
        (lambda: shop.pay(3), (409,)),
    ]
    count = 0
    for begin, statuses in [*failing * (EACH + 2), (lambda: shop.pay(4), (500, 502, 503))]:
        asked = begin()
        lab.expect(
            shop.worker.within(lambda: asked.done, PATIENCE_S),  # noqa: B023 (called at once)
            f"a request is left waiting after {count} that failed",
        )
        shop.expect_refused()
        asked.wait().expect(*statuses)
        count += 1
    (seen,) = shop.at_once(40, before)
    lab.expect(seen >= before, f"after {count} failed requests {seen} connections at once, {before} before")
    return f"{seen} connections at once after {count} failed requests, as before"


@check("once")
def an_order_is_charged_once(lab: Lab) -> str:
    shop = Shop(lab, workers=WORKERS, held=True)
    asked = [shop.pay(number, worker) for _ in range(3) for number in (11, 12) for worker in (0, 1)]
    most(shop.worker, lambda: len(shop.provider.waiting) + sum(one.done for one in asked), len(asked))
    charged = [shop.provider.charged(number) for number in (11, 12)]
    lab.expect(charged == [1, 1], f"{max(charged)} charges for one order that six callers pay at once, budget 1")
    shop.provider.held = False
    shop.provider.release()
    shop.all_done(asked, "after the provider has answered")
    statuses = sorted(one.wait().status for one in asked)
    lab.expect(statuses == [200] * 2 + [409] * 10, f"twelve callers for two orders get {statuses}")
    for number in (11, 12):
        expect_same(shop.look(number).wait(), shop.paid(number))
        lab.expect(shop.provider.charged(number) == 1, f"{shop.provider.charged(number)} charges for one order")
    return "2 charges for 2 orders and 12 callers at two workers"
