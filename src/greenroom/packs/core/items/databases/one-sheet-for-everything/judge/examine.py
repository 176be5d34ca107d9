"""What has become of the sheet: whether it can be put together again, how often each fact stands somewhere, and what
the constraints refuse. Nothing here depends on how tables and columns are called."""

import random
import sqlite3

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.sql import Sql

Row = tuple[int, int, str, str, str, str, str, str, int, int]
COLUMNS = ["order_no", "position", "placed", "email", "customer", "city", "sku", "product", "quantity", "cents"]
NAMES = ["Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana"]


def sheet(seed: int, orders: int) -> list[Row]:
    """Lines of orders, in which a product's price differs from line to line."""
    rng = random.Random(seed)
    mark = f"{seed}-{rng.randrange(10**6)}"
    people = [(f"{name.lower()}-{mark}@example.org", f"{name} {mark}", f"City {at} {mark}") for at, name in enumerate(NAMES)]
    goods = [(f"SKU-{at}-{mark}", f"Thing {at} {mark}") for at in range(9)]
    rows: list[Row] = []
    for number in rng.sample(range(1000, 9000), orders):
        who, day = rng.choice(people), f"2026-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d} {rng.randrange(10**5):05d}"
        for position, what in enumerate(rng.sample(goods, rng.randint(1, 4)), start=1):
            rows.append((number, position, day, *who, *what, rng.randint(1, 5), rng.randrange(100, 9999)))
    return rows


class Shop:
    """The database after schema.sql."""

    def __init__(self, lab: Lab, seed: int, orders: int) -> None:
        self.rows = sheet(seed, orders)
        marks = ", ".join("?" * len(COLUMNS))
        self.database = Database(lab.text("sheet.sql"), [(f"INSERT INTO sheet VALUES ({marks})", self.rows)])
        Sql(lab, "schema.sql").execute(self.database, "build")
        found = self.database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        self.tables = [name for (name,) in found]
        lab.expect("sheet" not in self.tables, "the table sheet is still there")
        self.contents = {name: self.database.rows(f"SELECT * FROM {quoted(name)}") for name in self.tables}

    def places(self, value: object) -> list[str]:
        """The tables in which *value* is a cell, once for each cell."""
        return [name for name, rows in self.contents.items() for row in rows for cell in row if cell == value]

    def again(self, lab: Lab) -> list[tuple]:
        try:
            cursor = self.database.own.execute("SELECT * FROM sheet_again")
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            lab.expect(False, f"sheet_again cannot be read: {error}")
        columns = [one[0] for one in cursor.description]
        lab.expect(columns == COLUMNS, f"sheet_again has the columns {', '.join(columns)[:200]}")
        return rows


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def shop(lab: Lab) -> Shop:
    return lab.once("shop", lambda: Shop(lab, 5, 60))


def expect_again(lab: Lab, made: Shop) -> str:
    found = made.again(lab)
    lost, more = set(made.rows) - set(found), set(found) - set(made.rows)
    told = f"{len(found)} rows in sheet_again, the sheet had {len(made.rows)}"
    lab.expect(not lost and not more, f"{told}: {len(lost)} of them are not the same")
    lab.expect(len(found) == len(made.rows), told)
    return told


def expect_once(lab: Lab, made: Shop) -> str:
    kinds = {"customer": 4, "city": 5, "product": 7, "placed": 2}
    worst = 1
    for what, column in kinds.items():
        for value in sorted({row[column] for row in made.rows}):
            if what == "placed" and len({row[0] for row in made.rows if row[2] == value}) > 1:
                continue
            count = len(made.places(value))
            worst = max(worst, count)
            lab.expect(count == 1, f"{what} {value!r} stands in {count} places, budget 1")
    lab.measure("places", worst)
    return "each name, city, product and day stands in 1 place, budget 1"


@check("once", visible=True)
def the_sheet_can_be_put_together_again(lab: Lab) -> str:
    return expect_again(lab, shop(lab))


