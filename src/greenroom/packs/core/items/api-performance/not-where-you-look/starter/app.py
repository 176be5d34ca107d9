"""The depot: what was scanned on a day."""

import httpx
from fastapi import FastAPI, HTTPException

from sheet import Sheet, sheet_of

app = FastAPI(title="Depot")


@app.get("/days/{day}/sheet")
def day_sheet(day: int) -> Sheet:
    try:
        return sheet_of(day)
    except httpx.HTTPError:
        raise HTTPException(503, "no tariffs at the moment") from None
