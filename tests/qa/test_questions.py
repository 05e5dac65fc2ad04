"""What a question asks for: dates, ids, categories and authors become filters; lists are told from single questions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import dates
from qa.questions import understand
from vectorstore import Filters, InputError


@pytest.mark.parametrize(
    ("question", "since", "until"),
    [
        ("papers on stereo listed after October 2020", "2020-11-01", None),
        ("papers on stereo since March 2019", "2019-03-01", None),
        ("papers on stereo from 2019 onwards", "2019-01-01", None),
        ("papers on stereo before 2020", None, "2019-12-31"),
        ("papers on stereo until May 2019", None, "2019-05-31"),
        ("papers on stereo in 2020", "2020-01-01", "2020-12-31"),
        ("What work on stereo was published on 24 December 2020?", "2020-12-24", "2020-12-24"),
        ("Which papers on stereo appeared on December 24th, 2020?", "2020-12-24", "2020-12-24"),
        ("Which papers on stereo were listed on 2020-12-24?", "2020-12-24", "2020-12-24"),
        ("papers on stereo between March 2019 and October 2020", "2019-03-01", "2020-10-31"),
        ("papers on stereo from 2019 to 2020", "2019-01-01", "2020-12-31"),
        ("papers after 2018 and before October 2020 on stereo", "2019-01-01", "2020-09-30"),
        ("Show only 2020 papers on stereo", "2020-01-01", "2020-12-31"),
        ("From the Feb. 2020 papers, which ones deal with stereo?", "2020-02-01", "2020-02-29"),
    ],
)
def test_a_date_becomes_a_filter_and_leaves_the_search_text(
    question: str, since: str | None, until: str | None
) -> None:
    request = understand(question)
    bounds = [day.isoformat() if day else None for day in (request.filters.since, request.filters.until)]
    assert bounds == [since, until]
    assert "stereo" in request.text
    assert not any(character.isdigit() for character in request.text)


@pytest.mark.parametrize(
    "question",
    [
        "What accuracy is reached on 2020 images?",
        "Which papers train on 2015 images per class?",
        "What rank did it get on KITTI 2015 and VOC 2012?",
        "who won the NTIRE 2021 contest on papers and scans?",
        "papers on pictures of 2020 x 2000 pixels",
        "Which papers evaluate on data captured in 2012?",
        "Is it faster than before?",
        "papers on 30 February 2020",
        "papers between 2020 and 2019",
        "how many samples from 2000 classes?",
        "Which question has been open since 2010?",
    ],
)
def test_a_number_that_may_be_something_else_is_no_date(question: str) -> None:
    request = understand(question)
    assert (request.filters.since, request.filters.until) == (None, None)
    assert dates.read(question).rest == question


@given(st.text(max_size=300))
def test_any_text_is_understood_or_refused_as_empty(text: str) -> None:
    if not text.strip():
        with pytest.raises(InputError, match="empty"):
            understand(text)
    else:
        assert understand(text).text.strip()


@pytest.mark.parametrize(
    "question",
    [
        "Which papers deal with depth?",
        "Is there anything on depth?",
        "Is there work on depth?",
        "What do you have on depth?",
        "What has been done on depth?",
        "Who works on depth?",
        "List work that uses depth.",
        "Show me all papers about depth",
        "depth papers, please",
        "I care about cars. Which studies use depth?",
        "From these papers, which ones use depth?",
    ],
)
def test_a_request_for_all_papers_of_a_kind_is_a_list(question: str) -> None:
    request = understand(question)
    assert request.shape == "list"
    assert "depth" in request.text
    assert "paper" not in request.text.lower()


@pytest.mark.parametrize(
    "question",
    [
        "How does the network work?",
        "What works?",
        "Give me a recipe for four people.",
        "Which method is faster?",
        "Is there a way that works without labels?",
        "Who won the world cup?",
        "On what tree species was it shown to work?",
        "depth from a single camera",
    ],
)
def test_other_questions_are_not_lists(question: str) -> None:
    assert understand(question).shape == "one"


def test_ids_categories_and_authors_become_filters() -> None:
    assert understand("what does arXiv:2010.02893v2 propose?").filters == Filters(ids=("2010.02893",))
    assert understand("2010.02893").filters.ids == ("2010.02893",)
    assert understand("compare 2010.02893 and cs/9810003").filters.ids == ("2010.02893", "cs/9810003")
    assert understand("segmentation in eess.IV").filters == Filters(categories=("eess.IV",))
    request = understand("papers by Ada Lovelace on engines")
    assert (request.filters, request.text) == (Filters(authors=("Ada Lovelace",)), "engines")
    assert not understand("it costs 1234.5678 dollars, or 9999.12345").filters


def test_given_filters_win_and_dates_are_intersected() -> None:
    given_dates = Filters(since=date(2019, 6, 1))
    assert understand("papers before 2020 on depth", given_dates).filters == Filters(
        since=date(2019, 6, 1), until=date(2019, 12, 31)
    )
    assert understand("papers before 2018 on depth", given_dates).filters == given_dates
    assert understand("segmentation in eess.IV", Filters(categories=("cs.CV",))).filters.categories == ("cs.CV",)


def test_a_very_long_question_is_searched_as_it_stands() -> None:
    question = "papers in 2020 " * 700
    assert understand(question).text == question.strip()
