"""Which candidates belong on a list: the cut of "which papers …"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answer import Retrieved
from qa.evidence.tokens import rarity, stems
from qa.retrieval import list_features, reranker
from qa.weights import load_model, load_weights

CANDIDATES = 40  # that a list is cut from
# behind: how far a ranking feature is from the best candidate's. over: how far a value is above what the candidates
# from the sixteenth on have on average, who mostly do not belong. tail: that average itself; where the library has
# more such papers than candidates it is high, and says that they belong too.
NAMES: tuple[str, ...] = (
    *reranker.NAMES,
    *(f"{name}_behind" for name in reranker.NAMES),
    *list_features.COVERAGES,
    *list_features.KINDS,
    "fulltext_share",
    "like_first",
    "score_over",
    "dense_over",
    "either_text_tail",
    "either_title_tail",
    "alike",
    "log_words",
)
_TAIL = 15
_FIRST = 5  # candidates that the others are compared with
_LIKE = 0.12  # as alike as papers on one topic get; copies of one text must not outweigh the topic

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ListResult:
    """The papers of a list, likeliest first.

    Attributes:
        papers: never empty unless there was no candidate.
        confidence: the chance that the first one belongs, 0 to 1.
        covered: whether that is enough to give the list at all.
    """

    papers: tuple[Retrieved, ...]
    confidence: float
    covered: bool


def select_list(topic: str, ranked: Sequence[Retrieved]) -> ListResult:
    """The candidates that belong to a topic.

    Args:
        topic: what the list is of, without "which papers".
        ranked: candidates in the order of `ranking.rank`; the first `CANDIDATES` are looked at.
    """
    ranked = ranked[:CANDIDATES]
    if not ranked:
        return ListResult((), 0.0, False)
    model = load_model("listing")
    odds = list_cutoff_features(topic, ranked) @ load_weights("listing", NAMES) + model["bias"]
    chances = 1 / (1 + np.exp(-odds))
    papers = tuple(ranked[i] for i in cut(chances))
    best = float(chances.max())
    return ListResult(papers, best, best >= model["listed_from"])


def cut(chances: Array) -> list[int]:
    """The places that belong, likeliest first: as many as make the expected F1 of the list highest.

    >>> import numpy as np
    >>> cut(np.array([0.9, 0.1, 0.8])), cut(np.array([0.6, 0.5, 0.6]))
    ([0, 2], [0, 2, 1])

    Args:
        chances: of each candidate to belong, shape (candidates,); at least one.
    """
    order = np.argsort(-chances, kind="stable")
    hits = np.cumsum(chances[order])
    expected = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
    return [int(i) for i in order[: int(np.argmax(expected)) + 1]]


def list_cutoff_features(topic: str, ranked: Sequence[Retrieved]) -> Array:
    """What the cut looks at, shape (len(ranked), len(NAMES)).

    Args:
        topic: what the list is of.
        ranked: candidates in the order of `ranking.rank`; at least one.
    """
    texts = [reranker.analyze_paper(r.paper.title, r.paper.abstract) for r in ranked]
    own = reranker.reranker_features(topic, ranked)
    parts = list_features.alternatives(topic)
    either = np.array([list_features.coverage(parts, text) for text in texts])
    fulltext = np.array([r.fulltext or 0.0 for r in ranked])
    like = _likeness(topic, texts)
    score = own @ load_weights("ranking", reranker.NAMES)
    dense = own[:, reranker.NAMES.index("dense")]
    whole = np.ones(len(ranked))
    columns = [
        fulltext / max(float(fulltext.max()), 1e-6),
        _like_first(like),
        score - _tail(score),
        dense - _tail(dense),
        whole * _tail(either[:, list_features.COVERAGES.index("either_text")]),
        whole * _tail(either[:, list_features.COVERAGES.index("either_title")]),
        whole * float(like[:_FIRST].mean()),
        whole * np.log1p(len(topic.split())),
    ]
    kinds = np.array(list_features.kinds(topic, [r.paper for r in ranked]))
    return np.concatenate([own, own.max(axis=0, keepdims=True) - own, either, kinds, np.stack(columns, axis=1)], axis=1)


def _tail(values: Array) -> float:
    """The mean of all but the highest; of few candidates, the lowest value."""
    lowest = np.sort(values)[::-1][_TAIL:]
    return float(lowest.mean() if len(lowest) else values.min())


def _likeness(topic: str, texts: Sequence[reranker.Text]) -> Array:
    """How alike each paper is to the first few, shape (papers, few).

    Cosines of their stems, weighed by rarity; the topic's own stems are left out, since all papers share them.
    """
    topical = frozenset(stems(topic))
    first = [text.stems - topical for text in texts[:_FIRST]]
    columns = {stem: place for place, stem in enumerate(sorted(frozenset().union(*first)))}
    weights = np.array([rarity(stem) for stem in columns])
    table = np.zeros((len(texts), len(columns)))
    lengths = np.zeros(len(texts))
    for i, text in enumerate(texts):
        own = text.stems - topical
        places = [columns[stem] for stem in own if stem in columns]
        table[i, places] = weights[places]
        lengths[i] = sum(rarity(stem) ** 2 for stem in own) ** 0.5
    table /= lengths[:, None] + 1e-9
    cosines: Array = table @ table[:_FIRST].T
    return cosines


def _like_first(like: Array) -> Array:
    """Each candidate's mean likeness to the first few others, the first ones weighing most."""
    count = like.shape[1]
    weights = np.tile(1 / np.arange(1, count + 1), (len(like), 1))
    weights[np.arange(count), np.arange(count)] = 0.0  # not to itself
    mean = (like * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
    clipped: Array = np.minimum(mean, _LIKE)
    return clipped
