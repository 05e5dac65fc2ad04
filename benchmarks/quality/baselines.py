"""What vectors alone and full text alone find: the plain pipelines that every figure is set beside."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from qa.evaluation.bootstrap import Figure
from qa.evaluation.dataset import Case, Reply, SetKind
from qa.evaluation.metrics import Table, evaluate, separation
from vectorstore import Filters
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.opening import open_record
from vectorstore.library import Library

Found = list[tuple[str, float]]
Search = Callable[[str, int], Found]

LISTED = 5  # what a plain pipeline hands over: the first five
# The measures that a mere ranking has.
MEASURES: dict[SetKind, tuple[str, ...]] = {
    "single": ("recall@1", "recall@10", "mrr"),
    "lists": ("precision", "recall", "f1", "listed"),
    "topics": ("recall@100", "ndcg@20", "first relevant @10"),
    "dialogs": ("first: cited first", "follow-up: cited first", "switch: cited first"),
    "unanswerable": (),
}


def opened(path: Path) -> Library:
    """A library, with whatever model made it."""
    record = open_record(path, None)
    model = record.state.model
    record.close()
    return Library.open(path, embedder=Embedder(model))


def vectors(library: Library) -> Search:
    """The papers nearest to the embedded question."""
    return lambda text, limit: library.nearest(library.embedder.embed([text])[0], Filters(), limit)


def fulltext(library: Library) -> Search:
    """The papers that share the question's words, by BM25."""
    return lambda text, limit: library.matching(text, Filters(), limit)


def replies(cases: Sequence[Case], search: Search) -> list[Reply]:
    """The answers of a pipeline that only searches: each turn alone, without the conversation.

    It cites the best paper, lists the first five, and is as sure as the best score is high.
    """
    answers = []
    for case in cases:
        for number, turn in enumerate(case.turns):
            started = time.perf_counter()
            found = search(turn.question, case.limit)
            ids = tuple(paper for paper, _ in found)
            answers.append(
                Reply(
                    case.qid,
                    number,
                    confidence=found[0][1] if found else 0.0,
                    seconds=time.perf_counter() - started,
                    cited=tuple((paper, "") for paper in ids[:1]),
                    papers=ids[:LISTED],
                    retrieved=ids,
                )
            )
    return answers


def figures(sets: Sequence[Sequence[Case]], search: Search) -> tuple[list[dict[str, Figure]], dict[str, Figure]]:
    """The measures that a mere ranking has, of each set; and how well its best score tells what is answered."""
    answered = [(cases, replies(cases, search)) for cases in sets]
    tables: list[Table] = [next(iter(evaluate(cases, got).values())) for cases, got in answered]
    own = [{name: f for name, f in t.figures.items() if name in MEASURES[t.kind]} for t in tables]
    return own, separation(*answered)
