"""Debian's Chromium, a running Greenroom, and a page that is signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.servers import Server

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Not for the session: Playwright keeps an event loop running in the main thread, which later tests must not meet.
    path = shutil.which("chromium")
    if path is None:
        assert os.environ.get("GREENROOM_TEST_BROWSER") != "required", "Chromium is required: apt-get install chromium"
        pytest.skip("no Chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    # Pages show this path; at 320 px a long name without a place to break must not push them apart.
    with Server(tmp_path_factory.mktemp("greenroom") / "a_folder_with_a_long_name_and_no_place_to_break") as running:
        yield running


@pytest.fixture(scope="module")
def storage(server: Server, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookies of the person who opened the link."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.link)
    path = tmp_path_factory.mktemp("storage") / "state.json"
    context.storage_state(path=path)
    context.close()
    return path


@pytest.fixture
def foreign_requests() -> list[str]:
    """Every request that would have left the machine."""
    return []


@pytest.fixture
def context(browser: Browser, storage: Path, server: Server, foreign_requests: list[str]) -> Iterator[BrowserContext]:
    opened = browser.new_context(storage_state=storage, viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(30_000)
    opened.on(
        "request",
        lambda request: (
            None if request.url.startswith((server.address, "data:", "blob:")) else foreign_requests.append(request.url)
        ),
    )
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, server: Server) -> Page:
    opened = context.new_page()
    opened.goto(server.address)
    return opened


@pytest.fixture
def browser_page_without_session(browser: Browser, storage: Path) -> Iterator[Page]:
    """A stranger's browser, after the link was used."""
    stranger = browser.new_context()
    yield stranger.new_page()
    stranger.close()


@pytest.fixture
def browser_page_without_script(browser: Browser, storage: Path) -> Iterator[Page]:
    """The same person's, where no script runs."""
    bare = browser.new_context(storage_state=storage, java_script_enabled=False)
    yield bare.new_page()
    bare.close()
