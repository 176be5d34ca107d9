"""The orders as CSV."""

import csv
import io

from greenroom_lab import connect

COLUMNS = ("id", "customer", "cents", "note")


def csv_of_orders() -> str:
    connection = connect()
    rows = connection.execute("SELECT id, customer, cents, note FROM orders ORDER BY id").fetchall()
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    connection.close()
    return written.getvalue()
