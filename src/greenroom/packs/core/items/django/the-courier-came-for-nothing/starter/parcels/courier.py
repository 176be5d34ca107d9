"""The courier's telephone. Do not change."""

import httpx
from greenroom_lab import upstream_sync

client = httpx.Client(transport=upstream_sync(), base_url="http://courier")


class CourierError(Exception):
    """He cannot be reached, or will not come."""


def book(parcel: int) -> None:
    """Have the parcel with this number fetched. Raises CourierError. He charges for each journey."""
    try:
        answer = client.post("/journeys", json={"parcel": parcel})
    except httpx.HTTPError as error:
        raise CourierError(str(error)) from error
    if answer.status_code != 201:
        raise CourierError(answer.text)
