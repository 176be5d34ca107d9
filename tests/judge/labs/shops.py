"""A small lab on disk: a shop whose list of orders is to be right, quick and quiet."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from tests.items import write

HEAD = """\
uuid: {uuid}
version: 1
title: The list of orders
kind: service
tags: [arrays]
covers: [dsa.two-pointers]
minutes: 20
difficulty: {{b: 0, error: 0.7}}
limits: {{cpu_s: 10, wall_s: 30, memory_mb: 256}}
lab: {{environment: web, edit: [app.py], add: ["*.py"]}}
rubric:
  - id: contract
    points: 1
    title: The list is right
    covers: [dsa.two-pointers]
    measure: {{cases: [contract], earn: all}}
    follow_up: {{ask: What is in the list?, claim: Each order has the name of its customer.}}
  - id: queries
    points: 2
    title: Two statements at most
    measure: {{metric: queries, at_most: 2}}
    follow_up: {{ask: How many statements?, claim: A join brings everything in one statement.}}
"""

DB = '''\
"""The shop's database; do not change."""
from greenroom_lab import connect

CONNECTION = connect()
'''

APP = """\
from fastapi import FastAPI

from db import CONNECTION

app = FastAPI()


@app.get("/orders")
def orders():
    print("listing")
    found = CONNECTION.execute("SELECT id, customer_id FROM orders ORDER BY id").fetchall()
    listed = []
    for number, customer in found:
        name = CONNECTION.execute("SELECT name FROM customers WHERE id = ?", (customer,)).fetchone()[0]
        listed.append({"id": number, "customer": name})
    return listed
"""

JOINED = """\
from fastapi import FastAPI

from db import CONNECTION

app = FastAPI()


@app.get("/orders")
def orders():
    found = CONNECTION.execute(
        "SELECT orders.id, name FROM orders JOIN customers ON customers.id = customer_id ORDER BY orders.id"
    )
    return [{"id": number, "customer": name} for number, name in found]
"""

EXAMINE = '''\
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers);
"""


def shop(size):
    customers = [(number, f"customer {number}") for number in range(1, size + 1)]
    orders = [(number, 1 + number * 7 % size) for number in range(1, size + 1)]
    fill = [("INSERT INTO customers VALUES (?, ?)", customers), ("INSERT INTO orders VALUES (?, ?)", orders)]
    return Database(SCHEMA, fill), [{"id": number, "customer": f"customer {customer}"} for number, customer in orders]


@check("contract", visible=True)
def three_orders_are_listed(lab: Lab) -> str:
    database, expected = shop(3)
    found = lab.service("app:app", database=database).get("/orders").expect(200).json()
    lab.expect(found == expected, f"got {found}, expected {expected}")
    return "3 orders"


@check("contract")
def a_hundred_orders_are_listed(lab: Lab) -> str:
    database, expected = shop(100)
    with database.counted() as statements:
        found = lab.service("app:app", database=database).get("/orders").expect(200).json()
    lab.expect(found == expected, "the list of 100 orders is not right")
    lab.measure("queries", len(statements))
    return f"{len(statements)} queries, budget 2"
'''


def write_shop(folder: Path) -> None:
    """Write the lab to *folder*."""
    write(folder / "item.yaml", HEAD.format(uuid=uuid4()))
    write(folder / "prompt.md", "The list of orders is slow. Mend it.\n")
    write(folder / "hints.md", "## Hint 1 (5 %)\n\nCount the statements.\n")
    write(folder / "debrief.md", "A join.\n")
    write(folder / "interviewer.md", "## Probes\n\n- …\n\n## Follow-ups\n\n- `contract`: …\n- `queries`: …\n")
    write(folder / "starter/app.py", APP)
    write(folder / "starter/db.py", DB)
    write(folder / "judge/examine.py", EXAMINE)
    write(folder / "submissions/accepted/join/app.py", JOINED)
    write(folder / "submissions/partial/starter/app.py", APP)
    write(folder / "submissions/wrong/empty/app.py", JOINED.replace("return [", "return [] and ["))
    write(folder / "submissions/hostile/exit/app.py", "import os\nos._exit(0)\n")
    write(
        folder / "submissions/expect.yaml",
        "accepted/join: {verdict: accepted}\n"
        "partial/starter: {verdict: partial, findings: {contract: met, queries: missed}}\n"
        "wrong/empty: {findings: {contract: missed, queries: missed}}\n"
        "hostile/exit: {}\n",
    )
