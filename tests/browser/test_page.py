"""The page as a researcher meets it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, Visit

Open = Callable[..., Visit]

# Answered by 2012.12535 among the seeds, whose abstract says it in so many words.
QUESTION = "How many parameters does the stain normalization network have?"
LIST = "Which papers detect COVID-19 in chest X-rays?"
UNANSWERABLE = "What is the best recipe for sourdough bread?"


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def too_wide(page: Page) -> list[str]:
    """What sticks out of the window on the right and is not inside something that scrolls."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("#top *, #chat *, #sources *, #box *")]
            .filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > window.innerWidth + 1)
            .filter((e) => !e.closest("pre, math[display=block], .sr-only"))
            .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`)"""
    )
    return found


def in_view(page: Page, selector: str) -> bool:
    """Whether the top of an element stands in the window."""
    return bool(
        page.locator(selector).evaluate(
            "e => { const top = e.getBoundingClientRect().top; return top >= 0 && top < window.innerHeight - 60 }"
        )
    )


def contrast(page: Page, selector: str) -> float:
    """The contrast of an element's text with what is behind it, as WCAG 2 counts it: 1 to 21."""
    return float(
        page.locator(selector).first.evaluate(
            """(element) => {
                const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
                const light = (colour) => channels(colour).slice(0, 3).map((c) => c / 255)
                    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
                    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
                let behind = element;
                const clear = (e) => (channels(getComputedStyle(e).backgroundColor)[3] ?? 1) === 0;
                while (behind.parentElement && clear(behind)) behind = behind.parentElement;
                const [a, b] = [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor].map(light);
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            }"""
        )
    )


def test_a_question_gets_a_cited_answer_with_its_source_beside_it(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    page = seen.page
    expect(page.locator("#chat .question")).to_have_text(QUESTION)
    expect(page.locator("#chat a.cite").first).to_have_text("[1]")
    card = page.locator("#t1-s1")
    expect(card.locator(".title")).to_contain_text("Stain")
    expect(card.get_by_role("link", name="pdf")).to_have_attribute("href", "https://arxiv.org/pdf/2012.12535")
    expect(card.locator("details mark").first).to_be_visible()
    said = page.locator("#chat .answer p").first.inner_text()
    assert card.locator("details mark").first.inner_text()[:40] in said
    answer_box, sources_box = page.locator("#chat").bounding_box(), page.locator("#sources").bounding_box()
    assert answer_box is not None
    assert sources_box is not None
    assert sources_box["x"] > answer_box["x"] + answer_box["width"]
    assert overflow(page) == 0
    seen.keep("answer")


def test_an_answer_arrives_in_pieces(page_server: Server, visit: Open) -> None:
    # How the pieces grow is tested without a browser, which may draw several at once: tests/ui/test_page.py.
    seen = visit(page_server.url)
    seen.page.evaluate(
        """() => {
            window.states = [];
            new MutationObserver(() => {
                const text = document.querySelector("#chat .reply")?.innerText ?? "";
                if (text && text !== window.states.at(-1)) window.states.push(text);
            }).observe(document, { childList: true, subtree: true, characterData: true });
        }"""
    )
    seen.ask(LIST)
    states = seen.page.evaluate("window.states")
    assert len(states) >= 2
    assert "Confidence" not in states[0]
    assert "Confidence" in states[-1]


def test_a_mark_leads_to_its_card(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(LIST)
    page = seen.page
    mark = page.locator("#chat a.cite").last
    target = (mark.get_attribute("href") or "").removeprefix("#")
    assert not page.locator(f"#{target} details").get_attribute("open") or target == "t1-s1"
    mark.click()
    expect(page.locator(f"#{target}")).to_be_focused()
    expect(page.locator(f"#{target} details")).to_have_attribute("open", "")
    expect(page.locator(f"#{target} details mark").first).to_be_visible()
    assert in_view(page, f"#{target}")
    seen.keep("card")


def test_a_mark_can_be_followed_with_the_keyboard(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    seen.page.locator("#chat a.cite").first.focus()
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator("#t1-s1")).to_be_focused()


def test_a_follow_up_joins_the_conversation_and_earlier_sources_can_be_seen_again(
    page_server: Server, visit: Open
) -> None:
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    seen.ask(LIST)
    page = seen.page
    expect(page.locator("#t2")).to_be_visible()
    expect(page.locator("#t1")).to_be_hidden()
    page.locator('#chat a.cite[href="#t1-s1"]').first.click()
    expect(page.locator("#t1 .asked")).to_contain_text(QUESTION)
    expect(page.locator("#t2")).to_be_hidden()
    seen.ask("And what does the first one report?")
    expect(page.locator("#t3")).to_be_visible()
    expect(page.locator("#t1")).to_be_hidden()


def test_a_new_conversation_starts_empty(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    seen.page.get_by_role("button", name="New conversation").click()
    expect(seen.page.locator("#chat .question")).to_have_count(0)
    expect(seen.page.locator("#sources .card")).to_have_count(0)
    expect(seen.page.locator("#chat .start")).to_be_visible()
    seen.ask(QUESTION)
    expect(seen.page.locator("#t1-s1")).to_be_visible()


def test_an_example_question_is_asked_by_a_click_and_answered(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    example = seen.page.locator("#chat .example").first
    expect(example).to_be_visible(timeout=60_000)
    seen.keep("start")
    text = example.inner_text()
    example.click()
    seen.answered(1)
    expect(seen.page.locator("#chat .question")).to_have_text(text)
    expect(seen.page.locator("#t1-s1")).to_be_visible()


def test_an_abstention_looks_different_and_names_the_nearest_papers(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(UNANSWERABLE)
    expect(seen.page.locator("#chat .answer.abstained")).to_be_visible()
    expect(seen.page.get_by_role("heading", name="Nearest papers")).to_be_visible()
    seen.keep("abstention")


def test_enter_asks_and_shift_enter_makes_a_line(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    box = seen.page.get_by_label("Your question")
    expect(box).to_be_focused()
    expect(seen.page.locator("#box .submit-button")).to_be_disabled()
    seen.page.keyboard.press("Enter")
    seen.page.keyboard.type("How many parameters does")
    seen.page.keyboard.press("Shift+Enter")
    seen.page.keyboard.type("the stain normalization network have?")
    expect(seen.page.locator("#box .submit-button")).to_be_enabled()
    expect(seen.page.locator("#chat .question")).to_have_count(0)
    seen.page.keyboard.press("Enter")
    seen.answered(1)
    expect(box).to_have_value("")


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_the_sources_below_and_nothing_sticks_out(page_server: Server, visit: Open, dark: bool) -> None:
    seen = visit(page_server.url, width=390, height=844, dark=dark)
    page = seen.page
    assert overflow(page) == 0
    seen.ask(LIST)
    assert overflow(page) == 0
    assert not too_wide(page)
    chat, sources = page.locator("#chat").bounding_box(), page.locator("#sources").bounding_box()
    assert chat is not None
    assert sources is not None
    assert sources["y"] >= chat["y"] + chat["height"]
    assert page.get_by_label("Your question").evaluate(
        "e => { const r = e.getBoundingClientRect(); return r.top > 0 && r.bottom <= window.innerHeight }"
    )
    page.locator("#chat a.cite").last.click()
    target = page.evaluate("document.activeElement.id")
    assert in_view(page, f"#{target}")
    seen.keep("phone-dark" if dark else "phone")


@pytest.mark.parametrize("way", ["system", "address"])
def test_dark_mode_is_dark_and_readable(page_server: Server, visit: Open, way: str) -> None:
    seen = visit(page_server.url if way == "system" else f"{page_server.url}?__theme=dark", dark=way == "system")
    seen.ask(QUESTION)
    page = seen.page
    red, green, blue = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert max(red, green, blue) < 60
    for part in ("#chat .question", "#chat .answer p", "#chat a.cite", "#sources .title a", "#sources details p"):
        assert contrast(page, part) >= 4.5, part
    for part in ("#sources mark", "#sources .facts time", "#chat .meta", "#brand p", "#fresh", "#sources h2"):
        assert contrast(page, part) >= 4.5, part
    seen.keep(f"dark-{way}")


def test_light_mode_is_readable(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    for part in ("#chat .question", "#chat .answer p", "#chat a.cite", "#sources .title a", "#sources details p"):
        assert contrast(seen.page, part) >= 4.5, part
    for part in ("#sources mark", "#sources .facts time", "#chat .meta", "#brand p", "#fresh", "#sources h2"):
        assert contrast(seen.page, part) >= 4.5, part


HOSTILE_QUESTION = (
    "What do <img src=x onerror=alert(1)> **bold** [x](javascript:alert(1)) quantum zebras ${alert(2)} eat?"
)
HOSTILE_LISTING = """# ArXiv cs.CV --Thu, 21 Mar 2019
### 1.Quantum zebras <img src=x onerror=alert(1)> **bold** [x](javascript:alert(1))  [ pdf ](https://arxiv.org/pdf/1903.00001.pdf)
>  Quantum zebras eat <script>alert(1)</script> grass worth $5 and $6, says <b>this</b> &lt;img src=y onerror=alert(2)&gt; study [1]. They sleep in {{constructor.constructor('alert(3)')()}} beds of <svg onload=alert(4)>. Their weight is $x^2 < 3$ at most, see **here** and [there](javascript:alert(5)) or ${alert(6)}. </div></section><style>body{display:none}</style>
### 2.Another paper on horses and their food  [ pdf ](https://arxiv.org/pdf/1903.00002.pdf)
>  Horses eat oats. We show how much.
"""  # noqa: E501


def test_hostile_papers_and_questions_stay_text(
    serve: Callable[[Path], Server], library_of: Callable[..., Path], visit: Open
) -> None:
    seen = visit(serve(library_of(HOSTILE_LISTING)).url)
    seen.ask(HOSTILE_QUESTION)
    seen.ask("What do quantum zebras eat?")
    page = seen.page
    expect(page.locator("#chat .question").first).to_have_text(HOSTILE_QUESTION)
    shown = page.locator("#sources").inner_text()
    for text in (
        "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1))",
        "$5 and $6",
        "${alert(6)}",
        "**here**",
    ):
        assert text in shown
    inside = "#chat {0}, #sources {0}"
    for element in ("img", "script", "svg", "style", "b", "iframe"):
        # The chat's own icons are drawings too; they carry no handler and stand outside the messages.
        assert page.locator(inside.format(f".prose {element}")).count() == 0, element
    assert page.locator('a[href^="javascript:"]').count() == 0
    assert page.locator("#sources math").count() >= 1
    expect(page.locator("body")).to_be_visible()
    seen.keep("hostile")


def test_an_empty_library_says_how_to_fill_it(serve: Callable[[Path], Server], tmp_path: Path, visit: Open) -> None:
    seen = visit(serve(tmp_path / "library").url)
    expect(seen.page.locator("#chat .start")).to_contain_text("arxivqa ingest PATH")
    expect(seen.page.get_by_label("Your question")).to_be_hidden()
    seen.keep("empty")


def test_a_library_that_vanishes_is_told_calmly(
    serve: Callable[[Path], Server], library_of: Callable[..., Path], visit: Open
) -> None:
    library = library_of(HOSTILE_LISTING)
    seen = visit(serve(library).url)
    library_of(HOSTILE_LISTING.replace("1903.0000", "1903.0001"), library)  # The running page notices and reopens.
    shutil.rmtree(library)
    seen.ask("What do quantum zebras eat?")
    reply = seen.page.locator("#chat .answer.failed")
    expect(reply).to_contain_text("could not be answered")
    assert "Traceback" not in seen.page.content()
    expect(seen.page.locator(".toast-wrap")).to_be_empty()


def test_a_very_long_question_is_taken(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url, width=390, height=844)
    seen.ask("stain normalization " * 400 + "x" * 1000)
    assert overflow(seen.page) == 0
    assert not too_wide(seen.page)


def test_latex_is_typeset(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask("What complexity does RG-Flow have for inpainting an image?")
    formulas = seen.page.locator("#chat math, #sources math")
    assert formulas.count() >= 1
    assert all(formulas.nth(i).evaluate("e => e.namespaceURI.endsWith('MathML')") for i in range(formulas.count()))


def test_neither_page_nor_server_reaches_for_the_network(page_server: Server, visit: Open) -> None:
    # Every other test checks the browser's requests as well; see the `visit` fixture.
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    expect(seen.page.locator("#t1-s1")).to_be_visible()
    assert len(seen.requests) > 10
    assert page_server.network_log.read_text(encoding="utf-8") == ""


def test_the_page_offers_no_way_out(page_server: Server, visit: Open) -> None:
    page = visit(page_server.url).page
    for name in ("Share", "Use via API", "Settings", "Built with Gradio"):
        assert page.get_by_role("button", name=name).count() == 0
        assert page.get_by_text(name, exact=True).count() == 0
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#t1-s1 .title a")).to_have_attribute("rel", "noopener noreferrer")
