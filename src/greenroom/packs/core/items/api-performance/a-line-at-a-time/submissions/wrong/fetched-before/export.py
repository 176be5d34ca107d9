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
    with closing(connect()) as connection:
        yield written([COLUMNS])
        rows = connection.execute("SELECT id, customer, cents, note FROM orders ORDER BY id").fetchall()
        for start in range(0, len(rows), PORTION):
            yield written(rows[start : start + PORTION])
