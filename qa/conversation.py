"""A question in the light of the conversation: follow-ups find their paper, a new topic is not held by the old one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa import confidence, fitted, ranking
from qa.answers import Answer, Retrieved
from qa.cues import coverage
from qa.questions import Request
from qa.words import rarity, stems
from vectorstore import Paper

Search = Callable[[str], Sequence[Retrieved]]

_LATELY = 3  # answers back that a question may lean on
_ABOUT = 6  # papers of them
_UNHEARD = 0.9  # rarity of a word that abstracts of the field hardly have
# Words that point back to something said before ...
_POINTS_BACK = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|he|she|his|her|this|that|these|those|there|the (?:authors?|paper|method"
    r"|approach|model|network|system|dataset|same|former|latter|first|second|third|last|other|two|new|proposed|resulting"
    r"|above|work|study|latter's|one|ones)|which (?:one|of (?:them|these|those|the))|both|either|such)\b",
    re.I,
)
# ... openings that carry on, and ones that say that the topic changes.
_CARRIES_ON = re.compile(
    r"^\s*(?:and|but|so|then|also|or|what about|how about|why\??$|how so|in what way|by (?:what|how)|compared"
    r"|on (?:what|which|how)|with (?:what|which)|for (?:what|which)|to what|under (?:what|which)|which ones?\b"
    r"|what else|how come)",
    re.I,
)
_CHANGES = re.compile(
    r"\b(?:something (?:else|different|completely)|(?:another|different|new|next|other)"
    r" (?:topic|question|subject|matter)|chang(?:e|ing) (?:of )?(?:the )?(?:topic|subject)|moving on|unrelated(?:ly)?"
    r"|on (?:a|another) (?:different )?note)\b",
    re.I,
)
_PLEASANTRY = re.compile(r"\b(?:you|your|yourself|hi|hey|hello|thanks?|thank|bye|ok|okay|yes|no)\b", re.I)
_FEW = 2  # words
_PLAIN = ("own", "joined", "about_first", "about_rest")
_CUES = ("points_back", "carries_on", "brief")
NAMES: tuple[str, ...] = (*_PLAIN, *(f"{name}*{cue}" for name in _PLAIN for cue in _CUES))
# What tells a question that leans on a paper from one that no paper answers ("Hello!", "Why is the sky blue?").
LEANS: tuple[str, ...] = (*_CUES, "coverage", "unknown", "stray", "dense", "alone", "ahead")


def find(request: Request, history: Sequence[Answer], search: Search) -> tuple[Request, list[Retrieved]]:
    """Search for a request in the light of the conversation.

    Args:
        request: the question as understood alone.
        history: the answers so far, oldest first.
        search: text to candidates, with the request's filters and limit already applied. Called twice when the
            question may lean on an answer, else once.

    Returns:
        The request, and the ranked candidates. Where the question leans on the conversation, the request's `text` has
        what was searched with, and its `about` the papers that it leans on.
    """
    own = ranking.rank(request.text, search(request.text))
    about = recent(history)
    if not about or request.filters.ids or _CHANGES.search(request.question):
        return request, own
    joined_text = join(request.text, history)
    joined = ranking.rank(joined_text, search(joined_text))
    best, scores = combine(request.text, own, joined, about)
    order = np.argsort(-scores, kind="stable")
    ranked = [replace(best[i], score=float(scores[i])) for i in order]
    if leans(request.text, own, ranked, about) >= 0:
        return replace(request, text=joined_text, about=about), ranked[: max(len(own), 1)]
    return request, own


def leans(text: str, own: Sequence[Retrieved], ranked: Sequence[Retrieved], about: Sequence[Paper]) -> float:
    """How surely a question leans on the conversation: above 0 it does (log-odds, less a threshold).

    Args:
        text: the question's own words.
        own: candidates of the question alone, ranked.
        ranked: candidates of `combine`, ranked; the best one is what it would lean on.
        about: papers of the conversation.
    """
    if not ranked or ranked[0].paper.arxiv_id not in {paper.arxiv_id for paper in about}:
        return -1.0
    # "Why?", "Tell me more." and "And on faces?" have too few words for the fitted gate to go by.
    asks = len(set(stems(text)))
    if asks <= _FEW and _PLEASANTRY.search(text):
        return -1.0
    if not asks:
        return 1.0 if re.search(r"[^\W\d_]", text) else -1.0
    if asks <= _FEW and _CARRIES_ON.search(text) and confidence.judge(text, own).outcome != "answered":
        return 1.0
    gate = fitted.weights("conversation", LEANS, part="leans")
    return float(lean_features(text, own, ranked, about) @ gate + fitted.load("conversation")["leans"]["bias"])


def lean_features(
    text: str, own: Sequence[Retrieved], ranked: Sequence[Retrieved], about: Sequence[Paper]
) -> NDArray[np.float64]:
    """What `leans` looks at, shape (len(LEANS),)."""
    best = ranked[0]
    wanted = set(stems(text))
    known = set(stems(f"{best.paper.title} {best.paper.abstract}"))
    talked = {paper.arxiv_id for paper in about}
    others = [r.score for r in ranked if r.paper.arxiv_id not in talked]
    alone = {r.paper.arxiv_id: r.dense for r in own}
    return np.array(
        [
            *_cues(text),
            coverage(wanted, known),
            sum(rarity(s) for s in wanted - known),
            sum(rarity(s) >= _UNHEARD for s in wanted - known),
            alone.get(best.paper.arxiv_id) or 0.0,
            confidence.judge(text, own).confidence,
            min(best.score - max(others), 5.0) if others else 5.0,
        ],
        dtype=np.float64,
    )


def recent(history: Sequence[Answer]) -> tuple[Paper, ...]:
    """The papers that the last answers cite, the latest answer's first."""
    papers = {c.paper.arxiv_id: c.paper for answer in reversed(history[-_LATELY:]) for c in answer.citations}
    return tuple(papers.values())[:_ABOUT]


