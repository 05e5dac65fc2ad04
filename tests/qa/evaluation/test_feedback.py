"""Rated answers asked again: what a thumb says of an answer, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

import qa
from qa.answer import Answer, Citation
from qa.evaluation import feedback, metrics
from qa.evaluation.dataset import Reply
from qa.history.models import Rated, Turn
from vectorstore import Filters, Paper

CITED = tuple(Citation(n, Paper(f"2012.0000{n}", "T", "A")) for n in (1, 2))
ANSWERED = Answer("q", outcome="answered", citations=CITED)
ABSTAINED = Answer("q", outcome="nothing_found")


def _rated(answer: Answer | None, rating: Literal["up", "down"]) -> Rated:
    return Rated("c", 1, Turn("q", answer, rating=rating))


@pytest.mark.parametrize(
    ("before", "rating", "now", "measures"),
    [
        (ANSWERED, "up", (["2012.00002", "2012.00009"], False), {"cited": 1, "cited first": 1}),
        (ANSWERED, "up", (["2012.00009", "2012.00001"], False), {"cited": 1, "cited first": 0}),
        (ANSWERED, "up", ([], True), {"cited": 0, "false abstention": 1}),
        (ANSWERED, "down", (["2012.00001"], False), {"not repeated": 0}),
        (ANSWERED, "down", (["2012.00002", "2012.00001"], False), {"not repeated": 1}),
        (ANSWERED, "down", ([], True), {"not repeated": 1}),
        (ABSTAINED, "up", ([], True), {"abstained again": 1}),
        (ABSTAINED, "up", (["2012.00001"], False), {"abstained again": 0}),
        (ABSTAINED, "down", ([], True), {"not repeated": 0}),
        (ABSTAINED, "down", (["2012.00001"], False), {"not repeated": 1}),
    ],
)
def test_what_a_rating_makes_of_the_answer_of_now(
    before: Answer, rating: Literal["up", "down"], now: tuple[list[str], bool], measures: dict[str, float]
) -> None:
    ((_, case),) = feedback.cases([_rated(before, rating)])
    reply = Reply(case.qid, abstained=now[1], cited=tuple((paper, "") for paper in now[0]))
    (table,) = metrics.evaluate([case], [reply]).values()
    assert {name: table.figures[name].value for name in measures} == measures
    assert bool(table.misses) == any(value == 0 for value in measures.values())


@pytest.mark.parametrize("rating", ["up", "down"])
def test_a_question_without_an_answer_now_is_a_miss(rating: Literal["up", "down"]) -> None:
    cases = [case for _, case in feedback.cases([_rated(ANSWERED, rating), _rated(ABSTAINED, rating)])]
    for table in metrics.evaluate(cases, []).values():
        assert table.misses
        assert table.figures["answered lines"].value == 0


@pytest.mark.parametrize("rating", ["up", "down"])
def test_what_says_nothing_of_an_answer_is_left_out(rating: Literal["up", "down"]) -> None:
    unfinished = replace(ANSWERED, complete=False)
    without_papers = replace(ANSWERED, citations=())
    assert feedback.cases([_rated(answer, rating) for answer in (None, unfinished, without_papers)]) == []


def test_it_is_asked_after_the_same_answers_and_with_the_same_filters(seeds_library: Path) -> None:
    with qa.open_assistant(seeds_library) as assistant:
        first = assistant.ask("How many parameters does the stain normalization network have?")
        follow_up = Turn("What is it used for?", assistant.ask("What is it used for?", history=[first]), rating="up")
        narrowed = Filters(ids=("2010.02771",))
        question = "How is the network trained?"
        filtered = Turn(question, assistant.ask(question, filters=narrowed), given=narrowed, rating="down")
        pairs = feedback.cases([Rated("c", 2, follow_up, (first,)), Rated("d", 1, filtered)])
        replies = [feedback.ask(assistant, each, case) for each, case in pairs]
    tables = metrics.evaluate([case for _, case in pairs], replies)
    assert tables["single"].figures["cited first"].value == 1
    assert tables["rejected"].figures["not repeated"].value == 0
    assert [miss.qid for miss in tables["rejected"].misses] == ["d.1"]
