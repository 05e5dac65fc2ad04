"""How far the abstracts bear a sentence out: the evidence they have for it, and what in it they do not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.attribution import tokenizer
from qa.attribution.mismatches import find_mismatches
from qa.attribution.negation import find_contradiction
from qa.attribution.sources import Abstract, Part
from qa.attribution.tokenizer import Item
from qa.evidence import word_vectors
from qa.evidence.tokens import rarity, stem
from qa.weights import load_model, load_weights

MOST = 3  # evidence sentences of one paper
_GAIN = 0.06  # least share of a sentence that one more piece of evidence must bear out
_SPELL = 5  # content words in a row, the weakest of which says whether a part of the sentence was made up
# Words that frame what is said of a paper; they weigh little.
_FRAME = frozenset(
    stem(word)
    for word in (
        "author authors study studies work abstract abstracts paper papers article report reports reported"
        " researcher researchers present presents presented introduce introduces introduced describe describes"
        " described show shows shown demonstrate demonstrates demonstrated find finds found finding findings state"
        " states stated note notes noted claim claims claimed argue argues argued suggest suggests suggested"
        " explain explains explained mention mentions mentioned according discuss discusses discussed conclude"
        " concludes concluded offer offers offered provide provides provided address addresses addressed tackle"
        " tackles tackled approach method technique way example instance overall summary addition moreover"
        " furthermore additionally however therefore thus finally specifically particular namely also called named"
        " known so-called aim aims achieve achieves achieved reach reaches reached obtain obtains obtained report"
        " yields yield experiment experiments experimental result results evaluation evaluations extensive write"
        " writes written develop develops developed"
    ).split()
)
_SAYS = 0.8  # least weight of a clause that says something of its own
_LITTLE = 0.25
_TOLD = 0.3  # least share of a claim in its evidence, for its details and direction to be compared
NAMES = (
    "exact", "soft", "best_one", "fourth", "weakest", "weakest_exact", "weakest_clause", "missing_two", "centre",
    "details", "length",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to be borne out, taken apart.

    Attributes:
        row: its words.
        keys: its content words, each once, in order.
        clauses: the clause that each stands in.
        weights, vectors: what each counts, and what it is near to.
    """

    row: tuple[Item, ...]
    keys: tuple[str, ...]
    clauses: tuple[int, ...]
    weights: NDArray[np.float64]
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, text: str) -> Claim:
        """Take a sentence apart."""
        row = tokenizer.items(text)
        keys = tuple(dict.fromkeys(item.key for item in row if item.kind in ("word", "name")))
        weights = np.array([rarity(key) * (_LITTLE if key in _FRAME else 1.0) + 0.05 for key in keys])
        first = {item.key: item.clause for item in reversed(row)}
        clauses = tuple(first[key] for key in keys)
        return cls(row, keys, clauses, weights, word_vectors.vectors_of(list(keys)))


@dataclass(frozen=True, slots=True)
class Support:
    """What papers have to say for a claim.

    Attributes:
        score: log-odds that they bear it out; above 0 they do.
        chosen: the evidence, best first: which paper (0-based, of those given) and which of its parts.
        faults: what in the claim is not theirs, in plain words.
        covered: the share of the claim's words that the evidence has, 0 to 1.
    """

    score: float
    chosen: tuple[tuple[int, int], ...]
    faults: tuple[str, ...]
    covered: float

    @property
    def holds(self) -> bool:
        """Whether the claim is borne out."""
        return self.score > 0 and not self.faults


@dataclass(frozen=True, slots=True)
class Measured:
    """How far papers have a claim's words.

    Attributes:
        features: numbers that say so, in the order of NAMES.
        chosen: the places of the evidence among the parts of all the papers, best first.
        covered: the share of the claim's words that the evidence has.
    """

    features: NDArray[np.float64]
    chosen: tuple[int, ...]
    covered: float


def measure_claim(claim: Claim, abstracts: Sequence[Abstract], near: Sequence[NDArray[np.float64]]) -> Measured:
    """Measure how far papers, taken as one, have a claim's words.

    Args:
        claim: the sentence.
        abstracts: the papers.
        near: what `Abstract.nearness` says of each.
    """
    parts = [part for abstract in abstracts for part in abstract.parts]
    table = np.concatenate(list(near))
    chosen = _choose(claim, parts, table, MOST if len(abstracts) == 1 else MOST + 1)
    found, covered = _features(claim, parts, table, chosen)
    return Measured(found, tuple(chosen), covered)


