"""axe-core finds nothing on any page, light and dark; nothing overflows; the keyboard alone suffices."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from greenroom.bank.models import SubmissionSort
from tests.browser.play import declared, item_of, leave_follow_ups, start_code_round, start_interview, submit_code
from tests.servers import Server

AXE = Axe()
EVERYTHING = {"resultTypes": ["violations"]}
CONTRASTS = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}


@pytest.fixture(scope="module")
def pages(server: Server, browser: Browser, storage: Path) -> Iterator[dict[str, str]]:
    """The address of every sort of page, left behind by interviews that were really played."""
    context = browser.new_context(storage_state=storage)
    context.set_default_timeout(30_000)
    page = context.new_page()
    found = {name: f"{server.address}/{name}" for name in ("", "setup", "doctor", "history", "enter", "nowhere")}
    start_interview(page, server.address, ["jwt"], 10)
    found["words"] = page.url
    other = context.new_page()
    start_code_round(other, server.address)
    found["code"] = other.url
    submit_code(other, declared(item_of(other), SubmissionSort.wrong))
    third = context.new_page()
    start_interview(third, server.address, ["django"], 10)
    third.get_by_label("Your answer", exact=True).last.fill(declared(item_of(third), SubmissionSort.wrong))
    third.get_by_role("button", name="Submit").click()
    after = third.locator("#question, fieldset.judge").first
    expect(after).to_be_visible(timeout=60_000)
    found["after-the-answer"] = third.url
    fourth = context.new_page()
    start_interview(fourth, server.address, ["databases"], 10)
    fourth.get_by_label("Your answer", exact=True).last.fill(declared(item_of(fourth), SubmissionSort.accepted))
    fourth.get_by_role("button", name="Submit").click()
    fourth.wait_for_load_state("load")
    leave_follow_ups(fourth)
    found["debrief"] = fourth.url
    fourth.get_by_role("button", name=re.compile("report|Next")).click()
    fourth.wait_for_url(re.compile("/(report|rounds/)"))
    found["report"] = fourth.url
    page.goto(f"{server.address}/setup")
    page.get_by_role("button", name="Continue to the forecast").click()
    page.wait_for_url(re.compile("/interviews/"))
    found["forecast"] = page.url
    yield found
    context.close()


@pytest.fixture(scope="module")
def looking(browser: Browser, storage: Path) -> Iterator[BrowserContext]:
    """One for every page that is only looked at: a new one loads every script anew."""
    context = browser.new_context(storage_state=storage, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def look_through(page: Page, name: str, scheme: str) -> None:
    """Hold *page* to axe's rules at a desk's width and a phone's, and see that nothing overflows at any.

    A scheme changes colours alone: in the dark one axe looks at contrasts.
    """
    for width in (1280, 768, 320):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} overflows by {wide} px at {width} px"
        if width == 768:
            continue
        results = AXE.run(page, options=CONTRASTS if scheme == "dark" else EVERYTHING)
        assert results.violations_count == 0, f"{name} {scheme} {width}px\n{results.generate_report()}"


NAMES = ["", "setup", "doctor", "history", "enter", "nowhere", "words", "code", "after-the-answer", "debrief"]
NAMES += ["report", "forecast"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_overflows(
    looking: BrowserContext, pages: dict[str, str], name: str, scheme: str
) -> None:
    page = looking.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(pages[name], wait_until="networkidle")
    for details in page.locator("details:not([open]) > summary").all():
        if details.is_visible():
            details.click()
    look_through(page, name, scheme)
    assert problems == []
    page.close()


def press_until(page: Page, name: str, most: int = 80) -> None:
    """Tab until the focused control has this name."""
    script = "(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(script).startswith(name):
            return
    raise AssertionError(f"{name!r} was not reached by Tab")


def press(page: Page, name: str) -> None:
    """Reach the control with this name by Tab, then Enter."""
    press_until(page, name)
    page.keyboard.press("Enter")


def judge_by_keyboard(page: Page) -> None:
    """Decide every unclear point with the arrow keys."""
    points = page.locator("fieldset.judge")
    while points.locator("input[type=radio]:checked").count() < points.count():
        press_until(page, "I said this")
        page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        press(page, "Go on")


def answer_in_words_by_keyboard(page: Page) -> None:
    """Type, hand in, leave the follow-ups, and go on to the next round."""
    page.keyboard.insert_text("I do not know this well, but a token is signed by the server.")
    press(page, "Submit")
    step = page.locator("fieldset.judge, #question, .next").first
    while True:
        expect(step).to_be_visible(timeout=60_000)
        if page.locator("fieldset.judge").count():
            judge_by_keyboard(page)
        elif page.locator("#question").count():
            with page.expect_navigation():
                press(page, "Leave it")
        else:
            break
    press(page, "Next round")


def test_the_keyboard_alone_suffices(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/setup", wait_until="networkidle")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for topic in ("FastAPI", "API opt", "Django", "Database", "Machine", "ML system"):
        press_until(page, topic)
        page.keyboard.press("Space")
    press_until(page, "Length")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("30")
    press(page, "Continue to the forecast")
    expect(page.get_by_role("heading", name="How will it go?")).to_be_visible()
    press(page, "Start without a forecast")

    # Words come before code; how many rounds of them is the plan's affair.
    expect(page.get_by_role("timer")).to_be_visible()
    while not page.locator("code-editor").count():
        answer_in_words_by_keyboard(page)
        expect(page.get_by_role("timer")).to_be_visible()

    # Code: into the editor, out again with Esc and Tab, submit.
    expect(page.locator(".cm-content")).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cm-content')"):
            break
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(declared(item_of(page), SubmissionSort.accepted))
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.classList.contains('cm-content')")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Escape")
    press(page, "Submit")
    page.wait_for_url(re.compile("/debrief$"), timeout=60_000)
    expect(page.locator(".verdict")).to_contain_text("accepted")
