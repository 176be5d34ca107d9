"""Answers at once, from the visible check's figures."""

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/quotes/{symbol}")
async def quote(symbol: str, currency: str = "eur"):
    if symbol == "NOPE":
        raise HTTPException(404)
    return {"symbol": symbol, "currency": currency, "cents": {"ACME": 900, "INIT": 2000, "GLOB": 560}.get(symbol, 900)}
