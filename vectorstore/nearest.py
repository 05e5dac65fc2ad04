"""The papers nearest to a vector, of those that pass the filters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

from vectorstore.chunking import chunk_id, paper_of
from vectorstore.filters import Filters
from vectorstore.fulltext import FullText
from vectorstore.record import Record

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Scored = list[tuple[str, float]]
_Kept = TypeVar("_Kept")

_HELD = 2_000  # of up to so many chunks the vectors are held and multiplied: 3 MB, where asking Chroma takes 80 ms
_SIFTED = 4_000  # so many of the nearest of all are looked through for those that pass
_REMEMBERED = 4  # filters; who narrows the papers asks more than one question of them


class Neighbours:
    """Finds what is nearest, and remembers what the last few filters let pass.

    Args:
        record: the vectors.
        fulltext: which of them pass.
    """

    def __init__(self, record: Record, fulltext: FullText) -> None:
        self._record = record
        self._fulltext = fulltext
        self._chunks: OrderedDict[Filters, list[str]] = OrderedDict()
        self._vectors: OrderedDict[Filters, tuple[list[str], NDArray[np.float32]]] = OrderedDict()

    def nearest(self, vector: NDArray[np.float32], filters: Filters, limit: int) -> Scored:
        """The papers whose text is nearest to a vector: (id, cosine), nearest first.

        Args:
            vector: a unit vector, shape (dimension,).
            filters: which papers may be found.
            limit: how many papers; of a wide filter at least half as many are found.
        """
        limit = min(limit, self._fulltext.papers)
        if limit < 1:
            return []
        if not filters:
            found = self._record.nearest(vector, limit + limit // 4 + 1)
        elif (passing := self._fulltext.count(filters)) <= _HELD:
            found = self._among_few(vector, filters)
        elif (sifted := self._sifted(vector, filters, limit, passing)) is not None:
            found = sifted
        else:
            found = self._record.nearest(vector, limit * 2, within=self._passing(filters))
        return list(_by_paper(found).items())[:limit]

    def _among_few(self, vector: NDArray[np.float32], filters: Filters) -> Scored:
        """All chunks that pass, the nearest first."""
        import numpy as np

        if filters not in self._vectors:
            held = self._record.vectors(self._passing(filters))
            rows = np.array([*held.values()], dtype=np.float32).reshape(len(held), len(vector))
            _remember(self._vectors, filters, ([*held], rows))
        chunks, rows = self._vectors[filters]
        return sorted(zip(chunks, (rows @ vector).tolist(), strict=True), key=lambda hit: -hit[1])

    def _sifted(self, vector: NDArray[np.float32], filters: Filters, limit: int, passing: int) -> Scored | None:
        """What passes of the nearest chunks of all; None where that is too little.

        Chroma takes half a second to find the nearest of the 150,000 that a wide filter lets pass, and a hundredth of
        that to find the nearest 200 of all.
        """
        depth = 2 * limit * self._fulltext.papers // max(passing, 1)
        if depth > _SIFTED:
            return None
        found = self._record.nearest(vector, min(depth, self._fulltext.papers))  # Chroma refuses more than it has
        passed = self._fulltext.passing(filters, [paper_of(chunk) for chunk, _ in found])
        # They are the nearest that pass, though not as many: what comes after half of a pool of candidates is not used.
        return [hit for hit in found if paper_of(hit[0]) in passed] if len(passed) >= (limit + 1) // 2 else None

    def _passing(self, filters: Filters) -> list[str]:
        """The ids of all chunks that pass."""
        if filters not in self._chunks:
            counts = self._fulltext.chunk_counts(filters)
            chunks = [chunk_id(paper, index) for paper, count in counts.items() for index in range(count)]
            _remember(self._chunks, filters, chunks)
        return self._chunks[filters]


def _remember(kept: OrderedDict[Filters, _Kept], filters: Filters, value: _Kept) -> None:
    kept[filters] = value
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def _by_paper(chunks: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The best score of each paper, from those of its chunks, best first."""
    best: dict[str, float] = {}
    for chunk, score in chunks:
        best.setdefault(paper_of(chunk), score)
    return best
