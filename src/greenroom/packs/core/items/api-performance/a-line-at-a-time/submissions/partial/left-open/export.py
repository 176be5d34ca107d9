"""The orders as CSV, in portions."""

import csv
import io

from greenroom_lab import connect

COLUMNS = ("id", "customer", "cents", "note")


def csv_of_orders():
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    connection = connect()
    for number, row in enumerate(connection.execute("SELECT id, customer, cents, note FROM orders ORDER BY id"), 1):
        writer.writerow(row)
        if number % 50 == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
    connection.close()
