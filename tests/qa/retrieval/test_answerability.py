"""Confidence and outcome: sure where a paper answers, unsure far from the library, and never out of bounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Retrieved
from qa.retrieval import answerability, list_cutoff, reranker
from qa.retrieval.retriever import Retriever
from vectorstore import Paper
from vectorstore.library import Library

_TEXTS = st.text(max_size=60)
_CANDIDATES = st.lists(
    st.builds(
        Retrieved,
        st.builds(Paper, st.integers(10000, 99999).map("2001.{}".format), _TEXTS, _TEXTS),
        st.floats(-3, 10),
        st.one_of(st.none(), st.floats(-1, 1)),
        st.one_of(st.none(), st.floats(0, 90)),
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def retriever(seeds_library: Path) -> Iterator[Retriever]:
    with Library.open(seeds_library) as library:
        yield Retriever(library)


def judge(retriever: Retriever, question: str) -> answerability.Answerability:
    return answerability.assess(question, reranker.rank(question, retriever.retrieve(question, limit=30)))


def test_answerable_questions_are_surer_than_off_topic_ones(retriever: Retriever) -> None:
    answerable = [
        judge(retriever, "How many parameters does the 1x1 convolution stain normalization network have?"),
        judge(retriever, "Can a transformer for images be trained on ImageNet only, with distillation?"),
    ]
    far = [judge(retriever, "How do I knit a scarf?"), judge(retriever, "Which bank has the best savings rate?")]
    assert {j.outcome for j in answerable} == {"answered"}
    assert {j.outcome for j in far} == {"nothing_found"}
    assert min(j.confidence for j in answerable) > max(j.confidence for j in far)


@given(text=_TEXTS, candidates=_CANDIDATES)
def test_any_candidates_are_ranked_judged_and_listed(text: str, candidates: list[Retrieved]) -> None:
    ranked = reranker.rank(text, candidates)
    scores = [r.score for r in ranked]
    assert scores == sorted(scores, reverse=True)
    assert sorted(id(r.paper) for r in ranked) == sorted(id(r.paper) for r in candidates)
    judged = answerability.assess(text, ranked)
    assert 0 <= judged.confidence <= 1
    listed = list_cutoff.select_list(text, ranked)
    assert bool(listed.papers) == bool(candidates)
    assert all(r in ranked for r in listed.papers)
    assert 0 <= listed.confidence <= 1
    if ranked:
        assert np.isfinite(answerability.answerability_features(text, ranked)).all()


def test_nothing_retrieved_is_nothing_found() -> None:
    assert answerability.assess("anything", []) == answerability.Answerability("nothing_found", 0.0)
