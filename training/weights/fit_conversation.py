"""Fit how much a question leans on the conversation (`qa.dialog.context_gate`).

    python -m training.weights.fit_conversation LISTINGS [VECTORS.npz]

Run after `training.weights.fit_confidence`, with the same arguments. Turns are made from the training questions
(`training.weights.conversations`): two questions of one paper, where the second says "it" or "they" for what it shares
with the first one and the title ("follow-up"), or stands as written ("same paper"), or may be asked of any paper
("general", `training/data/follow_ups.txt`); "what about …" and "no, I meant …" with words of another question of the
paper or of a paper near it; and a question of another paper ("switch"). Beside these stand the dialogs written by hand
(`training/data/dialogs.jsonl`), each turn counting WRITTEN times (and "far" ones FAR times: an answer to those is the
worst error). A conditional logit ranks the right paper first. A logistic regression then tells those that lean on the
paper talked about from those that do not: "switch", "absent" (a question whose paper is not in the library), "far", and
shifts to another paper. Its threshold loses LOST of the follow-ups. Folds are by library. Writes
`qa/weights/conversation.json`. Deterministic; minutes on two cores.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.dialog import context_gate
from training.weights import libraries
from training.weights.conversations import LEANING, Turn, turns
from training.weights.folder import write_weights
from training.weights.logits import fit_conditional, fit_logistic
from vectorstore.embedding.embedder import Embedder

FOLDS = 4  # by pairs of libraries: the papers held out stand in every second one
WRITTEN = 3.0
FAR = 2.0
LOST = 0.03
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights of the ranking, and of the gate with its bias."""

    ranking: Array
    gate: Array
    bias: float

    def to_json(self, threshold: float) -> dict[str, Any]:
        """As `qa/weights/conversation.json` has it."""
        return {
            "weights": {n: round(float(w), 4) for n, w in zip(context_gate.NAMES, self.ranking, strict=True)},
            "leans": {
                "bias": round(self.bias - threshold, 4),
                "weights": {n: round(float(w), 4) for n, w in zip(context_gate.LEANS, self.gate, strict=True)},
            },
        }


def fit(known: Sequence[Turn]) -> Fitted:
    """Fit both models."""
    placed = [turn for turn in known if turn.right is not None]
    right = [turn.right for turn in placed if turn.right is not None]
    weights = fit_conditional([turn.table for turn in placed], right, [_weight(turn) for turn in placed])
    places, rows = gate(known, weights)
    truth = np.array([known[place].leaning for place in places], dtype=np.float64)
    gate_weights, bias = fit_logistic(rows, truth, np.array([_weight(known[place]) for place in places]))
    return Fitted(weights, gate_weights, bias)


def gate(asked: Sequence[Turn], weights: Array) -> tuple[list[int], Array]:
    """The turns whose best candidate was talked about: their places, and what the gate sees of them."""
    places, rows = [], []
    for place, turn in enumerate(asked):
        ranked = turn.ranked(weights)
        if ranked[0].paper.arxiv_id in {paper.arxiv_id for paper in turn.found.about}:
            places.append(place)
            rows.append(context_gate.lean_features(turn.found, ranked))
    return places, np.array(rows)


def _weight(turn: Turn) -> float:
    return WRITTEN if turn.written else FAR if turn.kind == "far" else 1.0


def cross_validate(asked: Sequence[Turn]) -> tuple[list[Fitted], dict[str, float], float]:
    """What each fold's model was, the figures on turns that it was not fitted on, and the gate's threshold."""
    models = []
    first = defaultdict(list)
    score = np.full(len(asked), -np.inf)
    for held_out in range(FOLDS):
        model = fit([turn for turn in asked if turn.library // 2 % FOLDS != held_out])
        models.append(model)
        own = [place for place, turn in enumerate(asked) if turn.library // 2 % FOLDS == held_out]
        places, rows = gate([asked[place] for place in own], model.ranking)
        for place, row in zip(places, rows, strict=True):
            score[own[place]] = row @ model.gate + model.bias
        for turn in (asked[place] for place in own):
            if turn.right is not None:
                first[_name(turn)].append(int(np.argmax(turn.table @ model.ranking)) == turn.right)
    kinds = np.array([turn.kind for turn in asked])
    names = np.array([_name(turn) for turn in asked])
    threshold = float(np.quantile(score[np.isin(kinds, LEANING[:2]) & np.isfinite(score)], LOST))
    figures = {f"{name} first": round(float(np.mean(hits)), 4) for name, hits in sorted(first.items())}
    for name in sorted(set(names)):
        figures[f"{name} leans"] = round(float((score[names == name] >= threshold).mean()), 4)
    return models, figures, threshold


def _name(turn: Turn) -> str:
    return f"written {turn.kind}" if turn.written else turn.kind


def main(folder: Path, cache: Path) -> None:
    """Cross-validate, choose the threshold, fit on everything, write."""
    asked = turns(folder, libraries.Vectors(Embedder(), cache))
    _, figures, threshold = cross_validate(asked)
    print(f"cross-validated by library over {len(asked)} turns:")
    for name, value in figures.items():
        print(f"  {name:32s} {value:.3f}")
    content = {
        "cross_validated": figures,
        **fit(asked).to_json(threshold),
    }
    write_weights("conversation", "fit_conversation", content)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) == 3 else "vectors.npz"))
