"""The two services that a quote is made from: the exchange has prices, the bank has rates."""

import httpx
from greenroom_lab import upstream


def partner(name: str) -> httpx.AsyncClient:
    """A client for one call to *name*."""
    return httpx.AsyncClient(transport=upstream(), base_url=f"http://{name}", timeout=10)


class UnknownSymbolError(LookupError):
    """The exchange does not trade this symbol."""


async def price_of(symbol: str) -> int:
    """The price in US cents."""
    async with partner("exchange") as exchange:
        answer = await exchange.get(f"/price/{symbol}")
    if answer.status_code == 404:
        raise UnknownSymbolError(symbol)
    return answer.json()["cents"]


async def rate_to(currency: str) -> float:
    """How much of *currency* one dollar is worth."""
    async with partner("bank") as bank:
        answer = await bank.get("/rate", params={"to": currency})
    return answer.json()["rate"]
