"""Fit how far an abstract must bear a sentence out, for `qa.attribution.checker`.

    python -m training.weights.fit_citations LISTINGS

LISTINGS is a folder that holds the papers of `training/data/questions.jsonl`. They are dealt into libraries; of each,
true sentences in other words and false ones are made as `benchmarks.citations.cases` makes them. A logistic regression
tells the true from those that no given abstract says. Prints what two halves of the libraries say of each other, then
fits on all and writes `qa/weights/citations.json`. Deterministic on one machine; a minute or two on one core.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.citations.cases import Case, Maker, written
from qa.attribution import boilerplate
from qa.attribution.scoring import NAMES, Claim, measure_claim
from qa.attribution.segments import split_segments
from qa.attribution.sources import analyze_source
from training import corpus
from training.weights import logits
from training.weights.folder import write_weights
from vectorstore import Paper

LIBRARIES = 6
SIZE = 250  # papers of a library
EACH = 40  # cases of a kind and library
KEPT_BY_HAND = 0.92  # and of those written by hand, if that is more
REPEATED = 4  # what a sentence written by hand counts: rules keep more of an abstract's words than people do
KEPT = 0.982  # share of the true sentences that the bias keeps; the rules that follow take some more
# What is false for want of support; the other corruptions stand in what the abstract says, and are for the rules.
_UNSAID = ("invented clause", "invented claim", "wrong mark, right paper given", "wrong mark, right paper not given",
           "paper not given, no mark")  # fmt: skip
Array = NDArray[np.float64]
Examples = tuple[Array, Array, Array]  # features, truth, features of the true sentences written by hand


def examples(cases: Sequence[Case]) -> tuple[Array, Array]:
    """Features of each sentence and the papers that it is held against; and whether they bear it out."""
    found = [pair for case in cases for pair in _examples(case)]
    return np.stack([table for table, _ in found]), np.array([float(truth) for _, truth in found])


def _examples(case: Case) -> Iterator[tuple[Array, bool]]:
    if not case.true and case.kind not in _UNSAID:
        return
    abstracts = [analyze_source(paper) for paper in case.papers]
    for segment in split_segments(case.text, case.papers):
        if boilerplate.claims_nothing(segment.text, segment.kind, bool(segment.numbers)):
            continue
        claim = Claim.of(segment.text)
        near = [abstract.nearness(claim.keys, claim.vectors) for abstract in abstracts]
        alone = [measure_claim(claim, [abstract], [own]) for abstract, own in zip(abstracts, near, strict=True)]
        if case.true:
            held = sorted(n - 1 for n in case.right)
            both = measure_claim(claim, [abstracts[n] for n in held], [near[n] for n in held])
            yield both.features, True
        elif case.wrong:
            yield alone[case.wrong - 1].features, False
        else:
            # Of papers that do not say it, the one that seems to most is the one that decides.
            yield max(alone, key=lambda measured: measured.covered).features, False


def fit(table: Array, truth: Array, by_hand: Array) -> tuple[Array, float]:
    """Weights and bias; the bias keeps the share `KEPT` of the true sentences, `KEPT_BY_HAND` of those by hand."""
    share = truth.mean()
    weights, _ = logits.fit_logistic(table, truth, np.where(truth > 0, 1 - share, share))
    least = np.quantile(table[truth > 0] @ weights, 1 - KEPT), np.quantile(by_hand @ weights, 1 - KEPT_BY_HAND)
    return weights, -float(min(least))


def _figures(held_out: Examples, weights: Array, bias: float) -> dict[str, float]:
    table, truth, by_hand = held_out
    above = table @ weights + bias > 0
    return {
        "true kept": round(float(above[truth > 0].mean()), 4),
        "by hand kept": round(float((by_hand @ weights + bias > 0).mean()), 4),
        "unsaid caught": round(float((~above[truth == 0]).mean()), 4),
    }


def libraries(papers: Sequence[Paper], first: Sequence[str]) -> list[list[Paper]]:
    """The papers dealt into libraries of the size of a few days' listings, those of the ids `first` evenly."""
    order = sorted(papers, key=lambda paper: paper.arxiv_id)
    random.Random(17).shuffle(order)
    wanted = list(dict.fromkeys(first))
    order = _dealt([p for p in order if p.arxiv_id in wanted], [p for p in order if p.arxiv_id not in wanted])
    return [order[n * SIZE : (n + 1) * SIZE] for n in range(LIBRARIES)]


def _dealt(some: Sequence[Paper], rest: Sequence[Paper]) -> list[Paper]:
    """Papers in an order that spreads some of them evenly over the libraries."""
    share = -(-len(some) // LIBRARIES)
    order: list[Paper] = []
    for n in range(LIBRARIES):
        own = some[n * share : (n + 1) * share]
        order += [*own, *rest[n * SIZE : (n + 1) * SIZE - len(own)]]
    return order


def train(papers: Sequence[Paper]) -> None:
    """Cross-validate, fit on everything, write the weights."""
    torch.set_num_threads(1)  # sums in another order are other sums
    by_hand = written(corpus.DATA / "paraphrases.jsonl")
    tables = []
    for seed, library in enumerate(libraries(papers, [arxiv_id for arxiv_id, _ in by_hand])):
        maker = Maker(library, seed)
        here = {paper.arxiv_id for paper in library}
        own = [pair for pair in by_hand if pair[0] in here]
        table, truth = examples([*maker.supported(EACH, own * REPEATED), *maker.corrupted(EACH)])
        tables.append((table, truth, examples(list(maker.supported(0, own)))[0]))
    halves = [_joined(tables[::2]), _joined(tables[1::2])]
    figures = [_figures(halves[1 - n], *fit(*halves[n])) for n in (0, 1)]
    print(f"each half of the libraries by the other: {figures}")
    weights, bias = fit(*_joined(tables))
    content = {
        "cross_validated": figures,
        "bias": round(bias, 4),
        "weights": {name: round(float(w), 4) for name, w in zip(NAMES, weights, strict=True)},
    }
    write_weights("citations", "fit_citations", content)


def _joined(tables: Sequence[Examples]) -> Examples:
    table, truth, by_hand = (np.concatenate(parts) for parts in zip(*tables, strict=True))
    return table, truth, by_hand


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    train(list(corpus.papers(Path(sys.argv[1]), (q.paper for q in corpus.questions())).values()))
