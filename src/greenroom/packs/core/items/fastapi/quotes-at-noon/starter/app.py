"""The quote desk: what a share costs now, in the caller's currency."""

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from partners import UnknownSymbolError, price_of, rate_to

app = FastAPI(title="Quote desk")


class Quote(BaseModel):
    """A price in cents, converted and rounded to whole cents."""

    symbol: str
    currency: str
    cents: int


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/quotes/{symbol}")
async def quote(symbol: str, currency: str = "eur") -> Quote:
    try:
        price = price_of(symbol)
        rate = rate_to(currency)
    except UnknownSymbolError:
        raise HTTPException(404, f"there is no share {symbol}") from None
    except httpx.TransportError:
        raise HTTPException(503, "a partner does not answer") from None
    return Quote(symbol=symbol, currency=currency, cents=round(price * rate))
