"""An abstract taken apart once, so that many sentences can be held against it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.answer import Evidence
from qa.attribution import tokenizer
from qa.attribution.tokenizer import Item
from qa.evidence import word_vectors
from qa.evidence.selection import sentences_of
from vectorstore import Paper


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of an abstract, or the title, whose `evidence` is None."""

    evidence: Evidence | None
    row: tuple[Item, ...]
    keys: frozenset[str]
    grams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Abstract:
    """A paper as sentences are held against it.

    Attributes:
        parts: the abstract's sentences in order, then the title.
        vectors: of the words of all parts; `starts` has the first row of each part.
        grams: what its names may be squeezed to.
        own: the keys of the names that the title has: what the paper calls its own work, mostly.
        year: when it appeared.
        authors: their names' keys.
    """

    parts: tuple[Part, ...]
    vectors: NDArray[np.float32]
    starts: NDArray[np.intp]
    grams: frozenset[str]
    own: frozenset[str]
    year: int
    authors: frozenset[str]

    def nearness(self, keys: tuple[str, ...], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """How near each part comes to each word, shape (parts, words): 1 for a word that it has."""
        cosines = np.maximum(self.vectors @ vectors.T, 0.0)
        near = np.maximum.reduceat(cosines, self.starts, axis=0).astype(np.float64)
        exact = np.array([[key in part.keys or key in part.grams for key in keys] for part in self.parts])
        return np.where(exact, 1.0, np.minimum(near, 0.95))


@lru_cache(maxsize=512)
def analyze_source(paper: Paper) -> Abstract:
    """A paper, taken apart; remembered, since every sentence of an answer is held against the same ones."""
    found = sentences_of(paper.abstract)
    texts = [*(e.text for e in found), paper.title]
    parts = []
    stems: list[str] = []
    starts = []
    for evidence, text in zip([*found, None], texts, strict=True):
        row = tokenizer.items(text)
        keys = [item.key for item in row if item.kind in ("word", "name")]
        # A name's words count as words too: "Long-LRM" is near "LRM".
        pieces = [stem for item in row if item.kind == "name" for stem in tokenizer.pieces(item.text)]
        parts.append(Part(evidence, row, frozenset([*keys, *pieces]), tokenizer.grams(text)))
        starts.append(len(stems))
        stems += [*keys, ""]
    everything = " . ".join(texts)
    authors = frozenset(key for name in paper.authors for key in (tokenizer.name_key(w) for w in name.split()))
    return Abstract(
        tuple(parts),
        word_vectors.vectors_of(stems),
        np.array(starts, dtype=np.intp),
        tokenizer.grams(everything),
        frozenset(item.key for item in parts[-1].row if item.kind == "name"),
        paper.year if paper.arxiv_id[:1].isdigit() or "/" in paper.arxiv_id else 0,
        authors,
    )
