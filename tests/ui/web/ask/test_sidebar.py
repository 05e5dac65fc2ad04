"""The sidebar as HTML."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qa.history.models import SavedQuestion, Summary
from tests.ui.web.ask.test_messages import hostile
from tests.ui.web.reading import Reader
from ui.web.ask.sidebar import listing, saved
from ui.web.layout import PAGES, top_line
from vectorstore import Filters

TODAY = date(2026, 11, 20)


def summary(title: str, days: int = 0, id: str = "0f") -> Summary:
    when = datetime(2026, 11, 20, 12, tzinfo=UTC) - timedelta(days=days)
    return Summary(id, title, when, when, 1)


def test_conversations_stand_in_groups_by_day() -> None:
    ago = {0: "Today", 1: "Yesterday", 3: "Last 7 days", 20: "Last 30 days", 60: "September 2026"}
    html = listing([summary(f"asked {days} days ago", days) for days in ago], "", TODAY)
    text = Reader(html).text
    assert [text.index(name) for name in ago.values()] == sorted(text.index(name) for name in ago.values())
    assert html.count("<section>") == len(ago)


def test_the_open_conversation_is_marked() -> None:
    html = listing([summary("one", id="01"), summary("two", id="02")], "02", TODAY)
    attributes = Reader(html).attributes
    assert attributes[attributes.index(("aria-current", "page")) - 1] == ("href", "/?c=02")
    assert html.count("aria-current") == 1


def test_an_empty_list_says_why() -> None:
    assert Reader(listing([], "", TODAY)).text == "Conversations are kept here."
    assert Reader(listing([], "", TODAY, search="zebra")).text == "No conversation has these words."


def test_a_saved_question_tells_its_filters() -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    html = saved([SavedQuestion("1", "What is new?", Filters(categories=("cs.CV",)), now)])
    assert ("title", "What is new? (only papers in cs.CV)") in Reader(html).attributes
    assert "/papers?new=1" in html
    assert saved([]) == ""


def test_the_top_line_marks_the_page_that_is_open() -> None:
    for name, address in PAGES.items():
        html = top_line(name)
        attributes = Reader(html).attributes
        assert attributes[attributes.index(("aria-current", "page")) - 1] == ("href", address)
        assert html.count("aria-current") == 1


@given(hostile, st.text(max_size=20))
def test_no_title_becomes_markup(title: str, id: str) -> None:
    question = SavedQuestion(id, title, Filters(authors=(title,)), datetime(2026, 11, 20, tzinfo=UTC))
    for html in (listing([summary(title, id=id)], id, TODAY), saved([question])):
        read = Reader(html)
        assert not {"script", "img", "b", "h1", "iframe", "style"} & set(read.tags)
        assert not [name for name, _ in read.attributes if name.startswith("on") or name in ("src", "style")]
