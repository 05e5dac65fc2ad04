"""Which candidates belong on a list: the cut of "which papers …"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa import fitted, ranking
from qa.answers import Retrieved

CANDIDATES = 40  # that a list is cut from
NAMES: tuple[str, ...] = (*ranking.NAMES, *(f"{name}_behind" for name in ranking.NAMES))


@dataclass(frozen=True, slots=True)
class Listed:
    """The papers of a list, likeliest first.

    Attributes:
        papers: never empty unless there was no candidate.
        confidence: the chance that the first one belongs, 0 to 1.
        covered: whether that is enough to give the list at all.
    """

    papers: tuple[Retrieved, ...]
    confidence: float
    covered: bool


def belonging(topic: str, ranked: Sequence[Retrieved]) -> Listed:
    """The candidates that belong to a topic.

    Args:
        topic: what the list is of, without "which papers".
        ranked: candidates of a retriever; the first `CANDIDATES` are looked at.
    """
    ranked = ranked[:CANDIDATES]
    if not ranked:
        return Listed((), 0.0, False)
    model = fitted.load("listing")
    odds = features(topic, ranked) @ fitted.weights("listing", NAMES) + model["bias"]
    chances = 1 / (1 + np.exp(-odds))
    order = np.argsort(-chances, kind="stable")
    papers = tuple(ranked[i] for place, i in enumerate(order) if place == 0 or chances[i] >= model["belongs_from"])
    best = float(chances.max())
    return Listed(papers, best, best >= model["listed_from"])


def features(topic: str, ranked: Sequence[Retrieved]) -> NDArray[np.float64]:
    """What the cut looks at: each ranking feature, and how far it is behind the best candidate's; one row each."""
    own = ranking.features(topic, ranked)
    return np.concatenate([own, own.max(axis=0, keepdims=True) - own], axis=1)
