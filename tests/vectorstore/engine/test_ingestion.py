"""Writing batch by batch, each while the next is being embedded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from vectorstore import Filters, Paper
from vectorstore.embedding.worker import _PART
from vectorstore.library import Library
from vectorstore.maintenance.doctor import examine

PAPERS = tuple(
    Paper(
        arxiv_id=f"2001.{number:05}",
        version=1,
        title=f"Counting {number} sheep",
        abstract=f"A net counts {number} sheep.",
        sources=(),
    )
    for number in range(1, 8)
)
LONG = "We count one more flock of sheep from the air, and name each of its sheep after a river. " * 60


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    monkeypatch.setattr("vectorstore.engine.ingestion._BATCH", 2)
    with Library.open(tmp_path / "library", create=True) as opened:
        yield opened


def test_a_paper_that_comes_again_in_the_next_batch_is_merged_with_what_is_not_written_yet(library: Library) -> None:
    longer = replace(PAPERS[1], version=2, abstract=LONG)
    shorter = replace(PAPERS[1], version=3, abstract="Sheep are not counted any more.")
    summary = library.ingest([*PAPERS[:2], longer, PAPERS[2], PAPERS[1], shorter, PAPERS[3]])
    assert (summary.added, summary.replaced, summary.papers) == (4, 2, 4)
    assert library.get([shorter.arxiv_id]) == [shorter]
    assert library.count(Filters()) == 4
    library.close()
    assert all(finding.well for finding in examine(library.path, library.embedder))


def test_what_was_read_before_a_source_fails_is_written(library: Library) -> None:
    def source() -> Iterator[Paper]:
        yield from PAPERS[:4]
        raise ConnectionError("the listing ended in the middle")

    with pytest.raises(ConnectionError, match="ended in the middle"):
        library.ingest(source())
    assert library.count(Filters()) == 4
    assert library.ingest(PAPERS[:4]).unchanged == 4


def test_a_batch_in_which_nothing_is_new_between_two_leaves_each_paper_its_own_vector(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vectorstore.embedding.worker._PART", 2)  # so that the other process embeds these few
    library.ingest(PAPERS[2:4])
    assert library.ingest([*PAPERS[:2], *PAPERS[2:4], *PAPERS[4:6]]).unchanged == 2
    vectors = library.vectors([paper.arxiv_id for paper in PAPERS[:6]])
    for paper in PAPERS[:6]:
        (expected,) = library.embedder.embed([f"{paper.title}\n\n{paper.abstract}"])
        assert float(vectors[paper.arxiv_id] @ expected) > 0.98


def test_many_papers_are_embedded_beside_as_they_are_one_by_one(tmp_path: Path) -> None:
    papers = [replace(PAPERS[0], arxiv_id=f"2002.{n:05}", title=f"Sheep of flock {n}") for n in range(_PART + 5)]
    with Library.open(tmp_path / "library", create=True) as library:
        assert library.ingest(papers).added == len(papers)
        vectors = library.vectors([paper.arxiv_id for paper in papers])
        for paper in papers[::20]:
            (expected,) = library.embedder.embed([f"{paper.title}\n\n{paper.abstract}"])
            assert float(vectors[paper.arxiv_id] @ expected) > 0.98
