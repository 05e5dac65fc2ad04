"""Filters combined: as sets of papers, and as sets of conditions of which one has the last word."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vectorstore import Filters, InputError, Paper
from vectorstore.index.fulltext import FullText

CATEGORIES, VENUES, AUTHORS = ("cs.CV", "cs.LG", "eess.IV"), ("ECCV", "CVPR 2020"), ("Ada Lovelace", "Grace Hopper")
WORDS, DAYS = ("sheep", "drones"), tuple(date(2020, 1, 1) + timedelta(days=n) for n in range(4))
IDS = tuple(f"2001.{n:05}" for n in range(1, 25))
# Every third has one value of a field and every fifth another, so that many differ in what they pass.
PAPERS = tuple(
    Paper(
        arxiv_id,
        "Counting sheep" if n % 2 else "Counting cows",
        "From drones." if n % 3 else "By hand.",
        categories=tuple(CATEGORIES[k] for k in range(3) if (n >> k) & 1) or ("math.GT",),
        authors=tuple(AUTHORS[k] for k in range(2) if n % (k + 3)),
        comment=("ECCV 2018", "CVPR 2020", "ECCV 2018; first at CVPR 2020", None)[n % 4],
        listed=DAYS[n % 4] if n % 7 else None,
    )
    for n, arxiv_id in enumerate(IDS)
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    bounds = sorted(draw(st.lists(st.sampled_from(DAYS), min_size=2, max_size=2)))
    since, until = (day if draw(st.booleans()) else None for day in bounds)
    kinds = (CATEGORIES, AUTHORS, IDS[:6], VENUES, WORDS, CATEGORIES)
    return Filters(since, until, *(draw(some(values)) if draw(st.booleans()) else () for values in kinds))


def stated(one: Filters) -> frozenset[Filters]:
    return frozenset(one.parts())


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> FullText:
    index = FullText(tmp_path_factory.mktemp("algebra") / "fulltext")
    index.write(((paper, 1) for paper in PAPERS), 1)
    return index


def admitted(index: FullText, one: Filters) -> set[str]:
    return index.passing(one, IDS)


@given(filters(), filters())
def test_what_passes_an_intersection_passes_both(index: FullText, first: Filters, second: Filters) -> None:
    expected = admitted(index, first) & admitted(index, second)
    try:
        both, other_way = first.intersect(second), second.intersect(first)
    except InputError:
        named = [(set(getattr(first, name)), set(getattr(second, name))) for name in ("categories", "venues")]
        assert any(a - b and b - a for a, b in named)
        return
    assert (admitted(index, both) if both is not None else set()) == expected
    assert (admitted(index, other_way) if other_way is not None else set()) == expected


@given(filters(), filters())
def test_more_words_and_authors_narrow_and_more_ids_widen(index: FullText, first: Filters, second: Filters) -> None:
    for name in ("authors", "without", "without_categories"):
        a, b = (Filters(**{name: getattr(one, name)}) for one in (first, second))
        assert admitted(index, a.union(b)) == admitted(index, a) & admitted(index, b)
    for name in ("ids", "categories", "venues"):
        a, b = (Filters(**{name: getattr(one, name)}) for one in (first, second))
        if a and b:
            assert admitted(index, a.union(b)) == admitted(index, a) | admitted(index, b)


@given(filters())
def test_each_operation_leaves_a_filter_with_itself_or_with_none_as_it_is(one: Filters) -> None:
    none = Filters()
    for combined in (one.intersect(one), one.union(one), one.overridden_by(one), one.narrowed_by(one)):
        assert combined == one
    for combined in (one.intersect(none), one.union(none), one.overridden_by(none), one.narrowed_by(none)):
        assert combined == one
    assert none.intersect(one) == none.union(one) == none.overridden_by(one) == none.narrowed_by(one) == one
    assert one.minus(none) == one
    assert one.minus(one) == none.minus(one) == none


@given(filters(), filters())
def test_union_and_minus_are_those_of_the_stated_conditions(first: Filters, second: Filters) -> None:
    assert stated(first.minus(second)) == stated(first) - stated(second)
    undated = replace(second, since=None, until=None) if first.dated else second
    assert stated(first.union(second)) == stated(first) | stated(undated)
    assert first.union(second).minus(second).minus(first) == Filters()
    if not (first.dated and second.dated):  # of two stretches of dates the first one's is kept
        assert stated(first.union(second)) == stated(second.union(first))


@given(filters(), filters(), filters())
def test_how_three_are_put_together_makes_no_difference(first: Filters, second: Filters, third: Filters) -> None:
    assert first.union(second).union(third) == first.union(second.union(third))
    assert first.overridden_by(second).overridden_by(third) == first.overridden_by(second.overridden_by(third))
    assert first.minus(second).minus(third) == first.minus(third).minus(second)


@given(filters())
def test_the_parts_of_a_filter_make_it_again(one: Filters) -> None:
    whole = Filters()
    for part in one.parts():
        assert part.parts() == [part]
        whole = whole.union(part)
    assert stated(whole) == stated(one)


@given(filters(), filters())
def test_the_one_with_the_last_word_keeps_its_conditions(index: FullText, first: Filters, last: Filters) -> None:
    for combined in (first.overridden_by(last), first.narrowed_by(last)):
        assert admitted(index, combined) <= admitted(index, last)
        for name in ("categories", "authors", "ids", "venues", "without", "without_categories"):
            assert getattr(combined, name) == (getattr(last, name) or getattr(first, name))
    assert not last.dated or first.overridden_by(last).since == last.since
    assume(first.intersect(replace(last, categories=(), venues=(), ids=())) is not None)
    dates = first.narrowed_by(last)
    assert admitted(index, Filters(dates.since, dates.until)) == admitted(
        index, Filters(first.since, first.until)
    ) & admitted(index, Filters(last.since, last.until))


def test_dates_that_exclude_each_other_admit_nothing_and_do_not_narrow() -> None:
    before, after = Filters(until=DAYS[0]), Filters(since=DAYS[1])
    assert before.intersect(after) is None
    assert before.narrowed_by(after) == after
    assert Filters(ids=("2001.00001",)).intersect(Filters(ids=("2001.00002",))) is None


def test_one_of_these_and_one_of_those_is_no_filter() -> None:
    both = Filters(categories=("cs.CV", "cs.LG")).intersect(Filters(categories=("cs.CV",)))
    assert both == Filters(categories=("cs.CV",))
    with pytest.raises(InputError, match=r"categories cs\.CV that are also in any of cs\.LG.*Give categories once"):
        Filters(categories=("cs.CV",)).intersect(Filters(categories=("cs.LG",)))
