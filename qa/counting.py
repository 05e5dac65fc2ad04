"""The answer to "how many papers …": a number, what was counted, and the first of the papers."""

from __future__ import annotations

from collections.abc import Sequence

from qa import claims, listing
from qa.answers import Answer, Retrieved
from qa.drafting import Draft
from qa.gathering import Gathered
from qa.listing import Listed
from qa.questions import Request

PRINTED = 10


def count_topic(request: Request, retrieved: Sequence[Retrieved], listed: Listed) -> Answer:
    """Count the papers of a topic: those that the cut of a list keeps."""
    draft = Draft(request, retrieved)
    total = len(listed.papers)
    topic = " ".join(request.text.split()).strip(" ?.!")
    # The cut looks at so many candidates and no further: when all belong there may be more.
    capped = total >= listing.CANDIDATES
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


def count_all(request: Request, gathered: Gathered) -> Answer:
    """Count or list the papers that pass the filters of a request that has no topic: exact."""
    draft = Draft(request, ())
    total = gathered.passing or 0
    if request.filters:
        draft.note(f"{total:,} {_papers(total)} of this library {'passes' if total == 1 else 'pass'} the filters.")
    else:
        draft.note(f"This library has {total:,} {_papers(total)}.")
    # A list names what it can; a count only shows what was counted.
    printed = PRINTED if request.shape == "count" else len(gathered.papers)
    for paper in gathered.papers[:printed]:
        draft.item(paper, claims.main(paper.abstract, 1))
    _more(draft, total, False)
    return draft.finish("answered", 1.0, shape=request.shape, papers=gathered.papers, total=total)


def _papers(count: int) -> str:
    return "paper" if count == 1 else "papers"


def _among(request: Request) -> str:
    return ", among those that pass the filters" if request.filters else ""


def _more(draft: Draft, total: int, capped: bool) -> None:
    items = len(draft) - 1
    if total > items:
        draft.note(f"And {'at least ' if capped else ''}{total - items:,} more.")
