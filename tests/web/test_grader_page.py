"""The page for admins about the grader: conditions, a promotion by a click, the way back, and answers to be read."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import anyio
import httpx2 as httpx
import pytest
from sqlalchemy import select, update
from tests.grading.models import GOOD
from tests.grading.registry.test_registry import GOOD_VERDICT, add
from tests.web.api_site import Site, open_site

from greenroom.accounts.rules import Role
from greenroom.grading.serving.tables import predictions

pytestmark = pytest.mark.anyio
PAGE = "/admin/grader"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_site(tmp_path_factory.mktemp("data")) as opened:
        yield opened


async def press(admin: httpx.AsyncClient, action: str, **fields: str) -> httpx.Response:
    """Send a form of the page, with the token that it was given."""
    page = (await admin.get(PAGE, headers={"accept": "text/html"})).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    token = found[1] if found else ""
    return await admin.post(f"{PAGE}/{action}", data=fields | {"csrf_token": token}, headers={"accept": "text/html"})


async def test_a_challenger_that_has_shown_nothing_cannot_be_promoted(site: Site) -> None:
    admin, registry = await site.member(Role.admin), site.work.lifecycle.registry
    page = (await admin.get(PAGE, headers={"accept": "text/html"})).text
    assert "The model that comes with Greenroom answers" in page
    await add(registry, "hopeful", now=site.work.clock.now())
    await registry.nominate("hopeful", site.work.clock.now())
    page = (await admin.get(PAGE, headers={"accept": "text/html"})).text
    assert page.count("not met") == 4  # a trial, its invariance, shadow and canary
    assert "Let hopeful answer" not in page
    refused = await press(admin, "promote", version="hopeful")
    assert refused.status_code in (403, 409, 422)
    assert (await registry.aliases()).champion is None
    await registry.nominate(None, site.work.clock.now())


async def test_a_click_goes_back_to_the_model_before(site: Site) -> None:
    admin, registry = await site.member(Role.admin), site.work.lifecycle.registry
    now = site.work.clock.now()
    await add(registry, "strict", seed=1, now=now)
    await registry.nominate("strict", now)
    await registry.promote("strict", GOOD_VERDICT, now, champion=None, by=None)
    stale = await press(admin, "rollback", version="another")
    assert stale.status_code == 409
    assert (await registry.aliases()).champion == "strict"
    done = await press(admin, "rollback", version="strict", reason="it is <b>too</b> strict")
    assert done.status_code == 303
    assert (await registry.aliases()).champion is None
    page = (await admin.get(PAGE, headers={"accept": "text/html"})).text
    assert "it is &lt;b&gt;too&lt;/b&gt; strict" in page
    moved = (await registry.history(1))[0]
    assert moved["moved_by"] == (await admin.get("/api/v1/me")).json()["id"]


async def test_an_answer_is_read_by_a_person(site: Site) -> None:
    admin, candidate = await site.member(Role.admin), await site.member()
    made = (await candidate.post("/api/v1/interviews", json={"topics": ["jwt"], "minutes": 10})).json()
    current = (await candidate.post(f"/api/v1/interviews/{made['id']}/begin")).json()["current"]
    assert (await candidate.get(f"/api/v1/rounds/{current}")).json()["kind"] == "concept"
    await candidate.post(f"/api/v1/rounds/{current}/submit", json={"text": GOOD})
    with anyio.fail_after(60):
        while not await drawn(site):  # noqa: ASYNC110 (the answer is read by a worker)
            await anyio.sleep(0.05)
    page = (await admin.get(PAGE, headers={"accept": "text/html"})).text
    assert GOOD.split(".")[0] in page
    submission = re.search(r'name="submission" value="([^"]+)"><input type="hidden" name="point" value="([^"]+)"', page)
    assert submission is not None
    waiting = page.count('name="submission"')
    kept = await press(admin, "audits", submission=submission[1], point=submission[2], state="absent")
    assert kept.status_code == 303
    page = (await admin.get(PAGE, headers={"accept": "text/html"})).text
    assert page.count('name="submission"') == waiting - 1
    # What was read stands on the rubric's page, for admins: authors see no candidate's answer.
    async with site.work.database.read() as connection:
        item = (await connection.execute(select(predictions.c.item).limit(1))).scalar_one()
    assert "decided: audit" in (await admin.get(f"/rubrics/{item}", headers={"accept": "text/html"})).text
    author = await site.member(Role.author)
    theirs = (await author.get(f"/rubrics/{item}", headers={"accept": "text/html"})).text
    assert "marked answers" in theirs
    assert "decided: audit" not in theirs
    assert (await press(admin, "audits", submission="none", point="x", state="absent")).status_code == 404
    assert (await press(admin, "audits", submission="none", point="x", state="perhaps")).status_code == 422


async def drawn(site: Site) -> bool:
    """Have every point that was read drawn for an audit."""
    async with site.work.database.write() as connection:
        return bool((await connection.execute(update(predictions).values(audit=True))).rowcount)


async def test_nobody_else_sees_or_does_anything(site: Site) -> None:
    for role in (Role.candidate, Role.interviewer, Role.author):
        other = await site.member(role)
        assert (await other.get(PAGE, headers={"accept": "text/html"})).status_code in (403, 404)
        for action in ("promote", "rollback", "audits"):
            assert (await other.post(f"{PAGE}/{action}", data={"version": "x"})).status_code in (403, 404)
