"""A lab on the page: a first try that falls short, with its numbers, then full points."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from greenroom.accounts.rules import SOLO_USER_ID
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from tests.browser.play import type_code
from tests.crowd import Crowd
from tests.items import write_pack
from tests.judge.labs.shops import JOINED, write_shop
from tests.servers import Server


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        environments.find("web")
    except MissingError as error:
        pytest.skip(str(error))
    root = tmp_path_factory.mktemp("packs") / "small"
    write_pack(root)
    write_shop(root / "items" / "dsa" / "orders")
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pack: Path) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("greenroom"), GREENROOM_PACKS=json.dumps([str(pack)])) as running:
        yield running


def in_the_lab(page: Page, server: Server, pack: Path) -> None:
    with Crowd(server, pack, "orders") as crowd:
        page.goto(server.address + crowd.new_round(SOLO_USER_ID))
    expect(page.locator(".cm-content")).to_be_visible()


def test_a_service_is_mended_in_two_tries(page: Page, server: Server, pack: Path) -> None:
    in_the_lab(page, server, pack)
    files, tab = page.locator("project-files button"), page.locator(".tab")
    expect(files).to_have_text(["app.py", "db.py"])
    expect(tab).to_have_text("app.py")
    files.nth(1).click()
    expect(tab).to_have_text("db.py (read only)")
    expect(page.locator(".cm-content")).to_contain_text("CONNECTION = connect()")
    files.nth(0).click()
    page.get_by_role("button", name="Run visible cases").click()
    expect(page.locator("li.pass .case-name")).to_have_text(["three orders are listed"], timeout=60_000)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".case-message").last).to_have_text("101 queries, budget 2", timeout=60_000)
    expect(page.locator("judge-stream .summary")).to_contain_text("partial")
    type_code(page, JOINED)
    expect(files.nth(0)).to_have_attribute("data-note", "changed")
    page.reload()
    expect(page.locator(".cm-content")).to_contain_text("JOIN customers")
    # Whoever leaves the page before the answer was taken has handed nothing in.
    with page.expect_response(lambda answer: answer.request.method == "POST" and answer.url.endswith("/submit")):
        page.get_by_role("button", name="Submit").click()
    page.wait_for_load_state("load")
    page.goto(page.url.partition("#")[0].removesuffix("/debrief") + "/debrief")
    expect(page.get_by_text("accepted").first).to_be_visible(timeout=60_000)
    page.get_by_text("What you handed in").click()
    expect(page.locator("pre[aria-label='app.py'] .ins", has_text="JOIN customers").first).to_be_visible()
    expect(page.locator("pre[aria-label='db.py']")).to_have_count(0)
    measured = page.get_by_role("row").filter(has_text="a hundred orders are listed").first
    expect(measured).to_contain_text("101 queries, budget 2")
    expect(measured).to_contain_text("1 queries, budget 2")
    page.get_by_role("button", name="To the report").or_(page.get_by_role("link", name="To the report")).click()
    page.locator("details.round summary").click()
    expect(page.get_by_role("row").filter(has_text="101 queries, budget 2").first).to_contain_text("1 queries")


def test_a_file_is_reset_alone_and_the_plain_text_area_has_it(page: Page, server: Server, pack: Path) -> None:
    in_the_lab(page, server, pack)
    type_code(page, "broken = 1\n")
    page.get_by_role("button", name="Reset this file").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".cm-content")).to_contain_text("from fastapi import FastAPI")
    page.get_by_role("button", name="Plain text area").click()
    plain = page.get_by_label("The open file")
    expect(plain).to_have_value(json.loads(page.locator("#source").input_value())["app.py"])
    plain.fill("app = None\n")
    expect(page.locator("auto-save")).to_contain_text("saved")
    assert json.loads(page.locator("#source").input_value()) == {"app.py": "app = None\n"}
    page.get_by_role("button", name="Plain text area").click()
    expect(page.locator(".cm-content")).to_contain_text("app = None")


def test_changes_since_the_starter_are_shown_and_files_can_be_added(page: Page, server: Server, pack: Path) -> None:
    in_the_lab(page, server, pack)
    changes, dialog = page.get_by_role("button", name="Changes", exact=True), page.locator("#changes")
    changes.click()
    expect(dialog).to_contain_text("Nothing is changed yet.")
    page.keyboard.press("Escape")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("import json\n")
    page.get_by_role("button", name="Add a file").click()
    adding = page.locator("#adding")
    adding.get_by_label("Its path in the project").fill("../up.py")
    adding.get_by_role("button", name="Add", exact=True).click()
    expect(adding.get_by_role("alert")).not_to_be_empty()
    adding.get_by_label("Its path in the project").fill("reading.py")
    page.keyboard.press("Enter")
    expect(page.locator(".tab")).to_have_text("reading.py")
    type_code(page, "ROWS = 100\n")
    changes.click()
    expect(dialog.locator("figcaption").nth(0)).to_have_text("app.py: 1 line added, 0 removed")
    expect(dialog.locator(".ins").nth(0)).to_contain_text("import json")
    expect(dialog.locator("figcaption").nth(1)).to_contain_text("reading.py")
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Remove this file").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.locator("project-files button")).to_have_count(2)


def test_without_the_script_the_files_are_sent_as_they_stand(
    page: Page, server: Server, pack: Path, browser_page_without_script: Page
) -> None:
    in_the_lab(page, server, pack)
    bare = browser_page_without_script
    bare.goto(page.url)
    field = bare.locator("#source")
    field.fill(json.dumps({"app.py": JOINED}))
    bare.get_by_role("button", name="Submit").click()
    bare.goto(page.url.partition("#")[0] + "/debrief")
    expect(bare.get_by_text("accepted").first).to_be_visible(timeout=60_000)
