"""Pages of the grader's stages: they look first, store on a second click, and do what the commands do."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest
from sqlalchemy import func, select
from tests.web.api_site import Site, open_site

from greenroom.accounts.rules import Role
from greenroom.grading.intake.tables import training_snapshots
from greenroom.grading.serving.tables import predictions
from greenroom.interview.tables import submissions

pytestmark = pytest.mark.anyio
HTML = {"accept": "text/html"}
ROW = {
    "question_id": "q",
    "question": "What?",
    "references": ["A token."],
    "answer": "It is a token.",
    "label": "correct",
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    # An address of documentation, where nobody answers (RFC 5737).
    nobody = {"llm_url": "http://192.0.2.1:9/v1", "llm_model": "small", "llm_timeout_s": 0.1}
    async with open_site(tmp_path_factory.mktemp("data"), **nobody) as opened:
        yield opened


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(name|content|bank|audits|user_id)" value="([^"]*)"', page))


async def look(admin: httpx.AsyncClient, content: bytes, name: str = "rows.jsonl", **ticked: str) -> httpx.Response:
    files = {"file": (name, content)}
    return await admin.post("/admin/grader/data/preview", files=files, data=ticked, headers=HTML)


async def test_a_file_is_looked_at_and_stored_by_a_second_click(site: Site) -> None:
    admin = await site.member(Role.admin)
    bad = ROW | {"answer": "Another.", "colour": "<b>red</b>"}
    seen = await look(admin, "\n".join([json.dumps(ROW), json.dumps(bad), "{"]).encode(), name="../../etc/rows.jsonl")
    assert seen.status_code == 200
    assert "3 read = 1 taken + 2 quarantined" in seen.text
    assert "unknown column &#39;colour&#39;" in seen.text
    assert await site.work.snapshots.every() == []
    form = hidden(seen.text)
    assert form["name"] == "rows.jsonl"
    stored = await admin.post("/admin/grader/data", data=form, headers=HTML)
    assert stored.status_code == 303
    (one,) = await site.work.snapshots.every()
    assert stored.headers["location"] == f"/admin/grader/snapshots/{one.id}"
    page = (await admin.get(stored.headers["location"], headers=HTML)).text
    assert "Verified" in page
    assert one.manifest_sha256 in page
    assert "rows.jsonl, line 2" in page
    assert one.id in (await admin.get("/admin/grader/data", headers=HTML)).text


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"x" * 700_001, "rows.jsonl", "700,000 bytes"),
        (b"\xff\xfe", "rows.csv", "ows.csv: not UTF-8"),
        (b"{}", "rows.pickle", "ows.pickle: neither JSON lines nor CSV"),
    ],
)
async def test_a_file_that_is_none_is_refused_with_the_mend(site: Site, content: bytes, name: str, said: str) -> None:
    answer = await look(await site.member(Role.admin), content, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert "/tmp" not in answer.text


async def test_a_batch_that_breaks_the_contract_has_no_second_click(site: Site) -> None:
    admin, before = await site.member(Role.admin), await site.work.snapshots.every()
    seen = await look(admin, b"{")
    assert "The contract does not hold" in seen.text
    assert "Make the snapshot" not in seen.text
    forced = await admin.post("/admin/grader/data", data={"name": "rows.jsonl", "content": "ew=="}, headers=HTML)
    assert forced.status_code == 422
    assert (await admin.post("/admin/grader/data", data={"content": "§"}, headers=HTML)).status_code == 422
    assert await site.work.snapshots.every() == before


async def test_forgetting_is_a_dry_run_and_then_a_click(site: Site) -> None:
    admin, candidate = await site.member(Role.admin), await site.member()
    me = (await candidate.get("/api/v1/me")).json()
    nobody = await admin.post("/admin/grader/forget/preview", data={"who": "nobody@example.org"}, headers=HTML)
    assert nobody.status_code == 404
    asked = {"who": me["email"]}
    assert "they have not agreed" in (await admin.post("/admin/grader/forget/preview", data=asked, headers=HTML)).text
    consent = await candidate.put("/api/v1/me/training-consent", json={"given": True, "version": 1})
    assert consent.status_code == 200
    seen = await admin.post("/admin/grader/forget/preview", data=asked, headers=HTML)
    assert (await candidate.get("/api/v1/me/training-consent")).json()["given"] is True
    done = await admin.post("/admin/grader/forget", data=hidden(seen.text), headers=HTML)
    assert done.status_code == 303
    assert (await candidate.get("/api/v1/me/training-consent")).json()["given"] is False
    assert "by admin" in (await admin.get("/admin/grader/forget", headers=HTML)).text


async def test_an_evaluation_is_kept_and_shown_with_its_plots(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, evaluations = await site.member(Role.admin), site.work.evaluations
    monkeypatch.setattr(
        evaluations, "_items", [one for one in site.work.authoring.items if one.slug == "inside-a-token"]
    )
    assert "Nothing was measured" in (await admin.get("/admin/grader/evaluation", headers=HTML)).text
    assert (await admin.post("/admin/grader/evaluation", headers=HTML)).status_code == 303
    assert (await admin.post("/admin/grader/evaluation", headers=HTML)).status_code == 409
    assert evaluations._task is not None
    await evaluations._task
    page = (await admin.get("/admin/grader/evaluation", headers=HTML)).text
    assert page.count("<svg") == 3
    assert "said: not present" in page
    assert "JWT authentication" in page


async def test_a_trial_is_read_and_nothing_of_it_is_stored(site: Site) -> None:
    author = await site.member(Role.author)

    async def stored() -> list[int]:
        async with site.work.database.read() as connection:
            tables = (predictions, submissions, training_snapshots)
            return [(await connection.execute(select(func.count()).select_from(one))).scalar_one() for one in tables]

    before = await stored()
    assert "inside-a-token" in (await author.get("/rubrics", headers=HTML)).text
    text = "A token has three parts: header, payload and signature, divided by dots. <script>"
    page = await author.post("/rubrics/inside-a-token/trial", data={"answer": text}, headers=HTML)
    assert page.status_code == 200
    assert "Findings of the trial" in page.text
    assert "read without it" in page.text  # the language model of the settings is asked, and does not answer
    assert "also read by a language model at 192.0.2.1." in page.text
    assert "Nothing leaves" not in page.text
    assert "signature, divided by dots. &lt;script&gt;" in page.text
    assert "Precision" in page.text
    assert await stored() == before
    empty = await author.post("/rubrics/inside-a-token/trial", data={"answer": " "}, headers=HTML)
    assert (empty.status_code, "no answer to try" in empty.text) == (422, True)
    assert (await author.get("/rubrics/nowhere", headers=HTML)).status_code == 404
