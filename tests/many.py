"""A Greenroom for many, and people in it who were given a role."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import httpx2 as httpx

from tests.servers import Server

WORDS = "four words of mine"


def open_to_all(data_dir: Path, **environment: str) -> Server:
    """A server where anybody may register; it is started by `with`."""
    return Server(data_dir, GREENROOM_MODE="server", GREENROOM_REGISTRATION="open", **environment)


def register(server: Server, name: str, role: str = "candidate") -> str:
    """Make an account; returns its address. *role* is written into the database: nobody is there yet to give it."""
    email = f"{name.lower()}@example.org"
    body = {"email": email, "name": name, "password": WORDS}
    answer = httpx.post(f"{server.address}/api/v1/register", json=body)
    assert answer.status_code == 202, answer.text
    with sqlite3.connect(server.data_dir / "greenroom.db") as database:
        assert database.execute("UPDATE users SET role = ? WHERE email = ?", (role, email)).rowcount == 1
    database.close()
    return email


def client(server: Server, email: str | None = None) -> httpx.Client:
    """A client of the API, logged in as *email*; as nobody without."""
    opened = httpx.Client(base_url=server.address, timeout=60, headers={"accept": "application/json"})
    if email is not None:
        answer = opened.post("/api/v1/login", json={"email": email, "password": WORDS})
        assert answer.status_code == 200, answer.text
        opened.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        opened.cookies.clear()
    return opened
