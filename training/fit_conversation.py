"""Fit how much a question leans on the conversation (`qa.conversation`).

    python -m training.fit_conversation LISTINGS [VECTORS.npz]

Run after `training.fit_confidence`, with the same arguments. Dialogs are made from the training questions: two
questions of one paper, where the second says "it" or "they" for what it shares with the first one and the title
("follow-up"), or stands as written ("same paper"), or may be asked of any paper ("general", `training/follow_ups.txt`);
and a question of another paper ("switch"). A conditional logit ranks the right paper first. A logistic regression then
tells those that lean on the paper talked about from those that do not: "switch", "absent" (a question whose paper is
not in the library) and "far". Its threshold loses LOST of the follow-ups. Folds are by library. Writes
`qa/conversation.json`. Deterministic; minutes on two cores.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from qa import conversation, ranking
from qa.answers import Answer, Citation, Retrieved
from qa.words import stem, stems
from training import corpus, libraries
from training.fit_confidence import fit_logistic
from vectorstore import Paper
from vectorstore.embedding import Embedder

FOLDS = 4
DIALOGS = 40  # a library
LOST = 0.03
LEANING = ("follow-up", "general", "same paper")
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Turn:
    """A second question: its kind, its candidates' features, and which of them is right."""

    library: int
    kind: str
    table: Array
    right: int | None
    text: str
    own: list[Retrieved]
    candidates: list[Retrieved]
    about: tuple[Paper, ...]

    def ranked(self, weights: Array) -> list[Retrieved]:
        """The candidates of both searches under these weights."""
        return ranking.ordered(self.candidates, self.table @ weights)


def lean(question: str, first: str, title: str, choose: random.Random) -> str:
    """The question with what it shares with the first one and the title said as a pronoun, and at times an "And"."""
    known = set(stems(f"{first} {title}"))
    said = False
    words: list[str] = []
    for word in re.split(r"(\s+)", question):
        core = re.sub(r"\W", "", word).lower()
        if core and any(stem(part) in known for part in re.findall(r"\w+", word.lower())):
            if not said:
                words.append(choose.choice(["it", "this", "they", "the method", "that"]))
                said = True
            elif words and words[-1].isspace():
                words.pop()
            continue
        words.append(word)
    text = re.sub(r"\s+", " ", "".join(words)).strip()
    opening = choose.choice(["", "", "", "And ", "So ", "But "])
    return opening + (text[0].lower() + text[1:] if opening and text else text)


def dialogs(folder: Path, cache: Path) -> list[Turn]:
    """All turns of all dialogs."""
    questions = corpus.questions()
    papers = corpus.papers(folder, (q.paper for q in questions))
    vectors = libraries.Vectors(Embedder(), cache)
    choose = random.Random(5)
    by_paper = defaultdict(list)
    for question in questions:
        by_paper[question.paper].append(question.text)
    turns = []
    far = corpus.far_questions()
    general = corpus.follow_ups()
    shelves = libraries.split(papers)
    for number, library in enumerate(shelves):
        shelf = libraries.Shelf([papers[paper] for paper in library], vectors)
        elsewhere = shelves[(number + 1) % len(shelves)]
        several = [paper for paper in library if len(by_paper[paper]) > 1]
        planned = []
        for paper in choose.sample(several, DIALOGS):
            first, second = choose.sample(by_paper[paper], 2)
            other = choose.choice([p for p in library if p != paper])
            leaned = lean(second, first, papers[paper].title, choose)
            seconds = [("follow-up", leaned, paper), ("switch", choose.choice(by_paper[other]), other)]
            if choose.random() < 0.3:
                seconds.append(("same paper", second, paper))
            seconds.append(("general", choose.choice(general), paper))
            seconds.append(("far", choose.choice(far), ""))
            seconds.append(("absent", choose.choice(by_paper[choose.choice(elsewhere)]), ""))
            best = ranking.rank(first, shelf.find(first))
            history = [Answer(first, citations=tuple(Citation(i + 1, r.paper) for i, r in enumerate(best[:2])))]
            planned += [(kind, text, right, history, conversation.join(text, history)) for kind, text, right in seconds]
        vectors.of([text for _, own, _, _, joined in planned for text in (own, joined)])  # all at once: it is saved
        for kind, text, right, history, joined in planned:
            own = ranking.rank(text, shelf.find(text))
            about = conversation.recent(history)
            candidates, table = conversation.features(text, own, ranking.rank(joined, shelf.find(joined)), about)
            ids = [r.paper.arxiv_id for r in candidates]
            place = ids.index(right) if right in ids else None
            turns.append(Turn(number, kind, table, place, text, own, candidates, about))
        print(f"library {number}", flush=True)
    return turns


