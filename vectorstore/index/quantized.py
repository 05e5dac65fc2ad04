"""All vectors of a large library in 8 bits a number: 77 MB for 200,000, where their own 32 bits would take 300.

A cosine to a code is right to about 0.001. That is enough to choose what is worth reading from the record, and reading
a hundred vectors costs a hundredth of reading the ten thousand that a filter lets pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vectorstore.errors import UnknownLayoutError
from vectorstore.index.hnsw_file import read_vectors, vector_sizes

_MOST_BYTES = 400_000_000  # a million chunks; beyond, no process holds them
_BLOCK = 1024  # codes that are multiplied at once, so that they stay in the processor's cache


class QuantizedVectors:
    """Vectors in 8 bits a number, found by chunk id.

    Args:
        names: the chunk ids, as bytes.
        codes: theirs, shape (len(names), dimension).
        scales: what a code's numbers are multiplied by to give its vector's, shape (len(names),).
    """

    def __init__(self, names: NDArray[np.bytes_], codes: NDArray[np.int8], scales: NDArray[np.float32]) -> None:
        self._order = np.argsort(names)
        self._names = names[self._order]
        self._codes = codes
        self._scales = scales

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The codes of what Chroma keeps in a folder; None where its files cannot be read or are too large.

        Args:
            folder: Chroma's.
        """
        try:
            count, dimension = vector_sizes(folder)
            if count * dimension > _MOST_BYTES:
                return None
            codes, scales = np.empty((count, dimension), np.int8), np.empty(count, np.float32)
            names: list[NDArray[np.bytes_]] = []
            done = 0
            for ids, vectors in read_vectors(folder):
                part = slice(done, done + len(ids))
                largest = np.maximum(vectors.max(axis=1, initial=0), -vectors.min(axis=1, initial=0))
                codes[part] = np.rint(vectors * (127 / largest)[:, None])
                scales[part] = largest / 127
                names.append(ids)
                done = part.stop
        except UnknownLayoutError:
            return None  # it is a shorter way to what can be asked for as well
        return cls(np.concatenate(names), codes[:done], scales[:done]) if done else None

    def rows(self, chunks: Sequence[str]) -> NDArray[np.intp]:
        """Where each of these chunks has its code; -1 for one that has none."""
        wanted = np.array(chunks, dtype=np.bytes_)  # of ASCII, as all arXiv ids are
        places = np.searchsorted(self._names, wanted)
        places[places == len(self._names)] = 0
        return np.where(self._names[places] == wanted, self._order[places], -1)

    def cosines(self, vector: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """The cosine of a unit vector to the chunks with these rows, right to about 0.001.

        Args:
            vector: shape (dimension,).
            rows: some of what `rows` has found.
        """
        found = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), _BLOCK):
            part = rows[start : start + _BLOCK]
            found[start : start + _BLOCK] = self._codes[part].astype(np.float32) @ vector
        found *= self._scales[rows]
        return found
