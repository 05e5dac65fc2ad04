"""Rows of question files and of answers: what cannot be used is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from qa.evaluation.dataset import Case, Reply
from vectorstore import InputError


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ([], "object"),
        ({"gold": ["2012.12535"]}, "question"),
        ({"question": "  ", "gold": ["2012.12535"]}, "question"),
        ({"question": "q"}, "right answer"),
        ({"question": "q", "gold": []}, "gold"),
        ({"question": "q", "gold": "2012.12535"}, "gold"),
        ({"question": "q", "gold": ["not an id"]}, "not an arXiv id"),
        ({"question": "q", "spans": [""]}, "spans"),
        ({"question": "q", "relevant": [], "partial": []}, "relevant"),
        ({"question": "q", "kind": "near", "gold": ["2012.12535"]}, "Leave one"),
        ({"question": "q", "kind": 3}, "kind"),
        ({"question": "q", "answerable": "no"}, "answerable"),
        ({"question": "q", "gold": ["2012.12535"], "limit": 0}, "limit"),
        ({"question": "q", "gold": ["2012.12535"], "qid": ["a"]}, "qid"),
        ({"turns": []}, "turns"),
        ({"turns": [{"question": "q"}]}, "right answer"),
        ({"turns": [{"question": "q", "answerable": False}]}, "row of its own"),
    ],
)
def test_a_row_that_cannot_be_measured_is_refused_with_a_word(row: Any, word: str) -> None:
    with pytest.raises(InputError, match=word):
        Case.read(row)


@pytest.mark.parametrize(
    "row",
    [
        [],
        {"qid": "a", "citations": [{}]},
        {"qid": "a", "confidence": "high"},
        {"qid": "a", "confidence": float("nan")},
        {"qid": "a", "papers": 3},
    ],
)
def test_an_answer_that_is_none_is_refused_with_a_word(row: Any) -> None:
    with pytest.raises(InputError, match="arxivqa ask --batch"):
        Reply.read(row)
