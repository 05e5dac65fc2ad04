"""The same paper in two listings is one paper: which text stands, and what is taken from the other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from vectorstore.errors import InputError
from vectorstore.paper import Paper, Source
from vectorstore.text.withdrawals import says_withdrawn

_FIELDS = ("authors", "categories", "published", "updated", "doi", "journal", "comment")
_NEVER = date.min


def merge(a: Paper, b: Paper) -> Paper:
    """One paper of two records of it.

    The newer version's text (title and abstract) wins, and one with a version wins over one without. Of two without,
    the later listing's wins. Of two of the same version, which are the same text but for how it was exported, the
    longer abstract's wins. What the winner does not state is taken from the other, but not that it was withdrawn: a
    version that came after stands again. `listed` is the earliest date, and `sources` are those of both, sorted.

    The order does not matter: `merge(a, b) == merge(b, a)`, `merge(a, a) == a`, and a record merged in once changes
    nothing when it is merged in again. For three and more, id, version, title, abstract, `listed` and `sources` are the
    same in whatever order and grouping they are merged. So are the other fields, with one exception that no pairwise
    rule can avoid, as a paper does not say which record a field came from: where the winner lacks a field that two
    others state differently, the one merged first gives it.

    Two records of one rank (equal in version, title and abstract) may state a field differently: then the greater
    value stands, because something must, and it must not depend on the order.

    Args:
        a: a paper as the readers make it: `listed` is among the dates of `sources`, which are sorted.
        b: another record of that paper.

    Raises:
        InputError: when they are two papers.
    """
    if a.arxiv_id != b.arxiv_id:
        raise InputError(f"{a.arxiv_id} and {b.arxiv_id} are two papers and cannot be merged.")
    rank_a, rank_b = _rank(a), _rank(b)
    if rank_a < rank_b:
        a, b = b, a
    if (b.version or 0) < (a.version or 0) and says_withdrawn(b.comment):
        b = replace(b, comment=None)
    dates = [paper.listed for paper in (a, b) if paper.listed is not None]
    choose = _greater if rank_a == rank_b else _first
    return replace(
        a,
        listed=min(dates, default=None),
        sources=tuple(sorted({*a.sources, *b.sources}, key=_source_order)),
        **{name: choose(getattr(a, name), getattr(b, name)) for name in _FIELDS},
    )


def _rank(paper: Paper) -> tuple[int, date, int, str, str]:
    # The rank of a merged paper must be its winner's, or the order of merging would show. So it is made of the text,
    # which comes whole from the winner, and of the latest listing only where no text has a version: then the sources
    # are all of records without one, and the latest of them is the winner's.
    latest = _NEVER
    if paper.version is None:
        dates = [source.listed for source in paper.sources if source.listed is not None]
        latest = max(dates, default=paper.listed or _NEVER)
    return (paper.version or 0, latest, len(paper.abstract), paper.abstract, paper.title)


def _first(winner: Any, other: Any) -> Any:
    return other if winner in (None, ()) else winner


def _greater(a: Any, b: Any) -> Any:
    return max((value for value in (a, b) if value not in (None, ())), default=a)


def _source_order(source: Source) -> tuple[str, int, date, str]:
    return (source.file, source.line, source.listed or _NEVER, source.category or "")
