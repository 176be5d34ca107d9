"""The payment provider, which is slow at times."""

import httpx
from greenroom_lab import upstream

client = httpx.AsyncClient(transport=upstream(), base_url="http://provider")


async def charge(number: int, cents: int) -> str | None:
    """Charge the card of order *number*, each time anew. The receipt, or None when it is declined.

    Raises httpx.HTTPError when the provider cannot be reached, or does not do it.
    """
    answer = await client.post("/charges", json={"order": number, "cents": cents})
    if answer.status_code == 402:
        return None
    answer.raise_for_status()
    return answer.json()["receipt"]
