"""Fit the weights that `qa.evidence` picks sentences with.

    python -m training.fit_evidence LISTINGS

LISTINGS is a folder that holds the papers of `training/questions.jsonl`. A conditional logit over the sentences of each
abstract: the answering sentence is the one that holds the question's span. Prints what five-fold cross-validation by
paper says, then fits on all questions and writes `qa/evidence.json`. Deterministic; a minute on one core.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.score import EVIDENCE_WORDS, SPAN_RECALL, covered
from qa import cues, evidence
from training import corpus
from vectorstore import sentences

FOLDS = 5
PENALTY = 3e-4  # chosen on the cross-validation below among 1e-2 .. 1e-4; the differences are under half a point
Example = tuple[NDArray[np.float64], NDArray[np.float64]]


def example(question: corpus.Question, abstract: str) -> Example:
    """Features of each sentence, and the share of the span that each holds."""
    spans = sentences.split(abstract)
    begin = abstract.index(question.span)
    end = begin + len(question.span)
    held = [max(0, min(end, b) - max(begin, a)) / (end - begin) for a, b in spans]
    return cues.features(question.text, [abstract[a:b] for a, b in spans]), np.array(held) / sum(held)


def fit(examples: list[Example]) -> NDArray[np.float64]:
    """Weights, shape (features,), that give the answering sentences the highest scores."""
    stacked = np.concatenate([x for x, _ in examples])
    scale = stacked.std(axis=0) + 1e-6
    longest = max(len(x) for x, _ in examples)
    inputs = torch.zeros(len(examples), longest, len(cues.NAMES))
    targets = torch.zeros(len(examples), longest)
    real = torch.zeros(len(examples), longest, dtype=torch.bool)
    for row, (x, y) in enumerate(examples):
        inputs[row, : len(x)] = torch.tensor(x / scale)
        targets[row, : len(x)] = torch.tensor(y)
        real[row, : len(x)] = True
    weights = torch.zeros(len(cues.NAMES), requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        chances = torch.log_softmax((inputs @ weights).masked_fill(~real, -1e4), dim=1)
        value = -(targets * chances).sum(dim=1).mean() + PENALTY * (weights**2).sum()
        value.backward()
        return value

    optimiser.step(loss)
    return weights.detach().double().numpy() / scale


def hit(question: corpus.Question, abstract: str, scores: NDArray[np.float64]) -> bool:
    """Whether the scorer counts the evidence that these sentence scores give."""
    text = " ".join(e.text for e in evidence.choose(abstract, scores))
    return covered(question.span, " ".join(text.split()[:EVIDENCE_WORDS])) >= SPAN_RECALL


def main(folder: Path) -> None:
    """Cross-validate, fit on everything, write the weights."""
    asked = corpus.questions()
    papers = corpus.papers(folder, (q.paper for q in asked))
    questions = [q for q in asked if q.span in papers[q.paper].abstract]
    print(f"{len(questions)} of {len(asked)} spans stand in the abstracts as read")
    abstracts = [papers[q.paper].abstract for q in questions]
    examples = [example(q, a) for q, a in zip(questions, abstracts, strict=True)]
    fold = corpus.folds(papers, FOLDS, seed=0)
    hits, firsts = [], []
    for held_out in range(FOLDS):
        weights = fit([e for q, e in zip(questions, examples, strict=True) if fold[q.paper] != held_out])
        for question, abstract, (x, y) in zip(questions, abstracts, examples, strict=True):
            if fold[question.paper] == held_out:
                hits.append(hit(question, abstract, x @ weights))
                firsts.append(y[int(np.argmax(x @ weights))] >= 0.5)
    figures = {"evidence": round(float(np.mean(hits)), 4), "first sentence": round(float(np.mean(firsts)), 4)}
    print(f"cross-validated by paper over {len(questions)} questions, the paper given: {figures}")
    weights = fit(examples)
    content = {
        "made_by": "python -m training.fit_evidence",
        "cross_validated": figures,
        "weights": {name: round(float(w), 4) for name, w in zip(cues.NAMES, weights, strict=True)},
    }
    target = Path(evidence.__file__).with_name("evidence.json")
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target.name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
