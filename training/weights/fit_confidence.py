"""Fit the ranking (`qa.retrieval.reranker`) and the confidence (`qa.retrieval.answerability`).

    python -m training.weights.fit_confidence LISTINGS [VECTORS.npz]

LISTINGS is a folder that holds the papers of `training/data/questions.jsonl`; VECTORS.npz keeps their embeddings
between runs. Asks the training questions that the retrieval model has not seen of random libraries (see
`training.weights.libraries`). Folds are by library, so that no paper is both fitted on and reported on. Prints the
cross-validated figures, then fits on everything and writes `qa/weights/ranking.json` and `qa/weights/confidence.json`.
The threshold is the confidence that FALSE_ABSTENTION of the answerable questions fall below in the cross-validation.
Draws the cross-validated reliability into `docs/reliability.svg`. Deterministic; some minutes on two cores, most of
them embedding.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.retrieval import answerability, reranker
from training import corpus
from training.weights import libraries, reliability
from training.weights.folder import write_weights
from training.weights.logits import fit_conditional, fit_logistic
from vectorstore.embedding.embedder import Embedder

FOLDS = 4
FALSE_ABSTENTION = 0.03
WEIGHTS = {"answerable": 3.0, "near": 1.0, "detail": 0.5, "far": 3.0}
PLOT = Path(__file__).resolve().parents[2] / "docs" / "reliability.svg"
Array = NDArray[np.float64]


def fit_ranking(asked: Sequence[libraries.Asked], tables: Sequence[Array]) -> Array:
    """A conditional logit on the ranking features: the question's own paper scores highest among its candidates."""
    chosen, right = [], []
    for a, table in zip(asked, tables, strict=True):
        ids = [r.paper.arxiv_id for r in a.retrieved]
        if a.kind == "answerable" and a.paper in ids:
            chosen.append(table)
            right.append(ids.index(a.paper))
    return fit_conditional(chosen, right)


def fit_confidence(inputs: Array, kinds: Sequence[str]) -> tuple[Array, float]:
    """A logistic regression of "answerable" on the features: weights and bias."""
    truth = np.array([float(kind == "answerable") for kind in kinds])
    return fit_logistic(inputs, truth, np.array([WEIGHTS[kind] for kind in kinds]))


def main(folder: Path, cache: Path) -> None:
    """Cross-validate, choose the thresholds, fit on everything, write."""
    papers = corpus.papers(folder, (q.paper for q in corpus.questions()))
    everything = list(libraries.ask_all(papers, libraries.Vectors(Embedder(), cache)))
    kinds = np.array([a.kind for a in everything])
    tables = [reranker.reranker_features(a.text, a.retrieved) for a in everything]
    # The papers held out stand in every second library: both were drawn from one shuffled order.
    fold = np.array([a.library // 2 % FOLDS for a in everything])
    first, third, chance = (np.zeros(len(everything)) for _ in range(3))
    for held_out in range(FOLDS):
        kept = np.flatnonzero(fold != held_out)
        weights = fit_ranking([everything[i] for i in kept], [tables[i] for i in kept])
        for i in np.flatnonzero(fold == held_out):
            best = reranker.ordered(everything[i].retrieved, tables[i] @ weights)
            ids = [r.paper.arxiv_id for r in best[:3]]
            first[i], third[i] = ids[:1] == [everything[i].paper], everything[i].paper in ids
    # The scores of one fold's weights are on another scale than the next one's; with these every row is on the same.
    ranks = fit_ranking(everything, tables)
    inputs = np.stack(
        [
            answerability.answerability_features(a.text, reranker.ordered(a.retrieved, table @ ranks))
            for a, table in zip(everything, tables, strict=True)
        ]
    )
    for held_out in range(FOLDS):
        weights, bias = fit_confidence(inputs[fold != held_out], kinds[fold != held_out].tolist())
        chance[fold == held_out] = 1 / (1 + np.exp(-(inputs[fold == held_out] @ weights + bias)))
    here = kinds == "answerable"
    threshold = float(np.quantile(chance[here], FALSE_ABSTENTION))
    dense = inputs[:, answerability.NAMES.index("dense")]
    # About the topic: the cosine that parts cut papers from absent ones best.
    cuts = np.linspace(0.1, 0.8, 71)
    absent = np.isin(kinds, ("near", "far"))
    gains = [(dense[kinds == "detail"] >= c).mean() - (dense[absent] >= c).mean() for c in cuts]
    figures = {
        "recall@1": first[here].mean(),
        "recall@3": third[here].mean(),
        **{f"abstained {kind}": (chance[kinds == kind] < threshold).mean() for kind in WEIGHTS},
    }
    figures = {name: round(float(value), 4) for name, value in figures.items()}
    print(f"cross-validated by library over {len(everything)} questions: {figures}")
    found = reliability.bins(chance, here.astype(np.float64), np.array([WEIGHTS[kind] for kind in kinds]))
    for each in found:
        print(
            f"  confidence {each.confidence:.2f}: {each.answerable:.2f} answerable, {each.weight:.3f} of the questions"
        )
    figures["calibration error"] = round(reliability.error(found), 4)
    print(f"  expected calibration error {figures['calibration error']}")
    reliability.draw(found, PLOT)
    write_weights(
        "ranking",
        "fit_confidence",
        {
            "cross_validated": figures,
            "weights": {name: round(float(w), 4) for name, w in zip(reranker.NAMES, ranks, strict=True)},
        },
    )
    weights, bias = fit_confidence(inputs, kinds.tolist())
    write_weights(
        "confidence",
        "fit_confidence",
        {
            "cross_validated": figures,
            "answered_from": round(threshold, 4),
            "topic_from": round(float(cuts[int(np.argmax(gains))]), 2),
            "bias": round(bias, 4),
            "weights": {name: round(float(w), 5) for name, w in zip(answerability.NAMES, weights, strict=True)},
        },
    )


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "vectors.npz"))
