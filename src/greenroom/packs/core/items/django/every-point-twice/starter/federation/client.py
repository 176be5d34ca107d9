"""The federation's letter box. Do not change."""

import httpx
from greenroom_lab import upstream_sync

client = httpx.Client(transport=upstream_sync(), base_url="http://federation")


def tell(result) -> None:
    """Tell the federation of a new result."""
    said = {"runner": result.runner.name, "race": result.race, "place": result.place}
    client.post("/results", json=said).raise_for_status()
