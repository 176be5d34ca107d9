"""The way to the model server, one machine that computes one call at a time: 4 ms, and 0.5 ms for each text in it."""

import httpx
from greenroom_lab import upstream

MOST_TEXTS = 32

server = httpx.AsyncClient(transport=upstream(), base_url="http://model", timeout=None)


class UnreadableError(Exception):
    """The model cannot read some of the texts, and has scored none; `places` are where they stand in the call."""

    def __init__(self, places: list[int]) -> None:
        super().__init__(f"texts that cannot be read: {places}")
        self.places = places


class ModelError(Exception):
    """The call failed in another way."""


async def scores_of(texts: list[str]) -> list[float]:
    """The scores of 1 to MOST_TEXTS texts, in their order, by one call. Raises UnreadableError and ModelError."""
    try:
        answer = await server.post("/scores", json={"texts": texts})
        if answer.status_code == 422:
            raise UnreadableError(answer.json()["unreadable"])
        return answer.raise_for_status().json()["scores"]
    except httpx.HTTPError as error:
        raise ModelError(str(error)) from None
