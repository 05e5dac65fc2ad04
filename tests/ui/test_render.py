"""Answers and sources as HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from qa.answers import Answer, Citation, Evidence, Statement
from tests.ui.reading import Reader
from ui.render import answer, filters, messages, question
from ui.sources import card, section, sources
from ui.turns import Turn, history
from vectorstore import Filters, Paper

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "**bold**",
    "\n\n# heading\n\n<b>x</b>",
    '"><svg onload=alert(1)>',
    "${alert(1)} {{constructor}}",
    "%%%LATEX_BLOCK_0%%%",
    "```mermaid\ngraph TD\n```",
    "</div></section>",
    "costs $5 and $6",
]
hostile = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=8)), min_size=1, max_size=5).map(" ".join)

ABSTRACT = "We study it. The network needs $2 \\times 10^6$ weights [1]. It is small."
EVIDENCE = Evidence(ABSTRACT[13:59], 13, 59, 1.0)
PAPER = Paper(
    "2012.12535",
    "A Small Network",
    ABSTRACT,
    version=2,
    listed=date(2020, 12, 24),
    authors=("Ada One", "Bo Two"),
    categories=("cs.CV", "eess.IV"),
)
OTHER = Paper("cs/9810003", "Another One", "Old but good.")
CITATION = Citation(1, PAPER, (EVIDENCE,))
ANSWER = Answer(
    "How many weights?",
    (Statement(EVIDENCE.text, (1,)),),
    "answered",
    0.874,
    (CITATION,),
    (PAPER,),
    (OTHER, PAPER),
    standalone="How many weights?",
)


def links(html: str) -> list[str | None]:
    return [value for name, value in Reader(html).attributes if name == "href"]


def test_a_mark_leads_to_the_card_of_its_turn() -> None:
    assert links(answer(ANSWER, 3)) == ["#t3-s1"]
    assert 'id="t3-s1"' in section(ANSWER, 3)


def test_brackets_in_a_quoted_sentence_are_no_mark() -> None:
    html = answer(ANSWER, 1)
    assert "weights [1].\xa0[1]" in Reader(html).text
    assert html.count('class="cite"') == 1


def test_a_card_shows_the_paper_and_its_links() -> None:
    read = Reader(card(CITATION, 1))
    for words in ("A Small Network", "Ada One, Bo Two", "24 December 2020", "cs.CV", "eess.IV", "2012.12535v2"):
        assert words in read.text
    assert links(card(CITATION, 1))[0] == "https://arxiv.org/abs/2012.12535v2"
    assert "https://arxiv.org/pdf/2012.12535v2" in links(card(CITATION, 1))


def test_the_abstract_is_whole_and_its_evidence_highlighted_exactly() -> None:
    html = card(CITATION, 1).partition("<details")[2]
    before, marked, after = html.partition("<mark>")[0], html.partition("<mark>")[2].partition("</mark>")[0], html
    assert before.endswith("We study it. ")
    assert marked.startswith("The network needs <math>")
    assert marked.endswith("weights &#91;1&#93;.")
    assert after.partition("</mark>")[2].startswith(" It is small.")


def test_further_reading_leaves_out_what_is_cited() -> None:
    html = section(ANSWER, 1)
    assert "Further reading" in html
    assert "https://arxiv.org/abs/cs/9810003" in links(html)
    assert html.count("A Small Network") == 1


def test_an_abstention_names_the_nearest_papers() -> None:
    note = Statement("The library does not say.", (), "note")
    given_up = Answer("What is the capital of France?", (note,), "nothing_found", 0.1, further=(OTHER,))
    assert "abstained" in answer(given_up, 1)
    assert "Confidence" not in answer(given_up, 1)
    assert "Nearest papers" in section(given_up, 1)


def test_a_list_shows_a_title_and_a_line_of_evidence_each() -> None:
    item = Statement("The network needs few weights.", (1,), "item", "A Small Network")
    listed = Answer("Which papers?", (item,), "answered", 0.9, (CITATION,))
    html = answer(listed, 1)
    assert Reader(html).text.startswith("A Small Network\xa0[1]The network needs few weights.")
    assert "<li>" in html
    assert "<details open>" not in section(listed, 1)
    assert "<details open>" in section(ANSWER, 1)


def test_what_restricted_the_papers_is_said() -> None:
    restricted = Filters(since=date(2020, 10, 1), until=date(2020, 12, 31), categories=("cs.CV",), authors=("Ada",))
    assert filters(restricted) == "listed from 1 October 2020 to 31 December 2020, in cs.CV, by Ada"
    assert filters(Filters(since=date(2020, 5, 4), until=date(2020, 5, 4))) == "listed on 4 May 2020"
    assert (
        filters(Filters(until=date(2020, 5, 4), ids=("2012.12535",))) == "listed up to 4 May 2020, with id 2012.12535"
    )
    left_out = Filters(venues=("ECCV 2020", "TPAMI"), without=("GANs",), without_categories=("cs.LG",))
    assert filters(left_out) == "at ECCV 2020 or TPAMI, without “GANs”, not in cs.LG"


def test_a_follow_up_says_what_was_searched() -> None:
    follow_up = Answer("And how fast?", ANSWER.statements, "answered", 0.5, (CITATION,), standalone="How fast is it?")
    assert "Read as a follow-up" in Reader(answer(follow_up, 2)).text
    assert ("title", "Searched as: How fast is it?") in Reader(answer(follow_up, 2)).attributes


def test_only_complete_answers_are_history() -> None:
    turns = (Turn("a", ANSWER), Turn("b", replace(ANSWER, complete=False)), Turn("c", failure="no"), Turn("d"))
    assert history(turns) == (ANSWER,)


def test_a_stopped_answer_keeps_what_it_had() -> None:
    text = Reader(messages([Turn("q", replace(ANSWER, complete=False), stopped=True)])[1]["content"]).text
    assert "The network needs" in text
    assert text.endswith("Stopped.")


def test_a_failure_is_a_calm_word() -> None:
    html = messages([Turn("q", failure="The library is <gone>. Rebuild it.")])[1]["content"]
    assert Reader(html).text == "This question could not be answered. The library is <gone>. Rebuild it."


def test_line_breaks_of_a_question_are_kept() -> None:
    assert question("one\ntwo", 1) == '<div class="question" id="q1">one<br>two</div>'


@given(hostile, hostile, hostile)
def test_no_untrusted_text_becomes_markup(asked: str, title: str, text: str) -> None:
    paper = Paper("2012.12535", title, text, authors=(title, asked), categories=(asked,), journal=text)
    citation = Citation(1, paper, (Evidence(text, 0, len(text), 1.0),))
    statements = (Statement(text, (1,)), Statement(text, (1,), "item", title), Statement(text, (), "note"))
    found = Answer(asked, statements, "answered", 0.5, (citation,), (paper,), (OTHER,), standalone=title)
    for html in (*(m["content"] for m in messages([Turn(asked, found)])), sources([Turn(asked, found)])):
        read = Reader(html)
        assert len(html.splitlines()) == 1
        assert not {"script", "img", "svg", "b", "h1", "iframe", "style"} & set(read.tags)
        assert not [name for name, _ in read.attributes if name.startswith("on") or name in ("src", "style")]
        for link in links(html):
            assert link is not None
            assert link.startswith(("#t1-s", "#q1", "https://arxiv.org/"))