def fit(turns: list[Turn]) -> Array:
    """Weights, shape (features,)."""
    known = [(t.table, t.right) for t in turns if t.right is not None]
    scale = np.concatenate([x for x, _ in known]).std(axis=0) + 1e-6
    longest = max(len(x) for x, _ in known)
    inputs = torch.zeros(len(known), longest, len(conversation.NAMES))
    real = torch.zeros(len(known), longest, dtype=torch.bool)
    for i, (x, _) in enumerate(known):
        inputs[i, : len(x)] = torch.tensor(x / scale)
        real[i, : len(x)] = True
    targets = torch.tensor([y for _, y in known])
    w = torch.zeros(len(conversation.NAMES), requires_grad=True)
    optimiser = torch.optim.LBFGS([w], max_iter=200, line_search_fn="strong_wolfe")

    def step() -> torch.Tensor:
        optimiser.zero_grad()
        logits = (inputs @ w).masked_fill(~real, -1e4)
        value = torch.nn.functional.cross_entropy(logits, targets) + 1e-3 * (w**2).sum()
        value.backward()
        return value

    optimiser.step(step)
    return w.detach().double().numpy() / scale


def gate(turns: list[Turn], weights: Array) -> tuple[list[int], Array, Array]:
    """The turns whose best candidate was talked about: their places, features, and 1 where the question leans on it."""
    places, rows, truth = [], [], []
    for place, turn in enumerate(turns):
        ranked = turn.ranked(weights)
        if ranked[0].paper.arxiv_id in {paper.arxiv_id for paper in turn.about}:
            places.append(place)
            rows.append(conversation.lean_features(turn.text, turn.own, ranked, turn.about))
            truth.append(turn.kind in LEANING)
    return places, np.array(rows), np.array(truth, dtype=np.float64)


def main(folder: Path, cache: Path) -> None:
    """Cross-validate, choose the threshold, fit on everything, write."""
    turns = dialogs(folder, cache)
    right = defaultdict(list)
    leaning = np.full(len(turns), -np.inf)
    for held_out in range(FOLDS):
        kept = [t for t in turns if t.library % FOLDS != held_out]
        weights = fit(kept)
        _, rows, truth = gate(kept, weights)
        lean_weights, bias = fit_logistic(rows, truth, np.ones(len(truth)))
        places, rows, _ = gate(turns, weights)
        for place, row in zip(places, rows, strict=True):
            if turns[place].library % FOLDS == held_out:
                leaning[place] = row @ lean_weights + bias
        for turn in turns:
            if turn.library % FOLDS == held_out and turn.right is not None:
                right[turn.kind].append(int(np.argmax(turn.table @ weights)) == turn.right)
    kinds = np.array([turn.kind for turn in turns])
    threshold = float(np.quantile(leaning[np.isin(kinds, LEANING[:2]) & np.isfinite(leaning)], LOST))
    figures = {f"{kind} first": round(float(np.mean(hits)), 4) for kind, hits in sorted(right.items())}
    for kind in sorted(set(kinds)):
        figures[f"{kind} leans"] = round(float((leaning[kinds == kind] >= threshold).mean()), 4)
    print(f"cross-validated by library over {len(turns)} turns: {figures}")
    weights = fit(turns)
    _, rows, truth = gate(turns, weights)
    lean_weights, bias = fit_logistic(rows, truth, np.ones(len(truth)))
    content = {
        "made_by": "python -m training.fit_conversation",
        "cross_validated": figures,
        "weights": {n: round(float(w), 4) for n, w in zip(conversation.NAMES, weights, strict=True)},
        "leans": {
            "bias": round(bias - threshold, 4),
            "weights": {n: round(float(w), 4) for n, w in zip(conversation.LEANS, lean_weights, strict=True)},
        },
    }
    target = Path(conversation.__file__).with_name("conversation.json")
    target.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {target.name}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "vectors.npz"))
