"""Questions to go on with: short, of the cited papers, and answered by them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.answer import Answer, Citation, Statement
from qa.assistant import Assistant, open_assistant
from qa.dialog.suggestions import suggest
from vectorstore import Paper

NAMED = Paper("2012.12535", "StainNet: a network", "We propose StainNet. It reaches 31.2 dB on the Camelyon16 dataset.")
OTHER = Paper("2009.14376", "Stains of all kinds", "We propose a method for stains. It reaches 29.1 dB.")


@pytest.fixture(scope="module")
def assistant(seeds_library: Path) -> Iterator[Assistant]:
    with open_assistant(seeds_library) as opened:
        yield opened


def answer(*papers: Paper, said: str = "") -> Answer:
    statements = (Statement(said, (1,)),) if said else ()
    citations = tuple(Citation(n, paper) for n, paper in enumerate(papers, start=1))
    return Answer("Which?", statements, "answered", citations=citations)


def test_papers_are_named_as_they_name_their_work_or_by_their_place() -> None:
    assert suggest(answer(NAMED, OTHER)) == (
        "What results does StainNet report?",
        "What results does the second paper report?",
        "How does StainNet work?",
    )
    assert suggest(answer(OTHER)) == ("What results does it report?", "How does it work?")


def test_what_was_answered_or_asked_already_is_not_suggested() -> None:
    assert suggest(answer(OTHER, said="It reaches 29.1 dB.")) == ("How does it work?",)
    assert suggest(answer(OTHER), ["how does it work? "]) == ("What results does it report?",)


def test_an_abstention_suggests_nothing() -> None:
    assert suggest(Answer("Which?", outcome="nothing_found")) == ()


# The rules are judged on every fourth paper; tests/ui/web/ask/test_runner.py tries out what a page shows.
def test_what_is_suggested_cites_the_same_papers(assistant: Assistant) -> None:
    papers = list(assistant.library.papers())[::4]
    asked = kept = 0
    for paper in papers:
        about = assistant.ask(f"What is “{paper.title}” about?")
        cited = {citation.paper.arxiv_id for citation in about.citations}
        for question in suggest(about, [about.question]):
            asked += 1
            kept += bool(cited & {c.paper.arxiv_id for c in assistant.ask(question, [about]).citations})
    assert asked > 50
    assert kept >= 0.97 * asked
