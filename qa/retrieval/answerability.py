"""How likely it is that the best candidate answers the question, and what follows from it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answer import Outcome, Retrieved
from qa.evidence import features as evidence_features
from qa.evidence import selection
from qa.evidence.tokens import UNHEARD, rarity, stems
from qa.retrieval import reranker
from qa.weights import load_model, load_weights

_COMPARED = 10  # candidates that the best one is compared with
_ASKED = ("number", "data", "why", "how", "compare", "yes_no", "which", "keywords")
NAMES = (
    "score",
    "chance",
    "margin",
    "dense",
    "dense_gap",
    "coverage",
    "soft_coverage",
    "passage_coverage",
    "bigrams",
    "fourgrams",
    "names",
    "log_words",
    "coverage_gap",
    "fourgrams_gap",
    "dense_to_0.3",
    "coverage_to_0.3",
    "sentence",
    "sentence_margin",
    "sentence_chance",
    "number_missing",
    "coined",
    "coined_afar",
    *(f"asks_{name}" for name in _ASKED),
)


@dataclass(frozen=True, slots=True)
class Answerability:
    """Whether a question is answered, and how sure that is (0 to 1)."""

    outcome: Outcome
    confidence: float


def assess(text: str, ranked: Sequence[Retrieved]) -> Answerability:
    """Decide whether the best candidate answers the question.

    Args:
        text: the question as searched.
        ranked: candidates in the order of `reranker.rank`, with its scores.

    Returns:
        "answered", or with too little confidence: "detail_not_stated" when the best candidate is about the topic,
        else "nothing_found".
    """
    if not ranked:
        return Answerability("nothing_found", 0.0)
    values = answerability_features(text, ranked)
    model = load_model("confidence")
    confidence = float(1 / (1 + np.exp(-(values @ load_weights("confidence", NAMES) + model["bias"]))))
    if confidence >= model["answered_from"]:
        return Answerability("answered", confidence)
    about = values[NAMES.index("dense")] >= model["topic_from"]
    return Answerability("detail_not_stated" if about else "nothing_found", confidence)


def answerability_features(text: str, ranked: Sequence[Retrieved]) -> NDArray[np.float64]:
    """What the judgement looks at, shape (len(NAMES),); none of it grows with the library."""
    ranked = ranked[:_COMPARED]
    table = reranker.reranker_features(text, ranked)
    column = {name: table[:, i] for i, name in enumerate(reranker.NAMES)}
    scores = np.array([r.score for r in ranked])
    chances = np.exp(scores - scores[0])
    best = {name: float(values[0]) for name, values in column.items()}
    rest = {name: float(values[1:6].mean()) if len(ranked) > 1 else 0.0 for name, values in column.items()}
    abstract = ranked[0].paper.abstract
    answering = selection.score(text, abstract, ranked[0].paper.title)
    if not len(answering):
        answering = np.zeros(1)
    highest = np.sort(answering)[::-1]
    asked = evidence_features.asked(text)
    # A name that was coined for one paper says more than any number of common words, and the vectors do not know it.
    known = reranker.analyze_paper(ranked[0].paper.title, abstract).stems
    coined = float(any(rarity(stem) >= UNHEARD and stem in known for stem in stems(text)))
    values = [
        scores[0],
        1 / chances.sum(),
        scores[0] - scores[1] if len(ranked) > 1 else 0.0,
        best["dense"],
        best["dense"] - float(column["dense"].mean()),
        best["coverage"],
        best["soft_coverage"],
        best["passage_coverage"],
        best["bigrams"],
        best["fourgrams"],
        best["names"],
        np.log(len(set(stems(text))) + 1),
        best["coverage"] - rest["coverage"],
        best["fourgrams"] - rest["fourgrams"],
        min(best["dense"], 0.3),
        min(best["coverage"], 0.3),
        highest[0],
        highest[0] - highest[1] if len(highest) > 1 else 0.0,
        1 / np.exp(highest - highest[0]).sum(),
        asked[0] * (re.search(r"\d", abstract) is None),
        coined,
        coined * (0.3 - min(best["dense"], 0.3)),
        *asked,
    ]
    return np.array(values, dtype=np.float64)
