"""A worker that gathers texts for up to five milliseconds and sends them together."""

import asyncio
from dataclasses import dataclass, field

from model import MOST_TEXTS, ModelError, UnreadableError, scores_of

COMPANY_S = 0.005


class Full(Exception):
    pass


@dataclass(eq=False)
class Batcher:
    places: int = 96
    waiting: dict[int, tuple[str, asyncio.Future]] = field(default_factory=dict)
    number: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def score(self, text: str) -> float:
        if len(self.waiting) >= self.places:
            raise Full
        self.number += 1
        key, future = self.number, asyncio.get_running_loop().create_future()
        self.waiting[key] = (text, future)
        self.came.set()
        if len(self.waiting) >= MOST_TEXTS:
            self.enough.set()
        try:
            return await future
        finally:
            self.waiting.pop(key, None)

    async def work(self) -> None:
        while True:
            await self.came.wait()
            try:
                await asyncio.wait_for(self.enough.wait(), COMPANY_S)
            except TimeoutError:
                pass
            batch = [self.waiting.pop(key) for key in list(self.waiting)[:MOST_TEXTS]]
            await self.send(batch)
            if not self.waiting:
                self.came.clear()
            if len(self.waiting) < MOST_TEXTS:
                self.enough.clear()

    async def send(self, batch: list) -> None:
        while batch := [one for one in batch if not one[1].done()]:
            try:
                scores = await scores_of([text for text, _ in batch])
            except UnreadableError as error:
                for place in error.places:
                    if not batch[place][1].done():
                        batch[place][1].set_exception(error)
            except ModelError as error:
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), score in zip(batch, scores):
                    if not future.done():
                        future.set_result(score)
