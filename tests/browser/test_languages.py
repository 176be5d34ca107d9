"""A program in the language that the candidate chooses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from greenroom.accounts.rules import SOLO_USER_ID
from tests.browser.play import submit_code, type_code
from tests.crowd import Crowd
from tests.items import write_pack, write_program_item
from tests.servers import Server

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="this host has no Node")

IN_JAVASCRIPT = "const line = require('fs').readFileSync(0, 'utf8');\nconsole.log(eval(line.replace(' ', '+')));\n"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("packs") / "small"
    write_pack(root)
    write_program_item(root / "items" / "dsa" / "say-the-sum")
    return root


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pack: Path) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("greenroom"), GREENROOM_PACKS=json.dumps([str(pack)])) as running:
        yield running


def test_a_language_is_chosen_kept_run_and_named(page: Page, server: Server, pack: Path) -> None:
    with Crowd(server, pack, "say-the-sum") as crowd:
        asked = server.address + crowd.new_round(SOLO_USER_ID)
    page.goto(asked)
    choice, tab, code = page.get_by_label("Language"), page.locator(".tab"), page.locator(".cm-content")
    expect(tab).to_have_text("solution.py")
    expect(code).to_contain_text("map(int, input().split())")
    choice.select_option(label="JavaScript")
    expect(tab).to_have_text("solution.js")
    expect(code).not_to_contain_text("map(int")
    type_code(page, IN_JAVASCRIPT)
    # What was written in another language comes back with it.
    choice.select_option(label="Python")
    expect(code).to_contain_text("map(int, input().split())")
    choice.select_option(label="JavaScript")
    expect(code).to_contain_text("console.log")
    expect(page.locator("auto-save")).to_contain_text("saved")
    page.reload()
    expect(choice).to_have_value("javascript")
    expect(tab).to_have_text("solution.js")
    expect(code).to_contain_text("console.log")
    page.get_by_role("button", name="Run visible cases").click()
    expect(page.locator("li.pass .case-name")).to_have_text(["small"], timeout=60_000)
    submit_code(page, IN_JAVASCRIPT)
    page.goto(f"{asked}/debrief")
    expect(page.get_by_text("What you handed in, in JavaScript")).to_be_visible()


def test_what_another_tab_wrote_is_taken_with_its_language(page: Page, server: Server, pack: Path) -> None:
    with Crowd(server, pack, "say-the-sum") as crowd:
        page.goto(server.address + crowd.new_round(SOLO_USER_ID))
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Language").select_option(label="JavaScript")
    type_code(other, IN_JAVASCRIPT)
    page.locator(".cm-content").click()
    page.keyboard.insert_text("# mine\n")
    expect(page.get_by_text("Another tab has newer work.")).to_be_visible()
    page.get_by_role("button", name="Take the newer text").click()
    expect(page.get_by_label("Language")).to_have_value("javascript")
    expect(page.locator(".tab")).to_have_text("solution.js")
    expect(page.locator(".cm-content")).to_contain_text("console.log")
    other.close()
