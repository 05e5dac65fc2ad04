"""Sentences of a text: their offsets hold everything, and the usual traps do not split them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vectorstore.text.sentences import split_sentences


def texts(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


# Fragments that build hard texts more often than random characters would.
_FRAGMENTS = st.sampled_from(
    [
        "We show. ",
        "e.g. ",
        "$x. Y$ ",
        "(a. B) ",
        "3.5 ",
        "et al. ",
        "...",
        "https://a.b/c.d. ",
        "A.",
        "\n\n",
        "。",
        '." ',
        "$",
    ]
)
_TEXTS = st.one_of(st.text(), st.lists(st.one_of(_FRAGMENTS, st.text(max_size=5))).map("".join))


@given(_TEXTS)
def test_offsets_are_in_order_and_hold_every_character_that_is_not_space(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())


@given(_TEXTS)
def test_sentences_begin_and_end_with_something_to_read(text: str) -> None:
    assert all(sentence == sentence.strip() for sentence in texts(text))


@pytest.mark.parametrize(
    "whole",
    [
        "It beats others, e.g. Mask R-CNN, i.e. the baseline.",
        "As in Smith et al. (2020), it holds.",
        "See Fig. 3 and Eq. 4 for vs. Table results.",
        "It scores 96.3% at 0.5 IoU with v1.2 of the code.",
        "We use $f(x) = a. B$ throughout.",
        "The set (collected in 2019. It is large) is public.",
        "Written by J. Smith and A. B. Jones.",
        "Errors are approx. 3 mm w.r.t. the U.S. Standard.",
        "Code is at https://example.org/a.b?C=1.D and elsewhere.",
        "Rain, fog, ... all of it hurts.",
        "It was cut vs. Others were not",
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(whole: str) -> None:
    assert texts(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ('He said "so." Then he left.', ['He said "so."', "Then he left."]),
        ("It is of order $n^2$. We prove it.", ["It is of order $n^2$.", "We prove it."]),
        ("Code: https://a.org/x. It is free.", ["Code: https://a.org/x.", "It is free."]),
        ("Aims. We ask. 1. First, this. 2. Second, that.", ["Aims.", "We ask.", "1. First, this.", "2. Second, that."]),
        ("A new method.We show it works.", ["A new method.", "We show it works."]),
        ("(It is one.) It is two.", ["(It is one.)", "It is two."]),
        ("Cars, bikes, etc. We count them.", ["Cars, bikes, etc.", "We count them."]),
        ("It falls short...  However, it is fast.", ["It falls short...", "However, it is fast."]),
        ("One\n\nTwo", ["One", "Two"]),
        ("一。二！", ["一。", "二！"]),
        ("It has class A. We drop it.", ["It has class A.", "We drop it."]),
        (" \n ", []),
        ("", []),
    ],
)
def test_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize("unit", [".", ")", "$", "a. ", "(", "e.g.", "\n", "。", '."', "$$", "http://a. "])
def test_a_page_of_marks_is_split_in_linear_time(unit: str) -> None:
    # No clock is read: quadratic work on 300,000 characters would keep the run here for hours.
    text = unit * (300_000 // len(unit))
    spans = split_sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
