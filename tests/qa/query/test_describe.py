"""Filters and dates in words."""

from __future__ import annotations

from datetime import date

from qa.query.describe import filters
from vectorstore import Filters


def test_what_restricted_the_papers_is_said() -> None:
    restricted = Filters(since=date(2020, 10, 1), until=date(2020, 12, 31), categories=("cs.CV",), authors=("Ada",))
    assert filters(restricted) == "listed from 1 October 2020 to 31 December 2020, in cs.CV, by Ada"
    assert filters(Filters(since=date(2020, 5, 4), until=date(2020, 5, 4))) == "listed on 4 May 2020"
    assert (
        filters(Filters(until=date(2020, 5, 4), ids=("2012.12535",))) == "listed up to 4 May 2020, with id 2012.12535"
    )
    left_out = Filters(venues=("ECCV 2020", "TPAMI"), without=("GANs",), without_categories=("cs.LG",))
    assert filters(left_out) == "at ECCV 2020 or TPAMI, without “GANs”, not in cs.LG"
