"""Learn the vectors of word stems that `qa.evidence.word_vectors` compares words with.

    python -m training.weights.fit_stems LISTINGS

Counts which stems stand near each other in titles and abstracts of papers drawn from a folder of listings, turns the
counts into positive pointwise mutual information, and keeps its first directions (a truncated singular value
decomposition). No question is looked at. Writes `qa/weights/stems.npz`, 8 bits a number. Deterministic; a minute on
one core.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse.linalg import svds

from qa.evidence.tokens import stems
from training.weights.folder import FOLDER
from vectorstore import Paper
from vectorstore.ingest import find_listings, listings

PAPERS = 40_000  # drawn
LEAST = 5  # papers that have a stem
MOST = 20_000  # stems
WINDOW = 8  # stems apart
DIMENSIONS = 64
_BATCH = 5_000  # texts counted at once


def drawn(folder: Path, count: int) -> list[str]:
    """The texts of papers drawn with a fixed seed, in the order of their ids."""
    texts: dict[str, str] = {}
    for file in find_listings([folder]):
        if isinstance(file, Path):
            for record in listings.read_listing(file):
                if isinstance(record, Paper):
                    texts.setdefault(record.arxiv_id, f"{record.title}. {record.abstract}")
    chosen = random.Random(0).sample(sorted(texts), min(count, len(texts)))
    return [texts[paper] for paper in chosen]


def learn(texts: Iterable[str], dimensions: int = DIMENSIONS) -> tuple[list[str], NDArray[np.float64]]:
    """Stems, the commonest first, and a vector of each, shape (stems, dimensions)."""
    orders = [stems(text) for text in texts]
    papers = Counter(stem for order in orders for stem in set(order))
    # Ties are broken by the letters, so that two runs agree.
    known = [s for s, n in sorted(papers.items(), key=lambda item: (-item[1], item[0])) if n >= LEAST][:MOST]
    rows = {stem: row for row, stem in enumerate(known)}
    together = sum(_counted(orders, rows), start=scipy.sparse.csr_matrix((len(known), len(known)), dtype=np.float64))
    together = (together + together.T).tocoo()
    totals = np.asarray(together.sum(axis=1)).ravel()
    context = totals**0.75  # rare contexts would count too much
    information = np.log(together.data / (totals[together.row] * context[together.col] / context.sum()))
    kept = information > 0
    table = scipy.sparse.csr_matrix((information[kept], (together.row[kept], together.col[kept])), shape=together.shape)
    left, sizes, _ = svds(table, k=dimensions, random_state=0)
    order = np.argsort(-sizes)
    return known, left[:, order] * np.sqrt(sizes[order])


def _counted(orders: list[list[str]], rows: dict[str, int]) -> Iterator[scipy.sparse.csr_matrix]:
    """How often two stems stand near each other, a table for each batch of texts."""
    for start in range(0, len(orders), _BATCH):
        first: list[NDArray[np.int64]] = []
        second: list[NDArray[np.int64]] = []
        weights: list[NDArray[np.float64]] = []
        for order in orders[start : start + _BATCH]:
            places = np.array([rows.get(stem, -1) for stem in order], dtype=np.int64)
            for apart in range(1, min(WINDOW, len(places) - 1) + 1):
                a, b = places[:-apart], places[apart:]
                both = (a >= 0) & (b >= 0)
                first.append(a[both])
                second.append(b[both])
                weights.append(np.full(int(both.sum()), apart**-0.5))
        if first:
            pairs = (np.concatenate(first), np.concatenate(second))
            yield scipy.sparse.coo_matrix((np.concatenate(weights), pairs), shape=(len(rows), len(rows))).tocsr()


def main(folder: Path) -> None:
    """Learn and write."""
    known, vectors = learn(drawn(folder, PAPERS))
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    largest = np.abs(unit).max(axis=1, keepdims=True)
    small = np.round(unit / np.maximum(largest, 1e-9) * 127).astype(np.int8)
    target = FOLDER / "stems.npz"
    np.savez_compressed(target, stems=np.frombuffer("\n".join(known).encode(), dtype=np.uint8), vectors=small)
    print(f"wrote {len(known)} stems of {DIMENSIONS} dimensions to {target.name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
