"""The two ways to the nearest papers that pass the filters find the same papers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vectorstore import Filters, nearest
from vectorstore.library import Library

WIDE = Filters(since=date(2020, 10, 1))


def ids(found: list[tuple[str, float]]) -> list[str]:
    return [paper for paper, _ in found]


@pytest.mark.parametrize("question", ["event cameras", "How are tumours segmented?", "a theorem on knots"])
def test_sifting_the_nearest_of_all_finds_what_searching_those_that_pass_finds(
    seeds_library: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed([question])[0]
        exact = library.nearest(vector, WIDE, 10)
        monkeypatch.setattr(nearest, "_EXACT", 20)  # as if the seeds were a large library
        sifted = nearest._sifted(library._record, library._fulltext, vector, WIDE, 10)
        assert sifted is not None
        found = library.nearest(vector, WIDE, 10)
        assert ids(found) == ids(exact)
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in exact], abs=2e-3)


def test_what_few_papers_pass_is_not_sifted_for(seeds_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "_EXACT", 0)
    monkeypatch.setattr(nearest, "_SIFTED", 100)
    rare = Filters(authors=("Xiangxi Shi",))
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        assert nearest._sifted(library._record, library._fulltext, vector, rare, 10) is None
        assert ids(library.nearest(vector, rare, 10)) == ids(list(library.nearest(vector, rare, 1)))


def test_where_too_few_of_the_nearest_pass_all_that_pass_are_searched(
    seeds_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        robots = Filters(categories=("cs.RO",))
        passing = library.count(robots)
        exact = library.nearest(vector, robots, passing)
        assert len(exact) == passing
        monkeypatch.setattr(nearest, "_EXACT", 0)
        # Asked for more than there are, sifting cannot find enough.
        assert nearest._sifted(library._record, library._fulltext, vector, robots, passing + 1) is None
        assert ids(library.nearest(vector, robots, passing + 1)) == ids(exact)
