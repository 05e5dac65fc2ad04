"""The table of papers over a library, and papers like one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from qa.retrieval.browse import compare, similar_papers, table_page
from vectorstore import Filters, InputError, Paper
from vectorstore.library import Library


@pytest.fixture(scope="module")
def seeds(seeds_library: Path) -> Iterator[Library]:
    with Library.open(seeds_library) as library:
        yield library


def test_filters_and_words_narrow_together(seeds: Library) -> None:
    everything = table_page(seeds)
    assert everything.total == seeds.count()
    assert [p.listed for p in everything.papers] == sorted((p.listed for p in everything.papers), reverse=True)
    day = Filters(since=date(2020, 10, 7), until=date(2020, 10, 7))
    some = table_page(seeds, "network", filters=day, sort="title", limit=500)
    assert 0 < some.total < table_page(seeds, "network").total
    assert {paper.listed for paper in some.papers} == {date(2020, 10, 7)}
    assert len(some.papers) == some.total


def test_the_paper_that_fits_the_search_best_comes_first_by_relevance(seeds: Library) -> None:
    assert table_page(seeds, "stainnet norm", sort="relevance").papers[0].arxiv_id == "2012.12535"
    assert table_page(seeds, " ", sort="relevance") == table_page(seeds)


def test_papers_may_stand_as_they_were_named(seeds: Library) -> None:
    ids = tuple(paper.arxiv_id for paper in table_page(seeds, limit=9).papers)[::-2]
    named = table_page(seeds, filters=Filters(ids=ids), sort="given")
    assert tuple(paper.arxiv_id for paper in named.papers) == ids
    second = table_page(seeds, filters=Filters(ids=ids), sort="given", offset=1, limit=2)
    assert (second.total, [p.arxiv_id for p in second.papers]) == (len(ids), list(ids[1:3]))


def test_what_is_most_like_a_paper_is_near_it_and_not_the_paper(seeds: Library) -> None:
    near = similar_papers(seeds, "2012.12535v3", 5)
    assert len(near) == 5
    assert "2012.12535" not in {paper.arxiv_id for paper in near}
    vector = seeds.vectors(["2012.12535"])["2012.12535"]
    cosines = seeds.cosines(vector, [paper.arxiv_id for paper in seeds.papers()])
    assert near[0].arxiv_id == sorted(cosines, key=lambda arxiv_id: -cosines[arxiv_id])[1]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda library: table_page(library, sort="author"),  # type: ignore[arg-type]
        lambda library: table_page(library, offset=-1),
        lambda library: table_page(library, limit=0),
        lambda library: table_page(library, filters=Filters(ids=("2012.12535",)), sort="given", offset=-1),
        lambda library: similar_papers(library, "9912.99999"),
        lambda library: similar_papers(library, "no id"),
    ],
)
def test_what_cannot_be_asked_for_is_said(seeds: Library, wrong: object) -> None:
    with pytest.raises(InputError):
        wrong(seeds)  # type: ignore[operator]


def test_between_two_and_six_papers_are_compared() -> None:
    paper = Paper("2009.14376", "T", "We propose T.")
    assert [column.n for column in compare([paper] * 6)] == [1, 2, 3, 4, 5, 6]
    for many in (0, 1, 7):
        with pytest.raises(InputError, match="Between 2 and 6"):
            compare([paper] * many)
