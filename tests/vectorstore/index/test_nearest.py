"""The ways to the nearest papers that pass the filters find the same papers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.conftest import RandomRecord
from vectorstore import Filters, Paper
from vectorstore.index import nearest
from vectorstore.index.fulltext import FullText
from vectorstore.index.nearest import VectorIndex
from vectorstore.library import Library
from vectorstore.storage.collection import PaperCollection

ROBOTS = Filters(categories=("cs.RO",))
WIDE = Filters(since=date(2020, 10, 1))


def ids(found: list[tuple[str, float]]) -> list[str]:
    return [paper for paper, _ in found]


def neighbours(library: Library) -> VectorIndex:
    return library._parts.neighbours


def fresh(library: Library) -> None:
    """Forget what is remembered of the filters."""
    neighbours(library)._known.clear()


@pytest.mark.parametrize("question", ["event cameras", "How are tumours segmented?", "a theorem on knots"])
def test_sifting_the_nearest_of_all_finds_what_multiplying_those_that_pass_finds(
    seeds_library: Path, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed([question])[0]
        exact = library.nearest(vector, WIDE, 10)
        monkeypatch.setattr(nearest, "_HELD", 20)  # as if the seeds were a large library
        fresh(library)
        depth = 20 * library.count() // library.count(WIDE)
        assert neighbours(library)._sifted(vector, WIDE, 10, depth) is not None
        found = library.nearest(vector, WIDE, 10)
        assert ids(found) == ids(exact)
        assert [cosine for _, cosine in found] == pytest.approx([cosine for _, cosine in exact], abs=2e-3)


def test_what_few_papers_pass_is_not_sifted_for(seeds_library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = Filters(authors=("Xiangxi Shi",))
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        exact = library.nearest(vector, rare, 10)
        for ways in ("_HELD", "_SOON", "_SIFTED"):
            monkeypatch.setattr(nearest, ways, 0)
        fresh(library)
        assert neighbours(library)._sifted(vector, rare, 10, 100) is None
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
        for ways in ("_HELD", "_SOON"):
            monkeypatch.setattr(nearest, ways, 0)
        fresh(library)
        assert neighbours(library)._sifted(vector, robots, passing, 20) is None
        assert ids(library.nearest(vector, robots, passing)) == ids(exact)


def test_what_passed_is_remembered_for_the_last_few_filters_only(seeds_library: Path) -> None:
    with Library.open(seeds_library) as library:
        vector = library.embedder.embed(["event cameras"])[0]
        for day in range(1, 9):
            assert library.nearest(vector, Filters(since=date(2020, 9, day)), 3)
        assert len(neighbours(library)._known) == 4


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


@pytest.fixture
def large(random_record: RandomRecord, monkeypatch: pytest.MonkeyPatch) -> Iterator[VectorIndex]:
    """As if the random record were large: of its 400 papers in cs.RO too many pass to hold, and too few to sift."""
    for name, value in {"_LARGE": 1000, "_HELD": 200, "_SOON": 0, "_SIFTED": 0}.items():
        monkeypatch.setattr(nearest, name, value)
    fulltext = FullText(random_record.fulltext)
    fulltext.reload()
    with closing(PaperCollection(random_record.folder)) as record:
        yield VectorIndex(record, fulltext)


def test_of_a_large_library_the_second_question_is_answered_by_codes_and_finds_the_nearest_of_all_that_pass(
    random_record: RandomRecord, large: VectorIndex
) -> None:
    large.nearest(random_record.vectors[0], ROBOTS, 10)
    assert large._codes is None
    for place in (0, 500, 1100):  # the last was written after Chroma saved its vectors
        vector = random_record.vectors[place]
        found = large.nearest(vector, ROBOTS, 30)
        assert large._codes is not None
        assert ids(found) == random_record.nearest(vector, "cs.RO", 30)
        exact = {paper.arxiv_id: row for paper, row in zip(random_record.papers, random_record.vectors, strict=True)}
        assert [cosine for _, cosine in found] == pytest.approx([float(exact[paper] @ vector) for paper in ids(found)])


def test_codes_answer_for_every_filter_and_for_one_that_nothing_passes(
    random_record: RandomRecord, large: VectorIndex
) -> None:
    vector = random_record.vectors[3]
    for _ in range(2):
        large.nearest(vector, ROBOTS, 10)
    assert large.nearest(vector, Filters(authors=("Nobody",)), 10) == []
    few = Filters(ids=("2101.00003", "2101.01200", "2101.00008"))
    assert set(ids(large.nearest(vector, few, 10))) == set(few.ids)
    everything = Filters(categories=("cs",))
    assert ids(large.nearest(vector, everything, 50)) == random_record.nearest(vector, "cs.CV", 50)


def test_codes_that_are_not_of_the_records_vectors_are_not_gone_by(
    random_record: RandomRecord, large: VectorIndex
) -> None:
    vector = random_record.vectors[0]
    for _ in range(2):
        large.nearest(vector, ROBOTS, 10)
    assert large._codes is not None
    large._codes._codes[:] = np.roll(large._codes._codes, 1, axis=0)
    assert set(ids(large.nearest(vector, ROBOTS, 10))) == set(random_record.nearest(vector, "cs.RO", 10))
    assert large._codes is None
    large.nearest(vector, ROBOTS, 10)
    assert large._codes is None
