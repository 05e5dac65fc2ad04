"""The Papers page as a researcher meets it: typed, sorted, read, ticked, compared and exported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server

DOWN, UP = "descending", "ascending"


@pytest.fixture
def papers(browser: Browser, page_server: Server) -> Iterator[Page]:
    """The page over the seeds; nothing it asks for may be elsewhere, and nothing may fail."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if away(request.url) else None)
    page.goto(f"{page_server.url}papers")
    expect(page.locator("#papers-table")).to_be_visible(timeout=60_000)
    yield page
    context.close()
    assert not wrong


def away(address: str) -> bool:
    return not re.match(r"http://127\.0\.0\.1:|data:|blob:", address)


def where(page: Page) -> str:
    return page.locator("#papers-where").inner_text()


def tick(page: Page, *rows: int) -> None:
    for row in rows:
        page.locator("#papers-table [name=tick]").nth(row).check()


def test_the_table_follows_what_is_typed_and_nothing_moves(papers: Page) -> None:
    expect(papers.locator("#papers-where")).to_have_text("1–50 of 249")
    papers.evaluate(
        """() => {
            window.moved = []; // what stands outside the table, whose rows are other ones
            const outside = (source) => !source.node?.parentElement?.closest("#papers-rows");
            new PerformanceObserver((list) => {
                const sources = list.getEntries().flatMap((entry) => [...entry.sources]);
                moved.push(...sources.filter(outside).map((source) => source.node?.outerHTML?.slice(0, 80)));
            }).observe({ type: "layout-shift", buffered: false });
        }"""
    )
    box = papers.get_by_label("Search papers")
    before = [papers.locator(part).bounding_box() for part in ("#papers-form", "#papers-acts", "#papers-where")]
    papers.keyboard.press("/")
    papers.keyboard.type("segm", delay=30)
    expect(papers.locator("#papers-where")).to_have_text("1–42 of 42")
    expect(box).to_be_focused()
    after = [papers.locator(part).bounding_box() for part in ("#papers-form", "#papers-acts", "#papers-where")]
    assert before[:2] == after[:2]
    assert papers.evaluate("moved") == []
    papers.reload()
    expect(papers.locator("#papers-where")).to_have_text("1–42 of 42", timeout=30_000)
    expect(box).to_have_value("segm")
    box.fill("zzzqqq")
    expect(papers.locator(".papers-none")).to_contain_text("No paper matches")
    papers.get_by_role("button", name="Clear the search and the filters").click()
    expect(papers.locator("#papers-where")).to_have_text("1–50 of 249")
    expect(box).to_be_focused()


def test_headers_sort_and_pages_follow(papers: Page) -> None:
    title = papers.locator("#papers-table th.title")
    title.get_by_role("button").click()
    expect(title).to_have_attribute("aria-sort", UP)
    expect(title.get_by_role("button")).to_be_focused()
    first = papers.locator("#papers-table [name=open]").first.inner_text()
    title.get_by_role("button").click()
    expect(title).to_have_attribute("aria-sort", DOWN)
    papers.get_by_role("button", name="Last page").click()
    expect(papers.locator("#papers-where")).to_have_text("201–249 of 249")
    assert papers.locator("#papers-table [name=open]").last.inner_text() == first
    papers.get_by_label("Page", exact=True).fill("2")
    papers.keyboard.press("Enter")
    expect(papers.locator("#papers-where")).to_have_text("51–100 of 249")
    papers.get_by_label("From", exact=True).fill("2020-12-01")
    expect(papers.locator("#papers-where")).not_to_contain_text("249")
    papers.get_by_role("button", name="Clear", exact=True).click()
    expect(papers.locator("#papers-where")).to_have_text("1–50 of 249")


def test_rows_are_walked_and_read_with_the_keyboard(papers: Page) -> None:
    titles = papers.locator("#papers-table [name=open]")
    papers.get_by_label("Search papers").press("ArrowDown")
    expect(titles.nth(0)).to_be_focused()
    papers.keyboard.press("ArrowDown")
    papers.keyboard.press("Enter")
    expect(papers.locator("#papers-title")).to_have_text(titles.nth(1).inner_text())
    expect(titles.nth(1)).to_be_focused()
    papers.keyboard.press("ArrowDown")
    expect(papers.locator("#papers-title")).to_have_text(titles.nth(2).inner_text())
    expect(papers.locator("#papers-table tr[aria-current]")).to_have_count(1)
    papers.keyboard.press("Escape")
    expect(papers.locator("#papers-title")).to_be_hidden()
    expect(titles.nth(2)).to_be_focused()


def test_ticked_papers_are_compared_exported_and_asked(papers: Page) -> None:
    acts = papers.locator("#papers-acts")
    expect(acts.get_by_role("button", name="Export")).to_be_disabled()
    tick(papers, 0)
    expect(acts.get_by_role("button", name="More like this")).to_be_enabled()
    papers.get_by_label("Search papers").fill("stain")
    expect(papers.locator("#papers-where")).not_to_contain_text("249")
    tick(papers, 0, 1)
    expect(acts).to_contain_text("3 ticked")
    expect(acts.get_by_role("button", name="More like this")).to_be_disabled()
    acts.get_by_role("button", name="Side by side").click()
    beside = papers.get_by_role("dialog", name="Side by side")
    expect(beside.get_by_role("columnheader")).to_have_count(3)
    expect(beside.get_by_role("rowheader")).to_have_text(["Listed", "Proposed", "Numbers", "Evaluated on"])
    papers.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    papers.locator("#papers-format").select_option("json")
    with papers.expect_download() as download:
        acts.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "arxivqa-3-papers.json"
    saved = [paper["arxiv_id"] for paper in json.loads(Path(download.value.path()).read_text(encoding="utf-8"))]
    assert len(saved) == 3
    acts.get_by_role("button", name="Ask only these").click()
    papers.wait_for_url(re.compile(rf"/\?only={','.join(saved)}$"))


def test_on_a_phone_rows_are_cards_and_the_panel_covers_them(papers: Page) -> None:
    papers.set_viewport_size({"width": 390, "height": 844})
    assert papers.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect(papers.get_by_label("From", exact=True)).to_be_hidden()
    papers.get_by_role("button", name="Filters", exact=True).click()
    expect(papers.get_by_label("From", exact=True)).to_be_visible()
    papers.keyboard.press("Escape")
    papers.locator("#papers-table [name=open]").first.click()
    expect(papers.locator("#papers-title")).to_be_focused()
    box = papers.locator("#papers-panel").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert papers.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    papers.get_by_role("button", name="Close the panel").click()
    expect(papers.locator("#papers-title")).to_be_hidden()
    papers.get_by_role("link", name="New", exact=True).click()
    expect(papers.locator(".papers-of")).to_contain_text("24 December 2020", timeout=30_000)
