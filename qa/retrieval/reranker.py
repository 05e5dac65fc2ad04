"""Candidates ranked again by how much of the question their words cover, beside how near they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from qa.answer import Retrieved
from qa.evidence.tokens import rarity, stems
from qa.weights import load_weights
from vectorstore.text.sentences import split_sentences

# dense: cosine of question and paper. coverage: share of the question's stems, weighed by rarity, in title or
# abstract; of the title alone; with stems counted that share five first letters; of the best two neighbours among the
# sentences. bigrams, fourgrams: share of the question's pairs of words and runs of four letters. names: share of its
# acronyms and numbers.
NAMES = (
    "dense",
    "coverage",
    "title_coverage",
    "soft_coverage",
    "passage_coverage",
    "bigrams",
    "fourgrams",
    "names",
)
_NAME = re.compile(r"\b(?:[A-Za-z]*[A-Z][A-Za-z]*[A-Z0-9][\w-]*|[A-Z]{2,}\w*|\w*\d\w*)\b")
_PREFIX = 5
_MAX_QUESTION = 2000  # characters; a pasted page is ranked by its beginning


@dataclass(frozen=True, slots=True)
class Text:
    """A paper's words, taken apart once."""

    letters: str
    fourgrams: NDArray[np.uint32]
    stems: frozenset[str]
    title_stems: frozenset[str]
    prefixes: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    passages: tuple[frozenset[str], ...]


def rank(text: str, retrieved: Sequence[Retrieved]) -> list[Retrieved]:
    """Rank candidates again.

    Args:
        text: the question as searched.
        retrieved: candidates of a retriever, in any order.

    Returns:
        The same candidates, best first. Their `score` is now a log-odds: the difference of two scores says how much
        likelier one paper is than the other to be the one that answers, whatever the library's size.
    """
    if not retrieved:
        return []
    return ordered(retrieved, reranker_features(text, retrieved) @ load_weights("ranking", NAMES))


def ordered(retrieved: Sequence[Retrieved], scores: NDArray[np.float64]) -> list[Retrieved]:
    """The candidates with these scores, best first."""
    return [replace(retrieved[i], score=float(scores[i])) for i in np.argsort(-scores, kind="stable")]


def reranker_features(text: str, retrieved: Sequence[Retrieved]) -> NDArray[np.float64]:
    """What the ranking looks at, shape (len(retrieved), len(NAMES)); every value lies between -1 and 1."""
    text = text[:_MAX_QUESTION]
    order = stems(text)
    wanted = frozenset(order)
    weights = {s: rarity(s) for s in wanted}
    total = sum(weights.values()) or 1.0
    pairs = frozenset(pairwise(order))
    names = {name.lower() for name in _NAME.findall(text)}
    letters = _letters(text)
    grams = np.unique(_fourgrams(letters))
    nearest = min((r.dense for r in retrieved if r.dense is not None), default=0.0)

    def share(found: frozenset[str]) -> float:
        return sum(weights[s] for s in found) / total

    rows = []
    for candidate in retrieved:
        paper = analyze_paper(candidate.paper.title, candidate.paper.abstract)
        found = wanted & paper.stems
        near = frozenset(s for s in wanted - found if len(s) >= _PREFIX and s[:_PREFIX] in paper.prefixes)
        passages = [wanted & p for p in paper.passages]
        rows.append(
            [
                nearest if candidate.dense is None else candidate.dense,
                share(found),
                share(wanted & paper.title_stems),
                share(found | near),
                max((share(a | b) for a, b in pairwise(passages)), default=share(passages[0]) if passages else 0.0),
                len(pairs & paper.pairs) / max(1, len(pairs)),
                _share_of(grams, paper.fourgrams),
                sum(name in paper.letters for name in names) / len(names) if names else 0.5,
            ]
        )
    return np.array(rows, dtype=np.float64).reshape(len(retrieved), len(NAMES))


def _letters(text: str) -> str:
    return f" {re.sub(r'[^a-z0-9 -]', ' ', text.lower())} "


def _fourgrams(letters: str) -> NDArray[np.uint32]:
    """All runs of four characters, each as one number, sorted; the characters are ASCII."""
    codes = np.frombuffer(letters.encode("ascii"), dtype=np.uint8).astype(np.uint32)
    if len(codes) < 4:
        return np.zeros(0, dtype=np.uint32)
    return np.sort(codes[:-3] << 24 | codes[1:-2] << 16 | codes[2:-1] << 8 | codes[3:])


def _share_of(wanted: NDArray[np.uint32], present: NDArray[np.uint32]) -> float:
    """The share of the wanted numbers that are present, which are sorted."""
    if not len(wanted) or not len(present):
        return 0.0
    places = np.minimum(np.searchsorted(present, wanted), len(present) - 1)
    return float((present[places] == wanted).mean())


@lru_cache(maxsize=1024)
def analyze_paper(title: str, abstract: str) -> Text:
    """A paper's words; remembered for the papers asked about last."""
    titled = stems(title)
    passages = [stems(abstract[a:b]) for a, b in split_sentences(abstract)]
    order = [*titled, *chain.from_iterable(passages)]
    found = frozenset(order)
    letters = _letters(f"{title} {abstract}")
    return Text(
        letters=letters,
        fourgrams=_fourgrams(letters),
        stems=found,
        title_stems=frozenset(titled),
        prefixes=frozenset(s[:_PREFIX] for s in found if len(s) >= _PREFIX),
        pairs=frozenset(pairwise(order)),
        passages=tuple(map(frozenset, passages)),
    )
