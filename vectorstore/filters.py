"""Filters: which papers of a library a question or a list may use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from vectorstore.errors import InputError
from vectorstore.text.arxiv_ids import split_id

_LISTS = ("categories", "authors", "ids", "venues", "without", "without_categories")  # the fields that hold several
_NAMES = tuple(name for name in _LISTS if name != "ids")  # and those of them that hold plain names


@dataclass(frozen=True, slots=True)
class Filters:
    """What a paper must meet to be used; an empty filter admits every paper.

    Filters combine in two ways. As a set of papers: `intersect`. As a set of stated conditions, in which the two dates
    together are one: `union`, `minus`, `parts`, and, for filters of which one has the last word, `overridden_by` and
    `narrowed_by`.

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
        for name in _LISTS:
            if isinstance(alone := getattr(self, name), str):  # else its letters would be taken for several
                object.__setattr__(self, name, (alone,))
        if self.since and self.until and self.since > self.until:
            raise InputError(f"since ({self.since}) is after until ({self.until}); no paper can meet both. Swap them.")
        # One call normalises what the shell, a script or a page passed; frozen dataclasses are set this way.
        for name in _NAMES:
            object.__setattr__(self, name, tuple(v.strip() for v in getattr(self, name) if v.strip()))
        object.__setattr__(self, "ids", tuple(dict.fromkeys(split_id(i)[0] for i in self.ids)))

    def __bool__(self) -> bool:
        return self.dated or any(getattr(self, name) for name in _LISTS)

    @property
    def dated(self) -> bool:
        """Whether it states a date."""
        return self.since is not None or self.until is not None

    def intersect(self, other: Filters) -> Filters | None:
        """The papers that pass both; None where none can.

        >>> spring, may = Filters(until=date(2020, 5, 31)), Filters(since=date(2020, 5, 1), authors=("Ada",))
        >>> spring.intersect(may) == Filters(date(2020, 5, 1), date(2020, 5, 31), authors=("Ada",))
        True

        Raises:
            InputError: both name categories, or both venues, and neither's are among the other's: a paper must be in
                any of a filter's, so that no filter can ask for one of these and one of those.
        """
        since, until = _overlap(self, other)
        if since and until and since > until:
            return None
        values = {name: _joined(getattr(self, name), getattr(other, name)) for name in _LISTS}
        values |= {name: _fewer(name, self, other) for name in ("categories", "venues")}
        values["ids"] = self.ids or other.ids
        if self.ids and other.ids:
            there = set(other.ids)
            values["ids"] = tuple(arxiv_id for arxiv_id in self.ids if arxiv_id in there)
            if not values["ids"]:
                return None
        return Filters(since, until, **values)

    def union(self, other: Filters) -> Filters:
        """Every condition that either states, this one's first; of dates this one's, where it has any."""
        dates = self if self.dated else other
        values = {name: _joined(getattr(self, name), getattr(other, name)) for name in _LISTS}
        return Filters(dates.since, dates.until, **values)

    def minus(self, other: Filters) -> Filters:
        """The conditions that the other one does not state; dates go where the other has the same two."""
        same = (self.since, self.until) == (other.since, other.until)
        values = {
            name: tuple(value for value in getattr(self, name) if value not in getattr(other, name)) for name in _LISTS
        }
        return Filters(None if same else self.since, None if same else self.until, **values)

    def overridden_by(self, other: Filters) -> Filters:
        """The other one's conditions, and of each kind that it says nothing of, this one's."""
        dates = other if other.dated else self
        return Filters(dates.since, dates.until, **{n: getattr(other, n) or getattr(self, n) for n in _LISTS})

    def narrowed_by(self, other: Filters) -> Filters:
        """The same, but with the dates that pass both, where any can."""
        since, until = _overlap(self, other)
        overridden = self.overridden_by(other)
        return overridden if since and until and since > until else replace(overridden, since=since, until=until)

    def parts(self) -> list[Filters]:
        """One filter for each condition, in an order that does not depend on the one they were stated in."""
        dates = [Filters(self.since, self.until)] if self.dated else []
        return dates + [Filters(None, None, **{n: (value,)}) for n in _LISTS for value in sorted(set(getattr(self, n)))]

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


def _overlap(first: Filters, second: Filters) -> tuple[date | None, date | None]:
    """The later of the first days and the earlier of the last ones."""
    since = max(filter(None, (first.since, second.since)), default=None)
    return since, min(filter(None, (first.until, second.until)), default=None)


def _joined(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _fewer(name: str, first: Filters, second: Filters) -> tuple[str, ...]:
    """The values of a field, of which a paper needs one, that mean as much as needing one of each filter's."""
    ours: tuple[str, ...] = getattr(first, name)
    theirs: tuple[str, ...] = getattr(second, name)
    if not ours or not theirs:
        return ours or theirs
    if set(ours) <= set(theirs):
        return ours
    if set(theirs) <= set(ours):
        return theirs
    raise InputError(
        f"Papers in any of the {name} {', '.join(ours)} that are also in any of {', '.join(theirs)} are more than one "
        f"filter can ask for. Give {name} once."
    )
