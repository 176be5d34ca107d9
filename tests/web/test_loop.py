"""What takes long never runs on the event loop: hashing, SQL, zipping, reading of packs, grading, judging."""

from __future__ import annotations

import sqlite3
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import argon2.low_level
import httpx2 as httpx
import pytest
from tests.web.api_site import WORDS, open_site

from greenroom.bank.loader import load_cases
from greenroom.grading.service import Grader
from greenroom.judge.service import Judge
from greenroom.web import questions

pytestmark = pytest.mark.anyio

ANSWERED = {"concept", "code"}
MOST_DRAWS = 10
"""An interview is drawn, and one in some twenty has only one of the two kinds."""


class Watch:
    """Notes in which threads the watched calls run."""

    def __init__(self) -> None:
        self.loop_thread = threading.get_ident()
        self.watching = False
        self.on_loop: list[str] = []
        self.seen: set[str] = set()

    def note(self, name: str) -> None:
        if self.watching:
            self.seen.add(name)
            if threading.get_ident() == self.loop_thread:
                self.on_loop.append(name)

    def wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.note(name)
            return call(*args, **kwargs)

        return watched


def connecting(watch: Watch) -> Callable[..., sqlite3.Connection]:
    """`sqlite3.connect`, whose connections and cursors are watched."""

    class Cursor(sqlite3.Cursor):
        def execute(self, *args: Any) -> Any:
            watch.note("sqlite")
            return super().execute(*args)

        def fetchall(self) -> Any:
            watch.note("sqlite")
            return super().fetchall()

    class Connection(sqlite3.Connection):
        def cursor(self, *_args: Any, **_kwargs: Any) -> Any:
            return super().cursor(Cursor)

        def execute(self, *args: Any) -> Any:
            watch.note("sqlite")
            return super().execute(*args)

    plain = sqlite3.connect

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        watch.note("sqlite")
        opened: sqlite3.Connection = plain(*args, **kwargs | {"factory": Connection})
        return opened

    return connect


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(sqlite3, "connect", connecting(watch))
    for name in ("hash_secret", "verify_secret"):
        monkeypatch.setattr(argon2.low_level, name, watch.wrapped("argon2", getattr(argon2.low_level, name)))
        monkeypatch.setattr(f"argon2._password_hasher.{name}", getattr(argon2.low_level, name))
    monkeypatch.setattr(zipfile.ZipFile, "writestr", watch.wrapped("zip", zipfile.ZipFile.writestr))
    monkeypatch.setattr(questions, "load_cases", watch.wrapped("cases", load_cases))
    monkeypatch.setattr(questions, "_known", {})
    monkeypatch.setattr(Grader, "grade", watch.wrapped("grader", Grader.grade))
    monkeypatch.setattr(Judge, "run", watch.wrapped("judge", Judge.run))
    return watch


async def test_nothing_that_takes_long_runs_on_the_loop(tmp_path: Path, watch: Watch) -> None:
    async with open_site(tmp_path) as site:
        watch.loop_thread, watch.watching = threading.get_ident(), True
        someone = await site.member()
        kinds: set[str] = set()
        for _ in range(MOST_DRAWS):
            path = await play(someone, kinds)
            if kinds == ANSWERED:
                break
        assert kinds == ANSWERED
        assert (await someone.get(f"{path}/report")).status_code == 200
        assert (await someone.get("/api/v1/me/export")).status_code == 200
        assert (await someone.post("/api/v1/password", json={"old": WORDS, "new": WORDS + "!"})).status_code == 200
        watch.watching = False
    assert watch.seen >= {"sqlite", "argon2", "zip", "grader", "judge", "cases"}
    assert watch.on_loop == []


async def play(someone: httpx.AsyncClient, answered: set[str]) -> str:
    """An interview to its end, in which the first question of each kind that is not *answered* yet is; its path."""
    made = (await someone.post("/api/v1/interviews", json={"topics": ["jwt", "dsa"], "minutes": 120})).json()
    path = f"/api/v1/interviews/{made['id']}"
    while (current := (await someone.post(f"{path}/begin")).json()["current"]) is not None:
        asked = (await someone.get(f"/api/v1/rounds/{current}")).json()
        if asked["kind"] in ANSWERED - answered:
            answered.add(asked["kind"])
            text = "It keeps no state, the token carries what is needed."
            started = await someone.post(f"/api/v1/rounds/{current}/submit", json={"text": text})
            await someone.get(started.json()["stream"])
        while (await someone.get(f"/api/v1/rounds/{current}")).json()["step"] != "done":
            await someone.post(f"/api/v1/rounds/{current}/skip")
    return path
