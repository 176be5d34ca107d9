"""Nothing of the examiner's side reaches a candidate: not by a schema, and not by any answer of a played interview."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx2 as httpx
import pytest

from greenroom.bank.loader import load_cases
from greenroom.bank.models import Item, Kind, SubmissionSort
from tests.web.api_site import Site, open_site

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(600)]

HIDDEN_FIELDS = {
    *("accepts", "rejects", "phrasings", "follow_up_phrasings", "submissions", "interviewer", "debrief", "hints"),
    *("judge", "judge_folder", "package_folder", "folder", "rubric", "head", "covers", "difficulty", "nearest"),
    *("oracle", "oracles", "holdout", "hold_out", "labels"),
    *("password", "password_hash", "token_hash", "pepper", "secret", "seed"),
}
TAKEN_IN = {"password", "secret"}
"""What a candidate sends, and is never told."""

LONG_ENOUGH = 30


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_site(tmp_path_factory.mktemp("data")) as opened:
        yield opened


def flat(text: str) -> str:
    """*text* without what a format changes: spaces, quotes, entities, escapes."""
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"&#?\w+;|\\[nrt\"]", " ", text.lower()))


def lines_of(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".md", ".yaml", ".sql", ".txt"):
            yield from path.read_text(encoding="utf-8", errors="ignore").splitlines()


def markers(item: Item) -> set[str]:
    """Flat lines of what is hidden of *item*, but for those that a candidate may read elsewhere."""
    found = {line for folder in ("judge", "submissions") for line in lines_of(item.folder / folder)}
    found |= set(item.interviewer.splitlines())
    for point in item.head.rubric:
        found |= {*point.accepts, *point.rejects, *point.follow_up.accepts, *point.follow_up.rejects}
    asked = [one.follow_up.ask for one in item.head.rubric]
    names = [f"name {case.name}" for case in load_cases(item)] if item.kind is Kind.code else []  # results name them
    claims = [one.claim or "" for one in item.head.rubric] + [one.follow_up.claim or "" for one in item.head.rubric]
    open_texts = flat(" ".join([item.prompt, item.debrief, *names, *(hint.text for hint in item.hints), *asked, *claims,
                                *item.starter.values(), *(point.title for point in item.head.rubric)]))  # fmt: skip
    kept = {flat(line).strip() for line in found}
    return {line for line in kept if len(line) >= LONG_ENOUGH and line not in open_texts}


def chosen(site: Site) -> list[Item]:
    """For each kind that is answered quickly one item; of words two."""
    items = site.work.catalogue.items
    quick = [next(item for item in items if item.kind is Kind.code and item.head.code and not item.head.code.package)]
    words = [item for item in items if item.kind is Kind.concept][:2]
    sql = [item for item in items if item.kind is Kind.sql and not item.needs_postgres][:1]
    return [*words, *quick, *sql]


def wrong_answer(item: Item) -> str:
    """An answer that gets most findings and follow-ups; for a lab what the candidate starts from."""
    if item.kind.is_lab:
        from greenroom.bank.projects import written

        return written(item.starter)
    return next(one for one in item.submissions if one.sort is SubmissionSort.partial).path.read_text(encoding="utf-8")


class Reader:
    """Reads as a candidate does, and keeps every answer."""

    def __init__(self, api: httpx.AsyncClient, pages: httpx.AsyncClient) -> None:
        self.api, self.pages = api, pages
        self.read: list[tuple[str, str]] = []

    async def see(self, path: str) -> httpx.Response:
        client = self.api if path.startswith("/api/") else self.pages
        answer = await client.get(path, follow_redirects=True)
        body = _unzipped(answer.content) if "zip" in answer.headers.get("content-type", "") else answer.text
        self.read.append((path, body))
        return answer

    async def do(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.api.request(method, f"/api/v1{path}", json=body)
        assert answer.status_code < 300, answer.text
        self.read.append((path, answer.text))
        return answer.json() if answer.content else None


def _unzipped(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8") for name in archive.namelist())


async def reader_of(site: Site) -> tuple[Reader, str]:
    api = await site.member()
    me = (await api.get("/api/v1/me")).json()
    pages = site.visitor(authorization=api.headers["authorization"], accept="text/html")
    return Reader(api, pages), str(me["id"])


async def test_a_played_interview_tells_nothing_that_is_hidden(site: Site) -> None:
    items = chosen(site)
    reader, user_id = await reader_of(site)
    work = site.work
    made = await work.interviews.create_with(user_id, items, now=work.clock.now())
    for path in ("/", "/setup", "/history", "/api/v1/items?limit=100", f"/interviews/{made.id}"):
        await reader.see(path)
    for item in items:
        await reader.see(f"/api/v1/items/{item.slug}")
        round_id = (await reader.do("POST", f"/interviews/{made.id}/begin"))["current"]
        await _play(reader, item, str(round_id))
    await reader.do("POST", f"/interviews/{made.id}/finish")
    for path in (f"/interviews/{made.id}/report", f"/interviews/{made.id}/report.json", "/account/export"):
        await reader.see(path)
        await reader.see(f"/api/v1{path}" if path.endswith("report") else "/api/v1/me/export")
    said = [(path, flat(body)) for path, body in reader.read]
    for item in items:
        hidden = markers(item)
        hidden -= {flat(line).strip() for line in wrong_answer(item).splitlines()}  # their own words come back
        assert hidden, item.slug
        found = [(path, marker) for path, body in said for marker in hidden if marker in body]
        own = flat(wrong_answer(item))
        assert not [(path, marker) for path, marker in found if marker not in own], item.slug


async def _play(reader: Reader, item: Item, round_id: str) -> None:
    """Every answer that the round's screens and the API give, from the first look to the debrief."""
    path = f"/rounds/{round_id}"
    for _ in item.hints:
        await reader.do("POST", f"{path}/hints")
    for _ in range(8):
        step = (await reader.see(f"/api/v1{path}")).json()["step"]
        await reader.see(path)
        if step == "answer" and not any("submit" in one for one, _ in reader.read if round_id in one):
            started = await reader.do("POST", f"{path}/submit", {"text": wrong_answer(item)})
            await reader.see(started["stream"])
        elif step == "follow-up":
            started = await reader.do("POST", f"{path}/submit", {"text": "I would measure it first, then decide."})
            await reader.see(started["stream"])
        elif step == "judging":
            await anyio.sleep(0.2)
        elif step != "done":
            await reader.do("POST", f"{path}/skip")
        else:
            break
    await reader.see(f"{path}/debrief")


