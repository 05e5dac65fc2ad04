"""What some shapes of answer need beside a question's own candidates: each side's candidates, and exact counts."""

from __future__ import annotations

from dataclasses import dataclass

from qa.answer import Retrieved
from qa.evidence.tokens import words
from qa.query.parser import ParsedQuery
from qa.retrieval import reranker
from qa.retrieval.retriever import Retriever
from vectorstore import Paper
from vectorstore.library import Library
from vectorstore.text.dates import MONTH_NUMBERS

SIDE_CANDIDATES = 20
LISTED = 40  # papers named when filters alone make the list

# Words that ask for papers and say nothing of what they are about.
_ASKING = frozenset(
    "how number amount count counted total papers paper preprints preprint articles article publications publication "
    "works work studies study entries abstracts listings authors author list show find name display print newest "
    "latest library collection corpus arxiv there here exist exists published posted listed submitted appeared appear "
    "added written released year month week day days since before after between last first please "
    "tell know category categories dated".split()
) | set(MONTH_NUMBERS)


@dataclass(frozen=True, slots=True)
class IntentData:
    """What was found beside the candidates.

    Attributes:
        sides: ranked candidates of each side of a comparison, in the order of `Request.sides`.
        passing: how many papers pass the filters; None where the request has a topic.
        papers: the first of those, newest listed first.
    """

    sides: tuple[tuple[Retrieved, ...], ...] = ()
    passing: int | None = None
    papers: tuple[Paper, ...] = ()


def fetch_for_intent(request: ParsedQuery, retriever: Retriever, library: Library) -> IntentData:
    """Collect what a request's shape needs; for most requests that is nothing, and costs nothing."""
    # Papers named by id are among the candidates already.
    if request.shape == "comparison" and not request.filters.ids:
        return IntentData(
            sides=tuple(
                tuple(reranker.rank(side, retriever.retrieve(side, request.filters, SIDE_CANDIDATES)))
                for side in request.sides
            )
        )
    if request.shape in ("count", "list") and not request.filters.ids and not topical(request):
        return IntentData(passing=library.count(request.filters), papers=tuple(library.papers(request.filters, LISTED)))
    return IntentData()


def topical(request: ParsedQuery) -> bool:
    """Whether a request for papers says what they are about, and not only which filters they pass.

    >>> from qa.query.parser import parse_query
    >>> topical(parse_query("Which papers on pruning are from October 2020?"))
    True
    >>> topical(parse_query("Which papers are from October 2020?"))
    False
    """
    filtered = " ".join([*request.filters.authors, *request.filters.categories])
    known = _ASKING.union(words(filtered))
    return any(word not in known and not word[0].isdigit() for word in words(request.text))
