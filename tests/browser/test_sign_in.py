"""Signing in as somebody who was sent a link: on the way in, a wrong password, and out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from qa.assistant import open_assistant
from qa.settings import Settings
from tests.browser.conftest import Visit
from ui.web import Server, serve
from ui.web.auth.accounts import Accounts

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signing-in")


@pytest.fixture(scope="module")
def server(seeds_library: Path, home: Path) -> Iterator[Server]:
    """A server that other machines could reach, with two users."""
    settings = Settings(library=seeds_library, conversations=home / "conversations.sqlite3", users=home / "users.json")
    for name in ("ana", "ben"):
        Accounts(settings.users).put(name, "correct horse battery")
    with (
        open_assistant(settings=settings) as assistant,
        serve(assistant, host="0.0.0.0", port=0, settings=settings) as served,
    ):
        yield served


def test_a_link_leads_through_the_sign_in_page_to_its_page(server: Server, visit: Open) -> None:
    seen = visit(f"{server.url}library", ready="h1")
    page = seen.page
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Ana")
    page.keyboard.press("Tab")
    page.keyboard.type("not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("Ana")
    expect(page.get_by_label("Password")).to_be_focused()
    seen.errors.clear()  # the browser notes that it was refused
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.locator("#summary .numbers dd").first).to_have_text("249")
    expect(page.locator("#who")).to_contain_text("ana")
    expect(page.locator("#invitation")).to_contain_text("Everyone who can sign in may add listings")

    page.locator("#who").get_by_text("Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{server.url}papers")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)])
def test_the_sign_in_page_fits_its_window(server: Server, visit: Open, width: int, dark: bool) -> None:
    seen = visit(f"{server.url}sign-in", ready="h1", width=width, dark=dark)
    page = seen.page
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") == 0
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (light == "rgb(20, 22, 24)") is dark
    seen.keep(f"sign-in-{width}{'-dark' if dark else ''}")


def test_a_page_whose_session_ended_leads_to_the_sign_in_page_and_back(server: Server, visit: Open, home: Path) -> None:
    seen = visit(f"{server.url}library", ready="h1")
    page = seen.page
    page.get_by_label("Name").fill("ben")
    page.get_by_label("Password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.locator("#summary .bars")).to_be_visible(timeout=30_000)
    Accounts(home / "users.json").put("ben", "another password")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_url(f"{server.url}sign-in?next=%2Flibrary", timeout=30_000)
    seen.errors.clear()  # the browser notes that it was refused


def test_it_works_without_scripts(server: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.url}papers")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{server.url}papers")
    assert {cookie["name"]: cookie["httpOnly"] for cookie in context.cookies()} == {"arxivqa": True}
    context.close()
