"""A candidate's consent over HTTP: off by default, without scripts, in the export, and gone with the account."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from greenroom.grading.intake.rules import CONSENT_VERSION
from greenroom.grading.intake.tables import erasures, subject_keys, training_consents
from tests.security.site import WORDS, Site, Visitor

pytestmark = pytest.mark.anyio
PATH = "/api/v1/me/training-consent"


async def given(visitor: Visitor) -> Any:
    answer = await visitor.http.get(PATH)
    assert answer.status_code == 200
    return answer.json()


async def test_it_is_off_until_somebody_agrees_and_can_be_withdrawn(ada: Visitor) -> None:
    assert (await given(ada))["given"] is False
    headers = {"x-csrf-token": ada.csrf}
    body = {"given": True, "version": CONSENT_VERSION}
    assert (await ada.http.put(PATH, json={**body, "given": 1}, headers=headers)).status_code == 422
    answer = await ada.http.put(PATH, json=body, headers=headers)
    assert (answer.status_code, answer.json()["given"], answer.json()["version"]) == (200, True, CONSENT_VERSION)
    assert await given(ada) == answer.json()
    answer = await ada.http.put(PATH, json={**body, "given": False}, headers=headers)
    assert (answer.json()["given"], answer.json()["given_at"]) == (False, None)


async def test_another_text_is_refused(ada: Visitor) -> None:
    body = {"given": True, "version": CONSENT_VERSION + 1}
    answer = await ada.http.put(PATH, json=body, headers={"x-csrf-token": ada.csrf})
    assert answer.status_code == 409
    assert (await given(ada))["given"] is False


async def test_the_account_page_has_a_form_of_its_own(ada: Visitor) -> None:
    page = (await ada.http.get("/account")).text
    assert 'action="/account/training"' in page
    assert "I agree" in page
    for choice, is_given in (("yes", True), ("no", False), ("yes", True), ("", False)):
        form = {"given": choice, "version": str(CONSENT_VERSION), "csrf_token": ada.csrf}
        answer = await ada.http.post("/account/training", data=form)
        assert (answer.status_code, (await given(ada))["given"]) == (303, is_given)
        assert ("Withdraw" in (await ada.http.get("/account")).text) is is_given


async def test_without_the_form_token_nothing_changes(ada: Visitor) -> None:
    form = {"given": "yes", "version": str(CONSENT_VERSION)}
    assert (await ada.http.post("/account/training", data=form)).status_code == 403
    body = {"given": True, "version": CONSENT_VERSION}
    assert (await ada.http.put(PATH, json=body)).status_code == 403
    assert (await given(ada))["given"] is False


async def test_it_is_in_the_export_and_nothing_of_it_outlives_the_account(site: Site, ada: Visitor) -> None:
    headers = {"x-csrf-token": ada.csrf}
    await ada.http.put(PATH, json={"given": True, "version": CONSENT_VERSION}, headers=headers)
    archive = zipfile.ZipFile(io.BytesIO((await ada.http.get("/api/v1/me/export")).content))
    (kept,) = json.loads(archive.read("training.json"))
    assert (kept["version"], kept["withdrawn_at"]) == (CONSENT_VERSION, None)
    user_id, database = ada.session.user.id, site.work.database
    async with database.read() as connection:
        of_ada = select(subject_keys.c.subject).where(subject_keys.c.user_id == user_id)
        subject = (await connection.execute(of_ada)).scalar_one()
    answer = await ada.http.request("DELETE", "/api/v1/me", json={"password": WORDS}, headers=headers)
    assert answer.status_code == 204
    async with database.read() as connection:
        assert (await connection.execute(of_ada)).all() == []
        left = select(training_consents).where(training_consents.c.user_id == user_id)
        assert (await connection.execute(left)).all() == []
        noted = (await connection.execute(select(erasures).where(erasures.c.subject == subject))).one()
    assert noted.reason == "account-deleted"
