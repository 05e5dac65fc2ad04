"""A record of random vectors, of which Chroma has saved the first thousand to its own file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vectorstore import Paper
from vectorstore.embedding.chunking import Chunk
from vectorstore.index.fulltext import FullText
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.state import State

SAVED = 1000  # Chroma saves its vectors after each thousand


@dataclass(frozen=True, slots=True)
class RandomRecord:
    """The record's folder, a full-text index of its papers, and what went in, in this order."""

    folder: Path
    fulltext: Path
    papers: tuple[Paper, ...]
    vectors: NDArray[np.float32]

    def nearest(self, vector: NDArray[np.float32], category: str, limit: int) -> list[str]:
        """The papers of a category whose vectors are nearest."""
        of_category = [n for n, paper in enumerate(self.papers) if category in paper.categories]
        order = np.argsort(-(self.vectors[of_category] @ vector), kind="stable")
        return [self.papers[of_category[place]].arxiv_id for place in order[:limit]]


@pytest.fixture(scope="session")
def random_record(tmp_path_factory: pytest.TempPathFactory) -> RandomRecord:
    """1,200 papers, every third one in cs.RO; read it, and copy it before writing to it."""
    place = tmp_path_factory.mktemp("random")
    papers = tuple(
        Paper(f"2101.{n:05d}", f"Title {n}", "Abstract.", categories=("cs.CV", "cs.RO") if n % 3 == 0 else ("cs.CV",))
        for n in range(1, SAVED + 201)
    )
    vectors = np.random.default_rng(6).normal(size=(len(papers), 24)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with closing(PaperCollection(place / "chroma", create=State(1, "random", "0"))) as record:
        chunks = [Chunk(paper, 0, 0, len(paper.title)) for paper in papers]
        record.put(chunks, vectors, {paper.arxiv_id: 1 for paper in papers}, 1)
    FullText(place / "fulltext").write(((paper, 1) for paper in papers), 1)
    return RandomRecord(place / "chroma", place / "fulltext", papers, vectors)
