"""The two ways to the nearest papers that pass the filters find the same papers."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from vectorstore import Filters, Paper, nearest
from vectorstore.library import Library
from vectorstore.nearest import Neighbours

WIDE = Filters(since=date(2020, 10, 1))


def ids(found: list[tuple[str, float]]) -> list[str]:
    return [paper for paper, _ in found]


def neighbours(library: Library) -> Neighbours:
    return library._neighbours


@pytest.mark.parametrize("question", ["event cameras", "How are tumours segmented?", "a theorem on knots"])
def test_sifting_the_nearest_of_all_finds_what_multiplying_those_that_pass_finds(
    seeds_library: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed([question])[0]
        exact = library.nearest(vector, WIDE, 10)
        monkeypatch.setattr(nearest, "_HELD", 20)  # as if the seeds were a large library
        assert neighbours(library)._sifted(vector, WIDE, 10, library.count(WIDE)) is not None
        found = library.nearest(vector, WIDE, 10)
        assert ids(found) == ids(exact)
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in exact], abs=2e-3)


def test_what_few_papers_pass_is_not_sifted_for(seeds_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = Filters(authors=("Xiangxi Shi",))
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        exact = library.nearest(vector, rare, 10)
        monkeypatch.setattr(nearest, "_HELD", 0)
        monkeypatch.setattr(nearest, "_SIFTED", 100)
        assert neighbours(library)._sifted(vector, rare, 10, library.count(rare)) is None
        assert ids(library.nearest(vector, rare, 10)) == ids(exact) != []


def test_where_too_few_of_the_nearest_pass_all_that_pass_are_searched(
    seeds_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        robots = Filters(categories=("cs.RO",))
        passing = library.count(robots)
        exact = library.nearest(vector, robots, passing)
        assert len(exact) == passing
        monkeypatch.setattr(nearest, "_HELD", 0)
        monkeypatch.setattr(nearest, "_SIFTED", 20)
        assert neighbours(library)._sifted(vector, robots, passing, passing) is None
        assert ids(library.nearest(vector, robots, passing)) == ids(exact)


def test_what_passed_is_remembered_for_the_last_few_filters_only(seeds_library: Path) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        for day in range(1, 9):
            assert library.nearest(vector, Filters(since=date(2020, 9, day)), 3)
        assert len(neighbours(library)._vectors) == len(neighbours(library)._chunks) == 4


def test_papers_added_since_are_found_under_a_filter_that_was_used_before(seeds_library: Path, tmp_path: Path) -> None:
    copy = tmp_path / "library"
    shutil.copytree(seeds_library, copy)
    everything = Filters(since=date(1990, 1, 1))
    with Library.open(copy) as reader:
        vector = reader.embedder.embed(["zebra crossings in winter"])[0]
        assert "2102.00001" not in ids(reader.nearest(vector, everything, 250))
        with Library.open(copy) as writer:
            assert "2102.00001" not in ids(writer.nearest(vector, everything, 250))
            writer.ingest([Paper("2102.00001", "Zebra crossings in winter", "We count them.", listed=date(2021, 2, 1))])
            assert ids(writer.nearest(vector, everything, 1)) == ["2102.00001"]
        assert ids(reader.nearest(vector, everything, 1)) == ["2102.00001"]
