"""The back office of a shop."""

from export import csv_of_orders
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI(title="Back office")


@app.get("/health")
async def health() -> str:
    return "ok"


@app.get("/orders.csv")
def orders() -> StreamingResponse:
    headers = {"Content-Disposition": 'attachment; filename="orders.csv"'}
    return StreamingResponse(csv_of_orders(), media_type="text/csv", headers=headers)
