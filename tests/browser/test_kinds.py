"""A lab of the core pack of each kind on the page: a declared answer that falls short, then one that earns all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from greenroom.accounts.rules import SOLO_USER_ID
from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, SubmissionSort
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from tests.browser.play import type_code
from tests.crowd import Crowd
from tests.servers import Server

LABS = {"service": "lights-out", "sql": "nobody-came-back", "ml": "half-a-win"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("greenroom")) as running:
        yield running


def write(page: Page, item: Item, sort: SubmissionSort) -> None:
    """Write the files of the first declared answer of *sort* over what the editor has."""
    folder = next(one.path for one in item.submissions if one.sort is sort)
    for path in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = path.relative_to(folder).as_posix()
        page.locator("project-files button").get_by_text(name, exact=True).click()
        type_code(page, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", LABS)
def test_a_lab_of_each_kind_is_played_to_full_points(page: Page, server: Server, kind: str) -> None:
    item = load_pack(core_pack_folder()).by_slug[LABS[kind]]
    try:
        for name in item.environments:
            environments.find(name)
    except MissingError as error:
        pytest.skip(str(error))
    assert item.kind.value == kind
    with Crowd(server, core_pack_folder(), item.slug) as crowd:
        page.goto(server.address + crowd.new_round(SOLO_USER_ID))
    expect(page.locator(".cm-content")).to_be_visible()
    write(page, item, SubmissionSort.wrong)
    page.get_by_role("button", name="Run visible cases").click()
    expect(page.locator("judge-stream .summary")).to_contain_text("cases passed", timeout=60_000)
    expect(page.locator("judge-stream details")).to_have_count(0)  # a check has said all in its message
    page.get_by_role("button", name="Submit").click()
    expect(page.locator("judge-stream .summary")).to_contain_text("Submission 1", timeout=60_000)
    write(page, item, SubmissionSort.accepted)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("accepted").first).to_be_visible(timeout=60_000)
    page.goto(page.url.partition("#")[0].removesuffix("/debrief") + "/debrief")
    for point in item.head.rubric:
        row = page.get_by_role("listitem").filter(has_text=point.title)
        expect(row.first).to_contain_text(f"{point.points:g} of {point.points:g}")