def join(text: str, history: Sequence[Answer]) -> str:
    """A question with what it may lean on: the title of the paper cited last, and the question before."""
    last = next(answer for answer in reversed(history) if answer.citations)
    return f"{last.citations[0].paper.title}. {last.question} {text}"


def combine(
    text: str, own: Sequence[Retrieved], joined: Sequence[Retrieved], about: Sequence[Paper]
) -> tuple[list[Retrieved], NDArray[np.float64]]:
    """All candidates of both searches with the papers leaned on, and one score each, shape (candidates,)."""
    candidates, table = features(text, own, joined, about)
    return candidates, table @ fitted.weights("conversation", NAMES)


def features(
    text: str, own: Sequence[Retrieved], joined: Sequence[Retrieved], about: Sequence[Paper]
) -> tuple[list[Retrieved], NDArray[np.float64]]:
    """The candidates of `combine`, and what their score is made of, shape (candidates, len(NAMES))."""
    by_own = {r.paper.arxiv_id: r for r in own}
    by_joined = {r.paper.arxiv_id: r for r in joined}
    # What one search did not return is not better than the last that it did.
    least_own = min((r.score for r in own), default=0.0)
    least_joined = min((r.score for r in joined), default=0.0)
    top_own = max((r.score for r in own), default=0.0)
    top_joined = max((r.score for r in joined), default=0.0)
    candidates = list({**by_joined, **by_own}.values())
    cues = _cues(text)
    place = {paper.arxiv_id: i for i, paper in enumerate(about)}
    rows = []
    for candidate in candidates:
        paper = candidate.paper.arxiv_id
        plain = np.array(
            [
                (by_own[paper].score if paper in by_own else least_own) - top_own,
                (by_joined[paper].score if paper in by_joined else least_joined) - top_joined,
                place.get(paper) == 0,
                place.get(paper, 0) > 0,
            ],
            dtype=np.float64,
        )
        rows.append(np.concatenate([plain, np.outer(plain, cues).ravel()]))
    return candidates, np.array(rows).reshape(len(candidates), len(NAMES))


def _cues(text: str) -> NDArray[np.float64]:
    return np.array(
        [
            _POINTS_BACK.search(text) is not None,
            _CARRIES_ON.search(text) is not None,
            1 / (1 + len(set(stems(text)))),
        ],
        dtype=np.float64,
    )
