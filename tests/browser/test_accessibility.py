"""axe-core finds nothing serious on any page, in light and in dark, at desktop and at phone width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server

AXE = Axe()
QUESTION = "Which papers detect COVID-19 in chest X-rays?"


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, each with the first place where it is."""
    found: list[dict[str, Any]] = AXE.run(page).response["violations"]
    return [
        f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found if rule["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["desktop, light", "phone, dark"])
def test_no_page_has_a_serious_finding(visit: Callable[..., Any], page_server: Server, width: int, dark: bool) -> None:
    opened = visit(page_server.url, width=width, dark=dark)
    page = opened.page
    assert serious(page) == []
    opened.ask(QUESTION)
    assert serious(page) == []
    for path, shown in (("papers", "#papers-table"), ("library", "#summary .numbers dd")):
        page.goto(f"{page_server.url}{path}")
        expect(page.locator(shown).first).to_be_visible(timeout=60_000)
        assert serious(page) == [], path


def test_the_check_finds_what_is_wrong(visit: Callable[..., Any], page_server: Server) -> None:
    page = visit(page_server.url).page
    page.evaluate("document.querySelector('main, body').append(Object.assign(new Image(), {src: 'data:,'}))")
    assert any(found.startswith("image-alt") for found in serious(page))
