"""A Greenroom for many in a process of its own, and people who have an access token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.servers import Server

PASSWORD = "four words of mine"
NO_LIMITS = {
    f"GREENROOM_LIMIT_{name}": ""
    for name in ("LOGIN", "LOGIN_USER", "LOGIN_ADDRESS", "LOGIN_ALL", "REGISTER", "LETTERS", "REFRESH", "REQUESTS")
}


def server_for_many(data_dir: Path, **environment: str) -> Server:
    """The server, without rate limits. `link` makes the first account, which is an admin's."""
    given = {"GREENROOM_MODE": "server", "GREENROOM_REGISTRATION": "open", "GREENROOM_HOST": "127.0.0.1"}
    return Server(data_dir, **given | NO_LIMITS | environment)


class Member:
    """An API client: it sends its access token in the `Authorization` header, and keeps no cookie."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60)
        self.email = ""

    def join(self, email: str, invitation: str | None = None) -> Member:
        """Register and log in."""
        wanted: dict[str, Any] = {"email": email, "name": "Ada", "password": PASSWORD}
        if invitation is not None:
            wanted["invitation"] = invitation
        answer = self.http.post("/api/v1/register", json=wanted)
        assert answer.status_code == 202, answer.text
        return self.log_in(email)

    def log_in(self, email: str) -> Member:
        """Log in."""
        self.email = email
        answer = self.http.post("/api/v1/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        self.http.cookies.clear()
        return self

    def get(self, path: str, status: int = 200, **headers: str) -> Any:
        """The JSON at a path of the API."""
        answer = self.http.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """Send *body* as JSON; returns the answer's."""
        answer = self.http.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def close(self) -> None:
        self.http.close()


def admin_of(server: Server) -> Member:
    """The first admin, by the invitation that the server printed."""
    return Member(server.address).join("admin@example.org", server.link.partition("#")[2])
