"""Moves that several browser tests make."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, Kind, SubmissionSort

BANK = {item.title: item for item in load_pack(core_pack_folder()).items}


def start_interview(page: Page, address: str, topics: list[str], minutes: int) -> None:
    """From home to the first round, with a forecast."""
    page.goto(f"{address}/setup")
    for box in page.get_by_role("group", name="Topics").get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("value") in topics)
    page.get_by_label("Length").fill(str(minutes))
    page.get_by_role("button", name="Continue to the forecast").click()
    page.locator("input[type=number]").first.fill("70")
    page.get_by_role("button", name="Start the clock").click()
    expect(page.get_by_role("timer")).to_be_visible()


def start_code_round(page: Page, address: str, minutes: int = 20) -> None:
    """From home to a first round that asks for code: interviews are drawn by chance until one begins so."""
    for _ in range(20):
        start_interview(page, address, ["dsa"], minutes)
        if item_of(page).kind is Kind.code:
            return
    raise AssertionError("twenty interviews on DSA, and none begins with code")


def item_of(page: Page) -> Item:
    """The item that the page asks."""
    return BANK[page.locator("h1").inner_text()]


def declared(item: Item, sort: SubmissionSort) -> str:
    """The text of a declared submission."""
    chosen = next(one for one in item.submissions if one.sort is sort)
    return chosen.path.read_text(encoding="utf-8")


def type_code(page: Page, source: str) -> None:
    """Replace the editor's text."""
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)
    expect(page.locator("auto-save")).to_contain_text("saved")


def submit_code(page: Page, source: str) -> str:
    """Submit code and wait for its verdict."""
    type_code(page, source)
    with page.expect_navigation(timeout=60_000):  # a verdict of the visible cases may stand there already
        page.get_by_role("button", name="Submit").click()
    verdicts = re.compile(r"accepted|partial|wrong-answer|time-limit|runtime-error|compile-error|Submission \d+")
    summary = page.locator("judge-stream .summary, .verdict").first
    expect(summary).to_contain_text(verdicts, timeout=60_000)
    return summary.inner_text()


def judge_nothing_said(page: Page) -> None:
    """After a mistaken answer: say of every unclear point that it was not said, until a follow-up is asked."""
    question = page.locator("#question")
    unclear = page.locator("fieldset.judge").first
    expect(question.or_(unclear)).to_be_visible(timeout=60_000)
    while page.locator("fieldset.judge").count():
        for box in page.get_by_label("I did not").all():
            box.check()
        with page.expect_navigation():
            page.get_by_role("button", name="Go on").click()
    expect(question).to_be_visible()


def leave_follow_ups(page: Page) -> int:
    """Answer what comes after the answer until the debrief: judge unsure points, leave follow-ups. Returns how many."""
    asked = 0
    while not page.url.endswith("/debrief"):
        if page.get_by_role("button", name="Leave it", exact=True).count():
            asked += 1
            with page.expect_navigation():
                page.get_by_role("button", name="Leave it", exact=True).click()
        elif page.locator("fieldset.judge").count():
            for box in page.get_by_label("I did not").all():
                box.check()
            with page.expect_navigation():
                page.get_by_role("button", name="Go on").click()
        else:
            page.wait_for_timeout(100)
    return asked
