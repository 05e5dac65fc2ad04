"""The same paper in two listings: which text stands, and that the order does not matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vectorstore import InputError, Paper, Source, merge

FIELDS = ("authors", "categories", "published", "updated", "doi", "journal", "comment")
DAYS = st.none() | st.integers(0, 3).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
TIMES = st.none() | st.integers(0, 2).map(lambda n: datetime(2020, 1, 1, n, tzinfo=UTC))
WORDS = st.sampled_from(["a", "b", "cc"])
NAMES = st.lists(WORDS, max_size=2).map(tuple)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    """A record as a reader makes it: one source, whose date is the paper's."""
    listed = draw(DAYS)
    return Paper(
        "2009.14376",
        draw(WORDS),
        draw(WORDS),
        version=draw(st.none() | st.integers(1, 3)),
        listed=listed,
        authors=draw(NAMES),
        categories=draw(NAMES),
        published=draw(TIMES),
        updated=draw(TIMES),
        doi=draw(st.none() | WORDS),
        journal=draw(st.none() | WORDS),
        comment=draw(st.none() | WORDS),
        sources=(Source(draw(WORDS), draw(st.integers(1, 3)), listed),),
    )


def text(paper: Paper) -> tuple[object, ...]:
    return (paper.arxiv_id, paper.version, paper.title, paper.abstract, paper.listed, paper.sources)


def day(number: int) -> date:
    return date(2020, 1, number)


def record(abstract: str, version: int | None = None, listed: int = 1, **fields: object) -> Paper:
    source = Source("x.txt", listed, day(listed))
    paper = Paper("2009.14376", "T", abstract, version=version, listed=day(listed), sources=(source,))
    return replace(paper, **fields)  # type: ignore[arg-type]


def test_the_newer_version_wins_whichever_was_listed_first() -> None:
    merged = merge(record("old", 1, listed=9), record("new", 2, listed=3))
    assert (merged.abstract, merged.version, merged.listed) == ("new", 2, day(3))


def test_a_text_without_a_version_never_replaces_one_with_a_version() -> None:
    assert merge(record("stated", 1, listed=1), record("without", None, listed=9)).abstract == "stated"


def test_of_two_without_a_version_the_later_listing_wins_and_the_earlier_dates_it() -> None:
    merged = merge(record("later", listed=9), record("earlier, longer", listed=3))
    assert (merged.abstract, merged.listed) == ("later", day(3))
    assert merge(merged, record("between, and longest of all", listed=5)).abstract == "later"


def test_of_two_of_one_version_the_longer_abstract_wins() -> None:
    assert merge(record("whole text", 2, listed=1), record("whole", 2, listed=9)).abstract == "whole text"


def test_a_version_that_came_after_a_withdrawal_stands_again() -> None:
    back = merge(record("taken back", 1, comment="This paper has been withdrawn"), record("corrected", 2))
    assert (back.comment, back.withdrawn) == (None, False)
    gone = merge(record("first", 1, comment="12 pages"), record("gone", 2, comment="Withdrawn by the author"))
    assert gone.withdrawn


def test_what_the_winner_does_not_state_is_taken_from_the_other_and_nothing_else() -> None:
    newer = record("new", 2, comment="mine")
    older = record("old", 1, comment="yours", doi="10.1/x", authors=("Ada",))
    merged = merge(newer, older)
    assert (merged.comment, merged.doi, merged.authors) == ("mine", "10.1/x", ("Ada",))


def test_every_listing_stands_in_the_sources_once_and_in_order() -> None:
    dateless = record("x", sources=(Source("b.txt", 1, None), Source("b.txt", 1, day(2))))
    merged = merge(dateless, record("x", listed=4, sources=(Source("a.txt", 7, day(4)), Source("b.txt", 1, None))))
    assert merged.sources == (Source("a.txt", 7, day(4)), Source("b.txt", 1, None), Source("b.txt", 1, day(2)))


def test_two_papers_are_not_merged() -> None:
    with pytest.raises(InputError, match="two papers"):
        merge(record("x"), replace(record("x"), arxiv_id="cs/9810003"))


@given(papers(), papers())
def test_merging_is_commutative(a: Paper, b: Paper) -> None:
    assert merge(a, b) == merge(b, a)


@given(papers())
def test_merging_is_idempotent(a: Paper) -> None:
    assert merge(a, a) == a


@settings(max_examples=300)
@given(papers(), papers(), papers())
def test_text_listing_date_and_sources_do_not_depend_on_order_or_grouping(a: Paper, b: Paper, c: Paper) -> None:
    assert text(merge(merge(a, b), c)) == text(merge(a, merge(b, c)))
    assert len({text(reduce(merge, order)) for order in permutations((a, b, c))}) == 1


@settings(max_examples=300)
@given(papers(), papers(), papers())
def test_nothing_depends_on_order_where_records_do_not_contradict_each_other(a: Paper, b: Paper, c: Paper) -> None:
    # One value a field among the three, stated or not: then all fields are the same in every order.
    agreed: dict[str, Any] = {
        name: max((v for p in (a, b, c) if (v := getattr(p, name))), default=None) for name in FIELDS
    }
    agreeing = [replace(p, **{n: v if getattr(p, n) else getattr(p, n) for n, v in agreed.items()}) for p in (a, b, c)]
    a, b, c = agreeing
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert len({reduce(merge, order) for order in permutations(agreeing)}) == 1


@settings(max_examples=300)
@given(papers(), papers(), papers())
def test_a_record_merged_in_once_changes_nothing_when_merged_in_again(a: Paper, b: Paper, c: Paper) -> None:
    merged = merge(merge(a, b), c)
    for paper in (a, b, c, merge(a, b), merge(b, c)):
        again = merge(merged, paper)
        assert text(again) == text(merged)
    for paper in (a, b, c):
        assert merge(merged, paper) == merged


@given(papers(), papers(), papers())
def test_a_field_that_any_record_states_is_stated(a: Paper, b: Paper, c: Paper) -> None:
    merged = merge(a, merge(b, c))
    for name in FIELDS:
        stated = [value for paper in (a, b, c) if (value := getattr(paper, name))]
        assert getattr(merged, name) in (stated or [None, ()])
