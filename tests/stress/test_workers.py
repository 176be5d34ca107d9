"""Two server processes on one PostgreSQL: what one begins the other ends, and a dead one is replaced."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.person import Person
from tests.postgresql import Postgres
from tests.servers import Server, two_workers, wait_until
from tests.stress.test_kill import first_code_round

SLOWER = "import time\ntime.sleep(0.4)\n"


@pytest.fixture
def server(postgres: Postgres, tmp_path: Path) -> Iterator[Server]:
    """A server that a test may kill parts of."""
    with two_workers(tmp_path, postgres.new_database(), GREENROOM_LEASE_S="2") as running:
        yield running


def only(postgres: Postgres, server: Server, path: str) -> dict[str, Any]:
    """The one submission of the round at *path*."""
    names = ("state", "verdict", "attempts", "claimed_by", "result")
    query = f"SELECT {', '.join(names)} FROM submissions WHERE round_id = :round"
    (row,) = postgres.ask(query, server.database, round=path.rpartition("/")[2])
    return dict(zip(names, row, strict=True))


@contextmanager
def at_another(server: Server, person: Person, than: int) -> Iterator[Person]:
    """The same person on a connection to a process other than *than*."""
    with ExitStack() as stack:
        for _ in range(200):
            again = stack.enter_context(Person(server.address))
            again.http.headers["authorization"] = person.http.headers["authorization"]
            if server.worker_of(again.http.get("/api/v1/me")) != than:
                yield again
                return
        raise AssertionError("one process takes every connection")


def events(person: Person, stream: str) -> list[tuple[str, dict[str, Any]]]:
    """What a stream says until its end."""
    found: list[tuple[str, dict[str, Any]]] = []
    with person.http.stream("GET", stream) as answer:
        event = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                event = line.removeprefix("event: ").strip()
            elif line.startswith("data: "):
                found.append((event, json.loads(line.removeprefix("data: "))))
                if event == "done":
                    break
    return found


def test_the_other_answers_once_when_the_one_that_judges_is_killed(server: Server, postgres: Postgres) -> None:
    before = server.workers()
    assert len(before) == 2
    with Person(server.address).register("ada@example.org") as person:
        _, path, source = first_code_round(person)
        handed_in = person.submit(path, f"{SLOWER}{source}", "only-once")
        assert handed_in.status_code == 202
        judging = server.worker_of(handed_in)
        wait_until(lambda: only(postgres, server, path)["attempts"] == 1)
        first = only(postgres, server, path)
        assert first["state"] == "queued"
        with at_another(server, person, judging) as other:
            os.kill(judging, signal.SIGKILL)
            name, body = events(other, handed_in.json()["stream"])[-1]
            assert (name, body["verdict"], body["url"]) == ("done", "accepted", path)
            again = other.submit(path, f"{SLOWER}{source}", "only-once")
            assert again.status_code in (202, 409)
    last = only(postgres, server, path)
    assert (last["state"], last["verdict"], last["attempts"]) == ("done", "accepted", 2)
    assert last["claimed_by"] != first["claimed_by"]
    assert {finding["state"] for finding in last["result"]["findings"]} == {"met"}
    wait_until(lambda: len(server.workers()) == 2)
    assert judging not in server.workers()


def test_a_page_at_another_process_gets_the_end(workers_on_postgresql: Server, postgres: Postgres) -> None:
    server = workers_on_postgresql
    with Person(server.address).register("page@example.org") as person:
        _, path, source = first_code_round(person)
        handed_in = person.submit(path, f"{SLOWER}{source}", "once")
        with at_another(server, person, server.worker_of(handed_in)) as other:
            said = events(other, handed_in.json()["stream"])
        assert said[-1][1]["verdict"] == "accepted"
        assert "case" in [name for name, _ in said]
    assert only(postgres, server, path)["attempts"] == 1


def test_a_run_is_heard_at_another_process(workers_on_postgresql: Server) -> None:
    server = workers_on_postgresql
    with Person(server.address).register("run@example.org") as person:
        _, path, source = first_code_round(person)
        started = person.http.post(f"{path}/run", json={"text": f"{SLOWER}{source}"})
        assert started.status_code == 202
        with at_another(server, person, server.worker_of(started)) as other:
            said = events(other, started.json()["stream"])
            assert said[-1][1]["verdict"] == "accepted"
            assert "case" in [name for name, _ in said]
            assert other.http.get(f"{path}/runs/nothing/stream").status_code == 404


def test_a_form_that_is_sent_again_to_another_process_is_one_submission(
    workers_on_postgresql: Server, postgres: Postgres
) -> None:
    server = workers_on_postgresql
    with Person(server.address).register("form@example.org") as person:
        _, path, source = first_code_round(person)
        handed_in = person.submit(path, f"{SLOWER}{source}", "once")
        with at_another(server, person, server.worker_of(handed_in)) as other:
            again = other.submit(path, f"{SLOWER}{source}", "once")
            assert again.json()["stream"] == handed_in.json()["stream"]
            assert events(other, again.json()["stream"])[-1][1]["verdict"] == "accepted"
    assert only(postgres, server, path)["attempts"] == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_one_that_was_started(server: Server, number: int) -> None:
    workers = server.workers()
    server.process.send_signal(number)
    server.process.wait(60)
    wait_until(lambda: not any(_lives(pid) for pid in workers))


def _lives(pid: int) -> bool:
    """Whether it runs; one that has ended and waits to be asked for its exit code does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_server_whose_database_cannot_be_reached_says_so_and_ends(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="cannot be reached") as caught:
        two_workers(tmp_path, f"postgresql://me@/nothing?host={tmp_path}").start()
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"GREENROOM_MODE": "solo"}, "solo mode is one process"),
        ({"GREENROOM_DATABASE_URL": ""}, "cannot share SQLite"),
    ],
)
def test_several_processes_need_others_and_a_database_for_them(
    tmp_path: Path, setting: dict[str, str], said: str
) -> None:
    with pytest.raises(AssertionError, match=said):
        two_workers(tmp_path, "postgresql://me@/nothing", **setting).start()
