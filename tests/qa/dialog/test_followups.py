"""Follow-ups that say outright which papers or filters they mean are read so; others are left to be weighed."""

from __future__ import annotations

from datetime import date

import pytest

from qa.answer import Answer, Citation
from qa.dialog.followups import Resolved, discussed, resolve_explicit, topic
from qa.dialog.rewrites import corrected, put_in, turned
from qa.query.parser import parse_query
from vectorstore import Filters, Paper

CATS = Paper("2001.00001", "A survey of cats", "", listed=date(2020, 1, 1))
DOGS = Paper("1801.00002", "Transformers for dogs", "", listed=date(2018, 1, 1))
BIRDS = Paper("2301.00003", "Birds in video", "", listed=date(2023, 1, 1))
IDS = ("2001.00001", "1801.00002", "2301.00003")


def cites(*papers: Paper) -> tuple[Citation, ...]:
    return tuple(Citation(n, paper) for n, paper in enumerate(papers, 1))


LISTED = Answer(
    "Which papers in cs.CV deal with animals?",
    outcome="answered",
    citations=cites(CATS, DOGS, BIRDS),
    standalone="animals?",
    filters=Filters(categories=("cs.CV",)),
    shape="list",
)
ONE = Answer(
    "How are dogs told apart?", outcome="answered", citations=cites(DOGS), standalone="How are dogs told apart?"
)


def read(question: str, *history: Answer) -> Resolved | None:
    return resolve_explicit(parse_query(question), history)


def test_an_ordinal_means_that_paper_alone() -> None:
    settled = read("What data does the second one use?", LISTED)
    assert settled is not None
    assert settled.exact == settled.request.about == (DOGS,)
    assert settled.request.filters.ids == (DOGS.arxiv_id,)
    assert settled.request.text == "What data does use?"


def test_a_list_stays_open_while_its_papers_are_asked_about() -> None:
    of_dogs = Answer(
        "What data does the second one use?", citations=cites(DOGS), standalone="Transformers for dogs. x" * 9
    )
    settled = read("And the third?", LISTED, of_dogs)
    assert settled is not None
    assert settled.exact == (BIRDS,)


def test_a_list_is_closed_by_another_topic() -> None:
    other = Answer("What is a cow?", citations=cites(Paper("2101.00009", "Cows", "")), standalone="What is a cow?")
    assert read("And the third?", LISTED, other) is None
    assert discussed([LISTED, other])[0] == (other.citations[0].paper,)


@pytest.mark.parametrize(
    ("question", "text", "shape"),
    [
        ("Which of these use transformers?", "use transformers?", "list"),
        ("any with code?", "code?", "list"),
        ("Which one is a survey?", "is a survey?", "one"),
        ("only those on video, please", "video", "list"),
        ("Do any of them need labels?", "need labels", "list"),
    ],
)
def test_a_question_about_a_list_is_asked_of_its_papers(question: str, text: str, shape: str) -> None:
    settled = read(question, LISTED)
    assert settled is not None
    assert settled.request.filters.ids == IDS
    assert text in settled.request.text
    assert settled.request.shape == shape


@pytest.mark.parametrize(
    "question",
    ["Which of these images are labelled?", "Just how fast is it?", "Any papers on cows?", "Is any of it new?"],
)
def test_what_only_looks_like_a_question_about_a_list_is_not(question: str) -> None:
    assert read(question, LISTED) is None


@pytest.mark.parametrize("question", ["only those from 2020", "Just the 2020 ones.", "and only in 2020, please"])
def test_a_filter_narrows_the_list_and_keeps_its_topic(question: str) -> None:
    settled = read(question, LISTED)
    assert settled is not None
    expected = Filters(date(2020, 1, 1), date(2020, 12, 31), ("cs.CV",))
    assert (settled.request.text, settled.request.shape) == ("animals?", "list")
    assert settled.request.filters == Filters(date(2020, 1, 1), date(2020, 12, 31), ("cs.CV",), ids=IDS)
    assert settled.otherwise is not None
    assert settled.otherwise.filters == expected


@pytest.mark.parametrize(
    "question", ["No, I meant 2019", "sorry, 2019", "i meant the ones from 2019", "What about 2019?", "and in 2019?"]
)
def test_a_corrected_filter_replaces_the_old_one(question: str) -> None:
    before = Answer(
        "Which papers from 2018 deal with animals?",
        standalone="animals?",
        filters=Filters(date(2018, 1, 1), date(2018, 12, 31), ("cs.RO",)),
        shape="list",
    )
    settled = read(question, before)
    assert settled is not None
    assert settled.request.text == "animals?"
    assert settled.request.filters == Filters(date(2019, 1, 1), date(2019, 12, 31), ("cs.RO",))
    assert settled.request.shape == "list"


def test_a_given_filter_wins_over_a_corrected_one() -> None:
    given = Filters(categories=("eess.IV",))
    settled = resolve_explicit(parse_query("No, I meant 2019", given), [LISTED])
    assert settled is not None
    assert settled.request.filters.categories == ("eess.IV",)


@pytest.mark.parametrize(
    "question",
    ["What about video?", "No, I meant cows.", "How fast is it?", "Thanks!", "What is the second stage for?"],
)
def test_other_follow_ups_are_left_to_be_weighed(question: str) -> None:
    assert read(question, LISTED) is None
    assert read(question, ONE) is None


def test_without_history_there_is_nothing_to_follow() -> None:
    assert read("the second one") is None


def test_the_topic_is_the_last_question_that_stood_alone() -> None:
    leaned = Answer("Why?", citations=cites(DOGS), standalone="Transformers for dogs. How are dogs told apart? Why?")
    assert topic([LISTED, ONE, leaned]) == parse_query(ONE.question)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("No, I meant video.", "video."),
        ("I actually meant for still images", "for still images"),
        ("sorry, cats", "cats"),
        ("Sorry, how fast is it?", None),
        ("I mean it.", "it."),
        ("No thanks", None),
        ("Not all cats?", None),
    ],
)
def test_a_correction_is_told_from_a_question(question: str, part: str | None) -> None:
    assert corrected(question) == part


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("And what about video?", "video?"),
        ("how about in 3D?", "in 3D?"),
        ("and for faces?", "for faces?"),
        ("And pedestrians?", "pedestrians?"),
        ("And how fast?", None),
        ("What is it about?", None),
    ],
)
def test_what_a_question_turns_to_is_its_object(question: str, part: str | None) -> None:
    assert turned(question) == part


@pytest.mark.parametrize(
    ("before", "part", "together"),
    [
        ("Which methods find forgeries in images?", "in video", "Which methods find forgeries in video?"),
        ("segmentation of images", "video, not images", "segmentation of video"),
        ("Which networks count cells?", "fish?", "Which networks count cells? fish?"),
    ],
)
def test_a_part_of_a_question_gives_way(before: str, part: str, together: str) -> None:
    assert put_in(before, part) == together
