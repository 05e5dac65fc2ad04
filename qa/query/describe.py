"""Filters and dates in words."""

from __future__ import annotations

from datetime import date

from vectorstore import Filters

MONTHS = ("January February March April May June July August September October November December").split()


def filters(given: Filters) -> str:
    """Return filters as words that follow "only papers".

    >>> filters(Filters(since=date(2020, 10, 1), categories=("cs.CV", "eess.IV")))
    'listed since 1 October 2020, in cs.CV or eess.IV'
    """
    parts = []
    if given.since and given.since == given.until:
        parts.append(f"listed on {day(given.since)}")
    elif given.since and given.until:
        parts.append(f"listed from {day(given.since)} to {day(given.until)}")
    elif given.since:
        parts.append(f"listed since {day(given.since)}")
    elif given.until:
        parts.append(f"listed up to {day(given.until)}")
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


def day(when: date) -> str:
    """Return a date as "5 October 2020", in English whatever the machine's locale."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"
