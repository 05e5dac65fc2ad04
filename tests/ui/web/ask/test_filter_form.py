"""The filters beside the question, as they come from a browser."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.web.ask.filter_form import parse_filter_form, write
from vectorstore import Filters, InputError

SET = Filters(
    date(2020, 10, 1), date(2020, 12, 31), ("cs.CV", "eess.IV"), ("Ada Lovelace",), ("2012.12535", "cs/9810003")
)


def test_what_is_written_is_read_again() -> None:
    assert parse_filter_form(write(SET)) == SET
    assert write(Filters()) == ""
    assert parse_filter_form("") == parse_filter_form(None) == Filters()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ('{"since": "yesterday"}', "'yesterday' is no date"),
        ('{"since": 5}', "'5' is no date"),
        ('{"since": "2021-01-01", "until": "2020-01-01"}', "is after until"),
        ('{"ids": ["<b>"]}', "<b>"),
        ("[]", "cannot be read"),
        ("{", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_what_is_no_filter_is_told_in_words(sent: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_filter_form(sent)


@given(
    st.dictionaries(
        st.sampled_from(["since", "until", "categories", "authors", "ids", "venues"]),
        st.one_of(st.none(), st.text(max_size=12), st.integers(), st.lists(st.text(max_size=12), max_size=3)),
    )
)
def test_whatever_a_browser_sends_is_read_or_refused(sent: dict[str, object]) -> None:
    try:
        found = parse_filter_form(json.dumps(sent))
    except InputError:
        return
    assert not found.venues
