"""Dates in words, and the names of months."""

from __future__ import annotations

import calendar
from datetime import date

import pytest

from vectorstore.text.dates import MONTH_NUMBERS, long_date, short_date


@pytest.mark.parametrize("number", range(1, 13))
def test_a_month_is_known_by_the_name_and_the_short_form_that_it_is_written_with(number: int) -> None:
    day = date(2020, number, 5)
    assert (long_date(day), short_date(day)) == (f"{day:5 %B %Y}", f"{day:5 %b %Y}")
    assert MONTH_NUMBERS[calendar.month_name[number].lower()] == MONTH_NUMBERS[calendar.month_abbr[number].lower()]
    assert MONTH_NUMBERS[long_date(day).split()[1].lower()] == number


def test_september_has_two_short_forms() -> None:
    assert MONTH_NUMBERS["sept"] == MONTH_NUMBERS["sep"] == 9
