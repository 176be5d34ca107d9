"""The two services that a quote is made from: the exchange has prices, the bank has rates."""

import httpx
from greenroom_lab import upstream

exchange = httpx.AsyncClient(transport=upstream(), base_url="http://exchange")
bank = httpx.AsyncClient(transport=upstream(), base_url="http://bank")


class UnknownSymbolError(LookupError):
    """The exchange does not trade this symbol."""


_prices: dict[str, int] = {}
_rates: dict[str, float] = {}


async def price_of(symbol: str) -> int:
    """The price in US cents."""
    if symbol in _prices:
        return _prices[symbol]
    answer = await exchange.get(f"/price/{symbol}")
    if answer.status_code == 404:
        raise UnknownSymbolError(symbol)
    _prices[symbol] = answer.json()["cents"]
    return _prices[symbol]


async def rate_to(currency: str) -> float:
    """How much of *currency* one dollar is worth."""
    if currency not in _rates:
        answer = await bank.get("/rate", params={"to": currency})
        _rates[currency] = answer.json()["rate"]
    return _rates[currency]
