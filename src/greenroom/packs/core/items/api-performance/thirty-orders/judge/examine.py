"""Lists of orders: what is in them, and how many statements and rows they cost."""

import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.oracle import Expected, difference, expect_same

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL);
CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers);
CREATE TABLE lines (id INTEGER PRIMARY KEY, order_id INTEGER NOT NULL REFERENCES orders,
    product_id INTEGER NOT NULL REFERENCES products, quantity INTEGER NOT NULL);
CREATE INDEX lines_of_order ON lines (order_id);
"""


class Shop:
    """A database of *size* orders, with what the list must show."""

    def __init__(self, seed: int, size: int) -> None:
        rng = random.Random(seed)
        self.customers = {
            number: f"{rng.choice(('Ada', 'Bo', 'Cy'))} {rng.randrange(10**6)}" for number in range(1, size + 1)
        }
        self.products = {
            number: (f"product {rng.randrange(10**6)}", rng.randrange(50, 9000)) for number in range(1, 41)
        }
        buyers = rng.sample(sorted(self.customers), size)
        self.orders = list(enumerate(buyers, 1))
        lines = [
            (order, rng.randint(1, 40), rng.randint(1, 9)) for order in range(1, size + 1) for _ in range(order * 5 % 4)
        ]
        rng.shuffle(lines)
        self.lines = [(number, *line) for number, line in enumerate(lines, 1)]
        self.database = Database(
            SCHEMA,
            [
                ("INSERT INTO customers VALUES (?, ?)", self.customers.items()),
                ("INSERT INTO products VALUES (?, ?, ?)", [(one, *more) for one, more in self.products.items()]),
                ("INSERT INTO orders VALUES (?, ?)", self.orders),
                ("INSERT INTO lines VALUES (?, ?, ?, ?)", self.lines),
            ],
        )

    def newest(self, limit: int) -> list[dict[str, object]]:
        shown = []
        for number, buyer in sorted(self.orders, reverse=True)[:limit]:
            own = [line for line in self.lines if line[1] == number]
            shown.append(
                {
                    "id": number,
                    "customer": self.customers[buyer],
                    "cents": sum(self.products[product][1] * quantity for _, _, product, quantity in own),
                    "lines": [{"product": self.products[one][0], "quantity": quantity} for _, _, one, quantity in own],
                }
            )
        return shown


def listed(lab: Lab, shop: Shop, *limits: int) -> list[tuple[int, int]]:
    """How many statements and rows each list costs; the lists are right."""
    service = lab.service("app:app", database=shop.database)
    service.get("/orders", query={"limit": 1}).expect(200)  # what the driver and the ORM ask once
    costs = []
    for limit in limits:
        before = shop.database.fetched
        with shop.database.counted() as statements:
            found = service.get("/orders", query={"limit": limit}).expect(200).json()
        wanted = shop.newest(limit)
        told = difference(found, wanted)
        lab.expect(told is None, f"{limit} orders: {told}")
        lab.expect(statements, "the list was made without asking the database")
        costs.append((len(statements), shop.database.fetched - before))
    return costs


@check("contract", visible=True)
def three_orders_are_shown(lab: Lab) -> str:
    ((statements, _),) = listed(lab, Shop(1, 5), 3)
    return f"{statements} statements for 3 orders"


@check("contract")
def what_is_shown_is_what_is_there(lab: Lab) -> str:
    shop = Shop(2, 9)
    service = lab.service("app:app", database=shop.database)
    expect_same(service.get("/orders", query={"limit": 100}), Expected(body=shop.newest(100)))
    buyer = shop.orders[-1][1]
    shop.customers[buyer] = "Renamed"
    shop.database.execute("UPDATE customers SET name = 'Renamed' WHERE id = ?", buyer)
    told = difference(service.get("/orders").expect(200).json(), shop.newest(30))
    lab.expect(told is None, f"after a customer got a new name: {told}")
    service.get("/orders", query={"limit": 101}).expect(422)
    return "9 orders, one of a customer with a new name"


def costs_of_a_large_shop(lab: Lab) -> list[tuple[int, int]]:
    return lab.once("costs", lambda: listed(lab, Shop(3, 300), 3, 30, 90))


@check("constant")
def thirty_orders_cost_as_much_as_three(lab: Lab) -> str:
    counts = [statements for statements, _ in costs_of_a_large_shop(lab)]
    lab.measure("queries", counts[1])
    lab.expect(len(set(counts)) == 1, f"{', '.join(map(str, counts))} statements for 3, 30 and 90 orders, budget 2")
    return f"{counts[1]} statements for 30 orders, budget 2"


@check("lean")
def only_what_is_shown_is_read(lab: Lab) -> str:
    rows = costs_of_a_large_shop(lab)[1][1]
    lab.expect(rows <= 200, f"{rows} rows read for 30 orders, budget 200")
    return f"{rows} rows read for 30 orders, budget 200"
