"""Selection: which of the papers that are read are wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from vectorstore.errors import InputError
from vectorstore.paper import Paper


@dataclass(frozen=True, slots=True)
class Selection:
    """What a paper must meet to be taken; an empty selection takes every paper.

    >>> Selection(("cs",), since=date(2020, 1, 1)).admits(("cs.CV",), date(2020, 9, 30))
    True

    Attributes:
        categories: any of these codes ("cs.CV") or archives ("cs"), primary, cross-listed, or listed under.
        since, until: bounds on the day it was listed or first sent in, both inclusive; one without a day meets neither.

    Raises:
        InputError: when since is after until.
    """

    categories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(code.strip() for code in self.categories if code.strip()))
        if self.since and self.until and self.since > self.until:
            raise InputError(f"since ({self.since}) is after until ({self.until}); no paper can meet both. Swap them.")

    def __bool__(self) -> bool:
        return bool(self.categories or self.since or self.until)

    def admits(self, categories: Iterable[str], day: date | None) -> bool:
        """Whether a paper of these categories and this day is wanted."""
        if (self.since or self.until) and day is None:
            return False
        if day is not None and ((self.since and day < self.since) or (self.until and day > self.until)):
            return False
        if not self.categories:
            return True
        wanted = {code.lower() for code in self.categories}
        stated = {code.lower() for code in categories}
        return not wanted.isdisjoint(stated | {code.partition(".")[0] for code in stated})

    def admits_paper(self, paper: Paper) -> bool:
        """Whether a paper is wanted; a listing's own category counts as one of its papers'."""
        if not self:
            return True
        listed_under = (source.category for source in paper.sources if source.category)
        return self.admits((*paper.categories, *listed_under), paper.listed)
