"""What a question asks for: dates, ids, categories and authors become filters; lists are told from single questions."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.query import dates
from qa.query.parser import ParsedQuery, parse_query
from training import corpus
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
    request = parse_query(question)
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
    request = parse_query(question)
    assert (request.filters.since, request.filters.until) == (None, None)
    assert dates.parse_dates(question).rest == question


NEWEST = date(2020, 12, 31)
TRAINING = corpus.DATA


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (TRAINING / name).read_text(encoding="utf-8").splitlines()]


def said(request: ParsedQuery) -> dict[str, Any]:
    return {name: value for name, value in request.filters.to_json().items() if value}


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("from yesterday", "2020-12-30", "2020-12-30"),
        ("of last week", "2020-12-25", "2020-12-31"),
        ("from the last week of the library", "2020-12-25", "2020-12-31"),
        ("listed this week", "2020-12-28", "2020-12-31"),
        ("from last month", "2020-11-01", "2020-11-30"),
        ("from the past month", "2020-12-01", "2020-12-31"),
        ("since last year", "2019-01-01", None),
        ("of the last three years", "2018-01-01", "2020-12-31"),
        ("in the latest listing", "2020-12-31", "2020-12-31"),
        ("from spring 2019", "2019-03-01", "2019-05-31"),
        ("listed in Q2 2019", "2019-04-01", "2019-06-30"),
        ("from early March 2019", "2019-03-01", "2019-03-10"),
        ("from the second half of 2019", "2019-07-01", "2019-12-31"),
        ("of the 2010s", "2010-01-01", "2019-12-31"),
        ("between 3 and 17 May 2019", "2019-05-03", "2019-05-17"),
        ("listed 24.12.2019", "2019-12-24", "2019-12-24"),
        ("no later than 2019", None, "2019-12-31"),
        ("not older than 2019", "2019-01-01", None),
        ("from 2019 or later", "2019-01-01", None),
    ],
)
def test_a_period_is_read_and_counts_back_from_the_newest_listing_day(
    words: str, since: str | None, until: str | None
) -> None:
    expected = {name: day for name, day in (("since", since), ("until", until)) if day}
    for question in (f"papers on stereo {words}", f"papers {words} on stereo"):
        request = parse_query(question, newest=NEWEST)
        assert (said(request), request.text, request.shape) == (expected, "stereo", "list")


@pytest.mark.parametrize("words", ["from last week", "listed 05/06/2019", "not from 2019", "except from 2019"])
def test_a_period_that_cannot_be_told_or_is_denied_is_left_alone(words: str) -> None:
    assert not parse_query(f"papers on stereo {words}").filters


def test_every_written_request_is_read_as_it_was_meant() -> None:
    wrong = []
    for row in (written := rows("requests.jsonl")):
        request = parse_query(row["question"], newest=NEWEST)
        expected = (row["shape"], row.get("filters", {}), row.get("sides", []))
        ids = row["shape"] == "comparison" and request.filters.ids  # the compared papers are filters too
        if (request.shape, {} if ids else said(request), list(request.sides)) != expected:
            wrong.append(row["question"])
    # Some have more than one reading, and a shape that is wrong costs less than a filter that is.
    assert len(wrong) <= 0.015 * len(written), wrong


def test_questions_of_one_paper_get_no_filter_and_mostly_no_other_shape() -> None:
    requests = [parse_query(row["question"], newest=NEWEST) for row in rows("questions.jsonl")[::20]]
    assert not [request.question for request in requests if request.filters]
    assert sum(request.shape != "one" for request in requests) <= 0.025 * len(requests)


@pytest.mark.parametrize(
    ("question", "filters", "text"),
    [
        ("CVPR 2020 papers on depth", Filters(venues=("CVPR 2020",)), "depth"),
        ("papers on depth accepted at ECCV or in TPAMI", Filters(venues=("ECCV", "TPAMI")), "depth"),
        ("papers cross-listed in robotics on depth", Filters(categories=("cs.RO",)), "depth"),
        ("papers on depth but not from cs.LG", Filters(without_categories=("cs.LG",)), "depth"),
        ("papers on depth, excluding GANs and surveys", Filters(without=("GANs", "surveys")), "depth"),
        ("What has Ada Lovelace published on depth?", Filters(authors=("Ada Lovelace",)), "depth?"),
        (
            "Which papers on depth were listed in 2019 at ECCV, but not surveys?",
            Filters(date(2019, 1, 1), date(2019, 12, 31), venues=("ECCV",), without=("surveys",)),
            "depth?",
        ),
        (
            "papers on depth by Ada Lovelace, since 2019",
            Filters(since=date(2019, 1, 1), authors=("Ada Lovelace",)),
            "depth",
        ),
        ("papers of Li and Wang on depth", Filters(authors=("Li", "Wang")), "depth"),
    ],
)
def test_what_became_a_filter_leaves_the_search_text(question: str, filters: Filters, text: str) -> None:
    request = parse_query(question)
    assert (request.filters, request.said, request.text, request.shape) == (filters, filters, text, "list")


@pytest.mark.parametrize(
    "question",
    [
        "papers on the CVPR challenge dataset",
        "Which papers use the ICDAR 2015 dataset?",
        "papers in robotics that use vision",
        "papers by Google on detection",
        "papers by topic",
        "papers on not only images but also sound",
        "papers on learning without labels",
        "papers on non-rigid registration",
        "papers on no-reference quality",
        "Why does it not work for faces?",
        "What metric other than accuracy is reported?",
        "How does it compare to the work by He et al.?",
        "papers on the 2020 Summer Olympics",
        "papers on 1080p video",
        "results on COCO 2017 and ImageNet 2012",
    ],
)
def test_what_only_resembles_a_filter_is_none(question: str) -> None:
    assert not parse_query(question, newest=NEWEST).filters


def test_a_dropped_filter_is_searched_for_as_words_again() -> None:
    question = "CVPR 2020 papers by Ada Lovelace on depth since 2019"
    dropped = Filters(venues=("CVPR 2020",))
    request = parse_query(question, dropped=dropped)
    assert request.filters == Filters(since=date(2019, 1, 1), authors=("Ada Lovelace",))
    assert "CVPR 2020" in request.text
    assert "Lovelace" not in request.text
    everything = parse_query(question, dropped=parse_query(question).said)
    assert not everything.filters
    assert "Ada Lovelace" in everything.text
    assert parse_query("papers at ECCV or CVPR", dropped=Filters(venues=("ECCV",))).filters.venues == ("CVPR",)


@given(st.text(max_size=300))
def test_any_text_is_understood_or_refused_as_empty(text: str) -> None:
    if not text.strip():
        with pytest.raises(InputError, match="empty"):
            parse_query(text)
    else:
        assert parse_query(text).text.strip()


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
    request = parse_query(question)
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
    assert parse_query(question).shape == "one"


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare GANs with diffusion models for faces.", ("GANs", "diffusion models")),
        ("CNNs versus transformers", ("CNNs", "transformers")),
        ("SLAM or visual odometry: which is faster?", ("SLAM", "visual odometry")),
        (
            "What is the difference between semantic and instance segmentation?",
            ("semantic segmentation", "instance segmentation"),
        ),
        ("Compare SimCLR, MoCo and BYOL.", ("SimCLR", "MoCo", "BYOL")),
        ("compare 2010.02893 with cs/9810003", ("2010.02893", "cs/9810003")),
        ("How does the method compare to the baseline?", ()),
        ("Is it better than ResNet?", ()),
    ],
)
def test_a_comparison_names_its_sides(question: str, sides: tuple[str, ...]) -> None:
    request = parse_query(question)
    assert (request.sides, request.shape) == (sides, "comparison" if sides else "one")


def test_ids_categories_and_authors_become_filters() -> None:
    assert parse_query("what does arXiv:2010.02893v2 propose?").filters == Filters(ids=("2010.02893",))
    assert parse_query("2010.02893").filters.ids == ("2010.02893",)
    assert parse_query("compare 2010.02893 and cs/9810003").filters.ids == ("2010.02893", "cs/9810003")
    assert parse_query("segmentation in eess.IV").filters == Filters(categories=("eess.IV",))
    request = parse_query("papers by Ada Lovelace on engines")
    assert (request.filters, request.text) == (Filters(authors=("Ada Lovelace",)), "engines")
    assert not parse_query("it costs 1234.5678 dollars, or 9999.12345").filters


def test_given_filters_win_and_dates_are_intersected() -> None:
    given_dates = Filters(since=date(2019, 6, 1))
    assert parse_query("papers before 2020 on depth", given_dates).filters == Filters(
        since=date(2019, 6, 1), until=date(2019, 12, 31)
    )
    assert parse_query("papers before 2018 on depth", given_dates).filters == given_dates
    assert parse_query("segmentation in eess.IV", Filters(categories=("cs.CV",))).filters.categories == ("cs.CV",)


def test_a_very_long_question_is_searched_as_it_stands() -> None:
    question = "papers in 2020 " * 700
    assert parse_query(question).text == question.strip()
