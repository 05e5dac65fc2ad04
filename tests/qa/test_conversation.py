"""Follow-ups find the paper talked about; a new topic is not held by the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from qa import conversation
from qa.answers import Answer, Citation, Retrieved
from qa.questions import Request, understand
from qa.retrieval import Retriever
from vectorstore.library import Library

Find = Callable[[str, Sequence[Answer]], tuple[Request, list[Retrieved]]]


@pytest.fixture(scope="module")
def find(seeds_library: Path) -> Iterator[Find]:
    with Library.open(seeds_library) as library:
        retriever = Retriever(library)

        def finding(question: str, history: Sequence[Answer]) -> tuple[Request, list[Retrieved]]:
            request = understand(question)
            return conversation.find(request, history, lambda text: retriever.retrieve(text, request.filters, 30))

        yield finding


@pytest.fixture(scope="module")
def stains(seeds_library: Path) -> Answer:
    """An answer that cites StainNet."""
    with Library.open(seeds_library) as library:
        paper = library.get(["2012.12535"])[0]
    return Answer("How many parameters does StainNet have?", outcome="answered", citations=(Citation(1, paper),))


def top(found: list[Retrieved]) -> str:
    return found[0].paper.arxiv_id


def test_without_history_a_question_stands_alone(find: Find) -> None:
    request, found = find("How fast is it?", [])
    assert (request.text, request.about) == ("How fast is it?", ())
    assert found


@pytest.mark.parametrize(
    "question", ["How fast is it?", "What is wrong with earlier methods?", "And on faces?", "Why?", "Tell me more."]
)
def test_a_question_that_leans_on_the_last_answer_finds_its_paper(find: Find, stains: Answer, question: str) -> None:
    request, found = find(question, [stains])
    assert top(found) == "2012.12535"
    assert request.about == (stains.citations[0].paper,)
    assert question in request.text
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
    assert conversation.recent([stains, Answer("x")]) == (other,)
    assert conversation.recent([stains] + [Answer("x")] * 3) == ()