def test_no_schema_has_a_field_of_what_is_hidden(site: Site) -> None:
    document = site.app.openapi()
    schemas: dict[str, Any] = document["components"]["schemas"]
    taken = {name for name, found in schemas.items() if found.get("additionalProperties") is False}
    for name, found in schemas.items():
        hidden = HIDDEN_FIELDS - (TAKEN_IN if name in taken else set())
        if name == "ReportedRound":
            hidden -= {"hints"}  # how many were taken: a number
            assert found["properties"]["hints"]["type"] == "integer"
        assert not hidden & set(found.get("properties", ())), name


SCHEMAS = (
    "greenroom.web.api.schemas",
    "greenroom.accounts.schemas",
    "greenroom.grading.intake.schemas",
    "greenroom.grading.serving.schemas",
    "greenroom.interview.schemas",
)


def test_no_model_of_the_bank_is_an_answer(site: Site) -> None:
    """Every answer of the API is a model that was written for it."""
    from fastapi.routing import APIRoute, iter_route_contexts

    for route in iter_route_contexts(site.app.routes):
        if (route.path or "").startswith("/api/v1/") and isinstance(route.original_route, APIRoute):
            model = route.response_model
            if model is not None:
                assert model.__module__ in SCHEMAS, route.path


def test_the_markers_would_be_found(site: Site) -> None:
    """The test above can fail: what is hidden is there to be found."""
    for item in chosen(site):
        body = flat(
            " ".join([item.interviewer, *lines_of(item.folder / "judge"), *lines_of(item.folder / "submissions")])
        )
        assert any(marker in body for marker in markers(item)), item.slug
