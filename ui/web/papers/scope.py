"""Which papers the Papers page is about: all, an answer's, those like one, those that were named, or the new ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from qa.history.models import Turn
from qa.history.store import Store
from qa.history.whats_new import News, new_papers
from qa.retrieval.browse import Sort, TablePage, similar_papers, table_page
from ui.web.papers.params import Wanted, ids
from vectorstore import Filters, InputError
from vectorstore.library import Library
from vectorstore.text.dates import long_date

PAGE = 50
_ALIKE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """What the table is made of.

    Attributes:
        heading: in words; empty for the whole library. Untrusted.
        said: one sentence more, for the reader.
        ids: these papers and no others, in this order; None for any.
        found: the new papers, where only these are shown.
    """

    heading: str = ""
    said: str = ""
    ids: tuple[str, ...] | None = None
    found: News | None = None

    @property
    def usual(self) -> Sort:
        """Return the order that the papers are in before anyone sorts them."""
        return "listed" if self.ids is None else "given"

    def page(self, library: Library, wanted: Wanted) -> TablePage:
        """Return one page of these papers.

        Raises:
            LibraryError: the library cannot be read.
        """
        filters: Filters | None = wanted.filters
        if self.found is not None:
            filters = self.found.within(wanted.filters)
        elif self.ids is not None:
            filters = replace(wanted.filters, ids=self.ids) if self.ids else None
        if filters is None:
            return TablePage(0, ())
        sort = wanted.sort or ("relevance" if wanted.search.strip() else self.usual)
        return table_page(library, wanted.search, filters, sort, wanted.descending, (wanted.page - 1) * PAGE, PAGE)


ALL = Shown()


def shown(library: Library, store: Store, user: str, asked: Mapping[str, Any]) -> Shown:
    """Return what an address asks for.

    Args:
        library: the papers.
        store: conversations and visits.
        user: who asks; nobody sees another's conversation.
        asked: the address's parameters: `c` and `turn`, `like`, `ids` or `new`.

    Raises:
        InputError: there is no such paper, conversation or answer.
        ArxivQAError: the library or the store cannot be read.
    """
    if conversation := str(asked.get("c") or ""):
        return _of_answer(store, user, conversation, str(asked.get("turn") or ""))
    if like := str(asked.get("like") or ""):
        papers = similar_papers(library, like, _ALIKE)
        (paper,) = library.get(Filters(ids=(like,)).ids)
        return Shown(f"More like “{paper.title}”", "The nearest papers first.", tuple(p.arxiv_id for p in papers))
    if listed := ids(asked.get("ids")):
        return Shown("The papers you chose" if len(listed) > 1 else "The paper you chose", ids=listed)
    if asked.get("new"):
        return _new(library, store, user)
    return ALL


def _of_answer(store: Store, user: str, conversation: str, number: str) -> Shown:
    turns = store.open(user, conversation).turns
    if not number.isascii() or not number.isdigit() or not 0 < int(number) <= len(turns):
        raise InputError(f"This conversation has no answer number {number[:20] or '(none given)'}.")
    turn = turns[int(number) - 1]
    return Shown(f"Papers of the answer to “{turn.question}”", "Those it cites first.", _papers(turn))


def _papers(turn: Turn) -> tuple[str, ...]:
    if turn.answer is None:
        return ()
    found = [*(citation.paper for citation in turn.answer.citations), *turn.answer.further]
    return tuple(dict.fromkeys(paper.arxiv_id for paper in found))


def _new(library: Library, store: Store, user: str) -> Shown:
    visit = store.last_visit(user)
    found = new_papers(library, visit)
    if found.newest is None:
        return Shown("New papers", "No paper of this library has a listing date, so none is known to be new.", ids=())
    if found.newer and visit is not None:
        return Shown(f"New since your visit on {long_date(visit.when.date())}", found=found)
    said = "Nothing was listed since your last visit." if visit is not None else "This is your first visit."
    return Shown(f"The newest listing, {long_date(found.newest)}", said, found=found)
