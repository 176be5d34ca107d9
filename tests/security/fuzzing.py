"""Schemathesis' hooks: who it is, and the ids of things that are there.

Loaded by the command line of schemathesis (`SCHEMATHESIS_HOOKS`), in a process of its own.
"""

from __future__ import annotations

import itertools
import os
import time
from typing import Any

import httpx2 as httpx
import schemathesis

PASSWORD = "four words of mine"
ADDRESS = os.environ.get("GREENROOM_FUZZ_ADDRESS", "")
RENEW_AFTER_S = 300.0
ENDS_SESSION = frozenset(("logout", "logout_everywhere", "end_session", "change_password", "delete_me"))
_numbers = itertools.count()


def new_token() -> str:
    """The access token of a new user."""
    email = f"fuzz{os.getpid()}x{next(_numbers)}@example.org"
    with httpx.Client(base_url=ADDRESS, timeout=60) as http:
        made = http.post("/api/v1/register", json={"email": email, "name": "Fuzz", "password": PASSWORD})
        made.raise_for_status()
        answer = http.post("/api/v1/login", json={"email": email, "password": PASSWORD})
        answer.raise_for_status()
        return str(answer.json()["access_token"])


def things(token: str) -> tuple[str, str]:
    """An interview of the token's user that has begun, and its round."""
    with httpx.Client(base_url=ADDRESS, timeout=60, headers={"authorization": f"Bearer {token}"}) as http:
        wanted = {"topics": ["dsa", "jwt"], "minutes": 60, "level": "mixed"}
        made = http.post("/api/v1/interviews", json=wanted)
        made.raise_for_status()
        begun = http.post(f"/api/v1/interviews/{made.json()['id']}/begin")
        begun.raise_for_status()
        return str(begun.json()["id"]), str(begun.json()["current"])


class _Member:
    token = ""
    interview = round = ""
    made_at = -1e9

    def current(self) -> _Member:
        """A user with an access token that goes on for a while."""
        if time.monotonic() - self.made_at > RENEW_AFTER_S:
            self.token, self.made_at = new_token(), time.monotonic()
        return self

    def with_things(self) -> _Member:
        """The same, with an interview of their own; made anew when it was deleted or finished."""
        self.current()
        with httpx.Client(base_url=ADDRESS, timeout=60, headers={"authorization": f"Bearer {self.token}"}) as http:
            path = f"/api/v1/interviews/{self.interview or 'none'}"
            found = http.get(path)
        if found.status_code != 200 or found.json()["state"] == "finished" or found.json()["current"] is None:
            self.interview, self.round = things(self.token)
        else:
            self.round = found.json()["current"]
        return self


member = _Member()


@schemathesis.auth(refresh_interval=None)
class Bearer:
    """One user for all that leaves the session alone, a new one for each call that ends it."""

    def get(self, case: Any, _context: Any) -> str:
        """The token for a case."""
        operation = case.operation.definition.raw.get("operationId")
        return new_token() if operation in ENDS_SESSION else member.current().token

    def set(self, case: Any, data: str, _context: Any) -> None:
        """Send it."""
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Most of what is well formed names something that is there: what is behind the 404 is to be reached too."""
    parameters = case.path_parameters or {}
    names = {"interview_id", "round_id"} & set(parameters)
    meta = case.meta
    negative = meta is not None and meta.generation.mode.is_negative
    if not names or negative or next(_numbers) % 4 == 0:
        return
    there = member.with_things()
    for name in names:
        parameters[name] = there.interview if name == "interview_id" else there.round
