"""What is new in a library since someone last looked, and her saved questions asked again over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from qa.answer import Answer
from vectorstore import Filters

if TYPE_CHECKING:
    from qa.assistant import Assistant
    from qa.history.models import SavedQuestion, Visit
    from qa.history.store import Store
    from vectorstore.library import Library


@dataclass(frozen=True, slots=True)
class News:
    """The papers that are new.

    Attributes:
        filters: these papers and no others; None where there are none.
        total: how many there are.
        newest: the newest listing in the library; None where no paper has a date.
        newer: False where nothing is newer than the visit, or there was none: then the papers are those of the newest
            listing's day, so that who looks twice still sees them.
    """

    filters: Filters | None
    total: int
    newest: date | None
    newer: bool

    def within(self, given: Filters) -> Filters | None:
        """The new papers that pass other filters too; None where none can."""
        return None if self.filters is None else given.intersect(self.filters)


def new_papers(library: Library, visit: Visit | None) -> News:
    """The papers that were listed after a visit's newest listing, or on the same day and added since.

    >>> from qa import open_assistant
    >>> with open_assistant() as assistant:
    ...     found = new_papers(assistant.library, None)
    >>> found.newest, found.newer
    (datetime.date(2020, 12, 24), False)

    Args:
        library: the papers. One without a date is never new: nothing says when it appeared.
        visit: when she last looked; None for never.

    Raises:
        LibraryError: the library cannot be read.
    """
    newest = library.newest()
    if newest is None:
        return News(None, 0, None, newer=False)
    if visit is not None and visit.newest is not None:
        found = Filters(since=visit.newest + timedelta(days=1))
        if visit.seen and (late := [i for i in _of_day(library, visit.newest) if i not in visit.seen]):
            found = Filters(ids=(*_ids(library, found), *late))
        if total := library.count(found):
            return News(found, total, newest, newer=True)
    elif visit is not None:
        # There was no date at all then, so that every paper with one came later.
        found = Filters(until=newest)
        return News(found, library.count(found), newest, newer=True)
    found = Filters(since=newest, until=newest)
    return News(found, library.count(found), newest, newer=False)


def keep_visit(library: Library, store: Store, user: str) -> None:
    """Keep that a user has seen what is new in a library as it is now."""
    newest = library.newest()
    store.visit(user, newest, _of_day(library, newest) if newest else ())


def ask_again(
    assistant: Assistant, questions: Iterable[SavedQuestion], found: News
) -> Iterator[tuple[SavedQuestion, Answer]]:
    """Ask saved questions over the new papers; those that these do not answer are left out.

    Args:
        assistant: what answers.
        questions: what is asked, each within its own filters.
        found: the new papers.

    Yields:
        Each question that was answered, with its answer, as soon as there is one.
    """
    for question in questions:
        filters = found.within(question.filters)
        if filters is None:
            continue
        answer = assistant.ask(question.question, filters=filters)
        if not answer.abstained:
            yield question, answer


def _of_day(library: Library, day: date) -> list[str]:
    return _ids(library, Filters(since=day, until=day))


def _ids(library: Library, filters: Filters) -> list[str]:
    return library.page(filters=filters, limit=max(library.count(filters), 1))[1]
