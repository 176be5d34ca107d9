"""Pages renew their session by themselves, and lose no typed word when it ends all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.play import start_code_round, start_interview
from tests.servers import Server, wait_until

WORDS = "four words of mine"
LIFETIME_S = 6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {
        "GREENROOM_MODE": "server",
        "GREENROOM_REGISTRATION": "open",
        "GREENROOM_ACCESS_LIFETIME_S": str(LIFETIME_S),
    }
    with Server(tmp_path_factory.mktemp("greenroom"), **settings) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, server: Server, request: pytest.FixtureRequest) -> Page:
    """Somebody of this test's own, who has registered and logged in by the forms."""
    email = f"{request.node.name.replace('_', '-')[:40]}@example.org"
    opened = context.new_page()
    opened.goto(f"{server.address}/register")
    for label, text in (("Name", "Ada"), ("E-mail address", email), ("Password", WORDS)):
        opened.get_by_label(label).fill(text)
    opened.get_by_role("button", name="Make the account").click()
    opened.get_by_role("link", name="Log in").last.click()
    log_in(opened, email)
    return opened


def log_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(re.compile(r"/$"))


def access_cookie(context: BrowserContext) -> str:
    return next((one["value"] for one in context.cookies() if one["name"] == "__Host-greenroom_access"), "")


def test_an_open_page_renews_before_the_end_and_hands_in_what_was_typed(
    page: Page, context: BrowserContext, server: Server
) -> None:
    start_interview(page, server.address, ["jwt"], 10)
    page.get_by_label("Your answer", exact=True).last.fill("Every word of this is mine.")
    seen = set()

    def renewed_twice() -> bool:
        page.wait_for_timeout(200)
        seen.add(access_cookie(context))
        return len(seen - {""}) >= 3

    wait_until(renewed_twice)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_load_state("load")
    expect(page.locator("body")).not_to_contain_text("not signed in")
    expect(page.locator("body")).to_contain_text("Every word of this is mine.")


def test_a_form_that_was_open_beyond_the_end_is_taken(page: Page, context: BrowserContext, server: Server) -> None:
    start_interview(page, server.address, ["jwt"], 10)
    page.get_by_label("Your answer", exact=True).last.fill("Every word of this is mine.")
    context.clear_cookies(name="__Host-greenroom_access")  # as if it had ended: the machine slept
    page.get_by_role("button", name="Submit").click()
    page.wait_for_load_state("load")
    expect(page.locator("body")).to_contain_text("Every word of this is mine.")
    assert access_cookie(context)


def test_a_stream_goes_on_beyond_the_end_of_the_access_token(page: Page, server: Server) -> None:
    start_code_round(page, server.address)
    source = f"import time\n\n\ntime.sleep({LIFETIME_S + 2})\n"
    answered = page.request.post(
        f"{page.url}/run",
        data={"text": source},
        headers={"x-csrf-token": page.locator('meta[name="csrf-token"]').get_attribute("content") or ""},
    )
    assert answered.status == 202, answered.text()
    events = page.request.get(f"{server.address}{answered.json()['stream']}", timeout=60_000).text()
    assert "event: done" in events


def test_a_session_that_was_ended_elsewhere_keeps_the_words_and_goes_on_after_a_login(
    page: Page, context: BrowserContext, server: Server, browser: Browser
) -> None:
    start_interview(page, server.address, ["jwt"], 10)
    page.get_by_label("Your answer", exact=True).last.fill("Every word of this is mine.")
    email = "test-a-session-that-was-ended-elsewhere-@example.org"
    other = browser.new_context().new_page()
    other.goto(f"{server.address}/login")
    log_in(other, email)
    other.goto(f"{server.address}/account")
    other.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_text("Your session has ended.")).to_be_visible(timeout=30_000)
    with context.expect_page() as opening:
        page.get_by_role("link", name="Sign in in another tab").click()
    log_in(opening.value, email)
    opening.value.close()
    page.bring_to_front()
    page.evaluate("() => dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("Your session has ended.")).to_be_hidden()
    page.get_by_role("button", name="Submit").click()
    page.wait_for_load_state("load")
    expect(page.locator("body")).to_contain_text("Every word of this is mine.")
    other.context.close()


def test_the_forms_of_accounts_need_no_script(browser: Browser, server: Server, tmp_path: Path) -> None:
    bare = browser.new_context(java_script_enabled=False)
    page = bare.new_page()
    page.goto(f"{server.address}/register")
    for label, text in (("Name", "Bob"), ("E-mail address", "bare@example.org"), ("Password", WORDS)):
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("link", name="Log in").last.click()
    log_in(page, "bare@example.org")
    page.goto(f"{server.address}/account")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    download.value.save_as(tmp_path / "export.zip")
    assert (tmp_path / "export.zip").read_bytes()[:2] == b"PK"
    page.get_by_text("Delete it with all").click()
    page.get_by_label("Your password").fill(WORDS)
    page.get_by_role("button", name="Delete it for good").click()
    page.goto(f"{server.address}/login")
    page.get_by_label("E-mail address").fill("bare@example.org")
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("not right")
    bare.close()
