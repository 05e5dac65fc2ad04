"""Words that point at papers shown choose exactly those; words that count other things choose none."""

from __future__ import annotations

from datetime import date

import pytest

from qa.dialog.references import choose
from vectorstore import Paper


def paper(year: int, title: str, author: str) -> Paper:
    return Paper(f"{year % 100}01.00001", title, "", listed=date(year, 1, 1), authors=(author,))


SHOWN = (
    paper(2020, "A survey of cats", "Ada Lovelace"),
    paper(2018, "Transformers for dogs", "Grace Hopper"),
    paper(2023, "Birds in video", "Li Wei"),
    paper(2021, "Cows", "Wei Chen"),
)


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("What about the second one?", [2]),
        ("and the last paper, is it any good?", [4]),
        ("the second to last one", [3]),
        ("number 3", [3]),
        ("What does paper 2 say of labels?", [2]),
        ("[2]", [2]),
        ("How do [1] and [3] differ?", [1, 3]),
        ("papers 1 and 4, please", [1, 4]),
        ("Summarise the first two", [1, 2]),
        ("Compare the last 2 papers.", [3, 4]),
        ("How do the first and the third compare?", [1, 3]),
        ("Is the third faster than the first?", [3, 1]),
        ("What data does the newest one use?", [3]),
        ("and the oldest of them?", [2]),
        ("Why does the 2018 one fail?", [2]),
        ("the one from 2021: how many images?", [4]),
        ("the paper by Grace Hopper", [2]),
        ("What did Hopper et al. find?", [2]),
        ("Tell me more about the survey one.", [1]),
        ("And the other ones?", [2, 3, 4]),
        ("Do all of them use labels?", [1, 2, 3, 4]),
    ],
)
def test_what_points_at_papers_shown_chooses_exactly_those(question: str, places: list[int]) -> None:
    chosen = choose(question, SHOWN, latest=SHOWN[:1])
    assert chosen is not None
    assert [SHOWN.index(p) + 1 for p in chosen[0]] == places


@pytest.mark.parametrize(
    "question",
    [
        "What is the second stage for?",
        "What happens in the first 3 stages?",
        "How large is the first dataset?",
        "Which was the first paper on cats?",
        "What is the latest work on NeRF?",
        "Does it use both RGB and depth?",
        "What is its top 5 accuracy?",
        "Does the 2014 one hold?",
        "number 12",
        "[0]",
        "Is it the same one?",
        "Do the results reach 2% or 3?",
        "",
    ],
)
def test_what_points_at_nothing_shown_chooses_nothing(question: str) -> None:
    assert choose(question, SHOWN) is None


@pytest.mark.parametrize(("question", "place"), [("And the latter?", 1), ("Is the former faster?", 0)])
def test_the_former_and_the_latter_are_of_two(question: str, place: int) -> None:
    chosen = choose(question, SHOWN[:2])
    assert chosen is not None
    assert chosen[0] == (SHOWN[place],)
    assert choose(question, SHOWN) is None


def test_both_are_of_two() -> None:
    chosen = choose("Are both of them supervised?", SHOWN[:2])
    assert chosen is not None
    assert chosen[0] == SHOWN[:2]
    assert choose("Are both of them supervised?", SHOWN) is None


def test_the_rest_of_the_question_is_what_it_asks() -> None:
    chosen = choose("How many images does the second one use?", SHOWN)
    assert chosen is not None
    assert chosen[1] == "How many images does use?"
