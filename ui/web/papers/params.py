"""What the address of the Papers page, or a click on it, asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from qa.retrieval.browse import SORTS, Sort
from vectorstore import Filters, InputError
from vectorstore.text.dates import long_date

# A browser sends what it likes; what a person asks for is far below these.
_LONGEST = 300
_MOST_IDS = 1000
_MOST_PAGES = 10_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A view of the table.

    Attributes:
        search: what has been typed.
        filters: dates, categories, authors.
        sort: None for the usual order of what is shown.
        descending: None for the usual direction.
        page: from 1.
    """

    search: str = ""
    filters: Filters = Filters()
    sort: Sort | None = None
    descending: bool | None = None
    page: int = 1

    @classmethod
    def read(cls, asked: Mapping[str, Any]) -> Wanted:
        """From the parameters of an address, which the page's script sends in the same words.

        >>> Wanted.read({"search": "snow", "sort": "title", "order": "down", "author": "He, Sun", "page": "3"})
        Wanted(search='snow', filters=Filters(... authors=('He', 'Sun'), ...), sort='title', descending=True, page=3)

        Raises:
            InputError: a date is none, or the dates are the wrong way round. What else makes no sense is left out.
        """
        sort = _text(asked, "sort")
        order = _text(asked, "order")
        page = _text(asked, "page")
        since, until = _day(_text(asked, "since")), _day(_text(asked, "until"))
        if since and until and since > until:
            raise InputError(f"No paper was listed from {long_date(since)} to {long_date(until)}. Swap the two dates.")
        return cls(
            search=_text(asked, "search"),
            filters=Filters(
                since=since,
                until=until,
                categories=_several(asked, "category"),
                authors=_several(asked, "author"),
            ),
            sort=next((known for known in SORTS if known == sort), None),
            descending={"up": False, "down": True}.get(order),
            page=min(max(int(page), 1), _MOST_PAGES) if page.isascii() and page.isdigit() else 1,
        )


def ids(text: object) -> tuple[str, ...]:
    """Return the arXiv ids of a list with commas, as an address or the script sends them; each once.

    Raises:
        InputError: one of them is no arXiv id, or there are too many.
    """
    parts = [part.strip() for part in str(text or "").split(",") if part.strip()]
    if len(parts) > _MOST_IDS:
        raise InputError(f"These are {len(parts):,} papers; {_MOST_IDS:,} can be used at once.")
    return Filters(ids=tuple(parts)).ids


def _text(asked: Mapping[str, Any], name: str) -> str:
    # Its end stays as typed: a space behind a word says that it is finished.
    return str(asked.get(name) or "")[:_LONGEST]


def _several(asked: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _text(asked, name).split(",") if part.strip())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{text!r} is no date. Write it as 2020-10-07.") from None
