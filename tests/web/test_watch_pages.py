"""The pages about trainings and about the watch: what the commands print, with plots, and never a candidate's text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from tests.grading.models import GOOD, linear_model
from tests.grading.people import add_submissions
from tests.grading.test_life_cycle import file_of_rows
from tests.grading.watched import report
from tests.items import write_concept_item, write_pack
from tests.web.api_site import Site, open_site

from greenroom.accounts.rules import Role
from greenroom.bank.findings import State
from greenroom.grading.intake.reading import read_file
from greenroom.grading.monitoring import queries as watches
from greenroom.grading.monitoring.looking import score_state, with_day, with_scores
from greenroom.grading.registry.linear import KIND, to_bytes
from greenroom.grading.registry.protocols import Row
from greenroom.grading.registry.service import Origin
from greenroom.grading.serving.service import Reference
from greenroom.grading.serving.tables import predictions

pytestmark = pytest.mark.anyio
HTML = {"accept": "text/html"}
TRAINING, MONITORING = "/admin/grader/training", "/admin/grader/monitoring"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    pack = tmp_path_factory.mktemp("pack")
    write_pack(pack)
    write_concept_item(pack / "items" / "jwt" / "why-stateless")
    async with open_site(tmp_path_factory.mktemp("data"), packs=[pack]) as opened:
        yield opened


async def page(site: Site, address: str, role: Role = Role.admin) -> str:
    answer = await (await site.member(role)).get(address, headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


async def read(site: Site, count: int, prefix: str) -> list[Reference]:
    """So many answers, read one after the other and written down."""
    work, desk = site.work, site.work.lifecycle.desk
    (item,) = [one for one in work.catalogue.items if one.slug == "why-stateless"]
    now = work.clock.now()
    references = await add_submissions(work.database, count, now, prefix=prefix)
    for number, reference in enumerate(references):
        moment = now - timedelta(minutes=count - number)
        await desk.note(desk.read([Row(item, point, GOOD) for point in item.head.rubric], reference, moment))
    return references


async def test_a_training_is_shown_with_its_curves_folds_and_where_it_comes_from(
    site: Site, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert "Nothing was trained" in await page(site, TRAINING)
    parts, now = site.work.lifecycle, site.work.clock.now()
    made = await parts.snapshots.ingest(read_file(file_of_rows(tmp_path_factory.mktemp("rows"))), now)
    assert made.snapshot is not None
    older = Origin(made.snapshot.id, seed=3)
    await parts.registry.register(
        "first", KIND, to_bytes(linear_model("first")), origin=older, metrics=report(), now=now - timedelta(days=1)
    )
    model = await parts.trainer.train(made.snapshot.id, now, seed=4, name="second")
    found = await page(site, TRAINING)
    assert found.index("version=second") < found.index("version=first")
    assert 'href="/admin/grader/training?version=second" aria-current="true"' in found
    assert found.count("<svg") == 3
    curves = model.metrics["curves"]
    assert {"bias": "High bias", "variance": "High variance", "neither": "Neither bias"}[curves["verdict"]] in found
    for said in (model.origin.lock_hash, model.origin.git_commit, f"/admin/grader/snapshots/{made.snapshot.id}"):
        assert said
        assert said in found
    assert '<dt>Seed</dt><dd class="wrap">4</dd>' in found
    assert '<dt>Seed</dt><dd class="wrap">3</dd>' in await page(site, f"{TRAINING}?version=first")
    # One row a fold, one a setting, one a place of either curve: the plots have a table each.
    for what in ("Learned from", "Log loss"):
        assert found.count(f'data-label="{what}"') == {"Learned from": len(model.metrics["folds"]), "Log loss": 8}[what]
    assert sum(one["valid"] for one in model.metrics["folds"]) == model.metrics["examples"]
    assert found.count('<span class="tag">chosen</span>') == 1
    for label in ("Expected calibration error", "Accuracy of the surest half", "Quadratic kappa", "Precision, present"):
        assert label in found
    assert not re.search(r"accuracy_at|macro_f1|quadratic_kappa", found)
    unknown = await (await site.member(Role.admin)).get(f"{TRAINING}?version=none", headers=HTML)
    assert unknown.status_code == 404


async def test_the_log_is_paged_and_tells_no_text_and_leads_no_auditor(site: Site) -> None:
    assert "Nothing was read yet" in await page(site, MONITORING)
    references = await read(site, 30, "log")
    async with site.work.database.write() as connection:
        drawn = predictions.c.submission_id == references[-1].submission_id
        await connection.execute(update(predictions).values(audit=False))
        await connection.execute(update(predictions).where(drawn).values(audit=True))
        beside = {"shadow_version": "hopeful", "shadow_state": "contradicted"}
        await connection.execute(update(predictions).where(drawn).values(beside))
    await site.work.lifecycle.desk.label(
        references[-1].submission_id, "scale", "audit", State.absent, site.work.clock.now()
    )
    newest = await page(site, MONITORING)
    assert newest.count("why-stateless/") == 25
    assert newest.count("hidden until it is audited") == 1
    assert (newest.count("hopeful: contradicted"), newest.count("hopeful: hidden, too")) == (1, 1)
    assert "audit: absent" in newest
    seen, address = newest.count("why-stateless/"), re.search(r'rel="next" href="([^"]+)"', newest)
    while address is not None:
        older = await page(site, address[1])
        assert "The newest" in older
        seen, address = seen + older.count("why-stateless/"), re.search(r'rel="next" href="([^"]+)"', older)
    assert seen == 60
    assert GOOD.split(".")[0] not in newest
    assert "60 of" not in newest
    assert "0 of 60 points" in newest


async def test_drift_is_shown_with_what_asks_for_a_model(site: Site) -> None:
    parts, now = site.work.lifecycle, site.work.clock.now()
    version = parts.desk.models.now.champion.version
    before = await page(site, MONITORING)
    assert "0 of 2,000 that a reference needs" in before
    assert before.count("<svg") == 1
    assert ("✗</span> alarm" in before, "yes</td>" in before) == (False, False)
    state = score_state([0.3 + 0.0001 * number for number in range(2_000)])
    for day in range(1, 9):
        if day > 4:
            state = with_scores(state, [(f"{day}/{number}", 0.9) for number in range(60)])
        state = with_day(state, f"2026-03-{day:02d}", 1.5)
    async with site.work.database.write() as connection:
        await watches.set_watch(connection, {"name": "scores", "version": version, "state": state, "seen_until": now})
    await read(site, 3, "drift")
    found = await page(site, MONITORING)
    assert found.count("<svg") == 3
    assert found.count("✗</span> alarm</span>") == 1
    assert "10 % of answers are drawn for an audit, more than usual" in found
    assert "over 10,000" in found
    await parts.monitor.decide_retraining(await parts.monitor.stands(version, now), await parts.cycle.facts(now), now)
    assert "Instead of" not in await page(site, MONITORING), "a drift of what comes in asks for no model"


@pytest.mark.parametrize("address", [TRAINING, MONITORING])
async def test_nobody_else_sees_them(site: Site, address: str) -> None:
    for role in (Role.candidate, Role.interviewer, Role.author):
        answer = await (await site.member(role)).get(address, headers=HTML)
        assert answer.status_code in (403, 404)
