"""Retrieval ranks the right paper first, keeps to the filters, and gives both scores of each candidate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.retriever import Retriever, fuse
from vectorstore import Filters
from vectorstore.library import Library

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 50), max_size=8)


@pytest.fixture(scope="module")
def retriever(seeds_library: Path) -> Iterator[Retriever]:
    with Library.open(seeds_library) as library:
        yield Retriever(library)


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("a distribution of gaze and blinking for talking avatars of garments colours", "2010.02849"),
        ("stain normalization with 1x1 convolutions", "2012.12535"),
        ("Mancenido privacy preserving image representation", "2009.14376"),
    ],
)
def test_the_paper_that_is_meant_comes_first(retriever: Retriever, text: str, arxiv_id: str) -> None:
    assert arxiv_id in [hit.paper.arxiv_id for hit in retriever.retrieve(text, limit=3)]


def test_half_a_character_stops_no_search(retriever: Retriever) -> None:
    assert retriever.retrieve("\ud800 stain normalization", limit=1)[0].paper.arxiv_id == "2012.12535"


def test_candidates_are_ranked_and_scored_by_both_searches(retriever: Retriever) -> None:
    hits = retriever.retrieve("breast cancer screening", limit=15)
    assert len(hits) == 15
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.dense is not None for hit in hits)
    assert hits[0].fulltext is not None


def test_a_filter_holds_and_a_filter_nothing_meets_gives_nothing(retriever: Retriever) -> None:
    december = Filters(since=date(2020, 12, 1))
    hits = retriever.retrieve("segmentation", december, 10)
    assert {hit.paper.listed for hit in hits} == {date(2020, 12, 24)}
    assert retriever.retrieve("segmentation", Filters(since=date(2050, 1, 1)), 10) == []


def test_as_many_candidates_as_asked_for(retriever: Retriever) -> None:
    assert len(retriever.retrieve("segmentation", limit=120)) == 120
    assert retriever.retrieve("segmentation", limit=0) == []


@pytest.mark.parametrize("text", ["深度估计", "🦊🔥", "what is it", "x" * 10_000, "()[]{}:\"'^~*?\\/ AND OR NOT"])
def test_any_text_can_be_searched(retriever: Retriever, text: str) -> None:
    assert len(retriever.retrieve(text, limit=5)) == 5


@given(SCORES, SCORES)
def test_a_paper_better_in_both_searches_is_never_ranked_lower(dense: dict[str, float], text: dict[str, float]) -> None:
    fused = fuse(dense, text)
    assert set(fused) == set(dense) | set(text)
    for a in dense:
        for b in dense:
            if dense[a] >= dense[b] and text.get(a, 0) >= text.get(b, 0):
                assert fused[a] >= fused[b] - 1e-9
