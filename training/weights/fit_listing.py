"""Fit which candidates belong on a list (`qa.retrieval.list_cutoff`).

    python -m training.weights.fit_listing LISTINGS [VECTORS.npz]

Run after `training.weights.fit_confidence`, with the same arguments. Three sources, the first of which counts most:
`training/data/lists.jsonl`, requests whose papers were chosen by reading one of the libraries of
`training/data/list_libraries.txt`; the topics of `training/data/topics.txt` asked of some of those libraries, where a
paper belongs when the topic's pattern stands in its title or twice in its abstract, and is not counted either way when
it stands there once; and the same topics asked of all libraries as one, where often more papers belong than are
candidates. Folds are by library. A list is given when its best paper's chance is at least what FALSE_ABSTENTION of the
lists with papers fall below. Writes `qa/weights/listing.json`. Deterministic; a minute or two on two cores.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qa.query.parser import parse_query
from qa.retrieval import list_cutoff, reranker
from training import corpus
from training.weights import libraries
from training.weights.folder import write_weights
from training.weights.logits import fit_logistic
from vectorstore import Paper
from vectorstore.embedding.embedder import Embedder

FOLDS = 4
FALSE_ABSTENTION = 0.02
SPREAD = 3  # every topic is asked of one library in this many
# What one candidate counts, by source: read lists are right about every paper, patterns only mostly.
WEIGHTS = {"read": 1.0, "pattern": 0.2, "absent": 0.1, "far": 0.1, "merged": 0.15}
Source = Literal["read", "pattern", "absent", "far", "merged"]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReadList:
    """A request for a list, with what was found by reading a whole library.

    Attributes:
        library: its number.
        relevant: ids of the papers that belong.
        partial: of those that one might argue about.
    """

    library: int
    question: str
    relevant: frozenset[str]
    partial: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A topic asked of a library.

    Attributes:
        fold: the fold that it is held out in.
        table: the candidates' features.
        belongs: whether each candidate does: 1, 0, or -1 for arguable.
        total: how many papers of the library belong.
    """

    fold: int
    source: Source
    table: Array
    belongs: NDArray[np.int64]
    total: int


