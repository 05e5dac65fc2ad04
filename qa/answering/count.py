"""The answer to "how many papers …": a number, what was counted, and the first of the papers."""

from __future__ import annotations

from collections.abc import Sequence

from qa.answer import Answer, Retrieved
from qa.answering.builder import AnswerBuilder
from qa.evidence import contributions
from qa.query.parser import ParsedQuery
from qa.retrieval import list_cutoff
from qa.retrieval.intent_searches import IntentData
from qa.retrieval.list_cutoff import ListResult

PRINTED = 10


def count_topic(request: ParsedQuery, retrieved: Sequence[Retrieved], listed: ListResult) -> Answer:
    """Count the papers of a topic: those that the cut of a list keeps."""
    draft = AnswerBuilder(request, retrieved)
    total = len(listed.papers)
    topic = " ".join(request.text.split()).strip(" ?.!")
    # The cut looks at so many candidates and no further: when all belong there may be more.
    capped = total >= list_cutoff.CANDIDATES
    number = f"At least {total}" if capped else f"{total}"
    draft.note(
        f"{number} {_papers(total)} of this library {'matches' if total == 1 else 'match'} “{topic}”"
        f"{_among(request)}. A paper is counted when its title and abstract are on the topic."
    )
    for candidate in listed.papers[:PRINTED]:
        draft.item(candidate.paper, draft.evidence(candidate.paper))
    _more(draft, total, capped)
    papers = [candidate.paper for candidate in listed.papers]
    return draft.finish("answered", listed.confidence, shape="count", papers=papers, total=total)


def count_all(request: ParsedQuery, gathered: IntentData) -> Answer:
    """Count or list the papers that pass the filters of a request that has no topic: exact."""
    draft = AnswerBuilder(request, ())
    total = gathered.passing or 0
    if request.filters:
        draft.note(f"{total:,} {_papers(total)} of this library {'passes' if total == 1 else 'pass'} the filters.")
    else:
        draft.note(f"This library has {total:,} {_papers(total)}.")
    # A list names what it can; a count only shows what was counted.
    printed = PRINTED if request.shape == "count" else len(gathered.papers)
    for paper in gathered.papers[:printed]:
        draft.item(paper, contributions.main(paper.abstract, 1))
    _more(draft, total, False)
    return draft.finish("answered", 1.0, shape=request.shape, papers=gathered.papers, total=total)


def _papers(count: int) -> str:
    return "paper" if count == 1 else "papers"


def _among(request: ParsedQuery) -> str:
    return ", among those that pass the filters" if request.filters else ""


def _more(draft: AnswerBuilder, total: int, capped: bool) -> None:
    items = len(draft) - 1
    if total > items:
        draft.note(f"And {'at least ' if capped else ''}{total - items:,} more.")
