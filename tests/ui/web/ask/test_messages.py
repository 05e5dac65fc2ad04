"""Answers and sources as HTML."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answer, Citation, Evidence, Retrieved, Statement
from qa.history.models import Rating, Turn
from tests.ui.web.reading import Reader
from ui.web.ask.messages import answer, changing, messages, question
from ui.web.ask.sources import card, section, sources
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


def buttons(html: str) -> list[str | None]:
    return [value for name, value in Reader(html).attributes if name == "name"]


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


def test_a_card_says_that_a_paper_was_withdrawn_or_replaced() -> None:
    withdrawn = replace(PAPER, comment="This paper has been withdrawn by the author due to an error")
    assert '<span class="standing withdrawn">withdrawn</span>' in card(replace(CITATION, paper=withdrawn), 1)
    assert '<span class="standing">replaced</span>' in card(CITATION, 1)
    assert "standing" not in card(replace(CITATION, paper=OTHER), 1)
    assert "withdrawn" in Reader(section(replace(ANSWER, further=(replace(OTHER, comment=withdrawn.comment),)), 1)).text


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
    assert '<details class="abstract" open>' not in section(listed, 1)
    assert '<details class="abstract" open>' in section(ANSWER, 1)


def test_a_follow_up_says_what_was_searched() -> None:
    follow_up = Answer("And how fast?", ANSWER.statements, "answered", 0.5, (CITATION,), standalone="How fast is it?")
    assert "Read as a follow-up" in Reader(answer(follow_up, 2)).text
    alone = replace(follow_up, question="Which papers shrink networks?", standalone="shrink networks?")
    assert "Read as a follow-up" not in Reader(answer(alone, 2)).text
    assert "Confidence" not in Reader(answer(follow_up, 2)).text  # the odds are made for questions of their own
    assert ("title", "Searched as: How fast is it?") in Reader(answer(follow_up, 2)).attributes


def test_a_stopped_answer_keeps_what_it_had() -> None:
    text = Reader(messages([Turn("q", replace(ANSWER, complete=False), stopped=True)])[1]["content"]).text
    assert "The network needs" in text
    assert "Stopped." in text


def test_a_failure_is_a_calm_word() -> None:
    html = messages([Turn("q", failure="The library is <gone>. Rebuild it.")])[1]["content"]
    assert Reader(html).text.startswith("This question could not be answered. The library is <gone>. Rebuild it.")
    assert buttons(html) == ["again"]


def test_line_breaks_of_a_question_are_kept() -> None:
    assert question("one\ntwo", 1) == '<div class="question" id="q1">one<br>two</div>'


@given(hostile, hostile, hostile)
def test_no_untrusted_text_becomes_markup(asked: str, title: str, text: str) -> None:
    paper = Paper("2012.12535", title, text, authors=(title, asked), categories=(asked,), journal=text)
    citation = Citation(1, paper, (Evidence(text, 0, len(text), 1.0),))
    statements = (Statement(text, (1,)), Statement(text, (1,), "item", title), Statement(text, (), "note"))
    found = Answer(asked, statements, "answered", 0.5, (citation,), (paper,), (OTHER,), standalone=title)
    turns = [Turn(asked, found)]
    for html in (*(m["content"] for m in messages(turns, {(asked, Filters())}, [title, text])), sources(turns, "0f")):
        read = Reader(html)
        assert len(html.splitlines()) == 1
        assert not {"script", "img", "svg", "b", "h1", "iframe", "style"} & set(read.tags)
        assert not [name for name, _ in read.attributes if name.startswith("on") or name in ("src", "style")]
        for link in links(html):
            assert link is not None
            assert link.startswith(("#t1-s", "#q1", "https://arxiv.org/", "/papers?like=", "/papers?c=0f&turn=1"))


def test_a_mark_tells_title_and_evidence_when_pointed_at() -> None:
    ((_, title),) = [pair for pair in Reader(answer(ANSWER, 1)).attributes if pair[0] == "title"][:1]
    assert title == f"Source 1: A Small Network\n“{EVIDENCE.text}”"


def test_an_answer_says_what_wrote_it_and_how_long_that_took() -> None:
    assert "Quoted in 0.04 s" in Reader(answer(replace(ANSWER, seconds=0.0412), 1)).text
    assert (
        "Written by ollama/<x> in 12 s" in Reader(answer(replace(ANSWER, backend="ollama/<x>", seconds=12.2), 1)).text
    )
    abstained = replace(ANSWER, outcome="nothing_found", citations=(), seconds=2.0)
    assert "Searched in 2.0 s" in Reader(answer(abstained, 1)).text


def test_under_an_answer_stands_what_can_be_done_with_it() -> None:
    (asked, answered) = messages([Turn("q", ANSWER)])
    assert buttons(asked["content"]) == ["edit"]
    assert buttons(answered["content"]) == ["copy", "again", "save", "up", "down"]
    assert "Saved" in Reader(messages([Turn("q", ANSWER)], {("q", Filters())})[1]["content"]).text
    assert buttons(messages([Turn("q", replace(ANSWER, complete=False))])[1]["content"]) == []


@pytest.mark.parametrize("rating", ["up", "down"])
def test_a_rating_is_seen(rating: Rating) -> None:
    html = messages([Turn("q", ANSWER, rating=rating)])[1]["content"]
    assert html.count('class="act on"') == 1
    assert f'class="act on" name="{rating}"' in html


def test_what_is_copied_has_its_references_and_its_lines() -> None:
    html = messages([Turn("q", ANSWER)])[1]["content"]
    copied = html.partition('<pre class="copied"')[2].partition(">")[2].partition("</pre>")[0]
    text = Reader(f"<p>{copied}</p>").text
    assert text.splitlines()[0] == f"{EVIDENCE.text} [1]"
    assert "A Small Network" in text.splitlines()[-1]
    assert "https://arxiv.org/abs/2012.12535v2" in text


def test_suggestions_stand_under_the_last_answer_only() -> None:
    drawn = messages([Turn("a", ANSWER), Turn("b", ANSWER)], (), ["How does it work?"])
    assert "suggestion" not in drawn[1]["content"]
    assert "How does it work?" in Reader(drawn[3]["content"]).text


def test_changing_a_question_says_what_goes() -> None:
    assert "question 2: its answer is replaced." in Reader(changing(2, 0)).text
    assert "and the question after it goes." in Reader(changing(1, 1)).text
    assert "and the 3 questions after it go." in Reader(changing(1, 3)).text


def test_a_card_says_why_the_paper_was_taken() -> None:
    retrieved = (
        Retrieved(OTHER, 2.0, dense=0.9, fulltext=None),
        Retrieved(PAPER, 1.0, dense=0.5, fulltext=7.0),
    )
    text = Reader(section(replace(ANSWER, retrieved=retrieved), 1)).text
    assert "By meaningplace 2 of 2" in text
    assert "By wordsplace 1 of 2" in text
    assert f"Matched“{EVIDENCE.text[:11]}" in text
    # One that neither search brought, but a filter, has no place to tell.
    assert "By meaning" not in Reader(section(ANSWER, 1)).text


def test_a_card_leads_to_more_like_it_and_the_sources_to_their_table() -> None:
    found = links(section(ANSWER, 2, "0f3a"))
    assert "/papers?like=2012.12535" in found
    assert "/papers?c=0f3a&turn=2" in found
