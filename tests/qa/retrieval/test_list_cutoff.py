"""Which candidates belong on a list."""

from __future__ import annotations

import numpy as np
import pytest

from qa.answer import Retrieved
from qa.retrieval import list_cutoff, list_features, reranker
from vectorstore import Paper

TOPICS = {
    "pruning": "We prune the channels of a convolutional network. Pruning keeps its accuracy on images.",
    "gait": "We recognise people by their gait. Silhouettes of a walking person identify them.",
    "glaciers": "We map the outlines of glaciers in satellite images. Ice and rock are told apart.",
}
NUMBERS = "one two three four five six seven eight nine ten".split()


def candidates(**relevant: int) -> list[Retrieved]:
    """Papers of several topics, those of the first one nearest."""
    found = []
    for place, (topic, count) in enumerate(relevant.items()):
        for i in range(count):
            paper = Paper(f"21{place:02}.{i:05}", f"{topic.capitalize()} {NUMBERS[i % 10]}", TOPICS[topic])
            near = place == 0
            found.append(Retrieved(paper, 0.0, dense=0.6 if near else 0.05, fulltext=8.0 if near else 0.0))
    return found


def listed(topic: str, found: list[Retrieved]) -> set[str]:
    ranked = reranker.rank(topic, found)
    return {r.paper.title.split()[0].lower() for r in list_cutoff.select_list(topic, ranked).papers}


def test_a_list_holds_all_papers_of_its_topic_and_no_other() -> None:
    found = candidates(pruning=5, gait=10, glaciers=15)
    papers = list_cutoff.select_list("pruning", reranker.rank("pruning", found)).papers
    assert {r.paper.title for r in papers} == {f"Pruning {number}" for number in NUMBERS[:5]}


def test_more_papers_than_candidates_are_all_listed() -> None:
    papers = list_cutoff.select_list("pruning", reranker.rank("pruning", candidates(pruning=60))).papers
    assert len(papers) >= list_cutoff.CANDIDATES / 2


def test_a_topic_that_no_paper_is_on_is_not_covered() -> None:
    strangers = [Retrieved(r.paper, 0.0, dense=0.02, fulltext=0.0) for r in candidates(gait=10, glaciers=10)]
    found = list_cutoff.select_list("mortgage rates", reranker.rank("mortgage rates", strangers))
    assert not found.covered
    assert found.papers


def test_no_candidate_makes_an_empty_list() -> None:
    assert list_cutoff.select_list("pruning", []) == list_cutoff.ListResult((), 0.0, False)


def test_one_candidate_is_enough() -> None:
    assert listed("gait", candidates(gait=1)) == {"gait"}


def test_each_alternative_of_a_topic_counts_on_its_own() -> None:
    parts = list_features.alternatives("gait or pruning")
    values = [
        list_features.coverage(parts, reranker.analyze_paper(r.paper.title, r.paper.abstract))
        for r in candidates(gait=1, pruning=1, glaciers=1)
    ]
    assert values[0][0] == values[1][0] == 1.0
    assert values[2] == [0.0] * len(list_features.COVERAGES)


@pytest.mark.parametrize("topic", ["", "the", "???", "\ud800", "and or", "x" * 5000])
def test_any_topic_has_finite_features(topic: str) -> None:
    table = list_cutoff.list_cutoff_features(topic, candidates(pruning=3))
    assert table.shape == (3, len(list_cutoff.NAMES))
    assert np.isfinite(table).all()


def test_a_survey_is_told_by_its_title_or_by_what_it_says_of_itself() -> None:
    papers = [
        Paper("2101.00001", "A Survey of Pruning", ""),
        Paper("2101.00002", "Pruning", "In this paper we review pruning."),
        Paper("2101.00003", "Pruning", "Reviewers liked it."),
    ]
    survey, missing = zip(*(row[:2] for row in list_features.kinds("surveys of pruning", papers)), strict=True)
    assert survey[0] > survey[1] > survey[2] == 0
    assert missing == (0.0, 0.0, 1.0)
    assert list_features.kinds("pruning", papers) == [[0.0] * len(list_features.KINDS)] * 3


@pytest.mark.parametrize(
    ("chances", "expected"),
    [([0.9, 0.8, 0.1, 0.05], [0, 1]), ([0.05], [0]), ([0.6] * 4, [0, 1, 2, 3]), ([0.1, 0.95], [1])],
)
def test_the_cut_is_where_the_list_is_expected_to_be_best(chances: list[float], expected: list[int]) -> None:
    assert list_cutoff.cut(np.array(chances)) == expected
