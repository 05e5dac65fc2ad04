"""The page as a researcher meets it."""

from __future__ import annotations

import re
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


# What is written small or grey, and must be readable none the less.
QUIET = (
    "#sources mark",
    "#sources .facts time",
    "#chat .meta",
    "#chat .act",
    "#brand nav a:not([aria-current])",
    "#fresh",
    "#side h2",
    "#narrow-button",
    "#sources h2",
)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def too_wide(page: Page) -> list[str]:
    """What sticks out of the window on the right and is not inside something that scrolls."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("#top *, #chat *, #sources *, #composer *")]
            .filter((e) => e.getClientRects().length && e.getBoundingClientRect().right > window.innerWidth + 1)
            .filter((e) => !e.closest("pre, math[display=block], .sr-only, .unseen"))
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
    seen.ask(QUESTION)  # before it the box stands in the middle
    seen.page.evaluate(
        """() => {
            window.states = [];
            window.moved = 0;
            new PerformanceObserver((seen) => seen.getEntries().forEach((e) => (window.moved += e.value)))
                .observe({ type: "layout-shift" });
            new MutationObserver(() => {
                const text = [...document.querySelectorAll("#chat .reply")][1]?.innerText ?? "";
                if (text && text !== window.states.at(-1)) window.states.push(text);
            }).observe(document, { childList: true, subtree: true, characterData: true });
        }"""
    )
    seen.ask(LIST)
    states = seen.page.evaluate("window.states")
    assert len(states) >= 2
    assert "Confidence" not in states[0]
    assert "Confidence" in states[-1]
    # Chromium's measure of what moved without being asked to: 0.1 counts as good, for a whole visit.
    assert seen.page.evaluate("window.moved") < 0.02


def test_a_mark_leads_to_its_card(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(LIST)
    page = seen.page
    mark = page.locator("#chat a.cite").last
    target = (mark.get_attribute("href") or "").removeprefix("#")
    assert not page.locator(f"#{target} details.abstract").get_attribute("open") or target == "t1-s1"
    mark.click()
    expect(page.locator(f"#{target}")).to_be_focused()
    expect(page.locator(f"#{target} details.abstract")).to_have_attribute("open", "")
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


def test_conversations_are_kept_opened_by_their_link_found_and_renamed(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    page = seen.page
    seen.ask(QUESTION)
    first = page.evaluate("location.href")
    assert "?c=" in first
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat .question")).to_have_count(0)
    assert page.evaluate("location.search") == ""
    seen.ask(LIST)
    page.reload()
    expect(page.locator("#chat .question")).to_have_text(LIST)
    expect(page.locator("#t1-s1")).to_be_visible()

    page.locator(f'#listing a[href="{first[first.index("/?") :]}"]').click()
    expect(page.locator("#chat .question")).to_have_text(QUESTION)
    assert page.evaluate("location.href") == first
    current = page.locator("#listing li:has([aria-current])")
    expect(current.locator("a")).to_have_attribute("href", first[first.index("/?") :])  # the list has followed
    current.get_by_role("button").click()
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(current.get_by_role("button")).to_be_focused()
    current.get_by_role("button").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_label("Title").fill("Stains <b>&")
    page.keyboard.press("Enter")
    expect(current).to_have_text("Stains <b>&")
    search = page.get_by_label("Search conversations")
    search.press_sequentially("covid")
    expect(current).to_have_count(0)
    expect(page.locator("#listing li").first).to_contain_text("COVID")
    search.press("ControlOrMeta+a")
    search.press_sequentially("parameters stain")
    expect(current).to_have_text("Stains <b>&")


def test_a_conversation_is_exported_and_deleted_after_a_question(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    page = seen.page
    seen.ask(QUESTION)
    address = page.evaluate("location.href")
    current = page.locator("#listing li:has([aria-current])")
    for kind, ending in (("Markdown", ".md"), ("JSON", ".json")):
        current.get_by_role("button").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=f"Export as {kind}").click()
        assert download.value.suggested_filename.endswith(ending)
        assert "2012.12535" in download.value.path().read_text(encoding="utf-8")

    current.get_by_role("button").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#chat .question")).to_have_count(1)
    current.get_by_role("button").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.locator("#sure").get_by_role("button", name="Delete").click()
    expect(page.locator("#chat .question")).to_have_count(0)
    expect(page.locator("#chat .start")).to_be_visible()

    again = visit(address)
    expect(again.page.locator("#chat .start")).to_contain_text("cannot be opened")
    again.ask(QUESTION)
    assert again.page.evaluate("location.href") != address


def test_an_answer_can_be_copied_rated_asked_again_and_its_question_changed(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    page = seen.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seen.ask(QUESTION)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "[1]" in copied
    assert "https://arxiv.org/abs/2012.12535" in copied
    page.get_by_role("button", name="Useful", exact=True).click()
    expect(page.get_by_role("button", name="Useful", exact=True)).to_have_attribute("aria-pressed", "true")
    seen.ask(LIST)
    page.reload()
    expect(page.get_by_role("button", name="Useful", exact=True).first).to_have_attribute("aria-pressed", "true")

    page.get_by_role("button", name="Edit").first.click()
    box = page.get_by_label("Your question")
    expect(box).to_have_value(QUESTION)
    expect(box).to_be_focused()
    expect(page.locator("#changing")).to_contain_text("the question after it goes")
    page.keyboard.press("Escape")
    expect(page.locator("#changing p")).to_have_count(0)
    expect(box).to_have_value("")
    page.get_by_role("button", name="Edit").first.click()
    expect(box).to_have_value(QUESTION)
    box.fill("Which papers use graph neural networks?")
    page.keyboard.press("Enter")
    expect(page.locator("#chat .question")).to_have_text(["Which papers use graph neural networks?"])
    seen.answered(1)

    seen.ask(LIST)
    page.get_by_role("button", name="Ask again").first.click()
    expect(page.locator("#sure")).to_contain_text("The question after it goes")
    page.locator("#sure").get_by_role("button", name="Ask again").click()
    expect(page.locator("#chat .question")).to_have_text(["Which papers use graph neural networks?"])
    seen.answered(1)


def test_filters_are_set_beside_the_question(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    page = seen.page
    button, panel = page.locator("#narrow-button"), page.locator("#narrow-panel")
    expect(panel).to_be_hidden()
    button.click()
    bars = page.locator("#narrow-months svg")
    box = bars.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.get_by_label("To", exact=True)).to_have_value("2020-12-31")
    since = page.get_by_label("From", exact=True).input_value()
    assert "2020-01-01" <= since <= "2020-10-01"
    page.get_by_role("button", name="cs.LG").click()
    expect(button).to_have_text("Filters2")
    seen.keep("filters")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    seen.ask("Which papers deal with images, but not surveys?")
    expect(page.locator("#chat .meta")).to_contain_text("in cs.LG, without “surveys”")
    expect(page.locator("#filters label")).to_have_text(["without “surveys”"])
    # They stay for the next question, and come back with the conversation.
    page.reload()
    expect(page.locator("#narrow-chips li")).to_have_count(2)
    page.locator("#narrow-chips button").last.click()
    page.locator("#narrow-chips button").last.click()
    expect(button).to_have_text("Filters")


def test_an_address_fills_the_box_and_names_the_papers(page_server: Server, visit: Open) -> None:
    seen = visit(f"{page_server.url}?q=What+is+proposed%3F&only=2012.12535")
    expect(seen.page.get_by_label("Your question")).to_have_value("What is proposed?")
    expect(seen.page.locator("#narrow-chips")).to_contain_text("only 2012.12535")
    seen.page.get_by_label("Your question").press("Enter")
    seen.answered(1)
    expect(seen.page.locator("#t1-s1 .title")).to_contain_text("StainNet")


def test_a_suggestion_goes_on_and_a_card_says_why(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    page = seen.page
    seen.ask(LIST)
    title = page.locator("#chat a.cite").first.get_attribute("title") or ""
    assert title.startswith("Source 1: ")
    assert "“" in title
    card = page.locator("#t1-s1")
    card.get_by_text("Why this paper").click()
    expect(card.locator(".why")).to_contain_text("By meaning")
    expect(card.get_by_role("link", name="More like this")).to_have_attribute("href", re.compile(r"/papers\?like=\d"))
    expect(page.get_by_role("link", name="As a table")).to_have_attribute("href", re.compile(r"/papers\?c=\w+&turn=1"))
    suggestion = page.locator(".suggestion").first
    text = suggestion.inner_text()
    suggestion.click()
    seen.answered(2)
    expect(page.locator("#chat .question").last).to_have_text(text)
    expect(page.locator("#t2-s1")).to_be_visible()


def test_a_question_is_saved_and_forgotten(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    page = seen.page
    seen.ask(QUESTION)
    page.get_by_role("button", name="Save question").click()
    expect(page.locator("#saved li")).to_have_text([QUESTION])
    expect(page.get_by_role("link", name="Ask them of new papers")).to_have_attribute("href", "/papers?new=1")
    expect(page.locator("#chat").get_by_role("button", name="Saved")).to_be_visible()
    before = page.evaluate("location.href")
    page.locator("#saved .ask").click()
    page.wait_for_url(lambda address: address != before)
    expect(page.locator("#listing li").nth(1)).to_be_visible()
    seen.answered(1)
    page.locator("#saved li").hover()
    page.get_by_role("button", name=f"Forget “{QUESTION}”").click()
    expect(page.locator("#saved li")).to_have_count(0)
    expect(page.get_by_role("button", name="Save question")).to_be_visible()


def test_the_keyboard_reaches_everything(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url, width=1000)
    page = seen.page
    seen.ask(LIST)
    page.locator("#chat .meta").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.get_by_label("Your question")).to_have_value("")
    page.locator("#chat a.cite").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#t1-s1")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#t1-s2")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#t1-s1")).to_be_focused()
    page.keyboard.press("Escape")  # folds the abstract that the mark unfolded
    expect(page.locator("#t1-s1 .abstract")).not_to_have_attribute("open", "")
    page.keyboard.press("Escape")  # and goes back to where she read
    expect(page.locator("#chat a.cite").first).to_be_focused()
    page.get_by_role("button", name="Conversations").press("Enter")
    expect(page.get_by_role("button", name="New conversation")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="New conversation")).to_be_hidden()
    expect(page.get_by_role("button", name="Conversations")).to_be_focused()


def test_a_server_that_is_gone_is_told_and_what_was_typed_is_kept(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    # The browser notes each request that found nobody, and Gradio those that were on their way.
    seen.expected = ("Failed to load resource", "Unexpected error Connection errored out.")
    page = seen.page
    seen.ask(QUESTION)
    box = page.get_by_label("Your question")
    box.fill("A question that was not asked yet")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('focus'))")  # looks at once, instead of some seconds later
    expect(page.locator("#lost")).to_contain_text("What you typed is kept", timeout=15_000)
    box.press("Enter")
    expect(box).to_have_value("A question that was not asked yet")
    expect(page.locator("#chat .question")).to_have_count(1)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#lost")).to_be_hidden(timeout=15_000)
    page.reload()
    expect(page.locator("#chat .question")).to_have_count(1)
    expect(box).to_have_value("A question that was not asked yet")


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
    for part in QUIET:
        assert contrast(page, part) >= 4.5, part
    seen.keep(f"dark-{way}")


def test_light_mode_is_readable(page_server: Server, visit: Open) -> None:
    seen = visit(page_server.url)
    seen.ask(QUESTION)
    for part in ("#chat .question", "#chat .answer p", "#chat a.cite", "#sources .title a", "#sources details p"):
        assert contrast(seen.page, part) >= 4.5, part
    for part in QUIET:
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
