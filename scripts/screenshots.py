"""Take the pictures of the page that the documentation shows: the real page, over a library made from seeds/.

Writes docs/screenshots/NAME-WIDTH[-dark].png: each of the page's views at three widths, light and dark. Needs a
Chromium; install_browser.py gets one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import install_browser  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

import qa  # noqa: E402
from qa.settings import Settings  # noqa: E402
from ui import web  # noqa: E402
from ui.web.auth.accounts import Accounts  # noqa: E402
from vectorstore.embedding.embedder import Embedder  # noqa: E402
from vectorstore.library import Library  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
QUESTION = "Which papers detect COVID-19 in chest X-rays?"
SIZES = ((1440, 860), (768, 1024), (390, 844))
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

Scene = Callable[[Page, str], None]


def start(page: Page, address: str) -> None:
    """The page as it opens."""
    page.goto(address)
    expect(page.locator("#chat .example").first).to_be_visible(timeout=60_000)


def answer(page: Page, address: str) -> None:
    """A question with its answer and sources; on a wide page one citation is followed."""
    start(page, address)
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#t1-s1")).to_be_visible(timeout=60_000)
    expect(page.locator("#box .submit-button")).to_be_visible()
    page.wait_for_url("**/?c=*")
    page.locator("#box textarea").blur()


def filters(page: Page, address: str) -> None:
    """The filters beside the question."""
    start(page, address)
    page.locator("#narrow").get_by_role("button", name="Filters").click()


def papers(page: Page, address: str) -> None:
    """The table of all papers, with one of them open."""
    page.goto(f"{address}papers")
    page.locator("#papers-table [name=open]").nth(3).click(timeout=60_000)
    expect(page.locator("#papers-title")).to_be_visible()


def table(page: Page, address: str) -> None:
    """The table, searched."""
    page.goto(f"{address}papers")
    page.get_by_label("Search papers").fill("segm", timeout=60_000)
    expect(page.locator("#papers-where")).not_to_contain_text("249")


def beside(page: Page, address: str) -> None:
    """Papers side by side."""
    table(page, address)
    for row in range(3):
        page.locator("#papers-table [name=tick]").nth(row).check()
    page.locator("#papers-acts").get_by_role("button", name="Side by side").click()
    expect(page.get_by_role("dialog", name="Side by side")).to_be_visible()


def new(page: Page, address: str) -> None:
    """What came since the last visit."""
    page.goto(f"{address}papers?new=1")
    expect(page.locator(".papers-of")).to_be_visible(timeout=60_000)


def library(page: Page, address: str) -> None:
    """What is in the library, and where listings are dropped."""
    page.goto(f"{address}library")
    expect(page.locator("#summary .numbers dd").first).to_be_visible(timeout=60_000)


def sign_in(page: Page, address: str) -> None:
    """The page that asks who is there."""
    page.goto(address)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def empty(page: Page, address: str) -> None:
    """A library without papers."""
    page.goto(address)
    expect(page.locator("#chat .start")).to_be_visible(timeout=60_000)


def shoot(browser: Browser, address: str, scene: Scene) -> None:
    """Take one scene at every width, light and dark."""
    for width, height in SIZES:
        for dark in (False, True):
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
            )
            page = context.new_page()
            scene(page, address)
            page.mouse.move(0, 0)
            page.wait_for_timeout(500)
            name = f"{scene.__name__.replace('_', '-')}-{width}{'-dark' if dark else ''}.png"
            page.screenshot(path=OUT / name)
            context.close()
            print(f"wrote {(OUT / name).relative_to(ROOT)}")


def main() -> int:
    """Take all pictures; the exit status says whether it worked."""
    browser_path = install_browser.installed() or install_browser.playwrights_own()
    if browser_path is None:
        print("The pictures need Chromium. Install one: python scripts/install_browser.py", file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="arxivqa-") as folder:
        full, bare = Path(folder, "library"), Path(folder, "empty")
        command = [sys.executable, "-m", "ui.cli", "--library", str(full), "ingest", str(ROOT / "seeds")]
        subprocess.run(command, cwd=ROOT, check=True)
        Library.open(bare, embedder=Embedder(), create=True).close()
        os.environ["ARXIVQA_LIBRARY"] = str(bare)  # The empty page then shows the command as most people will see it.
        own = {"conversations": Path(folder, "conversations.sqlite3"), "users": Path(folder, "users.json")}
        Accounts(own["users"]).put("ada", "a password of hers")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            of_seeds = Settings(library=full, **own)
            with qa.open_assistant(full) as assistant:
                with web.serve(assistant, port=0, settings=of_seeds) as server:
                    for scene in (start, answer, filters, table, papers, beside, new, library):
                        shoot(browser, server.url, scene)
                with web.serve(assistant, host="0.0.0.0", port=0, settings=of_seeds) as server:
                    shoot(browser, server.url, sign_in)
            of_none = Settings(library=bare, **own)
            with qa.open_assistant(bare) as assistant, web.serve(assistant, port=0, settings=of_none) as server:
                shoot(browser, server.url, empty)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
