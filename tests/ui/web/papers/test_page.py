"""The Papers page without a browser: what its events show, to whom, and as safe HTML."""

from __future__ import annotations

import json
from datetime import date
from html.parser import HTMLParser
from typing import Any

import gradio as gr
import pytest

from qa.answer import Answer, Citation, Evidence
from qa.history.models import Turn
from qa.retrieval.browse import TablePage, compare
from tests.ui.web.conftest import request
from ui.web.context import AppContext
from ui.web.papers import compare_view, view
from ui.web.papers.page import PapersPage
from ui.web.papers.params import Wanted, ids
from ui.web.papers.scope import ALL, Shown
from vectorstore import InputError, Paper

WICKED = "<img src=x onerror=alert(1)> ${1+1} {{x}} \"' `a` $\\alpha$"


@pytest.fixture
def page(context: AppContext) -> PapersPage:
    return PapersPage(context)


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


class _Seen(HTMLParser):
    """What a browser would make of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def rows(self) -> list[str]:
        return [value for name, value in self.attributes if name == "data-id"]


def test_the_page_opens_with_the_newest_papers_of_the_whole_library(page: PapersPage) -> None:
    tools, heading, given, pager, table, bridge = page.arrive(request())
    assert (heading, given) == ("", ALL)
    assert "1–50 of 249" in _Seen(pager).text
    assert len(_Seen(table).rows()) == 50
    assert "24 Dec 2020" in _Seen(table).text
    assert 'aria-sort="descending"' in table
    assert "cs.CV" in tools
    assert bridge.props["drawn"] == -1


def test_the_address_says_what_is_searched_sorted_and_filtered(page: PapersPage) -> None:
    address = {"search": "segm", "since": "2020-10-01", "sort": "title", "order": "down", "page": "1"}
    drawn = page.arrive(request(**address))
    looked = page.look(ALL, event(**address, number=7))
    assert (drawn[3], drawn[4]) == looked[:2]
    assert looked[2].props["drawn"] == 7
    titles = [line for line in _Seen(looked[1]).text.splitlines() if line]
    assert "segm" in titles[0].lower()
    assert 'class="title" scope="col" aria-sort="descending"' in looked[1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"search": "zzzqqq"}, "No paper matches"),
        ({"author": "Nobody Atall"}, "No paper matches"),
        ({"page": "900"}, "The table ends before this page"),
        ({"since": "2021-01-01", "until": "2020-01-01"}, "Swap the two dates"),
        ({"since": "soon"}, "is no date"),
    ],
)
def test_an_empty_table_says_why(page: PapersPage, asked: dict[str, str], said: str) -> None:
    assert said in _Seen(page.look(ALL, event(**asked))[1]).text


@pytest.mark.parametrize(
    "sent",
    [
        {"search": ["a"], "sort": {"x": 1}, "page": "-1", "order": 3},
        {"page": "9" * 400, "sort": "; DROP", "category": ",,,", "author": "," * 300},
        {"search": "\x00" * 9000, "number": None},
        {},
    ],
)
def test_whatever_a_browser_sends_gets_a_table(page: PapersPage, sent: dict[str, Any]) -> None:
    assert _Seen(page.look(ALL, event(**sent))[1]).text


def test_a_row_opens_its_abstract_with_its_links(page: PapersPage) -> None:
    panel, bridge = page.choose(event(id="2012.12535"))
    seen = _Seen(panel)
    assert "Pathological" in seen.text
    links = {value for name, value in seen.attributes if name == "href"}
    assert {"/?only=2012.12535", "/papers?like=2012.12535", "https://arxiv.org/pdf/2012.12535"} <= links
    assert bridge.props["chosen"]["id"] == "2012.12535"
    assert "is in the library any more" in page.choose(event(id="9901.00001"))[0]
    assert "is not an arXiv id" in _Seen(page.choose(event(id="<b>"))[0]).text


def test_ticked_papers_stand_side_by_side(page: PapersPage) -> None:
    shown, bridge = page.compare(event(ids="2012.12535,2010.02475"))
    seen = _Seen(shown)
    assert seen.tags.count("th") == 2 + 4
    assert "1.28K parameters" in seen.text
    assert bridge.props["compared"]["markdown"].startswith("| Paper |")
    refused, _ = page.compare(event(ids="2012.12535"))
    assert "Between 2 and 6" in refused


def test_ticked_papers_are_handed_over_as_a_file(page: PapersPage) -> None:
    file = page.export(event(ids="2012.12535,2010.02475", form="json")).props["download"]
    assert [paper["arxiv_id"] for paper in json.loads(file["text"])] == ["2012.12535", "2010.02475"]
    assert file["name"] == "arxivqa-2-papers.json"
    with pytest.raises(gr.Error):
        page.export(event(ids="2012.12535", form="exe"))


def test_papers_like_one_and_papers_by_name_make_a_table(page: PapersPage) -> None:
    _, heading, given, _, table, _ = page.arrive(request(like="2012.12535"))
    assert "More like" in heading
    assert len(given.ids) == 50
    assert _Seen(table).rows() == list(given.ids)
    _, _, given, pager, table, _ = page.arrive(request(ids="2010.02475,2012.12535"))
    assert _Seen(table).rows() == ["2010.02475", "2012.12535"]
    assert "1–2 of 2" in pager


def test_the_papers_of_an_answer_are_for_its_owner_only(page: PapersPage, context: AppContext) -> None:
    paper = context.assistant.show("2012.12535")
    answer = Answer("q", citations=(Citation(1, paper, (Evidence(paper.abstract[:5], 0, 5),)),))
    conversation = context.store.create("ada")
    context.store.append("ada", conversation, Turn(WICKED, answer))
    _, heading, _, _, table, _ = page.arrive(request(c=conversation, turn="1"))
    assert _Seen(table).rows() == ["2012.12535"]
    assert "img" not in _Seen(heading).tags
    for user, address in (("eve", {"turn": "1"}), ("ada", {"turn": "2"}), ("ada", {"turn": "x"}), ("ada", {})):
        drawn = page.arrive(request(user, c=conversation, **address))
        assert not _Seen(drawn[4]).rows()
        assert 'role="alert"' in drawn[4]


def test_an_answer_without_papers_has_an_empty_table(page: PapersPage, context: AppContext) -> None:
    conversation = context.store.create("ada")
    context.store.append("ada", conversation, Turn("q", Answer("q")))
    drawn = page.arrive(request(c=conversation, turn="1"))
    assert "No papers here" in drawn[4]
    assert not _Seen(page.look(drawn[2], event(search="a"))[1]).rows()


def test_what_is_new_is_shown_with_saved_questions_asked_over_it(page: PapersPage, context: AppContext) -> None:
    context.store.save_question("ada", "How many parameters does the stain normalization network have?")
    _, heading, given, pager, table, _ = page.arrive(request(new="1"))
    assert "24 December 2020" in heading
    assert _Seen(table).rows()
    seen = list(page.answers(given, request()))
    assert "Asking your saved questions" in seen[0]
    assert "1.28K" in _Seen(seen[-1]).text
    assert "Asking" not in seen[-1]
    assert list(page.answers(ALL, request())) == [""]
    narrowed = page.look(given, event(since="2019-01-01", until="2020-11-01"))
    assert not _Seen(narrowed[1]).rows()
    visit = context.store.last_visit("ada")
    assert visit is not None
    assert visit.newest == date(2020, 12, 24)
    assert "Nothing was listed since" in page.arrive(request(new="1"))[1]
    assert pager


def test_no_text_of_a_paper_becomes_an_element_or_an_attribute() -> None:
    paper = Paper(
        "2009.14352",
        WICKED,
        f"We propose {WICKED}. It reaches 99.1% on {WICKED}.",
        authors=(WICKED,) * 4,
        categories=(WICKED,) * 3,
        journal=WICKED,
        comment=WICKED,
        doi=WICKED,
    )
    given = Shown(WICKED, WICKED, ids=(paper.arxiv_id,))
    made = [
        view.table(TablePage(1, (paper,)), given, Wanted()),
        view.table(TablePage(0, ()), given, Wanted(search=WICKED)),
        view.heading(given),
        view.panel(paper),
        view.tools({WICKED: 3}, given),
        view.failed(WICKED),
        compare_view.beside(compare([paper, paper])),
        compare_view.refused(WICKED),
    ]
    for html in made:
        seen = _Seen(html)
        assert not {"img", "script", "b"} & set(seen.tags)
        assert not [name for name, _ in seen.attributes if name.startswith("on")]
        assert "${" not in html
        assert "{{" not in html


def test_ids_of_an_address_are_checked() -> None:
    assert ids("2012.12535, 2012.12535v2,,2010.02475") == ("2012.12535", "2010.02475")
    with pytest.raises(InputError, match="arXiv id"):
        ids("2012.12535,javascript:alert(1)")
    with pytest.raises(InputError, match="can be used at once"):
        ids(",".join(["2012.12535"] * 1001))


def test_a_library_without_papers_leads_to_where_they_are_added() -> None:
    drawn = view.table(TablePage(0, ()), ALL, Wanted())
    assert 'href="/library"' in drawn
