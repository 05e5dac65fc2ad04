"""Fit which candidates belong on a list (`qa.listing`).

    python -m training.fit_listing LISTINGS [VECTORS.npz]

Run after `training.fit_confidence`, with the same arguments. Each topic of `training/topics.txt` is asked of each
random library; a paper belongs when the topic's pattern stands in its title or twice in its abstract, and is not
counted either way when it stands there once. Folds are by topic. The cut is the one with the best mean F1. A list is
given when its best paper's chance is at least what FALSE_ABSTENTION of the topics with papers fall below; printed
beside it are the topics that the library has nothing on, and off-topic questions.
Writes `qa/listing.json`. Deterministic; a minute on two cores.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa import listing, ranking
from training import corpus, libraries
from training.fit_confidence import fit_logistic
from vectorstore import Paper
from vectorstore.embedding import Embedder

FOLDS = 5
FAR = -1  # the number that stands for no topic
FALSE_ABSTENTION = 0.03
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic asked of a library: the candidates' features, whether each belongs (1, 0, or -1 for arguable), and how
    many papers of the library belong.
    """

    topic: int
    table: Array
    belongs: NDArray[np.int64]
    total: int


def mark(paper: Paper, pattern: re.Pattern[str]) -> int:
    """1 for a paper that belongs, 0 for one that does not, -1 where one might argue."""
    mentions = len(pattern.findall(paper.abstract))
    if pattern.search(paper.title) or mentions > 1:
        return 1
    return -1 if mentions else 0


def f1(asked: Asked, chosen: NDArray[np.bool_]) -> float:
    """F1 of a list, arguable papers left out."""
    hits = int((chosen & (asked.belongs == 1)).sum())
    listed = int((chosen & (asked.belongs >= 0)).sum())
    return 2 * hits / (listed + asked.total) if hits else 0.0


def main(folder: Path, cache: Path) -> None:
    """Ask, cross-validate, choose the threshold, fit on everything, write."""
    papers = corpus.papers(folder, (q.paper for q in corpus.questions()))
    vectors = libraries.Vectors(Embedder(), cache)
    rows = [line.split(" | ") for line in (corpus.HERE / "topics.txt").read_text(encoding="utf-8").splitlines()[1:]]
    topics = [(name, re.compile(pattern, re.I)) for name, pattern in rows]
    vectors.of([name for name, _ in topics])
    everything: list[Asked] = []
    for library in libraries.split(papers):
        shelf = libraries.Shelf([papers[paper] for paper in library], vectors)
        for number, (name, pattern) in enumerate(topics):
            marks = [mark(papers[paper], pattern) for paper in library]
            total = marks.count(1)
            if total or -1 not in marks:  # neither covered nor absent where papers only touch it
                found = ranking.rank(name, shelf.find(name, depth=listing.CANDIDATES))
                belongs = np.array([mark(r.paper, pattern) for r in found])
                everything.append(Asked(number, listing.features(name, found), belongs, total))
        for text in corpus.far_questions():
            found = ranking.rank(text, shelf.find(text, depth=listing.CANDIDATES))
            everything.append(Asked(FAR, listing.features(text, found), np.zeros(len(found), dtype=np.int64), 0))
    chance = [np.zeros(0)] * len(everything)
    for held_out in range(FOLDS):
        weights, bias = _fit([a for a in everything if a.topic % FOLDS != held_out])
        for i, asked in enumerate(everything):
            if asked.topic % FOLDS == held_out:  # the far ones stand in one fold
                chance[i] = 1 / (1 + np.exp(-(asked.table @ weights + bias)))
    cuts = np.arange(0.05, 0.95, 0.025)

    def mean_f1(cut: float) -> float:
        lists = [f1(a, (c >= cut) | (c == c.max())) for a, c in zip(everything, chance, strict=True) if a.total > 1]
        return float(np.mean(lists))

    best = max(cuts.tolist(), key=mean_f1)
    tops = np.array([c.max() for c in chance])
    totals = np.array([a.total for a in everything])
    numbers = np.array([a.topic for a in everything])
    listed_from = float(np.quantile(tops[totals > 0], FALSE_ABSTENTION))
    figures = {
        "f1": round(mean_f1(best), 4),
        "lists": int((totals > 1).sum()),
        "topics": len(topics),
        "abstained absent": round(float((tops[(totals == 0) & (numbers != FAR)] < listed_from).mean()), 4),
        "abstained far": round(float((tops[numbers == FAR] < listed_from).mean()), 4),
    }
    print(f"cross-validated by topic: {figures} at {best:.3f}")
    weights, bias = _fit(everything)
    content = {
        "made_by": "python -m training.fit_listing",
        "cross_validated": figures,
        "belongs_from": round(best, 4),
        "listed_from": round(listed_from, 4),
        "bias": round(bias, 4),
        "weights": {n: round(float(w), 4) for n, w in zip(listing.NAMES, weights, strict=True)},
    }
    target = Path(listing.__file__).with_name("listing.json")
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target.name}")


def _fit(asked: list[Asked]) -> tuple[Array, float]:
    asked = [a for a in asked if a.total > 1]
    table = np.concatenate([a.table[a.belongs >= 0] for a in asked])
    truth = np.concatenate([a.belongs[a.belongs >= 0] for a in asked]).astype(np.float64)
    return fit_logistic(table, truth, np.ones(len(truth)))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "vectors.npz"))
