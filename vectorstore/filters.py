"""Filters: which papers of a library a question or a list may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vectorstore.errors import InputError
from vectorstore.paper import split_id

_NAMES = ("categories", "authors", "venues", "without", "without_categories")  # the fields that hold plain names


@dataclass(frozen=True, slots=True)
class Filters:
    """What a paper must meet to be used; an empty filter admits every paper.

    >>> Filters(since=date(2020, 10, 1), categories=("cs.CV", "eess.IV")).to_json()["since"]
    '2020-10-01'

    Attributes:
        since, until: bounds on `Paper.listed`, both inclusive; a paper without a date meets neither.
        categories: any of these codes ("cs.CV") or archives ("cs"), primary, cross-listed, or listed under.
        authors: every one of these must be an author; a name matches when all its words stand in the author's name.
            One entry may give a choice: "Ada Lovelace or Grace Hopper".
        ids: only these papers; a version in an id is ignored.
        venues: any of these journals or conferences must stand in the comment or the journal reference; a year may
            follow the name ("ECCV 2020").
        without: words or phrases; a paper whose title or abstract has one of them, in any form, is left out.
        without_categories: codes or archives; a paper in one of them is left out.

    Raises:
        InputError: when a bound is no date, since is after until, or an id is not an arXiv id.
    """

    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    venues: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            day = getattr(self, name)
            if isinstance(day, datetime):
                object.__setattr__(self, name, day.date())
            elif day is not None and not isinstance(day, date):
                raise InputError(
                    f"{name} is {day!r}, which is no date. Give a datetime.date, such as date(2020, 10, 1)."
                )
        for name in (*_NAMES, "ids"):
            if isinstance(alone := getattr(self, name), str):  # else its letters would be taken for several
                object.__setattr__(self, name, (alone,))
        if self.since and self.until and self.since > self.until:
            raise InputError(f"since ({self.since}) is after until ({self.until}); no paper can meet both. Swap them.")
        # One call normalises what the shell, a script or a page passed; frozen dataclasses are set this way.
        for name in _NAMES:
            object.__setattr__(self, name, tuple(v.strip() for v in getattr(self, name) if v.strip()))
        object.__setattr__(self, "ids", tuple(dict.fromkeys(split_id(i)[0] for i in self.ids)))

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.ids, *(getattr(self, name) for name in _NAMES)))

    def to_json(self) -> dict[str, Any]:
        """The filter as JSON-ready values."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "categories": list(self.categories),
            "authors": list(self.authors),
            "ids": list(self.ids),
            "venues": list(self.venues),
            "without": list(self.without),
            "without_categories": list(self.without_categories),
        }
