"""Several candidates of one running Greenroom, each in a code round of the same slow question."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import insert

from greenroom.accounts import service
from greenroom.accounts.keys import KeyFile
from greenroom.accounts.tables import users
from greenroom.bank.loader import load_pack
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.service import Interviews
from greenroom.kernel.ids import new_id
from greenroom.platform.database import Database
from tests.items import write_code_item, write_pack
from tests.person import Person
from tests.servers import Server

RIGHT = "def add_up(numbers):\n    return sum(numbers)\n"
SLOW = "import time\n\n\ndef add_up(numbers):\n    time.sleep(120)\n"


def slow_pack(root: Path) -> Path:
    """A pack whose one code item lets a case take its time."""
    write_pack(root)
    folder = root / "items" / "dsa" / "add-up"
    write_code_item(folder)
    with (folder / "item.yaml").open("a", encoding="utf-8") as head:
        head.write("limits: {cpu_s: 60, wall_s: 150}\n")
    return root


def settings(pack: Path) -> dict[str, str]:
    """What a server needs so that one run makes others wait, and four are all that may."""
    return {
        "GREENROOM_PACKS": json.dumps([str(pack)]),
        "GREENROOM_JUDGE_JOBS": "1",
        "GREENROOM_QUEUE_LIMIT": "4",
        "GREENROOM_QUEUE_LIMIT_EACH": "3",
    }


class Crowd:
    """Candidates of *server*, each in a round that asks *item*; `ids` has the user's id by name.

    Who was there before is called by the id itself.
    """

    def __init__(self, server: Server, pack: Path, item: str = "add-up") -> None:
        self._server = server
        self._item = item
        self._catalogue = Catalogue([load_pack(pack)])
        self.ids: dict[str, str] = {}
        self._people: dict[str, Person] = {}
        self._rounds: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def add(self, name: str) -> Person:
        """A further candidate, signed in and in a round."""
        link = self._now(self._new_user(name))
        person = self._open.enter_context(Person(self._server.address))
        self._people[name] = person.sign_in(f"{self._server.address}/enter?link={link}")
        self.new_round(name)
        return person

    def new_round(self, name: str) -> str:
        """The path of a round that candidate *name* is in now."""
        self._rounds[name] = self._now(self._begin(name))
        return self._rounds[name]

    def run(self, name: str, source: str) -> Any:
        """The answer to a run of the visible cases."""
        person = self._people[name]
        return person.http.post(
            f"{self._rounds[name]}/run", json={"text": source}, headers={"accept": "application/json"}
        )

    def listen(self, name: str, stream: str, until: str) -> list[tuple[str, dict[str, Any]]]:
        """The events of *stream* up to the first of the name *until*."""
        found: list[tuple[str, dict[str, Any]]] = []
        with self._people[name].http.stream("GET", stream) as answer:
            event = ""
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    event = line.removeprefix("event: ").strip()
                elif line.startswith("data: "):
                    found.append((event, json.loads(line.removeprefix("data: "))))
                    if event == until:
                        return found
        return found

    def _now(self, work: Any) -> Any:
        """Run a coroutine, also where Playwright has a loop in this thread."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, work).result()

    async def _new_user(self, name: str) -> str:
        database = Database(self._server.database or self._server.data_dir / "greenroom.db")
        try:
            moment = datetime.now(UTC)
            self.ids[name] = new_id(moment)
            async with database.write() as connection:
                row = {"id": self.ids[name], "name": name, "created_at": moment}
                await connection.execute(insert(users).values(row))
            keys = KeyFile(self._server.data_dir / "keys.json", "EdDSA")
            return await service.new_link(database, keys, self.ids[name], moment)
        finally:
            await database.close()

    async def _begin(self, name: str) -> str:
        database = Database(self._server.database or self._server.data_dir / "greenroom.db")
        try:
            interviews, moment = Interviews(database, self._catalogue), datetime.now(UTC)
            user = self.ids.get(name, name)
            item = self._catalogue.get(self._item)
            assert item is not None
            made = await interviews.create_with(user, [item], now=moment)
            opened = await interviews.begin(user, made.id, moment)
            assert opened is not None
            return f"/rounds/{opened.id}"
        finally:
            await database.close()
