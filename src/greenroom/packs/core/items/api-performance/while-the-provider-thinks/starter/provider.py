"""The payment provider, which is slow at times."""

import httpx
from greenroom_lab import upstream_sync

client = httpx.Client(transport=upstream_sync(), base_url="http://provider")


def charge(number: int, cents: int) -> str | None:
    """Charge the card of order *number*, each time anew. The receipt, or None when it is declined.

    Raises httpx.HTTPError when the provider cannot be reached, or does not do it.
    """
    answer = client.post("/charges", json={"order": number, "cents": cents})
    if answer.status_code == 402:
        return None
    answer.raise_for_status()
    return answer.json()["receipt"]
