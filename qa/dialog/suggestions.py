"""Questions to go on with, made from the abstracts that an answer cites; no model is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from qa.answer import Answer, Evidence
from qa.evidence.aspects import column
from vectorstore import Paper

_MOST = 3
_PLACES = ("the first paper", "the second paper", "the third paper")  # who reads on, reads of the first ones
# The name that a title gives its work, of one word or two: "StainNet: a fast network".
_NAME = re.compile(r"([A-Z][\w+.-]*(?: [A-Z0-9][\w+.-]*)?)\s*:\s")
_COINED = re.compile(r"[A-Z].*[A-Z]|\d|[a-z][A-Z]")


def suggest(answer: Answer, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Return up to three short questions that the papers of an answer can answer, of different papers first.

    Only what an abstract has a sentence on is asked for, and only where the answer did not quote that sentence.

    >>> from qa.answer import Citation
    >>> paper = Paper("2012.12535", "StainNet: a network", "We propose StainNet. It reaches 31.2 dB.")
    >>> suggest(Answer("q", outcome="answered", citations=(Citation(1, paper),)))
    ('What results does StainNet report?', 'How does StainNet work?')

    Args:
        answer: the last one; an abstention has no papers to go on with.
        asked: the questions of the conversation, none of which is suggested again.
    """
    if answer.abstained:
        return ()
    papers = [citation.paper for citation in answer.citations[: len(_PLACES)]]
    places = ("it",) if len(papers) == 1 else _PLACES
    quoted = answer.text
    each = [list(_of(paper, _name(paper) or place, quoted)) for paper, place in zip(papers, places, strict=False)]
    known = {question.strip().casefold() for question in asked}
    found = (question for several in zip_longest(*each) for question in several)
    return tuple(question for question in found if question and question.casefold() not in known)[:_MOST]


def _of(paper: Paper, name: str, quoted: str) -> Iterator[str]:
    """Questions on one paper, those that say most of it first."""

    def untold(sentence: Evidence | None) -> bool:
        return sentence is not None and sentence.text not in quoted

    said = column(1, paper)
    if untold(said.evaluated):
        yield f"Which datasets is {name} evaluated on?"
    if any(untold(number) for number in said.numbers):
        yield f"What results does {name} report?"
    if untold(said.proposed):
        yield f"How does {name} work?"


def _name(paper: Paper) -> str | None:
    """What the paper calls its work, where the abstract calls it that too: by another name it might not be found."""
    found = _NAME.match(paper.title)
    return found[1] if found and _COINED.search(found[1]) and found[1] in paper.abstract else None
