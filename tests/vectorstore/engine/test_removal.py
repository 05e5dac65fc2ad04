"""Removing: what is named is gone from record and full text, what stands elsewhere too stays, and readers see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.vectorstore.writers import assert_sound
from vectorstore import Filters, InputError, LibraryBusyError, Paper, Source
from vectorstore.library import Library
from vectorstore.storage.file_lock import writer_lock

FIRST, SECOND = date(2020, 10, 7), date(2020, 10, 8)
ONE = Paper("2010.00001", "Counting sheep", "A net counts sheep.", listed=FIRST, sources=(Source("a.txt", 1, FIRST),))
BOTH = Paper(
    "2010.00002",
    "Counting goats",
    "A net counts goats.",
    listed=FIRST,
    categories=("cs.CV",),
    sources=(Source("a.txt", 9, FIRST), Source("b.txt", 1, SECOND)),
)
OTHER = Paper(
    "2010.00003",
    "Counting cows",
    " ".join(f"Sentence {n} counts cows on a meadow by the sea." for n in range(80)),
    listed=SECOND,
    categories=("cs.LG",),
    sources=(Source("b.txt", 5, SECOND),),
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    with Library.open(tmp_path / "library", create=True) as opened:
        opened.ingest([ONE, BOTH, OTHER])
        yield opened


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        (Filters(ids=(ONE.arxiv_id, OTHER.arxiv_id)), {BOTH}),
        (Filters(since=SECOND), {ONE, BOTH}),
        (Filters(categories=("cs",)), {ONE}),
        (Filters(categories=("cs.LG",), until=FIRST), {ONE, BOTH, OTHER}),
    ],
    ids=["by id", "by date", "by category", "by what none has"],
)
def test_what_filters_name_is_removed(library: Library, filters: Filters, left: set[Paper]) -> None:
    removal = library.removal(filters)
    assert set(removal.gone) == {paper.arxiv_id for paper in {ONE, BOTH, OTHER} - left}
    summary = library.remove(removal)
    assert (summary.removed, summary.kept, summary.papers) == (3 - len(left), 0, len(left))
    assert set(assert_sound(library.path).values()) == left


def test_a_paper_that_stands_in_another_listing_stays_with_that_one(library: Library) -> None:
    removal = library.removal(listings=("listings/a.txt",))
    assert (removal.gone, removal.kept) == ((ONE.arxiv_id,), (BOTH.arxiv_id,))
    summary = library.remove(removal)
    assert (summary.removed, summary.kept, summary.papers) == (1, 1, 2)
    rest = replace(BOTH, listed=SECOND, sources=BOTH.sources[1:])
    assert set(assert_sound(library.path).values()) == {rest, OTHER}
    assert library.count(Filters(until=FIRST)) == 0
    with pytest.raises(InputError, match=r"'a\.txt'"):
        library.removal(listings=("a.txt",))


def test_a_paper_that_another_listing_has_by_the_time_stays(library: Library) -> None:
    removal = library.removal(listings=("a.txt", "b.txt"))
    assert set(removal.gone) == {paper.arxiv_id for paper in (ONE, BOTH, OTHER)}
    later = replace(ONE, listed=SECOND, sources=(Source("c.txt", 1, SECOND),))
    library.ingest([later])
    assert library.remove(removal).removed == 2
    assert list(assert_sound(library.path).values()) == [later]


def test_what_was_removed_can_be_read_again(library: Library) -> None:
    library.remove(library.removal(Filters(ids=(OTHER.arxiv_id,))))
    assert library.ingest([ONE, BOTH, OTHER]).added == 1
    assert set(assert_sound(library.path).values()) == {ONE, BOTH, OTHER}


def test_a_library_can_be_emptied_and_filled_again(library: Library) -> None:
    library.remove(library.removal(Filters(since=FIRST)))
    assert assert_sound(library.path) == {}
    library.ingest([ONE])
    assert list(assert_sound(library.path).values()) == [ONE]


def test_an_open_library_sees_what_another_one_removes(library: Library) -> None:
    vector = library.embedder.embed([OTHER.title])[0]
    assert OTHER.arxiv_id in dict(library.nearest(vector, Filters(), 3))
    with Library.open(library.path) as writer:
        writer.remove(writer.removal(Filters(ids=(OTHER.arxiv_id,))))
    assert OTHER.arxiv_id not in dict(library.nearest(vector, Filters(), 3))
    assert library.matching("cows", Filters(), 3) == []
    assert library.get([OTHER.arxiv_id]) == []


def test_what_is_to_go_must_be_said(library: Library) -> None:
    with pytest.raises(InputError, match="which papers"):
        library.removal()


def test_removing_beside_a_writer_names_it(library: Library) -> None:
    removal = library.removal(Filters(ids=(ONE.arxiv_id,)))
    with writer_lock(library.path), pytest.raises(LibraryBusyError, match="process"):
        library.remove(removal)
    assert library.count() == 3
