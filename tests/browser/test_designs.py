"""A design round by keyboard alone: from the text over the drawing to the estimates, a run and the submission."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from greenroom.accounts.rules import SOLO_USER_ID
from tests.crowd import Crowd
from tests.items import LONG_ANSWER, write_design_item, write_long_design_item, write_pack
from tests.servers import Server


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pack")
    write_pack(root)
    write_design_item(root / "items" / "ml-systems" / "keep-the-shop-open")
    write_long_design_item(root / "items" / "ml-systems" / "keep-the-mall-open")
    return root


@pytest.fixture(scope="module")
def server(pack: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("greenroom"), GREENROOM_PACKS=json.dumps([str(pack)])) as running:
        yield running


def _written(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part))


def tab_to(page: Page, name: str, key: str = "Tab", most: int = 60) -> None:
    """Press *key* until what has the focus is called *name*, or is a node of that name."""
    for _ in range(most):
        focused = page.locator(":focus")
        if focused.count() and name in (focused.get_attribute("id"), focused.get_attribute("data-name")):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab does not come to {name}")


def test_a_design_is_drawn_estimated_run_and_handed_in_by_keyboard(page: Page, server: Server, pack: Path) -> None:
    with Crowd(server, pack, "keep-the-shop-open") as crowd:
        page.goto(server.address + crowd.new_round(SOLO_USER_ID))
    text = page.locator("#source")
    expect(page.locator("design-canvas .node")).to_have_count(2)

    # The text is the drawing: a node that is typed appears.
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("net_ms: [\n")
    expect(page.locator("#problems")).to_be_visible()
    expect(page.locator("design-canvas")).to_have_attribute("data-stale", "")
    page.keyboard.press("Control+z")
    expect(page.locator("#problems")).to_be_hidden()
    page.keyboard.press("Escape")
    tab_to(page, "api")

    # The drawing is the text: what is changed there keeps its comments.
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-name=db]")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#fields-title")).to_be_focused()
    tab_to(page, "field-copies")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("3")
    page.keyboard.press("Tab")
    expect(text).to_have_value(_written("copies: 3}   # the shop itself"))
    page.keyboard.press("Escape")
    expect(page.locator("[data-name=api]")).to_be_focused()

    # So is the table.
    tab_to(page, "cell-db-cores")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("6")
    page.keyboard.press("Tab")
    expect(text).to_have_value(_written("db: {kind: postgres, cores: 6}"))

    # What is estimated goes into the text, and is locked by the first run.
    tab_to(page, "estimate-peak_rps")
    page.keyboard.insert_text("60")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("0.2")
    page.keyboard.press("Tab")
    page.keyboard.type("api")
    page.keyboard.press("Tab")
    expect(text).to_have_value(_written("peak_rps: 60, postgres_busy_cores: 0.2"))
    expect(text).to_have_value(_written("bottleneck: api"))
    tab_to(page, "run")
    page.keyboard.press("Enter")
    dialog = page.locator("#confirm")
    expect(dialog).to_contain_text("cannot be changed afterwards")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#results")).to_contain_text("met 99th percentile", timeout=240_000)
    expect(page.locator("#estimate-peak_rps")).to_be_disabled()
    expect(page.locator("#results .u-wrap canvas").first).to_be_visible()

    # What if; then it is handed in.
    expect(page.locator("#run")).to_be_focused()
    tab_to(page, "if-api", "Shift+Tab")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#what-if-results")).to_contain_text("What if:", timeout=60_000)
    expect(text).to_have_value(_written("copies: 3}"))
    page.get_by_role("button", name="Submit").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/debrief", timeout=60_000)
    expect(page.get_by_text("Utilisation law: api")).to_be_visible()
    expect(page.locator("design-results .u-wrap canvas").first).to_be_visible()


WATCH = """() => {
  window.statusChanges = 0;
  window.steps = [];
  const watch = (node, act) => new MutationObserver(act).observe(node, { childList: true });
  watch(document.getElementById("run-status"), (all) => { window.statusChanges += all.length; });
  const at = document.querySelector("#under-way [data-at]");
  watch(at, () => window.steps.push(Number(/Run (\\d+) of/.exec(at.textContent)[1])));
}"""


def start_long_run(page: Page, server: Server, pack: Path) -> None:
    """A round whose run takes seconds, and that run."""
    with Crowd(server, pack, "keep-the-mall-open") as crowd:
        page.goto(server.address + crowd.new_round(SOLO_USER_ID))
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(LONG_ANSWER)
    expect(page.locator("#if-api, #cell-api-copies").first).to_have_value("60")
    page.evaluate(WATCH)
    page.locator("#run").click()
    page.locator("#confirm").get_by_role("button").first.click()


def test_a_run_draws_its_course_as_it_goes_and_can_be_stopped(page: Page, server: Server, pack: Path) -> None:
    start_long_run(page, server, pack)
    under_way = page.locator("#under-way")
    expect(under_way.locator(".u-wrap canvas")).to_have_count(4, timeout=240_000)
    expect(under_way).to_contain_text("Run 1 of 5")
    expect(page.locator("#run-status")).to_have_text("Running …")
    first = under_way.locator("canvas").first
    drawn = first.evaluate("canvas => canvas.toDataURL()")
    expect(under_way).to_contain_text("Run 2 of 5", timeout=120_000)
    assert first.evaluate("canvas => canvas.toDataURL()") != drawn  # the same canvas has gone on
    steps = page.evaluate("steps")
    assert len(steps) > len(set(steps))
    assert page.evaluate("statusChanges") <= 4  # a screen reader is not told of every step
    assert not under_way.locator("[aria-live], [role=status]").count()
    page.locator("#stop").click()
    expect(page.locator("#run-status")).to_contain_text("Stopped. Nothing was counted.")
    expect(under_way).to_be_hidden()
    expect(page.locator("#results")).to_be_empty()


def test_who_wants_no_motion_sees_the_course_one_whole_run_at_a_time(page: Page, server: Server, pack: Path) -> None:
    page.emulate_media(reduced_motion="reduce")
    start_long_run(page, server, pack)
    expect(page.locator("#under-way")).to_contain_text("Run 4 of 5", timeout=240_000)
    assert page.evaluate("steps") == [2, 3, 4]
    page.locator("#stop").click()
    expect(page.locator("#run-status")).to_contain_text("Stopped.")
