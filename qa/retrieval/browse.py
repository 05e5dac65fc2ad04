"""A table of papers, a page at a time, those that are most like one of them, and a few side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from qa.evidence.aspects import Column, column
from vectorstore import Filters, InputError, Paper
from vectorstore.library import Library

PAGE = 50
FEWEST, MOST = 2, 6  # papers side by side
Sort = Literal["listed", "title", "authors", "relevance", "given"]
SORTS: tuple[Sort, ...] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of a table.

    Attributes:
        total: how many papers the whole table has.
        papers: those of this page, in order.
    """

    total: int
    papers: tuple[Paper, ...]


def table_page(
    library: Library,
    search: str = "",
    filters: Filters = Filters(),
    sort: Sort = "listed",
    descending: bool | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> TablePage:
    """One page of the papers of a library, found and sorted in milliseconds however many there are.

    >>> from qa import open_assistant
    >>> with open_assistant() as assistant:
    ...     page = table_page(assistant.library, "stainnet: a fa", sort="title", limit=1)
    >>> page.papers[0].arxiv_id
    '2012.12535'

    Args:
        library: the papers.
        search: what has been typed so far: every word must stand in title, abstract or authors, and the last one may be
            the beginning of a word; or the beginning of an arXiv id.
        filters: which papers may stand in the table.
        sort: by the day of listing, the title, the first author's family name, how well they fit the search, or as the
            ids of the filters were given.
        descending: the newest, or the last of the alphabet, first; None for what a reader expects, which is the newest
            first, and A to Z. Relevance is always best first.
        offset: how many papers come before the page.
        limit: how many papers the page has.

    Raises:
        InputError: the sort is none of these, or a number is out of range.
        LibraryError: the library cannot be read.
    """
    if sort not in SORTS:
        raise InputError(f"Papers cannot be sorted by {sort!r}. Sort by one of {', '.join(SORTS)}.")
    if sort == "relevance" and not search.strip():
        sort = "given" if filters.ids else "listed"
    if sort == "given":
        return _as_given(library, search, filters, bool(descending), offset, limit)
    falling = sort == "listed" if descending is None else descending
    total, ids = library.page(search, filters, sort, falling, offset, limit)
    return TablePage(total, tuple(library.get(ids)))


def _as_given(library: Library, search: str, filters: Filters, descending: bool, offset: int, limit: int) -> TablePage:
    if offset < 0 or limit < 1:
        raise InputError(f"A page begins at 0 or later and has a paper at least, not {limit} from {offset}.")
    total, passing = library.page(search, filters, "listed", limit=max(len(filters.ids), 1))
    place = {arxiv_id: number for number, arxiv_id in enumerate(filters.ids)}
    ids = sorted(passing, key=lambda arxiv_id: place.get(arxiv_id, 0), reverse=descending)
    return TablePage(total, tuple(library.get(ids[offset : offset + limit])))


def similar_papers(library: Library, arxiv_id: str, limit: int = PAGE) -> list[Paper]:
    """The papers whose text is nearest to that of one paper, nearest first, without it.

    Args:
        library: the papers.
        arxiv_id: the paper's id, with or without version.
        limit: how many papers.

    Raises:
        InputError: it is no arXiv id, or the paper is not in the library.
    """
    (bare,) = Filters(ids=(arxiv_id,)).ids
    vector = library.vectors([bare]).get(bare)
    if vector is None:
        raise InputError(f"{bare} is not in the library {library.path}. See what is: arxivqa find")
    near = library.nearest(vector, Filters(), limit + 1)
    return library.get([other for other, _ in near if other != bare][:limit])


def compare(papers: Sequence[Paper]) -> tuple[Column, ...]:
    """Set papers side by side.

    Args:
        papers: two to six of them, each once.

    Returns:
        A column a paper, in the order given.

    Raises:
        InputError: there are fewer or more papers than that.
    """
    if not FEWEST <= len(papers) <= MOST:
        raise InputError(f"Between {FEWEST} and {MOST} papers can stand side by side, not {len(papers)}.")
    return tuple(column(n, paper) for n, paper in enumerate(papers, start=1))
