"""How near a question and a sentence are in meaning, by vectors of word stems: for questions in other words."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from qa.evidence.tokens import rarity, stems

Vectors = NDArray[np.float32]
NAMES = (
    "soft",
    "soft_untitled",
    "soft_absent",
    "exact_untitled",
    "centre",
    "centre_untitled",
    "centre_absent",
    "soft_alone",
    "soft_alone_untitled",
    "soft_squared",
    "soft_ending",
    "titled",
)
_ENDING = 4  # words at a question's end, where English puts what it asks for


@cache
def _table() -> tuple[dict[str, int], Vectors]:
    """The row of each stem, and unit vectors, shape (stems, dimensions); the last row is zero, for unknown stems."""
    with resources.files("qa.weights").joinpath("stems.npz").open("rb") as file, np.load(file) as stored:
        known = bytes(stored["stems"]).decode("utf-8").split("\n")
        vectors = stored["vectors"].astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    rows = {stem: row for row, stem in enumerate(known)}
    return rows, np.concatenate([vectors, np.zeros((1, vectors.shape[1]), np.float32)])


def vectors_of(order: list[str]) -> Vectors:
    """A unit vector for each stem, shape (stems, dimensions); 0 for one that was not learnt."""
    rows, table = _table()
    found: Vectors = table[[rows.get(stem, -1) for stem in order]]
    return found


def word_vector_features(question: str, sentences: tuple[str, ...], title: str = "") -> NDArray[np.float64]:
    """Numbers that say how near each sentence of one abstract is to the question.

    A word of the question counts in full where it stands in the sentence, else by the cosine of the nearest word there.
    Words of the title name the paper rather than what is asked of it, so some features leave them out; words that stand
    nowhere in the abstract can only be met in other words, so some look at them alone.

    Args:
        question: the question.
        sentences: the abstract's sentences in order.
        title: the paper's title.

    Returns:
        Shape (len(sentences), len(NAMES)), each value between -1 and 1.
    """
    asked = list(dict.fromkeys(stems(question)))
    parts = analyze_sentences(sentences)
    if not asked or not sentences:
        return np.zeros((len(sentences), len(NAMES)))
    weights = np.array([rarity(stem) for stem in asked])
    own = vectors_of(asked)
    titled = set(stems(title))
    exact = np.array([[stem in found for stem in asked] for found in parts.found], dtype=np.float64)
    near = np.maximum(own @ parts.vectors.T, 0.0)
    near = np.stack([near[:, a:b].max(axis=1, initial=0.0) for a, b in parts.bounds])
    near = np.maximum(near, exact)
    untitled = weights * np.array([stem not in titled for stem in asked])
    absent = weights * (exact.sum(axis=0) == 0)
    cubed = near**3
    alone = cubed / np.maximum(cubed.sum(axis=0), 1e-9)
    ending = weights * (np.arange(len(asked)) >= len(asked) - _ENDING)
    table = [
        _mean(near, weights),
        _mean(near, untitled),
        _mean(near, absent),
        _mean(exact, untitled),
        parts.centres @ _centre(own, weights),
        parts.centres @ _centre(own, untitled),
        parts.centres @ _centre(own, absent),
        _mean(alone, weights),
        _mean(alone, untitled),
        _mean(near**2, weights),
        _mean(near, ending),
        np.array([len(found & titled) / max(1, len(titled)) for found in parts.found]),
    ]
    return np.stack(table, axis=1).astype(np.float64)


class SentenceVectors:
    """The sentences of an abstract, taken apart once.

    Attributes:
        found: the stems of each sentence.
        vectors: of all stems, sentence by sentence; `bounds` has the rows of each sentence.
        centres: the direction of each sentence, shape (sentences, dimensions).
    """

    def __init__(self, sentences: tuple[str, ...]) -> None:
        orders = [list(dict.fromkeys(stems(sentence))) for sentence in sentences]
        ends = np.cumsum([len(order) for order in orders])
        self.found = [frozenset(order) for order in orders]
        self.bounds = [(int(end) - len(order), int(end)) for end, order in zip(ends, orders, strict=True)]
        flat = [stem for order in orders for stem in order]
        self.vectors = vectors_of(flat)
        weights = np.array([rarity(stem) for stem in flat])
        self.centres = np.stack([_centre(self.vectors[a:b], weights[a:b]) for a, b in self.bounds])


@lru_cache(maxsize=512)
def analyze_sentences(sentences: tuple[str, ...]) -> SentenceVectors:
    """The words of an abstract's sentences; remembered, since a list of candidates is looked at several times."""
    return SentenceVectors(sentences)


def _mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted mean of each row; a question with next to no such words is not blown up to 1."""
    mean: NDArray[np.float64] = values @ weights / max(float(weights.sum()), 0.5)
    return mean


def _centre(vectors: Vectors, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The direction of a text: the sum of its words' vectors, the rare ones counting more; 0 for none."""
    total = weights @ vectors
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), dtype=np.float64)
