"""Follow-ups find the paper talked about; a new topic is not held by the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answer import Answer, Citation, Retrieved
from qa.dialog import resolve
from qa.query.parser import ParsedQuery, parse_query
from qa.retrieval.retriever import Retriever
from vectorstore.library import Library

Find = Callable[[str, Sequence[Answer]], tuple[ParsedQuery, list[Retrieved]]]


@pytest.fixture(scope="module")
def find(seeds_library: Path) -> Iterator[Find]:
    with Library.open(seeds_library) as library:
        retriever = Retriever(library)

        def finding(question: str, history: Sequence[Answer]) -> tuple[ParsedQuery, list[Retrieved]]:
            request = parse_query(question)
            return resolve.resolve(request, history, lambda text, within: retriever.retrieve(text, within, 30))

        yield finding


@pytest.fixture(scope="module")
def stains(seeds_library: Path) -> Answer:
    """An answer that cites StainNet."""
    with Library.open(seeds_library) as library:
        paper = library.get(["2012.12535"])[0]
    return Answer("How many parameters does StainNet have?", outcome="answered", citations=(Citation(1, paper),))


@pytest.fixture(scope="module")
def several(seeds_library: Path) -> Answer:
    """A list of three papers: stain normalisation, tree crowns, motion in 3D."""
    with Library.open(seeds_library) as library:
        papers = library.get(["2012.12535", "1903.08481", "2012.12395"])
    citations = tuple(Citation(n, paper) for n, paper in enumerate(papers, 1))
    question = "Which papers propose networks?"
    return Answer(question, outcome="answered", citations=citations, standalone="propose networks?", shape="list")


def top(found: list[Retrieved]) -> str:
    return found[0].paper.arxiv_id


def test_without_history_a_question_stands_alone(find: Find) -> None:
    request, found = find("How fast is it?", [])
    assert (request.text, request.about) == ("How fast is it?", ())
    assert found


@pytest.mark.parametrize(
    "question",
    ["How fast is it?", "What is wrong with earlier methods?", "And is it on faces?", "Why?", "Tell me more."],
)
def test_a_question_that_leans_on_the_last_answer_finds_its_paper(find: Find, stains: Answer, question: str) -> None:
    request, found = find(question, [stains])
    assert top(found) == "2012.12535"
    assert request.about == (stains.citations[0].paper,)
    assert question.removeprefix("And ") in request.text
    assert stains.citations[0].paper.title in request.text


@pytest.mark.parametrize(
    ("question", "arxiv_id"),
    [
        ("How are individual tree crowns separated in laser scans of tropical forests?", "1903.08481"),
        ("Something else: which network forecasts motion and tracks in 3D at once?", "2012.12395"),
        ("What does 2010.02893 propose?", "2010.02893"),
    ],
)
def test_a_new_topic_does_not_keep_the_old_one(find: Find, stains: Answer, question: str, arxiv_id: str) -> None:
    request, found = find(question, [stains])
    assert top(found) == arxiv_id
    assert request.about == ()
    assert "stain" not in request.text.lower()


@pytest.mark.parametrize(
    "question",
    ["How often should I walk my dog?", "How is cheese made?", "Thanks!", "Who are you?", "How do I bake bread?", "?"],
)
def test_what_no_paper_answers_does_not_lean_on_the_last_one(find: Find, stains: Answer, question: str) -> None:
    request, _ = find(question, [stains])
    assert request.about == ()


def test_an_answer_without_citations_is_nothing_to_lean_on(find: Find) -> None:
    request, _ = find("How fast is it?", [Answer("Hello!")])
    assert request.about == ()


def test_the_latest_answer_counts_first(stains: Answer) -> None:
    other = stains.citations[0].paper
    assert resolve.recent([stains, Answer("x")]) == (other,)
    assert resolve.recent([stains] + [Answer("x")] * 3) == ()


@pytest.mark.parametrize(
    ("question", "ids"),
    [
        ("How accurate is the second one?", ["1903.08481"]),
        ("How do [3] and [1] compare?", ["2012.12395", "2012.12535"]),
        ("And the last two papers?", ["1903.08481", "2012.12395"]),
        ("the 2019 one", ["1903.08481"]),
    ],
)
def test_papers_pointed_at_are_all_that_is_found(find: Find, several: Answer, question: str, ids: list[str]) -> None:
    request, found = find(question, [several])
    assert [r.paper.arxiv_id for r in found] == ids
    assert len({r.score for r in found}) == 1
    assert request.filters.ids == tuple(ids)
    assert request.about or request.shape == "comparison"


def test_a_question_about_a_list_finds_nothing_else(find: Find, several: Answer) -> None:
    _, found = find("Which of these separates tree crowns?", [several])
    assert top(found) == "1903.08481"
    assert {r.paper.arxiv_id for r in found} == {c.paper.arxiv_id for c in several.citations}


def test_a_filter_is_added_to_the_topic(find: Find, several: Answer) -> None:
    request, found = find("only those from 2019", [several])
    assert request.text == "propose networks?"
    assert [r.paper.arxiv_id for r in found] == ["1903.08481"]


def test_a_filter_that_no_paper_of_the_list_passes_is_asked_of_the_library(find: Find, several: Answer) -> None:
    of_2020 = [c for c in several.citations if c.paper.listed and c.paper.listed.year == 2020]
    assert len(of_2020) > 1
    request, found = find("only those from 2019", [replace(several, citations=tuple(of_2020))])
    assert request.filters.ids == ()
    assert found
    assert {r.paper.listed.year for r in found if r.paper.listed} == {2019}


@pytest.mark.parametrize(
    ("question", "arxiv_id"),
    [
        ("No, I meant separating tree crowns in laser scans.", "1903.08481"),
        ("And what about forecasting motion and tracking in 3D at once?", "2012.12395"),
    ],
)
def test_what_is_put_in_place_of_the_old_object_is_found(
    find: Find, stains: Answer, question: str, arxiv_id: str
) -> None:
    request, found = find(question, [stains])
    assert top(found) == arxiv_id
    assert request.about == ()


def test_a_shift_to_another_detail_stays_with_its_paper(find: Find, stains: Answer) -> None:
    request, found = find("What about its speed?", [stains])
    assert top(found) == "2012.12535"
    assert request.about == (stains.citations[0].paper,)
