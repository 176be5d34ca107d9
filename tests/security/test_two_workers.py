"""Two server processes on one PostgreSQL, with and without a Valkey: what one ends, the other refuses."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2 as httpx
import pytest

from tests.postgresql import Postgres
from tests.servers import Server, two_workers, wait_until
from tests.valkey import valkey_server

WORDS = "four words of mine"
_numbers = itertools.count()


@pytest.fixture(scope="module", params=["database", "valkey"])
def server(
    request: pytest.FixtureRequest, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    with ExitStack() as opened:
        shared = {"GREENROOM_LIMIT_LOGIN_ADDRESS": "", "GREENROOM_LIMIT_REGISTER": "", "GREENROOM_LIMIT_REFRESH": ""}
        if request.param == "valkey":
            shared["GREENROOM_REDIS_URL"] = opened.enter_context(valkey_server())
        folder = tmp_path_factory.mktemp("greenroom")
        yield opened.enter_context(two_workers(folder, postgres.new_database(), **shared))


class Client:
    """Somebody at one of the workers: the connection stays, and so does the process at its other end."""

    def __init__(self, server: Server, worker: int) -> None:
        for _ in range(200):
            self.http = httpx.Client(base_url=server.address, timeout=60)
            if server.worker_of(self.http.get("/health")) == worker:
                return
            self.http.close()
        raise AssertionError("the other worker never answered")

    def post(self, path: str, body: object = None, **cookies: str) -> httpx.Response:
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        return self.http.post(f"/api/v1{path}", json=body, headers=headers)

    def me(self, token: str) -> int:
        return self.http.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).status_code

    def act(self, method: str, path: str, token: str, body: object = None) -> httpx.Response:
        return self.http.request(method, f"/api/v1{path}", json=body, headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def clients(server: Server) -> Iterator[tuple[Client, Client]]:
    wait_until(lambda: len(server.workers()) == 2)
    one, two = (Client(server, worker) for worker in sorted(server.workers()))
    yield one, two
    for client in (one, two):
        client.http.close()


def someone(client: Client) -> str:
    """The address of a new account."""
    email = f"user-{next(_numbers)}-{os.getpid()}@example.org"
    answer = client.post("/register", {"email": email, "name": "Ada", "password": WORDS})
    assert answer.status_code == 202, answer.text
    return email


def logged_in(client: Client, email: str) -> tuple[str, str]:
    """(access token, refresh token)."""
    answer = client.post("/login", {"email": email, "password": WORDS})
    assert answer.status_code == 200, answer.text
    refresh = next(
        one.partition("=")[2].partition(";")[0]
        for one in answer.headers.get_list("set-cookie")
        if one.startswith("__Host-greenroom_refresh=")
    )
    return answer.json()["access_token"], refresh


def renew(client: Client, refresh: str) -> httpx.Response:
    return client.post("/refresh", None, **{"__Host-greenroom_refresh": refresh})


def test_a_session_of_one_is_known_to_the_other(clients: tuple[Client, Client]) -> None:
    one, two = clients
    access, refresh = logged_in(one, someone(two))
    assert (one.me(access), two.me(access)) == (200, 200)
    assert renew(two, refresh).status_code == 200


@pytest.mark.parametrize("path", ["/logout", "/logout-everywhere"])
def test_a_logout_in_one_is_refused_in_the_other(clients: tuple[Client, Client], path: str) -> None:
    one, two = clients
    access, refresh = logged_in(one, someone(one))
    assert two.me(access) == 200
    assert one.act("POST", path, access).status_code == 204
    assert two.me(access) == 401
    assert renew(two, refresh).status_code == 401


def test_another_password_in_one_ends_the_sessions_in_the_other(clients: tuple[Client, Client]) -> None:
    one, two = clients
    email = someone(one)
    here, there = logged_in(one, email)[0], logged_in(two, email)[0]
    changed = one.act("POST", "/password", here, {"old": WORDS, "new": "another four words"})
    assert changed.status_code == 200, changed.text
    assert (two.me(here), two.me(there)) == (401, 401)
    assert two.me(changed.json()["access_token"]) == 200


@pytest.fixture(scope="module")
def invitation(server: Server) -> str:
    """The secret that makes the first admin."""
    return server.link.partition("#")[2]


@pytest.fixture
def admin(clients: tuple[Client, Client], invitation: str) -> str:
    """An admin's access token; the first one registers."""
    email = "admin@example.org"
    body = {"email": email, "name": "Ann", "password": WORDS, "invitation": invitation}
    clients[0].post("/register", body)
    return logged_in(clients[1], email)[0]


@pytest.mark.parametrize("change", [{"role": "author"}, {"disabled": True}], ids=str)
def test_another_role_or_being_shut_out_by_one_ends_the_sessions_in_the_other(
    clients: tuple[Client, Client], admin: str, change: dict[str, object]
) -> None:
    one, two = clients
    access, refresh = logged_in(two, someone(one))
    assert two.me(access) == 200
    user_id = two.act("GET", "/me", access).json()["id"]
    assert one.act("PATCH", f"/admin/users/{user_id}", admin, change).status_code == 200
    assert (one.me(access), two.me(access)) == (401, 401)
    assert renew(two, refresh).status_code == 401


def test_of_parallel_renewals_at_both_one_wins(clients: tuple[Client, Client]) -> None:
    one, two = clients
    access, refresh = logged_in(one, someone(one))
    with ThreadPoolExecutor(2) as threads:
        for _ in range(50):
            answers = list(threads.map(lambda client, token=refresh: renew(client, token), (one, two)))
            assert sorted(answer.status_code for answer in answers) == [200, 409]
            winner = next(answer for answer in answers if answer.status_code == 200)
            access = winner.json()["access_token"]
            refresh = winner.headers.get_list("set-cookie")[1].partition("=")[2].partition(";")[0]
    assert (one.me(access), two.me(access)) == (200, 200)


def test_a_new_key_signs_in_both_and_the_last_one_still_verifies(
    clients: tuple[Client, Client], server: Server
) -> None:
    one, two = clients
    email = someone(one)
    before, _ = logged_in(one, email)
    command = [sys.executable, "-m", "greenroom.cli.main", "keys", "rotate"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GREENROOM_DATA_DIR": str(server.data_dir)}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    after, _ = logged_in(two, email)
    assert before.partition(".")[0] != after.partition(".")[0]
    assert [client.me(token) for client in clients for token in (before, after)] == [200] * 4


def test_failed_logins_are_counted_together_where_there_is_a_valkey(
    clients: tuple[Client, Client], request: pytest.FixtureRequest
) -> None:
    email = someone(clients[0])
    statuses = [
        client.post("/login", {"email": email, "password": "not these four words"}).status_code
        for _ in range(10)
        for client in clients
    ]
    together = "valkey" in request.node.callspec.id
    assert statuses.count(401) == (10 if together else 20)
    assert statuses.count(429) == 20 - statuses.count(401)
