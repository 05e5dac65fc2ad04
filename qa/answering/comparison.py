"""The answer to "A or B?": a paper that compares them if one does, then what the abstracts say of each."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from qa.answer import Answer, Evidence, Retrieved
from qa.answering.builder import AnswerBuilder
from qa.evidence import selection
from qa.evidence.term_match import speaks_of
from qa.query.parser import ParsedQuery
from qa.retrieval import answerability, list_cutoff
from vectorstore import Paper

_LOOKED_AT = 10  # candidates of the question, and of each side
_NEAR = 3  # candidates of the question that may speak for a side
_LEAD_SENTENCES = 2
_LEAD_WORDS = 70
_LEAD_ALONE = 0.5  # confidence from which a paper answers although the library is silent on one side
_SIDE_SENTENCES = 2  # where nothing compares the sides; else one
_SPEAKING = 2.0  # what naming its side is worth to a sentence, in the log-odds of `evidence.score`
_COMPARES = re.compile(
    r"\b(?:than|compar\w*|versus|vs|outperform\w*|better|worse|superior\w*|inferior|faster|slower|against|whereas|while"
    r"|unlike|contrast|advantages?|on par|surpass\w*|both|differ\w*)\b",
    re.I,
)


def compare(
    request: ParsedQuery, retrieved: Sequence[Retrieved], sides: Sequence[Sequence[Retrieved]]
) -> Answer | None:
    """Answer a comparison.

    Args:
        request: the question; its `sides` are what is compared.
        retrieved: candidates for the whole question, ranked.
        sides: candidates for each side, ranked.

    Returns:
        First the paper that answers the question as a whole, and the sentence of one that compares the sides. Then for
        each side a note with its name and the sentences that speak of it, or a note that there are none. Where nothing
        compares the sides and one is not spoken of, the outcome is "detail_not_stated"; None where no side is spoken of
        at all.
    """
    draft = AnswerBuilder(request, retrieved)
    judged = answerability.assess(request.text, retrieved)
    answered = judged.outcome == "answered"
    best = _leading(request.sides, retrieved) if answered else None
    whole = best is not None and all(speaks_of(side, f"{best.title}. {best.abstract}") for side in request.sides)
    if best is not None and (whole or judged.confidence >= _LEAD_ALONE):
        found = draft.evidence(best)
        draft.quote(best, _within(found, _LEAD_SENTENCES, _LEAD_WORDS), found)
    states = _stating([*retrieved[:_LOOKED_AT], *(r for side in sides for r in side[:_LOOKED_AT])], request.sides)
    if states and states[1].text not in draft.quoted:
        draft.quote(states[0], [states[1]])
    lead = len(draft) > 0
    near = retrieved[:_NEAR] if answered else ()
    said = [_speaking(side, [*near, *candidates]) for side, candidates in zip(request.sides, sides, strict=True)]
    if not lead and not any(said):
        return None
    for side, paper in zip(request.sides, said, strict=True):
        _one_side(draft, side, paper, 1 if lead else _SIDE_SENTENCES)
    chances = [
        list_cutoff.select_list(side, candidates).confidence
        for side, candidates in zip(request.sides, sides, strict=True)
    ]
    sure = judged.confidence if answered else min(chances)
    stated = all(said) or states is not None or (lead and sure >= _LEAD_ALONE)
    return draft.finish("answered" if stated else "detail_not_stated", sure, shape="comparison")


def _leading(sides: Sequence[str], retrieved: Sequence[Retrieved]) -> Paper:
    """The best paper, unless it speaks of no side and another near the top does: then the first with most sides."""
    spoken = [sum(speaks_of(s, f"{r.paper.title}. {r.paper.abstract}") for s in sides) for r in retrieved[:_LOOKED_AT]]
    return retrieved[0 if spoken[0] else spoken.index(max(spoken))].paper


def _within(found: Sequence[Evidence], count: int, words: int) -> list[Evidence]:
    """The first sentences that have no more words than that together; one at least."""
    chosen: list[Evidence] = []
    for sentence in found[:count]:
        words -= len(sentence.text.split())
        if not chosen or words >= 0:
            chosen.append(sentence)
    return chosen


def _stating(candidates: Sequence[Retrieved], sides: Sequence[str]) -> tuple[Paper, Evidence] | None:
    """The first sentence that compares all sides, with its paper."""
    for candidate in candidates:
        if not all(speaks_of(side, f"{candidate.paper.title}. {candidate.paper.abstract}") for side in sides):
            continue
        for sentence in selection.sentences_of(candidate.paper.abstract):
            if _COMPARES.search(sentence.text) and all(speaks_of(side, sentence.text) for side in sides):
                return candidate.paper, sentence
    return None


def _speaking(side: str, candidates: Sequence[Retrieved]) -> Paper | None:
    """The best paper with a sentence on a side: first those that name it in their title."""
    able = [
        r.paper
        for r in candidates[:_LOOKED_AT]
        if any(speaks_of(side, e.text) for e in selection.sentences_of(r.paper.abstract))
    ]
    return next((paper for paper in able if speaks_of(side, paper.title)), able[0] if able else None)


def _one_side(draft: AnswerBuilder, side: str, paper: Paper | None, count: int) -> None:
    name = " ".join(side.split())
    if paper is None:
        draft.note(f"{name}: no abstract of this library speaks of it.")
        return
    scores = selection.score(draft.request.text, paper.abstract, paper.title)
    sentences = selection.sentences_of(paper.abstract)
    scores = scores + np.array([_SPEAKING * speaks_of(side, e.text) for e in sentences])
    chosen = [e for e in selection.choose(paper.abstract, scores) if e.text not in draft.quoted]
    if not chosen:
        return
    draft.note(f"{name}:")
    draft.quote(paper, sorted(chosen[:count], key=lambda e: e.start), chosen)
