"""The query on data with guests, with people who have no discount, and on a lot of orders."""

import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.sql import Sql

CODES = ["staff", "spring", "loyal"]
MOST_STEPS = 1_000_000

Customer = tuple[int, str, str | None]
Order = tuple[int, int | None, int]


def shop(seed: int, customers: int, orders: int, *, guests: bool, bare: bool) -> tuple[list[Customer], list[Order]]:
    """Customers, some without a discount where *bare*, and orders, some without a customer where *guests*."""
    rng = random.Random(seed)
    people: list[Customer] = [
        (number, rng.choice(["Ada", "Bo", "Cleo", "Dan", "Eve"]), None if bare and number % 3 == 0 else rng.choice(CODES))
        for number in range(1, customers + 1)
    ]
    placed: list[Order] = [
        (number, None if guests and number % 5 == 0 else rng.randint(1, customers), rng.randrange(100))
        for number in range(1, orders + 1)
    ]
    return people, placed


def expect_list(lab: Lab, people: list[Customer], placed: list[Order], since: int, most_steps: int = 50_000_000) -> str:
    fill = [("INSERT INTO customers VALUES (?, ?, ?)", people), ("INSERT INTO orders VALUES (?, ?, ?)", placed)]
    answer = Sql(lab, "query.sql").query(Database(lab.text("schema.sql"), fill), since, most_steps=most_steps)
    came = {customer for _, customer, day in placed if day >= since}
    wanted = sorted(
        ((number, name) for number, name, code in people if number not in came and code != "staff"),
        key=lambda one: (one[1], one[0]),
    )
    missing, extra = set(wanted) - set(answer.rows), set(answer.rows) - set(wanted)
    told = f"{len(answer.rows)} customers, expected {len(wanted)}"
    lab.expect(not missing and not extra, f"{told}: {len(missing)} missing, {len(extra)} too many")
    lab.expect(answer.rows == wanted, f"{told}, but in another order or twice")
    return told


@check("guests", visible=True)
def two_people_did_not_come_back(lab: Lab) -> str:
    people: list[Customer] = [(1, "Ada", "loyal"), (2, "Bo", "spring"), (3, "Ada", "staff"), (4, "Ada", "loyal")]
    return expect_list(lab, people, [(1, 2, 50), (2, 1, 10), (3, None, 60)], 40)


@check("guests")
def guests_do_not_empty_the_list(lab: Lab) -> str:
    return "; ".join(expect_list(lab, *shop(seed, 60, 90, guests=True, bare=False), 45) for seed in (1, 2, 3))


@check("no-discount")
def people_without_a_discount_are_on_it(lab: Lab) -> str:
    return "; ".join(expect_list(lab, *shop(seed, 60, 90, guests=guests, bare=True), 30) for seed, guests in ((4, True), (5, False)))


@check("no-discount")
def nobody_ordered_and_everybody_did(lab: Lab) -> str:
    people, placed = shop(6, 20, 40, guests=True, bare=True)
    return f"{expect_list(lab, people, [], 0)}; {expect_list(lab, people, placed, 1000)}; {expect_list(lab, [], placed[4::5], 0)}"


@check("linear")
def many_orders(lab: Lab) -> str:
    people, placed = shop(7, 500, 12_000, guests=True, bare=True)
    told = expect_list(lab, people, placed, 96, most_steps=MOST_STEPS)
    return f"{told}, within {MOST_STEPS:,} steps"