def read_lists(path: Path = corpus.DATA / "lists.jsonl") -> list[ReadList]:
    """The requests in the file's order."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [ReadList(r["library"], r["question"], frozenset(r["relevant"]), frozenset(r["partial"])) for r in rows]


def read_libraries(path: Path = corpus.DATA / "list_libraries.txt") -> list[list[str]]:
    """The libraries that the lists were read from, as ids."""
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines()]


def read_topics(path: Path = corpus.DATA / "topics.txt") -> list[tuple[str, re.Pattern[str]]]:
    """Topics as a person names them, each with a pattern of the papers that belong."""
    rows = [line.split(" | ") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [(name, re.compile(pattern, re.I)) for name, pattern in rows]


def mark(paper: Paper, pattern: re.Pattern[str]) -> int:
    """1 for a paper that belongs, 0 for one that does not, -1 where one might argue."""
    mentions = len(pattern.findall(paper.abstract))
    if pattern.search(paper.title) or mentions > 1:
        return 1
    return -1 if mentions else 0


def f1(asked: Asked, chosen: Sequence[int]) -> float:
    """F1 of a list given by its places, arguable papers left out."""
    marks = asked.belongs[list(chosen)]
    hits = int((marks == 1).sum())
    return 2 * hits / (int((marks >= 0).sum()) + asked.total) if hits else 0.0


def ask_all(papers: Mapping[str, Paper], vectors: libraries.Vectors) -> Iterator[Asked]:
    """Every request of every source, asked of its libraries."""
    lists, topics, split = read_lists(), read_topics(), read_libraries()
    vectors.of([*(parse_query(r.question).text for r in lists), *(name for name, _ in topics), *corpus.far_questions()])
    for number, library in enumerate(split):
        shelf, fold = libraries.Shelf([papers[paper] for paper in library], vectors), number % FOLDS
        for request in lists:
            if request.library == number:
                table, found = _ask(shelf, parse_query(request.question).text)
                marks = [1 if p in request.relevant else -1 if p in request.partial else 0 for p in found]
                yield Asked(fold, "read", table, np.array(marks), len(request.relevant))
        for place, (name, pattern) in enumerate(topics):
            total = [mark(papers[paper], pattern) for paper in library].count(1)
            if (place + number) % SPREAD == 0:
                table, found = _ask(shelf, name)
                marks = [mark(papers[p], pattern) for p in found]
                if total or -1 not in marks:  # neither covered nor absent where papers only touch it
                    yield Asked(fold, "pattern" if total else "absent", table, np.array(marks), total)
        for place, text in enumerate(corpus.far_questions()):
            if (place + number) % (2 * SPREAD) == 0:
                table, found = _ask(shelf, text)
                yield Asked(fold, "far", table, np.zeros(len(found), dtype=np.int64), 0)
    shelf = libraries.Shelf([papers[paper] for library in split for paper in library], vectors)
    for place, (name, pattern) in enumerate(topics):
        table, found = _ask(shelf, name)
        marks = [mark(papers[p], pattern) for p in found]
        # No list can be longer than its candidates, so it is measured by those.
        yield Asked(place % FOLDS, "merged", table, np.array(marks), marks.count(1))


def _ask(shelf: libraries.Shelf, topic: str) -> tuple[Array, list[str]]:
    found = reranker.rank(topic, shelf.find(topic, depth=list_cutoff.CANDIDATES))
    return list_cutoff.list_cutoff_features(topic, found), [r.paper.arxiv_id for r in found]


def fit(asked: Sequence[Asked]) -> tuple[Array, float]:
    """Weights and bias of the cut, shape (features,), and the bias."""
    table = np.concatenate([a.table[a.belongs >= 0] for a in asked])
    truth = np.concatenate([a.belongs[a.belongs >= 0] for a in asked]).astype(np.float64)
    weight = np.concatenate([np.full(int((a.belongs >= 0).sum()), WEIGHTS[a.source]) for a in asked])
    return fit_logistic(table, truth, weight)


def cross_validated(everything: Sequence[Asked]) -> list[Array]:
    """The chances of every request's candidates by a model that has not seen its library."""
    chances: list[Array] = [np.zeros(0)] * len(everything)
    for held_out in range(FOLDS):
        weights, bias = fit([a for a in everything if a.fold != held_out])
        for i, asked in enumerate(everything):
            if asked.fold == held_out:
                chances[i] = 1 / (1 + np.exp(-(asked.table @ weights + bias)))
    return chances


def main(folder: Path, cache: Path) -> None:
    """Ask, cross-validate, fit on everything, write."""
    papers = corpus.papers(folder, (paper for library in read_libraries() for paper in library))
    everything = list(ask_all(papers, libraries.Vectors(Embedder(), cache)))
    chances = cross_validated(everything)

    def over(source: Source, value: Callable[[Asked, Array], float]) -> Array:
        return np.array([value(a, c) for a, c in zip(everything, chances, strict=True) if a.source == source])

    tops = over("read", lambda _, c: float(c.max()))
    listed_from = float(np.quantile(tops, FALSE_ABSTENTION))
    figures = {
        "f1": over("read", lambda a, c: f1(a, list_cutoff.cut(c))).mean(),
        "f1 at the best number": over("read", _best_f1).mean(),
        "f1 of patterns": over("pattern", lambda a, c: f1(a, list_cutoff.cut(c))).mean(),
        "f1 of many": over("merged", lambda a, c: f1(a, list_cutoff.cut(c))).mean(),
        "abstained": (tops < listed_from).mean(),
        "abstained absent": over("absent", lambda _, c: float(c.max() < listed_from)).mean(),
        "abstained far": over("far", lambda _, c: float(c.max() < listed_from)).mean(),
    }
    figures = {name: round(float(value), 4) for name, value in figures.items()}
    print(f"cross-validated by library over {len(tops)} read lists: {figures}")
    weights, bias = fit(everything)
    content = {
        "cross_validated": figures,
        "listed_from": round(listed_from, 4),
        "bias": round(bias, 4),
        "weights": {n: round(float(w), 4) for n, w in zip(list_cutoff.NAMES, weights, strict=True)},
    }
    write_weights("listing", "fit_listing", content)


def _best_f1(asked: Asked, chances: Array) -> float:
    """The F1 of the best number of papers, in the order of their chances: what a perfect cut would reach."""
    order = np.argsort(-chances, kind="stable")
    return max(f1(asked, order[:length].tolist()) for length in range(1, len(order) + 1))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "vectors.npz"))
