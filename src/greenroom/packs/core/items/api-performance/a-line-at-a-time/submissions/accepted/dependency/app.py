"""The back office of a shop."""

import csv
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.responses import StreamingResponse
from greenroom_lab import connect

app = FastAPI(title="Back office")


class Line:
    """What the csv module writes one line to."""

    def write(self, text: str) -> str:
        return text


def connection() -> Iterator[Any]:
    opened = connect()
    try:
        yield opened
    finally:
        opened.close()


@app.get("/health")
async def health() -> str:
    return "ok"


@app.get("/orders.csv")
def orders(opened: Annotated[Any, Depends(connection)]) -> StreamingResponse:
    def lines() -> Iterator[str]:
        writer = csv.writer(Line())
        yield writer.writerow(("id", "customer", "cents", "note"))
        for row in opened.execute("SELECT id, customer, cents, note FROM orders ORDER BY id"):
            yield writer.writerow(row)

    headers = {"Content-Disposition": 'attachment; filename="orders.csv"'}
    return StreamingResponse(lines(), media_type="text/csv", headers=headers)