def assess_support(
    claim: Claim, papers: Sequence[tuple[int, Abstract]], near: Sequence[NDArray[np.float64]]
) -> Support:
    """Hold a claim against papers, as one.

    Args:
        claim: the sentence.
        papers: each with its place among those given, from 0.
        near: what `Abstract.nearness` says of each.
    """
    abstracts = [abstract for _, abstract in papers]
    measured = measure_claim(claim, abstracts, near)
    score = float(measured.features @ load_weights("citations", NAMES) + load_model("citations")["bias"])
    parts = [part for abstract in abstracts for part in abstract.parts]
    # A paper on something else has faults enough; to list them would take most of the time.
    told = measured.covered >= _TOLD
    faults = find_mismatches(claim.row, abstracts, [n for n, _ in papers]) if told else []
    if told and not faults:
        turned = find_contradiction(claim.row, [parts[i].row for i in measured.chosen])
        faults = [turned] if turned else []
    owner = [(number, place) for number, abstract in papers for place in range(len(abstract.parts))]
    return Support(score, tuple(owner[i] for i in measured.chosen), tuple(faults), measured.covered)


def _choose(claim: Claim, parts: Sequence[Part], near: NDArray[np.float64], most: int) -> list[int]:
    """The parts that together have most of a claim, best first."""
    if not claim.keys:
        return [0] if parts else []
    gains = near**2
    # A title says what a paper is about, and nothing of it.
    body = np.array([0.0 if part.evidence is None else 1.0 for part in parts])
    wanted = {item.key for item in claim.row if item.kind == "number"}
    numbers = [frozenset(item.key for item in part.row if item.kind == "number") & wanted for part in parts]
    total = float(claim.weights.sum()) + 0.5 * len(wanted)
    held = np.zeros(len(claim.keys))
    numbered: frozenset[str] = frozenset()
    chosen: list[int] = []
    while len(chosen) < most:
        gain = np.maximum(gains - held, 0.0) @ claim.weights
        gain += np.array([0.5 * len(n - numbered) for n in numbers])
        gain = gain * body
        best = int(np.argmax(gain))
        if chosen and gain[best] < _GAIN * total:
            break
        if best in chosen:
            break
        chosen.append(best)
        held = np.maximum(held, gains[best])
        numbered |= numbers[best]
    return chosen


def _features(
    claim: Claim, parts: Sequence[Part], near: NDArray[np.float64], chosen: Sequence[int]
) -> tuple[NDArray[np.float64], float]:
    """How far the parts bear a claim out, in the order of NAMES; and the share of its words that they have."""
    if not claim.keys or not chosen:
        return np.zeros(len(NAMES)), 0.0
    weights = claim.weights / claim.weights.sum()
    mine = near[list(chosen)].max(axis=0)
    soft = float(weights @ mine**2)
    exact = float(weights @ (mine >= 1.0))
    lost = np.sort(claim.weights * (1 - mine**2))[::-1]
    table = [
        exact,
        soft,
        float(max(near[i] ** 2 @ weights for i in chosen)),
        float(weights @ mine**4),
        _weakest(claim, mine**2),
        _weakest(claim, mine**8),
        _weakest_clause(claim, mine**4),
        float(lost[1]) if len(lost) > 1 else 0.0,
        _centre(claim, parts, chosen),
        min(2, len(_details(claim.row) & {key for i in chosen for key in _details(parts[i].row)})) / 2,
        float(np.log1p(len(claim.keys))),
    ]
    return np.array(table), soft


def _weakest(claim: Claim, held: NDArray[np.float64]) -> float:
    """How far the least well borne out stretch of a claim is borne out."""
    if len(claim.keys) <= _SPELL:
        return float(claim.weights @ held / claim.weights.sum())
    kernel = np.ones(_SPELL)
    return float(
        (np.convolve(claim.weights * held, kernel, "valid") / np.convolve(claim.weights, kernel, "valid")).min()
    )


def _weakest_clause(claim: Claim, held: NDArray[np.float64]) -> float:
    """How far the least well borne out clause of a claim is borne out."""
    sums = np.zeros((2, max(claim.clauses) + 1))
    np.add.at(sums[0], list(claim.clauses), claim.weights * held)
    np.add.at(sums[1], list(claim.clauses), claim.weights)
    said = sums[1] >= _SAYS
    return float((sums[0][said] / sums[1][said]).min()) if said.any() else float(sums[0].sum() / sums[1].sum())


def _centre(claim: Claim, parts: Sequence[Part], chosen: Sequence[int]) -> float:
    own = claim.weights @ claim.vectors
    keys = sorted({key for i in chosen for key in parts[i].keys})
    theirs = np.array([rarity(key) for key in keys]) @ word_vectors.vectors_of(keys)
    size = float(np.linalg.norm(own) * np.linalg.norm(theirs))
    return float(own @ theirs) / size if size > 1e-9 else 0.0


def _details(row: Sequence[Item]) -> set[str]:
    return {item.key for item in row if item.kind in ("number", "name")}
