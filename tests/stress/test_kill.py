"""`kill -9` in the middle of judging: after a restart the submission ends with its verdict, once."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from greenroom.bank.models import Kind, SubmissionSort
from tests.person import Person, bank_by_title, declared
from tests.servers import Server, wait_until


def rows(data_dir: Path, query: str) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(data_dir / "greenroom.db", timeout=20)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def first_code_round(person: Person) -> tuple[str, str, str]:
    """(interview id, round path, accepted source) of an interview whose first round is code."""
    bank = bank_by_title()
    interview, path = person.begin("dsa", 120)
    while True:
        item = bank[person.title(path)]
        if item.kind is Kind.code:
            return interview, path, declared(item, SubmissionSort.accepted)
        person.http.post(f"{path}/skip")
        path = person.http.post(f"/interviews/{interview}/begin").headers["location"]


def test_a_submission_survives_kill_9_and_is_answered_once(tmp_path: Path) -> None:
    server = Server(tmp_path).start()
    try:
        with Person(server.address).sign_in(server.link) as person:
            _, path, source = first_code_round(person)
            # Slow enough to be caught in the middle, fast enough for every limit.
            assert person.submit(path, f"import time\ntime.sleep(0.4)\n{source}", "only-once").status_code == 202
            wait_until(lambda: rows(tmp_path, "SELECT 1 FROM submissions WHERE attempts = 1"))
            server.kill()
        state = rows(tmp_path, "SELECT state, verdict, attempts FROM submissions")
        assert state == [("queued", None, 1)]

        server = Server(tmp_path).start()
        wait_until(lambda: rows(tmp_path, "SELECT 1 FROM submissions WHERE state = 'done'"))
        with Person(server.address).sign_in(server.link) as person:
            again = person.submit(path, f"import time\ntime.sleep(0.4)\n{source}", "only-once")
            assert again.status_code in (202, 409)
        ((verdict, attempts, result),) = rows(tmp_path, "SELECT verdict, attempts, result FROM submissions")
        assert (verdict, attempts) == ("accepted", 2)
        assert {finding["state"] for finding in json.loads(result)["findings"]} == {"met"}
    finally:
        server.stop()


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with Server(tmp_path) as first:
        second = Server(tmp_path)
        try:
            second.start()
        except AssertionError as error:
            assert "another Greenroom is running" in str(error)
            assert first.address in str(error)
        else:
            second.stop()
            raise AssertionError("two servers ran on one data folder")


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with Server(tmp_path / "a") as first:
        port = first.address.rpartition(":")[2]
        try:
            Server(tmp_path / "b", GREENROOM_PORT=port).start().stop()
        except AssertionError as error:
            assert f"port {port}" in str(error)
            assert "GREENROOM_PORT" in str(error)
        else:
            raise AssertionError("two servers listened on one port")
        # Without a named port the next free one is taken.
        with Server(tmp_path / "c") as other:
            assert other.address != first.address
