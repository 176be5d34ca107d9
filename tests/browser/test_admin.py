"""A candidate disputes a finding, an admin decides by keyboard alone, and every page for admins can be used by all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from greenroom.bank.models import SubmissionSort
from greenroom.grading.registry.linear import to_bytes
from tests.browser.play import declared, item_of, leave_follow_ups, start_interview
from tests.browser.test_accessibility import look_through, press, press_until
from tests.grading.models import linear_model
from tests.grading.watched import fill_beside
from tests.many import WORDS, open_to_all, register
from tests.servers import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with open_to_all(tmp_path_factory.mktemp("greenroom")) as running:
        yield running


def logged_in(browser: Browser, server: Server, email: str, **options: object) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{server.address}/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(WORDS)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return context


@pytest.fixture(scope="module")
def candidate(server: Server, browser: Browser) -> Iterator[BrowserContext]:
    context = logged_in(browser, server, register(server, "Cleo"))
    yield context
    context.close()


@pytest.fixture(scope="module")
def admin(server: Server, browser: Browser) -> Iterator[BrowserContext]:
    context = logged_in(browser, server, register(server, "Ada", "admin"))
    yield context
    context.close()


@pytest.fixture(scope="module")
def debrief(server: Server, candidate: BrowserContext) -> str:
    """The address of the debrief of a round that was answered wrongly."""
    page = candidate.new_page()
    start_interview(page, server.address, ["django"], 10)
    page.get_by_label("Your answer", exact=True).last.fill(declared(item_of(page), SubmissionSort.wrong))
    page.get_by_role("button", name="Submit").click()
    page.wait_for_load_state("load")
    leave_follow_ups(page)
    return page.url


def missed(page: Page) -> list[str]:
    """The points that brought nothing."""
    rows = page.locator(".finding.absent, .finding.contradicted, .finding.missed")
    return [row.locator("strong").first.inner_text() for row in rows.all()]


def finding_on(page: Page, point: str) -> Locator:
    """The finding on the point with this title."""
    return page.locator(".finding").filter(has=page.locator(".finding-head").get_by_text(point, exact=True))


def dispute(page: Page, point: str, words: str) -> None:
    """Say by keyboard that the finding on *point* is wrong."""
    press(page, f"This is wrong: {point}")
    press_until(page, "Why it is wrong")
    page.keyboard.insert_text(words)
    with page.expect_navigation():
        press(page, "Send it to an admin")


def open_dispute(page: Page, server: Server, point: str) -> None:
    """From home to the page of the dispute, by keyboard."""
    page.goto(server.address)
    for name in ("Admin", "Disputes", point):
        with page.expect_navigation():
            press(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text(point)


def test_a_finding_is_disputed_and_decided_by_keyboard(
    server: Server, candidate: BrowserContext, admin: BrowserContext, debrief: str
) -> None:
    page, office = candidate.new_page(), admin.new_page()
    page.goto(debrief)
    first, second = missed(page)[:2]
    dispute(page, first, "My first sentence says this.")
    dispute(page, second, "So does my second.\nRead it again.")
    finding = finding_on(page, first)
    expect(finding).to_contain_text("My first sentence says this.")
    expect(finding).to_contain_text("It waits for a decision.")
    expect(finding.locator("summary", has_text="This is wrong")).to_have_count(0)

    open_dispute(office, server, first)
    expect(office.locator("main")).to_contain_text("My first sentence says this.")
    press_until(office, "A word to the candidate")
    office.keyboard.insert_text("It does.")
    with office.expect_navigation():
        press(office, "Accept")
    expect(office.get_by_role("heading", name="Accepted")).to_be_visible()

    open_dispute(office, server, second)
    press_until(office, "Why, in a sentence")
    office.keyboard.insert_text("It says another thing.")
    with office.expect_navigation():
        press(office, "Reject")

    page.reload()
    expect(finding).to_contain_text("Accepted")
    expect(finding).to_contain_text("It does.")
    expect(finding.locator(".state").first).to_have_text(re.compile("said|met"))
    other = finding_on(page, second)
    expect(other).to_contain_text("Rejected")
    expect(other).to_contain_text("It says another thing.")
    page.get_by_role("button", name=re.compile("report|Next")).click()
    page.wait_for_url(re.compile("/report$"))
    expect(finding).to_have_class(re.compile("present|met"))

    office.goto(f"{server.address}/admin/audit?action=dispute-accepted")
    expect(office.locator(".records tbody tr")).to_have_count(1)
    expect(office.locator(".records")).to_contain_text("Ada")


def test_an_item_is_switched_off_and_on(server: Server, admin: BrowserContext) -> None:
    page = admin.new_page()
    page.goto(f"{server.address}/admin/items?search=token")
    page.locator(".records tbody a").first.click()
    press_until(page, "Why")
    page.keyboard.insert_text("The expected answer is out of date.")
    with page.expect_navigation():
        press(page, "Switch off")
    expect(page.get_by_role("heading", name="Switched off")).to_be_visible()
    title = page.locator("h1").inner_text()
    page.goto(f"{server.address}/admin/items?off=1")
    expect(page.locator(".records tbody tr")).to_have_count(1)
    page.get_by_role("link", name=title).click()
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Switch it off")).to_be_visible()


def test_an_invitation_is_shown_once_and_used(server: Server, admin: BrowserContext, browser: Browser) -> None:
    page = admin.new_page()
    page.goto(f"{server.address}/admin/invitations")
    page.get_by_label("Role").select_option("author")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("Its link").input_value()
    page.goto(f"{server.address}/admin/invitations")
    expect(page.get_by_label("Its link")).to_have_count(0)
    context = browser.new_context()
    guest = context.new_page()
    guest.goto(link)
    guest.get_by_label("Name", exact=True).fill("Gus")
    guest.get_by_label("E-mail address").fill("gus@example.org")
    guest.get_by_label("Password").fill(WORDS)
    guest.get_by_label("Password").press("Enter")
    expect(guest.get_by_role("link", name="Log in").last).to_be_visible()
    context.close()
    page.goto(f"{server.address}/admin/users?search=gus")
    expect(page.locator(".records tbody tr")).to_have_count(1)
    expect(page.locator(".records tbody")).to_contain_text("author")


NAMES = ["admin", "users", "user", "invitations", "invited", "audit", "items", "item", "item-off", "disputes"]
NAMES += ["decided", "dispute", "dispute-decided", "debrief", "grader", "rubric", "data", "snapshot", "evaluation"]
NAMES += ["training", "monitoring"]


_FIGURE = {"value": 0.98, "low": 0.97, "high": 0.99}
EVALUATION = {
    "made_at": "2026-03-02T09:00:00+00:00",
    "model": {"version": "1", "encoder": "all-MiniLM-L6-v2-int8"},
    "items": 53,
    "note": "Its model learned from these.",
    "resamples": 1000,
    "classes": {"points": {"model": {"f1:not present": _FIGURE}, "lexical": {}, "majority": {}}},
    "plots": {
        "reliability": [{"low": 0.9, "count": 100, "confidence": 0.95, "accuracy": 0.97}],
        "coverage": [{"coverage": 0.5, "accuracy": 0.99}, {"coverage": 1.0, "accuracy": 0.95}],
        "confusion": {"not present": {"not present": 90, "present": 1, "unsure": 9}},
        "families": {"jwt": {"points": 100, "macro_f1": 0.95}, "ml-systems": {"points": 2, "macro_f1": None}},
    },
}
"""What an evaluation leaves behind."""


def nominate(server: Server, folder: Path) -> None:
    """Have a model read beside the one that answers."""
    file = folder / "model.json"
    file.write_bytes(to_bytes(linear_model("a-model-with-a-long-name-and-many-words-in-it-2026-03-02")))
    command = [sys.executable, "-m", "greenroom.cli.main", "grader", "register", str(file)]
    command += ["--version", "a-model-with-a-long-name-and-many-words-in-it-2026-03-02", "--challenger"]
    subprocess.run(command, check=True, env=os.environ | {"GREENROOM_DATA_DIR": str(server.data_dir)})


@pytest.fixture(scope="module")
def pages(
    server: Server,
    admin: BrowserContext,
    candidate: BrowserContext,
    debrief: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """The address of every sort of page for admins, with something on each."""
    nominate(server, tmp_path_factory.mktemp("model"))
    page = candidate.new_page()
    for _ in range(2):
        page.goto(debrief)
        summary = page.locator("main details > summary", has_text="This is wrong").first
        if summary.count():
            summary.click()
            page.locator("main details[open] textarea").fill(
                "The word " + "verylongwithoutabreak" * 12 + "\nsays this."
            )
            page.locator("main details[open]").get_by_role("button", name="Send").click()
            expect(page.get_by_text("It waits for a decision.").first).to_be_visible()
    page = admin.new_page()
    found = {
        name: f"{server.address}/admin/{name}"
        for name in ("users", "invitations", "audit", "items", "disputes", "grader")
    }
    found |= {"admin": f"{server.address}/admin", "invited": found["invitations"], "debrief": debrief}
    found |= {"rubric": f"{server.address}/rubrics/inside-a-token", "data": f"{found['grader']}/data"}
    found["evaluation"] = f"{found['grader']}/evaluation"
    found |= {name: f"{found['grader']}/{name}" for name in ("training", "monitoring")}
    fill_beside(server.data_dir / "greenroom.db", server.data_dir / "models")
    (server.data_dir / "evaluation.json").write_text(json.dumps(EVALUATION))
    page.goto(found["data"])
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Make the snapshot").click()
    expect(page.get_by_role("heading", name="Manifest")).to_be_visible()
    found["snapshot"] = page.url
    found["item"], found["item-off"] = f"{found['items']}/inside-a-token", f"{found['items']}/clock-skew"
    found["decided"] = f"{found['disputes']}?state=decided"
    page.goto(found["item"])
    page.goto(f"{found['items']}?topic=jwt")
    page.locator(".records tbody a").last.click()
    found["item-off"] = page.url
    page.get_by_label("Why").fill("The expected answer is out of date.")
    page.get_by_role("button", name="Switch off").click()
    page.goto(found["invitations"])
    page.get_by_label("E-mail address").fill("somebody.with.a.long.name@a-long-name-of-a-host.example.org")
    page.get_by_role("button", name="Invite").click()
    page.goto(found["disputes"])
    page.locator("main .list a").first.click()
    found["dispute"] = page.url
    page.goto(found["decided"])
    if not page.locator("main .list a").count():
        page.goto(found["disputes"])
        page.locator("main .list a").last.click()
        page.get_by_label("Why, in a sentence").fill("It says another thing.")
        page.get_by_role("button", name="Reject").click()
        page.goto(found["decided"])
    page.locator("main .list a").first.click()
    found["dispute-decided"] = page.url
    page.goto(f"{found['users']}?search=cleo")
    page.locator(".records tbody a").first.click()
    found["user"] = page.url
    page.close()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_and_nothing_overflows(
    admin: BrowserContext, candidate: BrowserContext, pages: dict[str, str], name: str, scheme: str, tmp_path: Path
) -> None:
    page = (candidate if name == "debrief" else admin).new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if "Content Security" in message.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(pages[name], wait_until="networkidle")
    if name == "invited":
        page.get_by_role("button", name="Invite").click()
        expect(page.get_by_label("Its link")).to_be_visible()
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    look_through(page, name, scheme)
    assert problems == []
    page.close()
