"""Take the pictures of the page that the documentation shows: the real page, over a library made from seeds/.

Writes docs/screenshots/{answer,answer-dark,phone,phone-dark,empty}.png. Needs a Chromium; install_browser.py gets one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import install_browser  # noqa: E402
from playwright.sync_api import Browser, expect, sync_playwright  # noqa: E402

import qa  # noqa: E402
import ui  # noqa: E402
from vectorstore.embedding import Embedder  # noqa: E402
from vectorstore.library import Library  # noqa: E402

OUT = ROOT / "docs" / "screenshots"
QUESTION = "Which papers detect COVID-19 in chest X-rays?"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def shoot(browser: Browser, url: str, name: str, size: tuple[int, int], *, dark: bool, question: str | None) -> None:
    """Open the page, ask, and keep what the window shows.

    Args:
        size: the window's width and height in CSS pixels; the picture has half as many again.
        question: None to keep the page as it opens.
    """
    page = browser.new_page(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        device_scale_factor=1.5,
        reduced_motion="reduce",
    )
    page.goto(url)
    expect(page.locator("#chat .start")).to_be_visible(timeout=60_000)
    if question is not None:
        page.get_by_label("Your question").fill(question)
        page.keyboard.press("Enter")
        expect(page.locator("#t1-s1")).to_be_visible(timeout=60_000)
        expect(page.locator("#box .submit-button")).to_be_visible()
        if size[0] > 860:
            page.locator("#chat a.cite").first.click()
            page.mouse.move(0, 0)
        page.locator("#box textarea").blur()
    page.wait_for_timeout(500)
    page.screenshot(path=OUT / f"{name}.png")
    page.close()
    print(f"wrote {(OUT / name).relative_to(ROOT)}.png")


def main() -> int:
    """Take all pictures; the exit status says whether it worked."""
    browser_path = install_browser.installed() or install_browser.playwrights_own()
    if browser_path is None:
        print("The pictures need Chromium. Install one: python scripts/install_browser.py", file=sys.stderr)
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="arxivqa-") as folder:
        full, empty = Path(folder, "library"), Path(folder, "empty")
        command = [sys.executable, "-m", "qa.cli", "--library", str(full), "ingest", str(ROOT / "seeds")]
        subprocess.run(command, cwd=ROOT, check=True)
        Library.open(empty, embedder=Embedder(), create=True).close()
        os.environ["ARXIVQA_LIBRARY"] = str(empty)  # The empty page then shows the command as most people will see it.
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            with qa.open_assistant(full) as assistant, ui.serve(assistant, port=0) as server:
                shoot(browser, server.url, "answer", (1440, 860), dark=False, question=QUESTION)
                shoot(browser, server.url, "answer-dark", (1440, 860), dark=True, question=QUESTION)
                shoot(browser, server.url, "phone", (390, 844), dark=False, question=QUESTION)
                shoot(browser, server.url, "phone-dark", (390, 844), dark=True, question=QUESTION)
            with qa.open_assistant(empty) as assistant, ui.serve(assistant, port=0) as server:
                shoot(browser, server.url, "empty", (1440, 860), dark=False, question=None)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
