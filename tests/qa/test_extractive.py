"""Answers without a language model: verbatim, cited, lists as lists, and plain words where nothing answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from qa import conversation
from qa.answers import Answer
from qa.extractive import ExtractiveAnswerer
from qa.questions import understand
from qa.retrieval import Retriever
from vectorstore import Filters
from vectorstore.library import Library

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def ask(seeds_library: Path) -> Iterator[Ask]:
    with Library.open(seeds_library) as library:
        retriever = Retriever(library)

        def asking(question: str, history: Sequence[Answer] = (), filters: Filters | None = None) -> Answer:
            request = understand(question, filters)
            request, found = conversation.find(
                request, history, lambda text: retriever.retrieve(text, request.filters, 40)
            )
            return ExtractiveAnswerer().answer(request, found)

        yield asking


def assert_sound(answer: Answer) -> None:
    """Every statement that is not a note stands in each paper that it cites, and all citations are used and sound."""
    by_number = {citation.n: citation for citation in answer.citations}
    assert list(by_number) == list(range(1, len(by_number) + 1))
    for statement in answer.statements:
        assert statement.kind == "note" or statement.citations
        for n in statement.citations:
            assert statement.kind == "note" or statement.text in by_number[n].paper.abstract
    assert {n for statement in answer.statements for n in statement.citations} == set(by_number)
    for citation in answer.citations:
        assert all(citation.paper.abstract[e.start : e.end] == e.text for e in citation.evidence)
    cited = {c.paper.arxiv_id for c in answer.citations}
    assert answer.abstained or not cited & {p.arxiv_id for p in answer.further}


@pytest.mark.parametrize(
    "question",
    [
        "How many parameters does StainNet have?",
        "stain normalisation small network",
        "Which papers deal with pruning?",
        "Who won the football world cup?",
        "怎样检测图像中的对抗样本？",
        "🙂🙃",
        "?",
        "word " * 2000,
        "a" * 10_000,
        "<script>alert(1)</script> \x1b[31m what?",
        "2012.12535",
    ],
)
def test_any_question_gets_a_sound_answer(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert_sound(answer)
    assert answer.statements
    assert 0 <= answer.confidence <= 1


def test_the_answering_sentence_comes_first(ask: Ask) -> None:
    answer = ask("How many parameters does StainNet have?")
    assert answer.outcome == "answered"
    assert answer.citations[0].paper.arxiv_id == "2012.12535"
    assert "1.28K parameters" in answer.statements[0].text
    assert len(answer.statements) <= 5


def test_which_papers_gets_a_list_with_titles_and_a_line_each(ask: Ask) -> None:
    answer = ask("Which papers deal with pruning neural networks?")
    assert len(answer.statements) >= 4
    assert {statement.kind for statement in answer.statements} == {"item"}
    assert [s.lead for s in answer.statements] == [" ".join(c.paper.title.split()) for c in answer.citations]
    assert [p.arxiv_id for p in answer.papers] == [c.paper.arxiv_id for c in answer.citations]


def test_off_topic_questions_are_not_answered(ask: Ask) -> None:
    for question in ("How do I poach an egg?", "Who painted the Sistine Chapel ceiling?", "Hello!"):
        answer = ask(question)
        assert (answer.outcome, answer.citations, answer.papers) == ("nothing_found", (), ())
        assert answer.further
        assert "nothing" in answer.text


def test_a_named_paper_is_the_one_that_answers(ask: Ask) -> None:
    answer = ask("what does 2010.02893 propose")
    assert [c.paper.arxiv_id for c in answer.citations] == ["2010.02893"]
    assert answer.outcome == "answered"


def test_what_the_filters_leave_out_is_said_plainly(ask: Ask) -> None:
    assert "1234.56789" not in ask("pruning").text
    assert "2101.00001 is not" in ask("What does 2101.00001 propose?").text
    nothing = ask("Which papers from 1995 deal with pruning?")
    assert nothing.outcome == "nothing_found"
    assert "filters" in nothing.text


def test_a_follow_up_stays_with_its_paper_and_answers_its_own_words(ask: Ask) -> None:
    first = ask("How many parameters does StainNet have?")
    second = ask("What do its authors hold against earlier deep methods?", [first])
    assert second.citations[0].paper.arxiv_id == "2012.12535"
    assert second.outcome == "answered"
    assert_sound(second)
