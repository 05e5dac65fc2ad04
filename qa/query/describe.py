"""Filters and dates in words."""

from __future__ import annotations

from vectorstore import Filters
from vectorstore.text.dates import long_date


def filters(given: Filters) -> str:
    """Return filters as words that follow "only papers".

    >>> from datetime import date
    >>> filters(Filters(since=date(2020, 10, 1), categories=("cs.CV", "eess.IV")))
    'listed since 1 October 2020, in cs.CV or eess.IV'
    """
    parts = []
    if given.since and given.since == given.until:
        parts.append(f"listed on {long_date(given.since)}")
    elif given.since and given.until:
        parts.append(f"listed from {long_date(given.since)} to {long_date(given.until)}")
    elif given.since:
        parts.append(f"listed since {long_date(given.since)}")
    elif given.until:
        parts.append(f"listed up to {long_date(given.until)}")
    if given.categories:
        parts.append(f"in {' or '.join(given.categories)}")
    if given.authors:
        parts.append(f"by {' and '.join(given.authors)}")
    if given.venues:
        parts.append(f"at {' or '.join(given.venues)}")
    if given.ids:
        parts.append(f"with id {' or '.join(given.ids)}")
    if given.without:
        parts.append(f"without {' or '.join(f'“{words}”' for words in given.without)}")
    if given.without_categories:
        parts.append(f"not in {' or '.join(given.without_categories)}")
    return ", ".join(parts)