@check("once", visible=True)
def each_fact_stands_in_one_place(lab: Lab) -> str:
    return expect_once(lab, shop(lab))


@check("once")
def so_it_is_with_another_sheet(lab: Lab) -> str:
    made = Shop(lab, 6, 25)
    expect_again(lab, made)
    return expect_once(lab, made)


@check("once")
def a_change_in_one_place_is_seen_everywhere(lab: Lab) -> str:
    made = Shop(lab, 7, 40)
    row = made.rows[0]
    where = made.places(row[5])
    lab.expect(len(where) == 1, f"city {row[5]!r} stands in {len(where)} places, budget 1")
    (table,) = where
    columns = [one[1] for one in made.database.rows(f"PRAGMA table_info({quoted(table)})")]
    for column in columns:
        made.database.execute(f"UPDATE {quoted(table)} SET {quoted(column)} = 'Elsewhere' WHERE {quoted(column)} = ?", row[5])
    wanted = sorted((*one[:5], "Elsewhere", *one[6:]) if one[3] == row[3] else one for one in made.rows)
    lab.expect(sorted(made.again(lab)) == wanted, "a customer who moved is shown with more than one city, or others moved too")
    return "a customer moves by one update"


def refuses(made: Shop, sql: str, *parameters: object) -> bool:
    try:
        made.database.execute(sql, *parameters)
    except sqlite3.IntegrityError:
        return True
    return False


def place(lab: Lab, made: Shop, value: object) -> tuple[str, str]:
    """The table and the column in which *value* stands."""
    for table in made.places(value):
        for column in [one[1] for one in made.database.rows(f"PRAGMA table_info({quoted(table)})")]:
            if made.database.rows(f"SELECT 1 FROM {quoted(table)} WHERE {quoted(column)} = ?", value):
                return table, column
    lab.expect(False, f"{value!r} stands nowhere")
    return "", ""


@check("references", visible=True)
def who_has_ordered_cannot_be_deleted(lab: Lab) -> str:
    made = shop(lab)
    for what, value in (("customer", made.rows[0][4]), ("product", made.rows[0][7])):
        table, column = place(lab, made, value)
        refused = refuses(made, f"DELETE FROM {quoted(table)} WHERE {quoted(column)} = ?", value)
        lab.expect(refused, f"a {what} who is referred to was deleted" if what == "customer" else f"a {what} that was sold could be deleted")
    return "the database refuses"


@check("references")
def an_order_with_lines_cannot_be_deleted(lab: Lab) -> str:
    made = Shop(lab, 8, 30)
    table, column = place(lab, made, made.rows[0][2])
    lab.expect(refuses(made, f"DELETE FROM {quoted(table)} WHERE {quoted(column)} = ?", made.rows[0][2]), "an order with lines could be deleted")
    return "the database refuses"


def expect_no_copy(lab: Lab, made: Shop, what: str, value: object) -> None:
    """A second row with the same content, under another number of its own if it has one, must be refused."""
    table, column = place(lab, made, value)
    info = made.database.rows(f"PRAGMA table_info({quoted(table)})")
    own = [one[1] for one in info if one[5] and str(one[2]).upper() == "INTEGER" and sum(bool(two[5]) for two in info) == 1]
    names = ", ".join(quoted(one[1]) for one in info if one[1] not in own)
    sql = f"INSERT INTO {quoted(table)} ({names}) SELECT {names} FROM {quoted(table)} WHERE {quoted(column)} = ?"
    lab.expect(refuses(made, sql, value), f"the same {what} can be entered twice")


@check("keys", visible=True)
def no_customer_and_no_product_twice(lab: Lab) -> str:
    made = Shop(lab, 9, 30)
    expect_no_copy(lab, made, "customer", made.rows[0][4])
    expect_no_copy(lab, made, "product", made.rows[0][7])
    return "the database refuses"
