"""The two services that a quote is made from: the exchange has prices, the bank has rates."""

import httpx
from greenroom_lab import upstream

exchange = httpx.AsyncClient(transport=upstream(), base_url="http://exchange")
bank = httpx.AsyncClient(transport=upstream(), base_url="http://bank")


class UnknownSymbolError(LookupError):
    """The exchange does not trade this symbol."""


async def price_of(symbol: str) -> int:
    """The price in US cents."""
    answer = await exchange.get(f"/price/{symbol}")
    if answer.status_code == 404:
        raise UnknownSymbolError(symbol)
    return answer.json()["cents"]


async def rate_to(currency: str) -> float:
    """How much of *currency* one dollar is worth."""
    answer = await bank.get("/rate", params={"to": currency})
    return answer.json()["rate"]
