"""The pages refuse what does not come from them, and say plainly what is wrong with bad input."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.person import Person
from tests.servers import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("greenroom")) as running:
        yield running


@pytest.fixture(scope="module")
def person(server: Server) -> Iterator[Person]:
    with Person(server.address) as someone:
        yield someone.sign_in(server.link)


@pytest.fixture(scope="module")
def round_path(person: Person) -> str:
    return person.begin("jwt", 10)[1]


@pytest.fixture
def stranger(server: Server) -> Iterator[Person]:
    with Person(server.address) as someone:
        yield someone


@pytest.mark.parametrize(
    "path", ["/setup", "/history", "/doctor", "/interviews/x", "/rounds/x", "/interviews/x/report"]
)
def test_strangers_see_nothing(stranger: Person, path: str) -> None:
    assert stranger.http.get(path).status_code == 401


def test_home_and_health_answer_everybody(stranger: Person) -> None:
    assert stranger.http.get("/").status_code == 200
    assert stranger.http.get("/health").text == "ok\n"


def test_strangers_change_nothing(stranger: Person, round_path: str) -> None:
    for method, path in (("POST", "/interviews"), ("POST", f"{round_path}/submit"), ("PUT", f"{round_path}/draft")):
        assert stranger.http.request(method, path).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"x-csrf-token": "0" * 32},
        {"x-csrf-token": ""},
    ],
    ids=str,
)
def test_requests_of_other_sites_change_nothing(person: Person, round_path: str, headers: dict[str, str]) -> None:
    assert person.http.post(f"{round_path}/skip", headers=headers).status_code == 403
    assert person.http.get(round_path).status_code == 200


def test_a_form_without_its_token_is_refused(person: Person, round_path: str) -> None:
    token = person.http.headers.pop("x-csrf-token")
    try:
        assert person.http.post(f"{round_path}/skip", data={"a": "b"}).status_code == 403
        assert person.http.post(f"{round_path}/hints", data={"csrf_token": token}).status_code == 303
    finally:
        person.http.headers["x-csrf-token"] = token


def test_getting_changes_nothing(person: Person, round_path: str) -> None:
    for action in ("submit", "skip", "hints", "close"):
        assert person.http.get(f"{round_path}/{action}").status_code in (404, 405)


def test_the_cookie_is_not_for_scripts(server: Server, tmp_path: Path) -> None:
    with Server(tmp_path) as other, Person(other.address) as someone:
        cookie = someone.http.get(other.link).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_an_answer_of_ten_megabytes_is_refused_and_the_draft_kept(person: Person, round_path: str) -> None:
    draft = {"text": "what I had", "revision": 0, "tab": "t"}
    assert person.http.put(f"{round_path}/draft", json=draft).json()["revision"] == 1
    for answer in (
        person.submit(round_path, "x" * 10_000_000, "t"),
        person.http.put(f"{round_path}/draft", json=draft | {"text": "x" * 10_000_000, "revision": 1}),
    ):
        assert answer.status_code == 413
        assert "shorten" in answer.text
    assert "what I had" in person.http.get(round_path).text


def test_an_answer_over_the_length_is_refused_with_the_mend(person: Person, round_path: str) -> None:
    answer = person.submit(round_path, "x" * 60_000, "t")
    assert answer.status_code == 422
    assert "50,000" in answer.json()["mend"]


def test_invalid_utf8_in_a_draft_is_a_plain_error(person: Person, round_path: str) -> None:
    answer = person.http.put(
        f"{round_path}/draft",
        content=b'{"text": "\xff\xfe", "revision": 1, "tab": "t"}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in (400, 422)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": 1, "revision": 0, "tab": "t"},
        {"text": "x", "revision": -1, "tab": "t"},
        {"text": "x", "revision": 0, "tab": "t", "user_id": "me"},
    ],
)
def test_wrong_drafts_are_refused(person: Person, round_path: str, body: dict[str, object]) -> None:
    assert person.http.put(f"{round_path}/draft", json=body).status_code == 422


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"topics": ["cobol"], "minutes": "30"}, 422),
        ({"topics": [], "minutes": "30"}, 422),
        ({"topics": ["jwt"], "minutes": "0"}, 422),
        ({"topics": ["jwt"], "minutes": "1e9"}, 422),
        ({"topics": ["jwt"], "minutes": "30", "level": "nightmare"}, 422),
    ],
)
def test_wrong_set_ups_are_explained(person: Person, data: dict[str, list[str] | str], status: int) -> None:
    answer = person.http.post("/interviews", data=data)
    assert answer.status_code == status
    assert "Something went wrong" not in answer.text


@pytest.mark.parametrize("path", ["/rounds/nothing", "/interviews/nothing", "/interviews/nothing/report", "/nowhere"])
def test_what_is_not_there_says_so(person: Person, path: str) -> None:
    assert person.http.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/x/css/greenroom.css", "/static/../../pyproject.toml", "/static/%2e%2e/app.py"]
)
def test_static_files_are_served_under_their_hash_alone(person: Person, path: str) -> None:
    assert person.http.get(path).status_code == 404


def test_examiners_files_are_never_shown(person: Person, round_path: str) -> None:
    for page in (round_path, f"{round_path}/debrief"):
        text = person.http.get(page).text
        assert "oracle" not in text.lower() or "judge/oracle.py" not in text
        assert "accepts" not in text
