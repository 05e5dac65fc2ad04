"""The papers nearest to a vector, of those that pass the filters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from vectorstore.chunking import chunk_id, paper_of
from vectorstore.filters import Filters
from vectorstore.fulltext import FullText
from vectorstore.record import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Scored = list[tuple[str, float]]

_EXACT = 500  # up to so many chunks, fetching the vectors and multiplying beats asking Chroma for the nearest of them
_SIFTED = 4000  # up to so many chunks, leaving out of the nearest of all what does not pass beats it too


def nearest(record: Record, fulltext: FullText, vector: NDArray[np.float32], filters: Filters, limit: int) -> Scored:
    """The papers whose text is nearest to a vector: (id, cosine), nearest first.

    Args:
        record: the vectors.
        fulltext: which of them pass.
        vector: a unit vector, shape (dimension,).
        filters: which papers may be found.
        limit: how many papers.
    """
    limit = min(limit, fulltext.papers)
    if limit < 1:
        return []
    if not filters:
        found = record.nearest(vector, limit + limit // 4 + 1)
    elif (sifted := _sifted(record, fulltext, vector, filters, limit)) is not None:
        found = sifted
    else:
        found = _among(record, fulltext, vector, filters, limit)
    return list(_by_paper(found).items())[:limit]


def _sifted(
    record: Record, fulltext: FullText, vector: NDArray[np.float32], filters: Filters, limit: int
) -> Scored | None:
    """What passes of the nearest chunks of all; None where that is unlikely to be enough, or was not.

    Chroma takes half a second to find the nearest of the 150,000 that a wide filter lets pass, and a hundredth of that
    to find the nearest 200 of all.
    """
    passing = fulltext.count(filters)
    depth = 2 * limit * fulltext.papers // max(passing, 1)
    if passing <= _EXACT or depth > _SIFTED:
        return None
    found = record.nearest(vector, min(depth, fulltext.papers))  # Chroma refuses more than it has
    passed = fulltext.passing(filters, [paper_of(chunk) for chunk, _ in found])
    return [hit for hit in found if paper_of(hit[0]) in passed] if len(passed) >= limit else None


def _among(record: Record, fulltext: FullText, vector: NDArray[np.float32], filters: Filters, limit: int) -> Scored:
    """The nearest of the chunks that pass."""
    counts = fulltext.chunk_counts(filters)
    allowed = [chunk_id(paper, index) for paper, count in counts.items() for index in range(count)]
    if len(allowed) > _EXACT:
        return record.nearest(vector, limit * 2, within=allowed)
    cosines = {chunk: float(own @ vector) for chunk, own in record.vectors(allowed).items()}
    return sorted(cosines.items(), key=lambda hit: -hit[1])


def _by_paper(chunks: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The best score of each paper, from those of its chunks, best first."""
    best: dict[str, float] = {}
    for chunk, score in chunks:
        best.setdefault(paper_of(chunk), score)
    return best
