"""What is kept of an answer: all of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer import Answer, Statement
from qa.history.serialization import answer_from_json, answer_to_json, filters_from_json, filters_to_json
from vectorstore import Filters, Paper, Source

# No half characters: they have no bytes, and are tried below.
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
times = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))]))
sources = st.builds(Source, text, st.integers(1), st.none() | st.dates(), st.none() | text)
ids = st.from_regex(re.compile(r"\d{4}\.\d{5}", re.ASCII), fullmatch=True)
papers = st.builds(
    Paper,
    arxiv_id=ids,
    title=text,
    abstract=text,
    version=st.none() | st.integers(1, 99),
    listed=st.none() | st.dates(),
    authors=st.lists(text, max_size=3).map(tuple),
    categories=st.lists(text, max_size=3).map(tuple),
    published=st.none() | times,
    updated=st.none() | times,
    doi=st.none() | text,
    journal=st.none() | text,
    comment=st.none() | text,
    sources=st.lists(sources, max_size=2).map(tuple),
)
names = st.lists(text, max_size=2).map(tuple)
filters = st.builds(
    Filters,
    since=st.none() | st.dates(max_value=date(2010, 1, 1)),
    until=st.none() | st.dates(min_value=date(2010, 1, 1)),
    categories=names,
    authors=names,
    ids=st.lists(ids, max_size=2).map(tuple),
    venues=names,
    without=names,
    without_categories=names,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=20)
@given(st.data())
def test_any_answer_comes_back_as_it_was(data: st.DataObject) -> None:
    st.register_type_strategy(Paper, papers)
    st.register_type_strategy(Filters, filters)
    st.register_type_strategy(str, text)
    st.register_type_strategy(float, st.floats(allow_nan=False))
    answer = data.draw(st.from_type(Answer))
    assert answer_from_json(answer_to_json(answer)) == answer


@given(filters)
def test_any_filters_come_back_as_they_were(given_filters: Filters) -> None:
    assert filters_from_json(filters_to_json(given_filters)) == given_filters


def test_real_answers_of_every_shape_come_back_as_they_were(answers: tuple[Answer, ...]) -> None:
    assert {answer.shape for answer in answers} == {"one", "list", "comparison", "count", "definition"}
    for answer in answers:
        again = answer_from_json(answer_to_json(answer))
        assert again == answer
        assert again.to_json() == answer.to_json()


def test_half_a_character_is_kept_as_a_question_mark() -> None:
    answer = Answer("half \ud800 of it", (Statement("half \udfff"),))
    again = answer_from_json(answer_to_json(answer))
    assert again == replace(answer, question="half ? of it", statements=(Statement("half ?"),))


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        "null",
        '{"statements": []}',
        '{"question": 3}',
        '{"question": "q", "outcome": "guessed"}',
        '{"question": "q", "confidence": "high"}',
        '{"question": "q", "filters": {"since": "2020-13-01"}}',
        '{"question": "q", "filters": {"ids": ["no id"]}}',
        '{"question": "q", "papers": [{"arxiv_id": "2009.14376"}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_answer_is_refused(broken: str) -> None:
    with pytest.raises(ValueError, match="no answers as they are kept"):
        answer_from_json(broken)


def test_times_keep_their_zone() -> None:
    paper = Paper("2009.14376", "T", "A", published=datetime(2020, 9, 29, 23, 5, tzinfo=UTC))
    (again,) = answer_from_json(answer_to_json(Answer("q", papers=(paper,)))).papers
    assert again.published is not None
    assert again.to_json() == paper.to_json()
