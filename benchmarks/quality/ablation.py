"""What each part of finding and quoting earns, over the same questions, and written to the docs.

    python -m benchmarks.quality.ablation [--library LIBRARY]

Over a library made from `seeds/`, and over LIBRARY, which holds a whole category. Each row is the pipeline up to that
part; the difference to the row above is drawn over pairs, so that its 95 % interval is that of the part and not of the
questions. A part whose interval holds 0 earns nothing that can be seen. A new part is a line in `STAGES`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import ROOT, report
from benchmarks.quality import asking, baselines
from qa.answer import Retrieved
from qa.assistant import CANDIDATES, Assistant
from qa.evaluation import bootstrap
from qa.evaluation.metrics import EVIDENCE_WORDS, SPAN_RECALL, Case, Reply, covered, judge_case
from qa.evidence import selection
from qa.evidence.tokens import rarity, stems
from qa.retrieval import reranker
from qa.retrieval.retriever import Retriever
from vectorstore import Paper
from vectorstore.library import Library
from vectorstore.text.sentences import split_sentences

Ranking = list[str]
MEASURES = {"single": ("recall@1", "recall@10"), "topics": ("ndcg@20", "recall@100")}
PICKED = 3  # sentences of an abstract


@dataclass(frozen=True)
class Bench:
    """A library, and what the stages search it with."""

    assistant: Assistant

    @property
    def library(self) -> Library:
        """The papers."""
        return self.assistant.library

    @cached_property
    def retriever(self) -> Retriever:
        """The two searches and their mix."""
        return Retriever(self.library)

    def candidates(self, text: str, limit: int) -> list[Retrieved]:
        """As many as the assistant has ranked again."""
        return self.retriever.retrieve(text, limit=max(limit, CANDIDATES))


def _names(found: baselines.Found) -> Ranking:
    return [paper for paper, _ in found]


def _ids(retrieved: Sequence[Retrieved]) -> Ranking:
    return [hit.paper.arxiv_id for hit in retrieved]


# Name, and from a bench to a ranking of so many papers for a question. Each has all that the one above has.
STAGES: tuple[tuple[str, Callable[[Bench, str, int], Ranking]], ...] = (
    ("vectors alone", lambda bench, text, limit: _names(baselines.vectors(bench.library)(text, limit))),
    ("full text alone", lambda bench, text, limit: _names(baselines.fulltext(bench.library)(text, limit))),
    ("both, mixed", lambda bench, text, limit: _ids(bench.retriever.retrieve(text, limit=limit))),
    ("+ second ranking", lambda bench, text, limit: _ids(reranker.rank(text, bench.candidates(text, limit)))),
    ("+ what is asked for", lambda bench, text, limit: _ids(bench.assistant.ask(text, limit=limit).retrieved)),
)


def ablate(bench: Bench, cases: Sequence[Case]) -> str:
    """A table of the stages over one set, each with its difference to the one above."""
    names = MEASURES[cases[0].kind]
    cells: list[list[str]] = []
    above: Mapping[str, list[float]] | None = None
    for stage, find in STAGES:
        own = {name: [0.0] * len(cases) for name in names}
        for place, case in enumerate(cases):
            reply = Reply(case.qid, retrieved=tuple(find(bench, case.turns[0].question, case.limit)))
            judged, _ = judge_case(case, {(case.qid, 0): reply})
            for name in names:
                own[name][place] = judged[name][0]
        row = [stage]
        for name in names:
            row += [_shown(own[name]), _difference(own[name], above[name]) if above else "–"]
        cells.append(row)
        above = own
    return report.table(["part", *(head for name in names for head in (name, "difference"))], cells)


def ablate_evidence(assistant: Assistant, cases: Sequence[Case]) -> str:
    """A table of ways to pick sentences from the abstract that answers."""
    cells: list[list[str]] = []
    above: list[float] | None = None
    for name, pick in PICKERS:
        own = []
        for case in cases:
            turn = case.turns[0]
            papers = assistant.library.get(sorted(turn.gold or ()))
            shown = " ".join(" ".join(pick(turn.question, paper).split()[:EVIDENCE_WORDS]) for paper in papers)
            own.append(float(any(covered(span, shown) >= SPAN_RECALL for span in turn.spans or ())))
        cells.append([name, _shown(own), _difference(own, above) if above else "–"])
        above = own
    return report.table(["sentences of the right abstract", "evidence", "difference"], cells)


def _first(_: str, paper: Paper) -> str:
    return _chosen(paper.abstract, lambda _: 0.0)


def _shared(question: str, paper: Paper) -> str:
    wanted = set(stems(question))
    return _chosen(paper.abstract, lambda sentence: sum(rarity(word) for word in wanted & set(stems(sentence))))


def _fitted(question: str, paper: Paper) -> str:
    return " ".join(e.text for e in selection.pick(question, paper.abstract, title=paper.title))


PICKERS: tuple[tuple[str, Callable[[str, Paper], str]], ...] = (
    ("the first ones", _first),
    ("those that share the question's rarest words", _shared),
    ("those that the fitted picker takes", _fitted),
)


def _chosen(abstract: str, value: Callable[[str], float]) -> str:
    """The sentences of the highest value, by the same limits as the fitted picker's; the earlier of equals."""
    values: NDArray[np.float64] = np.array([value(abstract[a:b]) for a, b in split_sentences(abstract)])
    return " ".join(e.text for e in selection.choose(abstract, values, max_sentences=PICKED))


def _shown(values: Sequence[float]) -> str:
    figure = bootstrap.ratio(values)
    return f"{figure.value:.3f} ({figure.low:.3f} to {figure.high:.3f})"


def _difference(own: Sequence[float], above: Sequence[float]) -> str:
    figure = bootstrap.ratio([new - old for new, old in zip(own, above, strict=True)])
    return f"{figure.value:+.3f} ({figure.low:+.3f} to {figure.high:+.3f})"


def over(library: Path, names: Sequence[str]) -> str:
    """The tables of a library: the stages over each set, and the evidence over those that state it."""
    parts = []
    with Assistant(baselines.opened(library)) as assistant:
        bench = Bench(assistant)
        parts.append(f"{assistant.stats().papers:,} papers.")
        for name in names:
            cases = asking.cases(name)
            parts.append(f"`{name}`, {len(cases)} questions:\n\n{ablate(bench, cases)}")
            if cases[0].kind == "single":
                parts.append(ablate_evidence(assistant, cases))
    return "\n\n".join(parts)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--library", type=Path, help="a library of a whole category, beside the seeds")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        asking.arxivqa("ingest", "--library", library, ROOT / "seeds")
        text = over(library, ["seeds"])
    print(text)
    report.write("ablation-seeds", text)
    if given.library is not None:
        text = over(given.library, ["category", "topics", "far_fields"])
        print(f"\n{text}")
        report.write("ablation-category", text)


if __name__ == "__main__":
    main()
