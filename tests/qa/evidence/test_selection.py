"""Evidence: verbatim sentences with their offsets, the one that answers first, short enough to read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evidence import features as evidence_features
from qa.evidence import selection, word_vectors

ABSTRACT = (
    "Stains differ between laboratories. Existing methods are slow because they need large networks. "
    "We propose StainNet, which maps the colour of a single pixel with 1x1 convolutions. "
    "It has only 1.28K parameters and is 40 times faster than StainGAN. "
    "Experiments on the Camelyon16 dataset show its robustness. Code is at https://example.org/stain."
)
_TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(["We show it. ", "It has 3.5 dB. ", "$a. B$ ", "Et al. ", "\n", "…"])).map("".join),
)


@given(question=_TEXTS, abstract=_TEXTS)
def test_evidence_is_verbatim_at_its_offsets_and_does_not_overlap(question: str, abstract: str) -> None:
    chosen = selection.pick(question, abstract)
    assert all(abstract[e.start : e.end] == e.text and e.text.strip() for e in chosen)
    spans = sorted((e.start, e.end) for e in chosen)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert bool(chosen) == bool(abstract.strip())
    assert [e.score for e in chosen] == sorted((e.score for e in chosen), reverse=True)


@given(question=_TEXTS, abstract=_TEXTS)
def test_evidence_keeps_to_its_bounds(question: str, abstract: str) -> None:
    chosen = selection.pick(question, abstract, max_sentences=2, max_words=9)
    assert len(chosen) <= 2
    assert len(chosen) <= 1 or sum(len(e.text.split()) for e in chosen) <= 9


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many parameters does StainNet have?", "1.28K"),
        ("Which dataset was used in the experiments?", "Camelyon16"),
        ("Why are the existing methods slow?", "large networks"),
        ("How does StainNet map colours?", "1x1 convolutions"),
    ],
)
def test_the_sentence_that_answers_comes_first(question: str, expected: str) -> None:
    assert expected in selection.pick(question, ABSTRACT)[0].text


def test_features_are_one_row_a_sentence() -> None:
    table = evidence_features.evidence_features("How many?", ["We have 3.", "They have none."])
    assert table.shape == (2, len(evidence_features.NAMES))
    assert evidence_features.asked("How many parameters?")[0] == 1


def test_a_sentence_in_other_words_is_nearer_than_one_on_something_else() -> None:
    table = word_vectors.word_vector_features(
        "Which doctor checks it?", ("A clinician examines it.", "The road is wet.")
    )
    soft = word_vectors.NAMES.index("soft")
    assert table[0, soft] > table[1, soft]
    assert table.shape == (2, len(word_vectors.NAMES))
    assert not word_vectors.word_vector_features("?", ("A road.",)).any()


def test_words_of_the_title_say_less_of_what_is_asked() -> None:
    sentences = ("StainNet normalises stains.", "It is small.")
    untitled = word_vectors.NAMES.index("exact_untitled")
    plain = word_vectors.word_vector_features("Is StainNet small?", sentences)
    titled = word_vectors.word_vector_features("Is StainNet small?", sentences, "StainNet")
    assert titled[1, untitled] > plain[1, untitled]
