"""Random libraries of training papers, and what a retriever finds in them: the ground for every threshold."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.answer import Retrieved
from qa.retrieval.retriever import POOL, fuse
from training import corpus
from vectorstore import Filters, Paper
from vectorstore.embedding.chunking import chunks
from vectorstore.embedding.embedder import Embedder
from vectorstore.index.fulltext import FullText

LIBRARIES = 12
NEAR = 3  # libraries without its paper that each question is asked of
DEPTH = 30
Kind = Literal["answerable", "near", "detail", "far"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question asked of one of the libraries.

    Attributes:
        library: number of the library, 0 to 11; fold by it.
        kind: "answerable": its paper is there. "near": it is not. "detail": it is, without the sentences that answer.
            "far": nothing of the kind is.
        paper: the paper it was written for, or None.
        retrieved: what the retriever finds, in its own order.
    """

    library: int
    kind: Kind
    text: str
    style: str
    paper: str | None
    retrieved: list[Retrieved]


class Vectors:
    """Embeds papers and texts, and keeps the vectors in a file so that a second run is quick."""

    def __init__(self, embedder: Embedder, cache: Path) -> None:
        self._embedder = embedder
        self._cache = cache
        self._known: dict[str, NDArray[np.float32]] = {}  # by hash: a table of long texts would be huge on disk
        if cache.exists():
            with np.load(cache) as stored:
                self._known = dict(zip(stored["hashes"].tolist(), stored["vectors"], strict=True))

    def of(self, texts: list[str]) -> NDArray[np.float32]:
        """Unit vectors of texts, shape (len(texts), dimension)."""
        new = sorted({text for text in texts if _hash(text) not in self._known}, key=lambda text: (len(text), text))
        if new:
            self._known |= dict(zip(map(_hash, new), self._embedder.embed(new), strict=True))
            self._save()
        return np.stack([self._known[_hash(text)] for text in texts])

    def _save(self) -> None:
        # Written beside and renamed, so that a run that is stopped leaves a whole file.
        beside = self._cache.with_suffix(".new.npz")
        np.savez(beside, hashes=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        beside.replace(self._cache)

    def of_papers(self, papers: list[Paper]) -> NDArray[np.float32]:
        """Unit vectors of the papers' first chunks."""
        return self.of([chunks(paper, self._embedder.count_tokens)[0].embedded_text for paper in papers])


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def split(papers: Mapping[str, Paper], seed: int = 11) -> list[list[str]]:
    """The papers in random libraries of about 245, as ids."""
    order = sorted(papers)
    random.Random(seed).shuffle(order)
    return [order[number::LIBRARIES] for number in range(LIBRARIES)]


def ask_all(papers: Mapping[str, Paper], vectors: Vectors) -> Iterator[Asked]:
    """Every question of the tenth held out, asked of the libraries it is answerable, near, detail or far to."""
    kept_back = corpus.held_out()
    questions = [q for q in corpus.questions() if q.paper in kept_back and q.span in papers[q.paper].abstract]
    far = corpus.far_questions()
    vectors.of([q.text for q in questions] + far)
    libraries = split(papers)
    home = {paper: number for number, library in enumerate(libraries) for paper in library}
    for number, library in enumerate(libraries):
        shelf = Shelf([papers[paper] for paper in library], vectors)
        for question in questions:
            gap = (number - home[question.paper]) % LIBRARIES
            if gap <= NEAR:  # its own library, and the next ones, where its paper is not
                kind: Kind = "answerable" if gap == 0 else "near"
                yield Asked(number, kind, question.text, question.style, question.paper, shelf.find(question.text))
        for text in far:
            yield Asked(number, "far", text, "question", None, shelf.find(text))
        own: dict[str, list[corpus.Question]] = {}
        for question in questions:
            if home[question.paper] == number:
                own.setdefault(question.paper, []).append(question)
        for turn in range(max(map(len, own.values()), default=0)):
            # One question of each paper at a time: its answer is cut out, and all else stays.
            asked = {paper: several[turn] for paper, several in own.items() if turn < len(several)}
            cut = {
                paper: replace(papers[paper], abstract=corpus.cut(papers[paper].abstract, question.span) or "")
                for paper, question in asked.items()
            }
            shelf = Shelf([cut.get(paper, papers[paper]) for paper in library], vectors)
            for paper, question in asked.items():
                yield Asked(number, "detail", question.text, question.style, paper, shelf.find(question.text))


class Shelf:
    """A library in memory that retrieves as `qa.retrieval.retriever.Retriever` does."""

    def __init__(self, papers: list[Paper], vectors: Vectors) -> None:
        self._papers = {paper.arxiv_id: paper for paper in papers}
        self._vectors = vectors
        self._matrix = vectors.of_papers(papers)
        self._folder = tempfile.TemporaryDirectory()
        self._fulltext = FullText(Path(self._folder.name))
        self._fulltext.write(((paper, 1) for paper in papers), generation=1)

    def find(self, text: str, depth: int = DEPTH) -> list[Retrieved]:
        """The best candidates for a text."""
        cosines = dict(zip(self._papers, (self._matrix @ self._vectors.of([text])[0]).tolist(), strict=True))
        nearest = sorted(cosines, key=lambda paper: -cosines[paper])[:POOL]
        fulltext = dict(self._fulltext.search(text, Filters(), POOL))
        dense = {paper: cosines[paper] for paper in dict.fromkeys([*nearest, *fulltext])}
        fulltext |= self._fulltext.scores(text, [paper for paper in dense if paper not in fulltext])
        fused = fuse(dense, fulltext)
        best = sorted(fused, key=lambda paper: -fused[paper])[:depth]
        return [Retrieved(self._papers[p], fused[p], dense[p], fulltext.get(p)) for p in best]
