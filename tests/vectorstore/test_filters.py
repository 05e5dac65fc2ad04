"""Filters: what they accept, refuse and print."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest

from vectorstore import Filters, InputError


def test_an_empty_filter_is_false_and_any_condition_makes_it_true() -> None:
    assert not Filters()
    assert not Filters(categories=("", "  "))
    for filters in (
        Filters(since=date(2020, 1, 1)),
        Filters(until=date(2020, 1, 1)),
        Filters(categories=("cs.CV",)),
        Filters(authors=("Ada",)),
        Filters(ids=("2009.14376",)),
        Filters(venues=("ECCV",)),
        Filters(without=("surveys",)),
        Filters(without_categories=("cs.LG",)),
    ):
        assert filters


def test_since_after_until_is_refused_and_the_same_day_is_not() -> None:
    with pytest.raises(InputError, match=r"since \(2020-02-01\) is after until \(2020-01-01\)"):
        Filters(since=date(2020, 2, 1), until=date(2020, 1, 1))
    assert Filters(since=date(2020, 1, 1), until=date(2020, 1, 1))


def test_ids_lose_version_link_and_repetition_but_keep_their_order() -> None:
    filters = Filters(ids=("https://arxiv.org/abs/2009.14376v2", "cs/9810003v1", "2009.14376"))
    assert filters.ids == ("2009.14376", "cs/9810003")


def test_an_id_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="'hello' is not an arXiv id"):
        Filters(ids=("hello",))


def test_names_are_trimmed() -> None:
    assert Filters(authors=(" Ada Lovelace ", "")).authors == ("Ada Lovelace",)


def test_json_is_plain() -> None:
    filters = Filters(since=date(2020, 10, 1), categories=("cs.CV",))
    assert json.loads(json.dumps(filters.to_json())) == {
        "since": "2020-10-01",
        "until": None,
        "categories": ["cs.CV"],
        "authors": [],
        "ids": [],
        "venues": [],
        "without": [],
        "without_categories": [],
    }


def test_one_name_needs_no_tuple_and_a_time_means_its_day() -> None:
    one = Filters(
        since=datetime(2020, 10, 1, 23),
        categories="cs.CV",
        authors="Ada Lovelace",
        ids="2009.14376v2",
        venues="ECCV 2020",
    )  # type: ignore[arg-type]
    assert one == Filters(
        since=date(2020, 10, 1),
        categories=("cs.CV",),
        authors=("Ada Lovelace",),
        ids=("2009.14376",),
        venues=("ECCV 2020",),
    )


def test_a_bound_that_is_no_date_is_refused() -> None:
    with pytest.raises(InputError, match="until is '2020-10-01'"):
        Filters(until="2020-10-01")  # type: ignore[arg-type]
