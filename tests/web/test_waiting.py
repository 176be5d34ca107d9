"""Runs that wait, over HTTP: positions in the stream, a refusal that says when to come again, a newer run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crowd import RIGHT, SLOW, Crowd, settings, slow_pack
from tests.person import Person
from tests.servers import Server

from greenroom.interview.tries import OVERTAKEN


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return slow_pack(tmp_path_factory.mktemp("packs") / "small")


@pytest.fixture
def server(tmp_path: Path, pack: Path) -> Iterator[Server]:
    with Server(tmp_path / "greenroom", **settings(pack)) as running:
        yield running


@pytest.fixture
def crowd(server: Server, pack: Path) -> Iterator[Crowd]:
    """Four candidates, of whom the first has the only place and the others wait."""
    with Crowd(server, pack) as people:
        for name in ("one", "two", "three", "four"):
            people.add(name)
            assert people.run(name, SLOW).status_code == 202
        yield people


def test_the_stream_says_how_many_come_before_and_then_the_cases(crowd: Crowd) -> None:
    crowd.add("me")
    stream = crowd.run("me", RIGHT).json()["stream"]
    assert crowd.listen("me", stream, "position") == [("position", {"before": 3})]
    for name in ("two", "three", "four", "one"):
        assert crowd.run(name, RIGHT).status_code == 202
    found = crowd.listen("me", stream, "done")
    assert [name for name, _ in found][-2:] == ["case", "done"]
    assert found[-1][1]["verdict"] == "accepted"


def test_a_run_that_finds_no_room_is_told_when_to_come_again(crowd: Crowd) -> None:
    for name in ("five", "six"):
        crowd.add(name)
    assert crowd.run("five", RIGHT).status_code == 202
    refused = crowd.run("six", RIGHT)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
    assert refused.json()["detail"] == "too many runs are waiting"
    assert refused.json()["mend"] == "your text is kept; try again in a minute"
    assert crowd.run("five", RIGHT).status_code == 202  # one's own place in the queue is there for a newer run


def test_one_candidate_is_told_that_theirs_are_too_many(server: Server, pack: Path) -> None:
    with Crowd(server, pack) as people:
        people.add("me")
        assert people.run("me", SLOW).status_code == 202
        for _ in range(3):
            people.new_round("me")
            assert people.run("me", RIGHT).status_code == 202
        people.new_round("me")
        refused = people.run("me", RIGHT)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
        assert refused.json()["detail"] == "3 runs of yours are waiting already"


def test_an_answer_is_stored_and_waits_where_a_run_is_refused(crowd: Crowd) -> None:
    crowd.add("five")
    assert crowd.run("five", RIGHT).status_code == 202
    me = crowd.add("me")
    path = crowd.new_round("me")
    assert crowd.run("me", RIGHT).status_code == 503
    stored = me.submit(path, RIGHT, "once")
    assert stored.status_code == 202
    assert crowd.listen("me", stored.json()["stream"], "position") == [("position", {"before": 4})]
    assert "Waiting: 4 before you." in me.http.get(path).text


def test_an_answer_ends_the_run_of_its_round(server: Server, pack: Path) -> None:
    with Crowd(server, pack) as people:
        me: Person = people.add("me")
        path = people.new_round("me")
        stream = people.run("me", SLOW).json()["stream"]
        answer = me.submit(path, RIGHT, "once").json()
        assert people.listen("me", stream, "done")[-1] == (
            "done",
            {"verdict": None, "message": OVERTAKEN, "url": path},
        )
        assert people.listen("me", answer["stream"], "done")[-1][1]["verdict"] == "accepted"


def test_who_is_alone_waits_for_nobody(server: Server, pack: Path) -> None:
    with Crowd(server, pack) as people:
        people.add("me")
        stream = people.run("me", RIGHT).json()["stream"]
        assert [name for name, _ in people.listen("me", stream, "done")][-2:] == ["case", "done"]
