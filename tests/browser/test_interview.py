"""A whole interview in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from greenroom.bank.models import SubmissionSort
from tests.browser.play import (
    declared,
    item_of,
    judge_nothing_said,
    leave_follow_ups,
    start_interview,
    submit_code,
    type_code,
)
from tests.servers import Server


def test_from_link_to_report(page: Page, server: Server, foreign_requests: list[str]) -> None:
    start_interview(page, server.address, ["jwt", "dsa"], 30)

    # A concept round: a mistaken answer, then a follow-up that is answered.
    item = item_of(page)
    page.get_by_label("Your answer", exact=True).last.fill(declared(item, SubmissionSort.wrong))
    page.get_by_role("button", name="Submit").click()
    judge_nothing_said(page)
    page.locator("textarea[name=source]").fill("I am not sure, but the signature is checked with the key.")
    with page.expect_navigation():
        page.get_by_role("button", name="Answer", exact=True).click()
    leave_follow_ups(page)
    expect(page.get_by_role("heading", name="What became of each point")).to_be_visible()
    page.get_by_role("button", name="Next round").click()

    # Code rounds: a failing submission, then an accepted one.
    while not page.url.endswith("/report"):
        item = item_of(page)
        if page.locator("code-editor").count():
            assert "accepted" not in submit_code(page, declared(item, SubmissionSort.wrong))
            expect(page.get_by_role("button", name="Go on with the best so far")).to_be_visible()
            submit_code(page, declared(item, SubmissionSort.accepted))
            page.wait_for_url(re.compile("/debrief$"))
            expect(page.locator(".verdict")).to_contain_text("accepted")
        else:
            page.get_by_label("Your answer", exact=True).last.fill(declared(item, SubmissionSort.accepted))
            page.get_by_role("button", name="Submit").click()
            page.wait_for_load_state("load")
            leave_follow_ups(page)
        page.get_by_role("button", name=re.compile("Next round|To the report")).click()
        page.wait_for_load_state("load")

    expect(page.get_by_role("heading", name="Where you stand")).to_be_visible()
    expect(page.locator("svg.chart .label")).to_have_text(["JWT authentication", "DSA patterns"])
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("row", name=re.compile("JWT authentication"))).to_contain_text("points in")
    assert foreign_requests == []


def test_visible_cases_run_and_explain_a_failure(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/setup")
    page.get_by_role("button", name="Try the warm-up first").click()
    expect(page.get_by_text("Warm-up, unscored")).to_be_visible()
    expect(page.get_by_role("timer")).to_have_count(0)
    code = item_of(page).head.code
    assert code is not None
    type_code(page, f"def {code.entry}(*given):\n    return given.nothing\n")
    page.get_by_role("button", name="Run visible cases").click()
    expect(page.locator(".case-message").first).to_contain_text("AttributeError", timeout=60_000)


def test_a_second_tab_never_overwrites_newer_work(context: BrowserContext, server: Server) -> None:
    first = context.new_page()
    start_interview(first, server.address, ["jwt"], 10)
    second = context.new_page()  # only now: in a tab behind another each click waits for a slowed-down frame
    second.goto(first.url)
    newer = "What the first tab wrote, which is newer."
    first.get_by_label("Your answer", exact=True).last.fill(newer)
    expect(first.locator("auto-save")).to_contain_text("saved")
    second.get_by_label("Your answer", exact=True).last.fill("What the second tab wrote.")
    expect(second.get_by_text("Another tab has newer work.")).to_be_visible()
    expect(second.get_by_label("The newer text")).to_have_value(newer)
    first.reload()
    expect(first.get_by_label("Your answer", exact=True).last).to_have_value(
        "What the first tab wrote, which is newer."
    )
    second.get_by_role("button", name="Take the newer text").click()
    expect(second.get_by_label("Your answer", exact=True).last).to_have_value(
        "What the first tab wrote, which is newer."
    )


def test_what_is_typed_survives_without_the_script(browser: Browser, storage: Path, server: Server) -> None:
    # So it is in the moment before the script runs, too.
    context = browser.new_context(storage_state=storage, java_script_enabled=False)
    page = context.new_page()
    start_interview(page, server.address, ["jwt"], 10)
    typed = page.locator("#source")
    typed.fill("Half a thought")
    page.get_by_role("button", name="Show hint").click()
    expect(typed).to_have_value("Half a thought")
    typed.fill("Two\nhalves of a thought")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    expect(typed).to_have_value("Two\nhalves of a thought")
    page.get_by_role("button", name="Skip this round").click()
    page.get_by_text("What you typed and did not hand in").click()
    expect(page.locator(".as-typed")).to_have_text("Two\nhalves of a thought")
    context.close()


def test_a_follow_up_is_kept_like_an_answer(page: Page, server: Server) -> None:
    start_interview(page, server.address, ["jwt"], 10)
    page.get_by_label("Your answer", exact=True).last.fill(declared(item_of(page), SubmissionSort.wrong))
    page.get_by_role("button", name="Submit").click()
    judge_nothing_said(page)
    typed = page.locator("#source")
    typed.fill("Typed for the follow-up")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    expect(typed).to_have_value("Typed for the follow-up")
    typed.fill("Typed at the last moment")
    page.reload()
    expect(typed).to_have_value("Typed at the last moment")
    leave_follow_ups(page)
    page.get_by_text("What you typed and did not hand in").click()
    expect(page.get_by_text("Typed at the last moment")).to_be_visible()


def test_leaving_asks_when_the_text_cannot_be_saved(page: Page, server: Server) -> None:
    start_interview(page, server.address, ["jwt"], 10)
    page.route("**/draft", lambda route: route.abort())
    page.get_by_label("Your answer", exact=True).last.fill("While the server was away")
    expect(page.locator("auto-save")).to_contain_text("a copy is kept in this tab")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Your text is not saved: the server is away.")).to_be_visible()
    page.get_by_role("button", name="No, stay").click()
    page.unroute("**/draft")
    expect(page.locator("auto-save")).to_contain_text("saved", timeout=20_000)
    page.reload()
    expect(page.get_by_label("Your answer", exact=True).last).to_have_value("While the server was away")


def test_text_and_clock_survive_a_reload_and_a_pause(page: Page, server: Server) -> None:
    start_interview(page, server.address, ["jwt"], 10)
    page.get_by_label("Your answer", exact=True).last.fill("Half a thought")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Your answer", exact=True).last).to_have_value("Half a thought")
    page.get_by_role("button", name="Pause").click()  # now with nothing to save
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Hide clock").click()
    expect(page.get_by_role("timer")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("timer")).to_be_hidden()
    page.get_by_role("button", name="Show clock").click()
    page.get_by_role("button", name="Finish early").click()
    page.get_by_role("button", name="No, stay").click()
    expect(page.get_by_label("Your answer", exact=True).last).to_be_visible()
    page.get_by_role("button", name="Finish early").click()
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_role("heading", name="Where you stand")).to_be_visible()


def test_a_used_link_explains_itself(browser_page_without_session: Page, server: Server) -> None:
    answer = browser_page_without_session.goto(server.link)
    assert answer is not None
    assert answer.status == 403
    expect(browser_page_without_session.get_by_text("greenroom link")).to_be_visible()
