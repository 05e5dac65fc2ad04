"""Fit the weights that `qa.evidence.selection` picks sentences with.

    python -m training.weights.fit_evidence LISTINGS

LISTINGS is a folder that holds the papers of `training/data/questions.jsonl`. A conditional logit over the sentences of
each abstract: the answering sentence is the one that holds the question's span. Prints what five-fold cross-validation
by paper says, then fits on all questions and writes `qa/weights/evidence.json`. Run after `training.weights.fit_stems`,
whose vectors are among the features. Deterministic; a minute on one core.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.score import EVIDENCE_WORDS, SPAN_RECALL, covered
from qa.evidence import features as evidence_features
from qa.evidence import selection
from training import corpus
from training.weights.folder import write_weights
from vectorstore import Paper
from vectorstore.text.sentences import split_sentences

FOLDS = 5
DEPTHS = (1, 2, 3)  # sentences
STEPS = 20  # at most; it takes 5 to 8
PENALTY = 3e-4  # chosen on the cross-validation below among 1e-2 .. 1e-4; the differences are under half a point
Example = tuple[NDArray[np.float64], NDArray[np.float64]]


def example(question: corpus.Question, paper: Paper) -> Example:
    """Features of each sentence, and the share of the span that each holds."""
    abstract = paper.abstract
    spans = split_sentences(abstract)
    begin = abstract.index(question.span)
    end = begin + len(question.span)
    held = [max(0, min(end, b) - max(begin, a)) / (end - begin) for a, b in spans]
    return evidence_features.evidence_features(question.text, [abstract[a:b] for a, b in spans], paper.title), np.array(
        held
    ) / sum(held)


def fit(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Weights, shape (features,), that give the answering sentences the highest scores.

    Newton's method, since the loss is convex and the features are few.
    """
    table = np.concatenate([x for x, _ in examples])
    scale = table.std(axis=0) + 1e-6
    table = (table / scale).astype(np.float32)
    wanted = np.concatenate([y for _, y in examples]).astype(np.float32)
    lengths = np.array([len(x) for x, _ in examples])
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    weights = np.zeros(table.shape[1], dtype=np.float32)

    def loss(weights: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
        """The loss, and the chance of each sentence among those of its abstract."""
        scores = table @ weights
        scores = scores - np.repeat(np.maximum.reduceat(scores, starts), lengths)
        logs = scores - np.repeat(np.log(np.add.reduceat(np.exp(scores), starts)), lengths)
        return float(-(wanted @ logs) / len(examples) + PENALTY * (weights @ weights)), np.exp(logs)

    value, chances = loss(weights)
    for _ in range(STEPS):
        slope = table.T @ (chances - wanted) / len(examples) + 2 * PENALTY * weights
        weighed = table * chances[:, None]
        means = np.add.reduceat(weighed, starts, axis=0)
        curve = (table.T @ weighed - means.T @ means) / len(examples) + 2 * PENALTY * np.eye(len(weights))
        step = np.linalg.solve(curve.astype(np.float64), slope.astype(np.float64)).astype(np.float32)
        size = 1.0
        while (after := loss(weights - size * step))[0] > value and size > 1e-3:
            size /= 2
        weights = weights - size * step
        gained, (value, chances) = value - after[0], after
        if gained < 1e-6:
            break
    return np.asarray(weights / scale, dtype=np.float64)


def hits(question: corpus.Question, abstract: str, scores: NDArray[np.float64]) -> list[bool]:
    """Whether the scorer counts the best one, two and three sentences by these scores as evidence."""
    texts = [" ".join(e.text for e in selection.choose(abstract, scores, max_sentences=n)) for n in DEPTHS]
    return [covered(question.span, " ".join(text.split()[:EVIDENCE_WORDS])) >= SPAN_RECALL for text in texts]


def main(folder: Path) -> None:
    """Cross-validate, fit on everything, write the weights."""
    asked = corpus.questions()
    papers = corpus.papers(folder, (q.paper for q in asked))
    questions = [q for q in asked if q.span in papers[q.paper].abstract]
    print(f"{len(questions)} of {len(asked)} spans stand in the abstracts as read")
    examples = [example(q, papers[q.paper]) for q in questions]
    fold = corpus.folds(papers, FOLDS, seed=0)
    found = []
    for held_out in range(FOLDS):
        weights = fit([e for q, e in zip(questions, examples, strict=True) if fold[q.paper] != held_out])
        for question, (x, _) in zip(questions, examples, strict=True):
            if fold[question.paper] == held_out:
                found.append(hits(question, papers[question.paper].abstract, x @ weights))
    figures = {f"best {n}": round(float(share), 4) for n, share in zip(DEPTHS, np.mean(found, axis=0), strict=True)}
    print(f"evidence, cross-validated by paper over {len(questions)} questions, the paper given: {figures}")
    weights = fit(examples)
    content = {
        "cross_validated": figures,
        "weights": {name: round(float(w), 4) for name, w in zip(evidence_features.NAMES, weights, strict=True)},
    }
    write_weights("evidence", "fit_evidence", content)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
