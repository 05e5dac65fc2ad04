"""How much a question leans on the conversation: candidates with and without it weighed, and a gate."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.answer import Retrieved
from qa.dialog.rewrites import corrected, turned
from qa.evidence.features import coverage
from qa.evidence.tokens import UNHEARD, rarity, stems
from qa.retrieval import answerability
from qa.weights import load_model, load_weights
from vectorstore import Paper

# Words that point back to something said before ...
_POINTS_BACK = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|she|his|her|this|that|these|those|there|the (?:authors?|paper|method"
    r"|approach|model|network|system|dataset|same|former|latter|first|second|third|last|other|two|new|proposed|resulting"
    r"|above|work|study|latter's|one|ones)|which (?:one|of (?:them|these|those|the))|both|either|such)\b",
    re.I,
)
# ... and openings that carry on.
_CARRIES_ON = re.compile(
    r"^\s*(?:and|but|so|then|also|or|what about|how about|why\??$|how so|in what way|by (?:what|how)|compared"
    r"|on (?:what|which|how)|with (?:what|which)|for (?:what|which)|to what|under (?:what|which)|which ones?\b"
    r"|what else|how come)",
    re.I,
)
_PLEASANTRY = re.compile(r"\b(?:you|your|yourself|hi|hey|hello|thanks?|thank|bye|ok|okay|yes|no)\b", re.I)
_FEW = 2  # words
_PLAIN = ("own", "joined", "about_first", "about_rest")
_CUES = ("points_back", "carries_on", "brief")
_SHIFTS = ("turns", "corrects")  # cues that the question may want another paper on the same topic
NAMES: tuple[str, ...] = (
    *_PLAIN,
    *(f"{name}*{cue}" for name in _PLAIN for cue in _CUES),
    *(f"{name}*{cue}" for name in (*_PLAIN, "topic", "covers") for cue in _SHIFTS),
)
# What tells a question that leans on a paper from one that no paper answers ("Hello!", "Why is the sky blue?").
_KNOWN = ("coverage", "unknown", "stray", "dense", "alone", "ahead")
LEANS: tuple[str, ...] = (*_CUES, *_KNOWN, *_SHIFTS, *(f"{name}*shifts" for name in _KNOWN))


@dataclass(frozen=True, slots=True)
class ContextCandidates:
    """What was found for a question, each ranked, in the light of a conversation.

    Attributes:
        question: as asked.
        text: its own words, without "what about" and "no, I meant".
        own: candidates for those words alone.
        joined: for them with the title of the paper cited last and the question before.
        topic: for the question that set the topic, with those words put in; empty unless `shifts`.
        about: papers of the conversation.
        alone: whether `own` answers those words.
    """

    question: str
    text: str
    own: Sequence[Retrieved]
    joined: Sequence[Retrieved]
    topic: Sequence[Retrieved]
    about: Sequence[Paper]
    alone: answerability.Answerability


def shifts(question: str) -> bool:
    """Whether a question may want another paper on the same topic: "what about …", "no, I meant …"."""
    return bool(_shifts(question).any())


def fuse_context(found: ContextCandidates) -> tuple[list[Retrieved], NDArray[np.float64]]:
    """The candidates of all searches, and one score each, shape (candidates,)."""
    candidates, table = context_features(found)
    return candidates, table @ load_weights("conversation", NAMES)


def context_features(found: ContextCandidates) -> tuple[list[Retrieved], NDArray[np.float64]]:
    """The candidates of `combine`, and what their score is made of, shape (candidates, len(NAMES))."""
    by_search = [{r.paper.arxiv_id: r for r in search} for search in (found.topic, found.joined, found.own)]
    candidates = list({paper: r for search in by_search for paper, r in search.items()}.values())
    topic, joined, own = (_behind(search, candidates) for search in by_search)
    cues, changes = _cues(found.text, found.question), _shifts(found.question)
    place = {paper.arxiv_id: i for i, paper in enumerate(found.about)}
    wanted = set(stems(found.text))
    shifting = bool(changes.any())
    rows = []
    for i, candidate in enumerate(candidates):
        paper = candidate.paper
        plain = np.array(
            [own[i], joined[i], place.get(paper.arxiv_id) == 0, place.get(paper.arxiv_id, 0) > 0], dtype=np.float64
        )
        covers = coverage(wanted, set(stems(f"{paper.title} {paper.abstract}"))) if shifting else 0.0
        shifted = np.array([*plain, topic[i], covers], dtype=np.float64)
        rows.append(np.concatenate([plain, np.outer(plain, cues).ravel(), np.outer(shifted, changes).ravel()]))
    return candidates, np.array(rows).reshape(len(candidates), len(NAMES))


def _behind(search: dict[str, Retrieved], candidates: Sequence[Retrieved]) -> list[float]:
    """How far each candidate is behind the best of one search; what it did not return is no better than its last."""
    scores = [r.score for r in search.values()]
    top, least = max(scores, default=0.0), min(scores, default=0.0)
    return [(search[c.paper.arxiv_id].score if c.paper.arxiv_id in search else least) - top for c in candidates]


def depends_on_context(found: ContextCandidates, ranked: Sequence[Retrieved]) -> float:
    """How surely a question leans on a paper of the conversation: above 0 it does (log-odds, less a threshold).

    Args:
        found: what was searched.
        ranked: candidates of `combine`, ranked; the best one is what it would lean on.
    """
    if not ranked or ranked[0].paper.arxiv_id not in {paper.arxiv_id for paper in found.about}:
        return -1.0
    # "Why?", "Tell me more." and "And on faces?" have too few words for the fitted gate to go by.
    if len(set(stems(found.text))) <= _FEW and _PLEASANTRY.search(found.text):
        return -1.0
    if not stems(found.text):
        return 1.0 if re.search(r"[^\W\d_]", found.text) else -1.0
    if terse(found):
        return 1.0
    gate = load_weights("conversation", LEANS, part="leans")
    return float(lean_features(found, ranked) @ gate + load_model("conversation")["leans"]["bias"])


def terse(found: ContextCandidates) -> bool:
    """Whether a question carries on in so few words that they find nothing alone."""
    few = len(set(stems(found.text))) <= _FEW
    return few and _CARRIES_ON.search(found.question) is not None and found.alone.outcome != "answered"


def lean_features(found: ContextCandidates, ranked: Sequence[Retrieved]) -> NDArray[np.float64]:
    """What `leans` looks at, shape (len(LEANS),)."""
    best = ranked[0]
    wanted = set(stems(found.text))
    known = set(stems(f"{best.paper.title} {best.paper.abstract}"))
    talked = {paper.arxiv_id for paper in found.about}
    others = [r.score for r in ranked if r.paper.arxiv_id not in talked]
    alone = {r.paper.arxiv_id: r.dense for r in found.own}
    known_of_it = np.array(
        [
            coverage(wanted, known),
            sum(rarity(s) for s in wanted - known),
            sum(rarity(s) >= UNHEARD for s in wanted - known),
            alone.get(best.paper.arxiv_id) or 0.0,
            found.alone.confidence,
            min(best.score - max(others), 5.0) if others else 5.0,
        ],
        dtype=np.float64,
    )
    # What shifts within a topic shares words with its papers anyway: these weigh differently there.
    changes = _shifts(found.question)
    return np.concatenate([_cues(found.text, found.question), known_of_it, changes, known_of_it * changes.max()])


def _cues(text: str, question: str) -> NDArray[np.float64]:
    return np.array(
        [
            _POINTS_BACK.search(text) is not None,
            _CARRIES_ON.search(question) is not None,
            1 / (1 + len(set(stems(text)))),
        ],
        dtype=np.float64,
    )


def _shifts(question: str) -> NDArray[np.float64]:
    return np.array([turned(question) is not None, corrected(question) is not None], dtype=np.float64)
