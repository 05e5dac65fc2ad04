"""The papers nearest to a vector, of those that pass the filters.

Chroma finds the nearest of all in a millisecond, and the nearest of ten thousand that are named in fifty. So of wide
filters the nearest of all are sifted, of narrow ones all vectors are held; and in a large library, where much lies in
between, all vectors in 8 bits say which of those that pass are worth asking for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vectorstore.embedding.chunking import chunk_id, paper_of
from vectorstore.filters import Filters
from vectorstore.index.fulltext import FullText
from vectorstore.storage.collection import PaperCollection

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vectorstore.index.quantized import QuantizedVectors

Scored = list[tuple[str, float]]

_HELD = 2_000  # of up to so many chunks the vectors are held and multiplied: 3 MB, where asking Chroma takes 80 ms
_SIFTED = 4_000  # so many of the nearest of all are looked through for those that pass: 40 ms
_SOON = 1_500  # … or so many, in a third of that, where the codes are another way
_REMEMBERED = 4  # filters; who narrows the papers asks more than one question of them

_LARGE = 20_000  # papers; in a library of fewer each way is fast
_CALLS = 2  # a process that needs the codes so often reads them, which takes a second: one question alone would wait
_MOST_CODED = 1_000  # papers wanted; each costs 0.04 ms to read
_ASTRAY = 0.02  # cosines to a code are 0.001 from those to its vector; where most are further, the codes are not theirs


@dataclass(slots=True)
class _Passing:
    """What is known of a filter.

    Attributes:
        papers: how many pass.
        chunks: the ids of theirs.
        held: their ids again, in the order of their vectors.
        coded: where each of `chunks` has its code.
    """

    papers: int
    chunks: list[str] | None = None
    held: tuple[list[str], NDArray[np.float32]] | None = None
    coded: NDArray[np.intp] | None = None


class VectorIndex:
    """Finds what is nearest, and remembers what the last few filters let pass.

    Args:
        record: the vectors.
        fulltext: which of them pass.
    """

    def __init__(self, record: PaperCollection, fulltext: FullText) -> None:
        self._record = record
        self._fulltext = fulltext
        self._known: OrderedDict[Filters, _Passing] = OrderedDict()
        self._codes: QuantizedVectors | None = None
        self._calls = 0  # for the codes

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
        else:
            found = self._of_passing(vector, filters, limit)
        return list(_by_paper(found).items())[:limit]

    def _of_passing(self, vector: NDArray[np.float32], filters: Filters, limit: int) -> Scored:
        """The nearest chunks that pass, by the way that is fastest for as many as pass."""
        known = self._remembered(filters)
        if known.held is not None:
            return _multiplied(vector, *known.held)
        depth = 2 * limit * self._fulltext.papers // max(known.papers, 1)
        if known.coded is None and depth <= _SOON and (found := self._sifted(vector, filters, limit, depth)):
            return found
        if (found := self._coded(vector, filters, limit)) is not None:
            return found
        if known.papers <= _HELD:
            return self._among_few(vector, filters)
        if _SOON < depth <= _SIFTED and (found := self._sifted(vector, filters, limit, depth)):
            return found
        return self._record.nearest(vector, limit * 2, within=self._chunks(filters))

    def _sifted(self, vector: NDArray[np.float32], filters: Filters, limit: int, depth: int) -> Scored | None:
        """What passes of the nearest chunks of all; None where that is too little.

        Chroma takes half a second to find the nearest of the 150,000 that a wide filter lets pass, and a hundredth of
        that to find the nearest 200 of all.
        """
        found = self._record.nearest(vector, min(depth, self._fulltext.papers))  # Chroma refuses more than it has
        passed = self._fulltext.passing(filters, [paper_of(chunk) for chunk, _ in found])
        # They are the nearest that pass, though not as many: what comes after half of a pool of candidates is not used.
        return [hit for hit in found if paper_of(hit[0]) in passed] if len(passed) >= (limit + 1) // 2 else None

    def _among_few(self, vector: NDArray[np.float32], filters: Filters) -> Scored:
        """All chunks that pass, the nearest first; their vectors are held from now on."""
        import numpy as np

        vectors = self._record.vectors(self._chunks(filters))
        rows = np.array([*vectors.values()], dtype=np.float32).reshape(len(vectors), len(vector))
        held = self._remembered(filters).held = ([*vectors], rows)
        return _multiplied(vector, *held)

    def _coded(self, vector: NDArray[np.float32], filters: Filters, limit: int) -> Scored | None:
        """The nearest by their codes, with the cosines to their vectors; None where there are no codes to go by."""
        codes = self._readable_codes() if limit <= _MOST_CODED else None
        if codes is None:
            return None
        import numpy as np

        known, chunks = self._remembered(filters), self._chunks(filters)
        if known.coded is None:
            known.coded = codes.rows(chunks)
        without = [chunks[place] for place in np.flatnonzero(known.coded < 0)]  # written since Chroma last saved them
        if len(without) > _HELD:
            return None
        places = np.flatnonzero(known.coded >= 0)
        guessed = codes.cosines(vector, known.coded[places])
        kept = min(limit + limit // 4 + 1, len(places))  # some papers have two chunks, and the codes err a little
        best = np.argpartition(-guessed, kept - 1)[:kept] if kept else places
        vectors = self._record.vectors([*(chunks[place] for place in places[best]), *without])
        found = _multiplied(vector, [*vectors], np.array([*vectors.values()], np.float32).reshape(-1, len(vector)))
        exact = dict(found)
        wrong = [abs(exact.get(chunks[places[k]], guessed[k]) - guessed[k]) for k in best]
        if wrong and float(np.median(wrong)) > _ASTRAY:
            self._codes = None  # for good
            return None
        return found

    def _readable_codes(self) -> QuantizedVectors | None:
        """The codes of all chunks, read once when they have been asked for before; None where there are none."""
        home = self._record.home
        if self._codes is None and isinstance(home, Path) and self._fulltext.papers > _LARGE:
            self._calls += 1
            if self._calls == _CALLS:
                from vectorstore.index.quantized import QuantizedVectors

                self._codes = QuantizedVectors.read(home)
        return self._codes

    def _remembered(self, filters: Filters) -> _Passing:
        if filters not in self._known:
            self._known[filters] = _Passing(self._fulltext.count(filters))
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[filters]

    def _chunks(self, filters: Filters) -> list[str]:
        """The ids of all chunks that pass."""
        known = self._remembered(filters)
        if known.chunks is None:
            counts = self._fulltext.chunk_counts(filters)
            known.chunks = [chunk_id(paper, index) for paper, count in counts.items() for index in range(count)]
        return known.chunks


def _multiplied(vector: NDArray[np.float32], chunks: list[str], rows: NDArray[np.float32]) -> Scored:
    """Chunks with the cosines of their vectors to a vector, the nearest first."""
    return sorted(zip(chunks, (rows @ vector).tolist(), strict=True), key=lambda hit: -hit[1])


def _by_paper(chunks: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The best score of each paper, from those of its chunks, best first."""
    best: dict[str, float] = {}
    for chunk, score in chunks:
        best.setdefault(paper_of(chunk), score)
    return best
