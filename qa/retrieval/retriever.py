"""Retriever: dense and full-text search over a library, fused into one ranking."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from qa.answer import Retrieved
from qa.evidence.tokens import stems
from vectorstore import Filters
from vectorstore.library import Library
from vectorstore.text.cleaning import encodable

if TYPE_CHECKING:
    from numpy.typing import NDArray

POOL = 100  # candidates taken from each of the two searches
DENSE_WEIGHT = 0.7  # of the fused score, full text has the rest; chosen on training questions (docs/measurements.md)
# A topic of a few words names a field, not a paper: what its best papers have in common finds more of them (Rocchio's
# feedback, https://nlp.stanford.edu/IR-book/html/htmledition/the-rocchio71-algorithm-1.html). Of 5,882 training
# questions, each about one paper, 36 have so few words. In a small library the tenth paper may be on something else.
_TOPIC_STEMS = 4
_FEEDBACK = 10  # papers at most, and one for each thousand in the library
_REMEMBERED = 256  # questions whose vector is kept: a follow-up or a refined filter asks the same text again


class Retriever:
    """Ranks the papers of a library for a text.

    Args:
        library: where to search.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._guard = threading.Lock()

    def retrieve(self, text: str, filters: Filters = Filters(), limit: int = 10) -> list[Retrieved]:
        """The best papers for a text, best first.

        Each search gives its best candidates; a candidate that only one of them found gets its score from the other
        one too, both scores are standardised over the candidates, and their weighted sum ranks them. For a topic of a
        few words in a large library the vector search is asked twice, the second time with what the best papers share.

        Args:
            text: a question or topic.
            filters: which papers may be found.
            limit: how many papers.
        """
        if limit < 1:
            return []
        text = encodable(text)
        vector, pool = self._embed(text), max(POOL, limit)
        matching = dict(self._library.matching(text, filters, pool))
        dense, fulltext = self._search(text, vector, filters, pool, matching)
        best = _ordered(fused := fuse(dense, fulltext))
        of_a_field = len(set(stems(text))) <= _TOPIC_STEMS
        if of_a_field and (alike := min(_FEEDBACK, self._library.count(filters) // 1000)):
            common = vector + np.mean([*self._library.vectors(best[:alike]).values()], axis=0)
            dense, fulltext = self._search(text, common / np.linalg.norm(common), filters, pool, matching)
            best = _ordered(fused := fuse(dense, fulltext))
        best = best[:limit]
        papers = {paper.arxiv_id: paper for paper in self._library.get(best)}
        return [
            Retrieved(papers[paper], fused[paper], dense.get(paper), fulltext.get(paper))
            for paper in best
            if paper in papers
        ]

    def _search(
        self, text: str, vector: NDArray[np.float32], filters: Filters, pool: int, matching: Mapping[str, float]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """The candidates of both searches, the full text's being known: cosine and BM25 score by paper."""
        library = self._library
        dense = dict(library.nearest(vector, filters, pool))
        dense |= library.cosines(vector, [paper for paper in matching if paper not in dense])
        matches = library.matches(text, [paper for paper in dense if paper not in matching])
        return dense, {**matching, **matches}

    def _embed(self, text: str) -> NDArray[np.float32]:
        with self._guard:
            if text in self._vectors:
                self._vectors.move_to_end(text)
                return self._vectors[text]
        vector: NDArray[np.float32] = self._library.embedder.embed([text])[0]
        with self._guard:
            self._vectors[text] = vector
            if len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return vector


def fuse(dense: Mapping[str, float], fulltext: Mapping[str, float]) -> dict[str, float]:
    """One score a paper from two: each standardised over all candidates, then mixed.

    >>> scores = fuse({"a": 0.9, "b": 0.1, "c": 0.2}, {"a": 3.0, "c": 9.0})
    >>> max(scores, key=scores.get)
    'a'

    Args:
        dense: cosine by paper.
        fulltext: BM25 by paper; a paper without one shares no word with the text and counts as 0.
    """
    papers = list({**dense, **fulltext})
    lowest = min(dense.values(), default=0.0)
    by_dense = _standardise([dense.get(paper, lowest) for paper in papers])
    by_fulltext = _standardise([fulltext.get(paper, 0.0) for paper in papers])
    return {
        paper: DENSE_WEIGHT * d + (1 - DENSE_WEIGHT) * f
        for paper, d, f in zip(papers, by_dense, by_fulltext, strict=True)
    }


def _ordered(scores: Mapping[str, float]) -> list[str]:
    """Papers by score, best first, and by id where scores are the same."""
    return sorted(scores, key=lambda paper: (-scores[paper], paper))


def _standardise(scores: Sequence[float]) -> list[float]:
    """Mean 0 and deviation 1; all 0 where every score is the same."""
    if not scores:
        return []
    mean = sum(scores) / len(scores)
    deviation = (sum((score - mean) ** 2 for score in scores) / len(scores)) ** 0.5
    return [(score - mean) / deviation if deviation > 1e-9 else 0.0 for score in scores]
