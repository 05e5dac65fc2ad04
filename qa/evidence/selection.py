"""The sentences of an abstract that answer a question."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qa.answer import Evidence
from qa.evidence import features as evidence_features
from qa.weights import load_weights
from vectorstore.text.sentences import split_sentences

MAX_SENTENCES = 3
MAX_WORDS = 80


def pick(
    question: str,
    abstract: str,
    *,
    title: str = "",
    max_sentences: int = MAX_SENTENCES,
    max_words: int = MAX_WORDS,
) -> tuple[Evidence, ...]:
    """Choose the sentences of an abstract that answer a question.

    >>> abstract = "Stains vary. We propose StainNet, a small network. It has only 1.28K parameters."
    >>> pick("How many parameters does StainNet have?", abstract)[0].text
    'It has only 1.28K parameters.'

    Args:
        question: the question.
        abstract: the abstract as stored; offsets refer to it.
        title: the paper's title: its words name the paper, so they say less of what is asked of it.
        max_sentences: how many at most.
        max_words: how many words they may have together; the best one is taken whatever its length.

    Returns:
        Best first; empty only for an abstract without text.
    """
    scores = score(question, abstract, title)
    return choose(abstract, scores, max_sentences=max_sentences, max_words=max_words)


def choose(
    abstract: str,
    scores: NDArray[np.float64],
    *,
    max_sentences: int = MAX_SENTENCES,
    max_words: int = MAX_WORDS,
) -> tuple[Evidence, ...]:
    """Take the sentences with the highest scores, as many as `pick` may; scores are in the abstract's order."""
    spans = _spans(abstract)
    chosen: list[Evidence] = []
    words = 0
    for index in np.argsort(-scores, kind="stable"):
        start, end = spans[int(index)]
        length = len(abstract[start:end].split())
        if chosen and words + length > max_words:
            continue
        chosen.append(Evidence(abstract[start:end], start, end, float(scores[index])))
        words += length
        if len(chosen) == max_sentences:
            break
    return tuple(chosen)


def sentences_of(abstract: str) -> tuple[Evidence, ...]:
    """All sentences of an abstract, in its order."""
    return tuple(Evidence(abstract[start:end], start, end) for start, end in _spans(abstract))


def score(question: str, abstract: str, title: str = "") -> NDArray[np.float64]:
    """How well each sentence of an abstract answers the question, shape (sentences,), higher is better."""
    texts = [abstract[start:end] for start, end in _spans(abstract)]
    if not texts:
        return np.zeros(0)
    scores: NDArray[np.float64] = evidence_features.evidence_features(question, texts, title) @ load_weights(
        "evidence", evidence_features.NAMES
    )
    return scores


@lru_cache(maxsize=4096)
def _spans(abstract: str) -> tuple[tuple[int, int], ...]:
    return tuple(split_sentences(abstract))
