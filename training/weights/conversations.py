"""Turns of conversations to fit on: made from the training questions, and written by hand in `dialogs.jsonl`."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.answer import Answer, Citation, Retrieved
from qa.dialog import context_gate, followups, resolve
from qa.dialog.context_gate import ContextCandidates
from qa.dialog.rewrites import wants_others
from qa.evidence.tokens import stem, stems, words
from qa.query.parser import ParsedQuery, parse_query
from qa.retrieval import reranker
from training import corpus
from training.weights import libraries
from vectorstore import Filters, Paper

SHIFTED = 12  # of them are followed by "what about" and "no, I meant"
NEAR = 4  # papers that such a question may shift to
LEANING = ("follow-up", "general", "same paper")
_SHIFTS = {
    "turns": ("What about {}?", "And what about {}?", "how about {}?", "And for {}?", "And with {}?"),
    "corrects": ("No, I meant {}.", "I meant {}", "Sorry, I meant {}.", "no, i mean {}"),
}


@dataclass(frozen=True, slots=True)
class Turn:
    """A follow-up or a new question.

    Attributes:
        library: number of the library it is asked of; fold by it.
        kind: what it is made or written as.
        right: place of the right paper among the candidates, or None.
        leaning: whether the right paper was talked about before.
        written: by hand.
    """

    library: int
    kind: str
    found: ContextCandidates
    candidates: list[Retrieved]
    table: NDArray[np.float64]
    right: int | None
    leaning: bool
    written: bool

    def ranked(self, weights: NDArray[np.float64]) -> list[Retrieved]:
        """The candidates of all searches under these weights."""
        return reranker.ordered(self.candidates, self.table @ weights)


@dataclass(frozen=True, slots=True)
class _Planned:
    kind: str
    request: ParsedQuery
    history: list[Answer]
    right: str
    written: bool = False


def turns(folder: Path, vectors: libraries.Vectors) -> list[Turn]:
    """All turns of all conversations, each asked of the random library that holds its papers.

    The made ones ask only what the retrieval model has not seen (`corpus.held_out`).
    """
    questions = corpus.questions()
    written = dialogs()
    papers = corpus.papers(folder, (q.paper for q in questions))
    shelves = libraries.split(papers)
    choose, shift = random.Random(5), random.Random(6)
    by_paper = defaultdict(list)
    for question in questions:
        by_paper[question.paper].append(question)
    made = []
    for number, library in enumerate(shelves):
        shelf = libraries.Shelf([papers[paper] for paper in library], vectors)
        unseen = [paper for paper in library if paper in corpus.held_out()]
        elsewhere = sorted(corpus.held_out().difference(library))
        pairs = [
            (paper, first.text, second.text)
            for paper in unseen
            for first, second in permutations(by_paper[paper][:2], 2)
        ]
        near = _nearest([papers[paper] for paper in library], vectors)
        planned: list[_Planned] = []
        choose.shuffle(pairs)
        for place, (paper, first, second) in enumerate(pairs):
            other = choose.choice([p for p in unseen if p != paper])
            leaned = lean(second, first, papers[paper].title, choose)
            seconds = [("follow-up", leaned, paper), ("switch", choose.choice(by_paper[other]).text, other)]
            if choose.random() < 0.3:
                seconds.append(("same paper", second, paper))
            seconds.append(("general", choose.choice(corpus.follow_ups()), paper))
            seconds.append(("far", choose.choice(corpus.far_questions()), ""))
            seconds.append(("absent", choose.choice(by_paper[choose.choice(elsewhere)]).text, ""))
            if place < SHIFTED:
                beside = shift.choice(near[paper])
                seconds += _shifted(paper, second, beside, by_paper[beside], f"{first} {papers[paper].title}", shift)
            best = reranker.rank(first, shelf.find(first))
            history = [Answer(first, citations=_cited([r.paper for r in best[:2]]))]
            planned += [_Planned(kind, ParsedQuery(text, text), history, right) for kind, text, right in seconds]
        held = set(library)
        for dialog in written:
            if dialog[0]["gold"][0] in held:
                planned += _read(dialog, papers)
        made += list(_asked(number, planned, shelf, vectors))
        print(f"library {number}", flush=True)
    return made


def dialogs(path: Path = corpus.DATA / "dialogs.jsonl") -> list[list[dict[str, list[str]]]]:
    """The turns of each dialog written by hand."""
    return [json.loads(line)["turns"] for line in path.read_text(encoding="utf-8").splitlines()]


def lean(question: str, first: str, title: str, choose: random.Random) -> str:
    """The question with what it shares with the first one and the title said as a pronoun, and at times an "And"."""
    known = set(stems(f"{first} {title}"))
    said = False
    parts: list[str] = []
    for word in re.split(r"(\s+)", question):
        core = re.sub(r"\W", "", word).lower()
        if core and any(stem(part) in known for part in re.findall(r"\w+", word.lower())):
            if not said:
                parts.append(choose.choice(["it", "this", "they", "the method", "that"]))
                said = True
            elif parts and parts[-1].isspace():
                parts.pop()
            continue
        parts.append(word)
    text = re.sub(r"\s+", " ", "".join(parts)).strip()
    opening = choose.choice(["", "", "", "And ", "So ", "But "])
    return opening + (text[0].lower() + text[1:] if opening and text else text)


def _shifted(
    paper: str, second: str, beside: str, asked: Sequence[corpus.Question], known: str, choose: random.Random
) -> Iterator[tuple[str, str, str]]:
    """Shifting questions ("what about …") with words of a near paper's question, or of this one's."""
    told = set(stems(known))
    for cue, forms in _SHIFTS.items():
        of_other = _some([w for w in words(choose.choice(asked).text) if stem(w) not in told], choose)
        of_same = _some([w for w in words(second) if stem(w) not in told], choose)
        if of_other:
            yield f"{cue}, another paper", choose.choice(forms).format(of_other), beside
        if of_same:
            yield f"{cue}, same paper", choose.choice(forms).format(of_same), paper


def _some(content: list[str], choose: random.Random) -> str:
    """Two to six words in a row."""
    count = choose.randint(2, 6)
    start = choose.randrange(max(1, len(content) - count + 1))
    return " ".join(content[start : start + count])


def _nearest(papers: Sequence[Paper], vectors: libraries.Vectors) -> dict[str, list[str]]:
    """The papers most like each one."""
    matrix = vectors.of_papers(list(papers))
    order = np.argsort(-(matrix @ matrix.T), axis=1)
    return {p.arxiv_id: [papers[k].arxiv_id for k in order[i] if k != i][:NEAR] for i, p in enumerate(papers)}


def _cited(papers: Sequence[Paper]) -> tuple[Citation, ...]:
    return tuple(Citation(n, paper) for n, paper in enumerate(papers, 1))


def _read(dialog: list[dict[str, list[str]]], papers: Mapping[str, Paper]) -> Iterator[_Planned]:
    """The later turns of a written dialog, each after the right answers to those before it.

    Turns that are read by rule, and those with several right papers, have nothing to fit.
    """
    history: list[Answer] = []
    for turn in dialog:
        question, gold, kind = str(turn["question"]), turn["gold"], str(turn["kind"])
        request = parse_query(question)
        by_rule = history and (followups.resolve_explicit(request, history) or wants_others(question))
        if history and len(gold) == 1 and not by_rule:
            yield _Planned(kind, request, list(history), gold[0], written=True)
        stands = not history or kind == "switch"
        history.append(
            Answer(
                question,
                citations=_cited([papers[paper] for paper in gold]),
                standalone=request.text if stands else resolve.join(request.text, history),
                shape=request.shape,
            )
        )


def _asked(
    library: int, planned: Sequence[_Planned], shelf: libraries.Shelf, vectors: libraries.Vectors
) -> Iterator[Turn]:
    texts: list[str] = []

    def noted(text: str, _: Filters) -> list[Retrieved]:
        texts.append(text)
        return []

    for plan in planned:
        resolve.searched(plan.request, plan.history, noted)
    if texts:
        vectors.of(texts)  # all at once: they are saved
    for plan in planned:
        found = resolve.searched(plan.request, plan.history, lambda text, _: shelf.find(text))
        candidates, table = context_gate.context_features(found)
        ids = [r.paper.arxiv_id for r in candidates]
        right = ids.index(plan.right) if plan.right in ids else None
        leans = plan.right in {paper.arxiv_id for paper in found.about} and plan.kind != "switch"
        yield Turn(library, plan.kind, found, candidates, table, right, leans, plan.written)
