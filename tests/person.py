"""A signed-in person without a browser: a cookie, a form token, and the moves of an interview."""

from __future__ import annotations

import html
import re
from types import TracebackType
from typing import Self

import httpx2 as httpx

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, SubmissionSort

_TOKEN = re.compile(r'name="csrf-token" content="([0-9a-f]*)"')
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def declared(item: Item, sort: SubmissionSort) -> str:
    """The text of a declared submission."""
    return next(one for one in item.submissions if one.sort is sort).path.read_text(encoding="utf-8")


def bank_by_title() -> dict[str, Item]:
    """The core pack's items by title."""
    return {item.title: item for item in load_pack(core_pack_folder()).items}


class Person:
    """An HTTP client that behaves like a page of ours."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60, follow_redirects=False)
        self.http.headers["accept"] = "text/html"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def sign_in(self, link: str) -> Self:
        answer = self.http.get(link)
        assert answer.status_code == 303, answer.text
        self.refresh()
        return self

    def register(self, email: str, password: str = "four words of mine") -> Self:
        """Make an account on a server where anybody may, and log in as API clients do: with a header, not a cookie."""
        given = {"email": email, "password": password}
        assert self.http.post("/api/v1/register", json={**given, "name": "Ada"}).status_code == 202
        return self.log_in(email, password)

    def log_in(self, email: str, password: str = "four words of mine") -> Self:
        answer = self.http.post("/api/v1/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        self.http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        self.http.cookies.clear()
        return self

    def refresh(self) -> None:
        """Take the form token from a page."""
        found = _TOKEN.search(self.http.get("/").text)
        assert found
        self.http.headers["x-csrf-token"] = found.group(1)

    def begin(self, topic: str, minutes: int = 60) -> tuple[str, str]:
        """Start an interview in one topic; returns (interview id, round path)."""
        made = self.http.post("/interviews", data={"topics": [topic], "minutes": str(minutes), "level": "mixed"})
        assert made.status_code == 303, made.text
        first = self.http.post(f"{made.headers['location']}/forecast", data={"skip": "1"})
        assert first.status_code == 303, first.text
        return made.headers["location"].rpartition("/")[2], first.headers["location"]

    def title(self, path: str) -> str:
        """The heading of a page."""
        page = self.http.get(path)
        found = _TITLE.search(page.text)
        assert found, page.text
        return html.unescape(found.group(1)).strip()

    def submit(self, path: str, text: str, token: str) -> httpx.Response:
        """Hand an answer in, as the page's script does."""
        return self.http.post(
            f"{path}/submit", data={"source": text, "token": token}, headers={"accept": "application/json"}
        )
