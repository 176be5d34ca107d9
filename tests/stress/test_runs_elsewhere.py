"""Two server processes: a run at one is ended by a Stop or a newer run at the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from greenroom.interview.designs import STOPPED
from greenroom.interview.tries import OVERTAKEN
from tests.crowd import Crowd
from tests.items import LONG_ANSWER, write_long_design_item, write_pack
from tests.person import Person
from tests.postgresql import Postgres
from tests.servers import Server, two_workers
from tests.stress.test_kill import first_code_round
from tests.stress.test_workers import at_another, events

SLEEPS = "import time\ntime.sleep(1)\n"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pack")
    write_pack(root)
    write_long_design_item(root / "items" / "ml-systems" / "keep-the-mall-open")
    return root


@pytest.fixture(scope="module")
def server(postgres: Postgres, pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    packs = json.dumps([str(pack)])
    folder = tmp_path_factory.mktemp("runs")
    with two_workers(folder, postgres.new_database(), GREENROOM_PACKS=packs) as running:
        yield running


def first_course(person: Person, stream: str) -> dict[str, Any]:
    """The course that *stream* tells first."""
    with person.http.stream("GET", stream) as answer:
        for line in answer.iter_lines():
            body = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            assert "message" not in body, "the run is over"
            if body.get("course"):
                return dict(body["course"])
    raise AssertionError("nothing was told")


def test_a_design_that_runs_at_one_process_is_stopped_from_the_other(server: Server, pack: Path) -> None:
    with Person(server.address).register("stop@example.org") as person:
        me = person.http.get("/api/v1/me").json()["id"]
        with Crowd(server, pack, "keep-the-mall-open") as crowd:
            path = crowd.new_round(me)
        started = person.http.post(f"{path}/design/run", json={"text": LONG_ANSWER})
        assert started.status_code == 202, started.text
        stream = started.json()["stream"]
        with at_another(server, person, server.worker_of(started)) as other:
            assert first_course(person, stream)["over_time"]["p99_ms"]
            stopped = other.http.post(f"{path}/design/stop")
            assert stopped.json() == {"stopped": True}
            assert events(other, stream)[-1] == ("done", {"verdict": None, "message": STOPPED, "url": path})


def test_a_newer_run_at_the_other_process_ends_the_one_before(server: Server) -> None:
    with Person(server.address).register("newer@example.org") as person:
        _, path, source = first_code_round(person)
        older = person.http.post(f"{path}/run", json={"text": f"{SLEEPS}{source}"})
        with at_another(server, person, server.worker_of(older)) as other:
            newer = other.http.post(f"{path}/run", json={"text": source})
            assert server.worker_of(newer) != server.worker_of(older)
            _, body = events(person, older.json()["stream"])[-1]
            assert (body["verdict"], body["message"]) == (None, OVERTAKEN)
            assert events(other, newer.json()["stream"])[-1][1]["verdict"] == "accepted"
