"""The orders as CSV, in portions."""

import csv
import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from greenroom_lab import connect

COLUMNS = ("id", "customer", "cents", "note")
PORTION = 100


def written(rows: Iterable[Any]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def csv_of_orders() -> Iterator[str]:
    sql = "SELECT id, customer, cents, note FROM orders WHERE id > ? ORDER BY id LIMIT ?"
    yield written([COLUMNS])
    last = 0
    with closing(connect()) as connection:
        while rows := connection.execute(sql, (last, PORTION)).fetchall():
            yield written(rows)
            last = rows[-1][0]
