"""A busy judge in the page: "3 before you", then the cases; and a run that is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from greenroom.accounts.rules import SOLO_USER_ID
from tests.browser.play import type_code
from tests.crowd import RIGHT, SLOW, Crowd, settings, slow_pack
from tests.servers import Server


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return slow_pack(tmp_path_factory.mktemp("packs") / "small")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, pack: Path) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("greenroom"), **settings(pack)) as running:
        yield running


NAMES = ("one", "two", "three", "four")


@pytest.fixture(scope="module")
def crowd(server: Server, pack: Path) -> Iterator[Crowd]:
    with Crowd(server, pack) as people:
        for name in NAMES:
            people.add(name)
        yield people


def occupy(crowd: Crowd) -> None:
    """The first candidate's run has the only place; three wait."""
    for name in NAMES:
        assert crowd.run(name, SLOW).status_code == 202


def let_go(crowd: Crowd) -> None:
    """Each of them runs something quick instead: whoever runs first last, so that the others go ahead as they wait."""
    for name in (*NAMES[1:], NAMES[0]):
        assert crowd.run(name, RIGHT).status_code == 202


def in_a_round(crowd: Crowd, page: Page, server: Server) -> None:
    page.goto(server.address + crowd.new_round(SOLO_USER_ID))
    type_code(page, RIGHT)


def test_a_run_says_how_many_come_before_it_and_then_shows_its_cases(crowd: Crowd, page: Page, server: Server) -> None:
    in_a_round(crowd, page, server)
    summary, console = page.locator("judge-stream .summary"), page.locator("section.console")
    before = (summary.bounding_box(), console.bounding_box())
    occupy(crowd)
    page.get_by_role("button", name="Run visible cases").click()
    expect(summary).to_have_text("Waiting: 3 before you.")
    expect(summary).to_have_attribute("role", "status")  # a polite live region
    assert (summary.bounding_box(), console.bounding_box()) == before
    let_go(crowd)
    expect(summary).to_have_text("accepted: 1 of 1 cases passed", timeout=60_000)
    expect(page.locator(".cases li")).to_have_count(1)


def test_an_answer_says_how_many_come_before_it_also_after_a_reload(crowd: Crowd, page: Page, server: Server) -> None:
    in_a_round(crowd, page, server)
    occupy(crowd)
    page.get_by_role("button", name="Submit").click()
    summary = page.locator("judge-stream .summary")
    expect(summary).to_have_text("Waiting: 3 before you.")
    page.reload()
    expect(summary).to_have_text("Waiting: 3 before you.")
    let_go(crowd)
    page.wait_for_url("**/debrief", timeout=60_000)
    expect(page.locator(".verdict")).to_contain_text("accepted")


def test_a_page_without_script_says_it_too(crowd: Crowd, page: Page, context: BrowserContext, server: Server) -> None:
    in_a_round(crowd, page, server)
    occupy(crowd)
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("judge-stream .summary")).to_have_text("Waiting: 3 before you.")
    assert "Waiting: 3 before you." in context.request.get(page.url).text()
    let_go(crowd)
    page.wait_for_url("**/debrief", timeout=60_000)


def test_a_run_that_finds_no_room_says_so_and_keeps_the_text(crowd: Crowd, page: Page, server: Server) -> None:
    in_a_round(crowd, page, server)
    occupy(crowd)
    crowd.add("five")
    assert crowd.run("five", SLOW).status_code == 202
    page.get_by_role("button", name="Run visible cases").click()
    summary = page.locator("judge-stream .summary")
    expect(summary).to_have_text("too many runs are waiting — your text is kept; try again in a minute")
    expect(page.locator(".cm-content")).to_contain_text("return sum(numbers)")
    assert crowd.run("five", RIGHT).status_code == 202
    let_go(crowd)
    page.get_by_role("button", name="Run visible cases").click()
    expect(summary).to_have_text("accepted: 1 of 1 cases passed", timeout=60_000)


def test_a_newer_run_takes_the_place_of_the_one_before(crowd: Crowd, page: Page, server: Server) -> None:
    in_a_round(crowd, page, server)
    type_code(page, SLOW)
    page.get_by_role("button", name="Run visible cases").click()
    summary = page.locator("judge-stream .summary")
    expect(summary).to_have_text("Running …")
    type_code(page, RIGHT)
    page.get_by_role("button", name="Run visible cases").click()
    expect(summary).to_have_text("accepted: 1 of 1 cases passed", timeout=60_000)
