"""The grader by the API: who may ask about what, what is refused, and figures for Prometheus."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.web.api_site import Site, open_site

from greenroom.accounts.rules import Role
from greenroom.bank.models import Kind
from greenroom.grading.serving.batching import Batches

pytestmark = pytest.mark.anyio
SCORE = "/api/v1/grader/score"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("data")
    async with open_site(folder, limit_score="6/minute", metrics_token="a long word for Prometheus") as opened:
        yield opened


def concept(site: Site) -> str:
    return next(item.slug for item in site.work.catalogue.items if item.kind is Kind.concept)


async def test_an_author_has_a_text_read(site: Site) -> None:
    author, slug = await site.member(Role.author), concept(site)
    item = site.work.catalogue.get(slug)
    assert item is not None
    claims = [point for point in item.head.rubric if point.claim]
    answer = await author.post(SCORE, json={"item": slug, "text": " ".join(str(point.claim) for point in claims)})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [one["point"] for one in told["scores"]] == [point.id for point in claims]
    assert {"present"} <= {one["state"] for one in told["scores"]}
    model = (await author.get("/api/v1/grader/model")).json()
    assert model == {"version": told["model"], "shipped": True, "snapshot": None, "challenger": None}
    assert (await author.get("/api/v1/grader/health")).json()["status"] == "ok"
    one = (await author.post(SCORE, json={"item": slug, "text": "x", "points": [claims[0].id]})).json()
    assert [score["point"] for score in one["scores"]] == [claims[0].id]


async def test_a_candidate_learns_nothing_of_what_is_still_to_be_answered(site: Site) -> None:
    candidate = await site.member()
    for slug in (concept(site), "no-such-item"):
        refused = await candidate.post(SCORE, json={"item": slug, "text": "x"})
        assert (refused.status_code, refused.json()["detail"]) == (403, "this item is not open to you")


async def test_a_candidate_may_ask_about_what_is_done(site: Site) -> None:
    candidate = await site.member()
    made = (await candidate.post("/api/v1/interviews", json={"topics": ["databases"], "minutes": 10})).json()
    path = f"/api/v1/interviews/{made['id']}"
    current = (await candidate.post(f"{path}/begin")).json()["current"]
    rounds = (await candidate.get(path)).json()["rounds"]
    slug = next(one["item"] for one in rounds if one["id"] == current)
    assert (await candidate.post(SCORE, json={"item": slug, "text": "x"})).status_code == 403
    await candidate.post(f"/api/v1/rounds/{current}/skip")
    answer = await candidate.post(SCORE, json={"item": slug, "text": "x"})
    item = site.work.catalogue.get(slug)
    assert item is not None
    assert answer.status_code == (200 if item.kind is Kind.concept else 422), answer.text


@pytest.mark.parametrize(
    "body",
    [
        {"item": "no-such-item", "text": "x"},
        {"item": "A", "text": "x"},
        {"item": "the-slow-lookup", "text": "x" * 20_001},
        {"item": "the-slow-lookup", "text": "x\x00"},
        {"item": "the-slow-lookup", "text": "x", "points": []},
        {"item": "the-slow-lookup", "text": "x", "points": ["no-such-point"]},
        {"item": "the-slow-lookup", "text": "x", "model": "mine"},
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_mend(site: Site, body: dict[str, object]) -> None:
    author = await site.member(Role.author)
    answer = await author.post(SCORE, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["mend"]


async def test_too_many_are_told_when_to_come_back(site: Site) -> None:
    author, slug = await site.member(Role.author), concept(site)
    found = [await author.post(SCORE, json={"item": slug, "text": "x"}) for _ in range(7)]
    assert [one.status_code for one in found] == [200] * 6 + [429]
    assert int(found[-1].headers["retry-after"]) > 0


async def test_a_full_queue_is_503_with_retry_after(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    author = await site.member(Role.author)
    full: Batches[object] = Batches(lambda _: [], most_waiting=0)
    monkeypatch.setattr(site.work.lifecycle.desk, "batches", full)
    answer = await author.post(SCORE, json={"item": concept(site), "text": "x"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    await full.close()


async def test_figures_are_for_admins_and_for_who_has_the_token(site: Site) -> None:
    admin, candidate = await site.member(Role.admin), await site.member()
    assert (await candidate.get("/metrics")).status_code == 403
    assert (await site.visitor().get("/metrics")).status_code == 401
    assert (await site.visitor(authorization="Bearer a long word for").get("/metrics")).status_code == 401
    for someone in (admin, site.visitor(authorization="Bearer a long word for Prometheus")):
        told = await someone.get("/metrics")
        assert told.status_code == 200
        assert "greenroom_grader_queue 0.0" in told.text
        assert "greenroom_grader_seconds_bucket" in told.text
