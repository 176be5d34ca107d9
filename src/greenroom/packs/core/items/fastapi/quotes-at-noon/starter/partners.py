"""The two services that a quote is made from: the exchange has prices, the bank has rates."""

import httpx
from greenroom_lab import upstream_sync

# greenroom_lab has a transport for each kind of client: upstream_sync() for httpx.Client, upstream() for
# httpx.AsyncClient. Both lead to the same partners.
exchange = httpx.Client(transport=upstream_sync(), base_url="http://exchange")
bank = httpx.Client(transport=upstream_sync(), base_url="http://bank")


class UnknownSymbolError(LookupError):
    """The exchange does not trade this symbol."""


def price_of(symbol: str) -> int:
    """The price in US cents."""
    answer = exchange.get(f"/price/{symbol}")
    if answer.status_code == 404:
        raise UnknownSymbolError(symbol)
    return answer.json()["cents"]


def rate_to(currency: str) -> float:
    """How much of *currency* one dollar is worth."""
    return bank.get("/rate", params={"to": currency}).json()["rate"]
