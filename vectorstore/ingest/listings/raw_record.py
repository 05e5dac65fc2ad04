"""A record while its lines are read, and what a layout is: how such lines become a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from vectorstore.errors import InputError
from vectorstore.paper import Paper, Source
from vectorstore.text.arxiv_ids import split_id
from vectorstore.text.cleaning import shortened
from vectorstore.text.dates import MONTH_NUMBERS

MAX_RECORD = 1 << 20
"""Characters; the largest of 192,108 real records has under 20,000."""

_CATEGORY = re.compile(
    r"(?<=\s)(?:[a-z][a-z-]+\.[A-Za-z][A-Za-z-]+|(?:astro|cond|gr|hep|math|nucl|quant)-[a-z]{2,3})(?=\s|$)"
)
_ISO_DATE = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_WORD_DATE = re.compile(r"(?<![0-9])([0-9]{1,2})\s+([A-Za-z]{3})[a-z]*\.?,?\s+([0-9]{4})(?![0-9])")


@dataclass(slots=True)
class RawRecord:
    """The lines of one record so far.

    Attributes:
        line: the line it starts on.
        heading: the heading's text without its "### "; None where the heading is missing.
        source: where it was read.
        layout: what its lines mean.
        parts: the text of each field by its name in the file, in pieces; the abstract is "Summary" in every layout.
        current: the field that a line without a name continues.
        problem: the first thing found wrong with its lines.
        stray: it is no record at all, only text between records.
    """

    line: int
    heading: str | None
    source: Source
    layout: Layout
    parts: dict[str, list[str]] = field(default_factory=dict)
    current: list[str] | None = None
    problem: str | None = None
    stray: bool = False
    size: int = 0

    def open(self, name: str, text: str) -> None:
        """Start a field."""
        self.current = self.parts[name] = []
        self.add(text)

    def add(self, text: str) -> None:
        """Continue the current field."""
        self.size += len(text)
        if self.size > MAX_RECORD:
            self.problem = self.problem or f"the record is longer than {MAX_RECORD:,} characters"
        elif self.current is not None:
            self.current.append(text)

    def value(self, name: str) -> str:
        """A field's text, its lines joined; empty when the record does not have it."""
        return " ".join(self.parts.get(name, ())).strip()


class Layout(Protocol):
    """How a kind of listing writes its records."""

    def claims(self, text: str) -> bool:
        """Whether this line can only stand in a listing of this layout."""

    def starts(self, draft: RawRecord | None, text: str) -> bool:
        """Whether this line, which is no heading, must belong to another record than the draft."""

    def take(self, draft: RawRecord, text: str) -> bool:
        """Add a line to the record it follows; False when it does not belong to it."""

    def paper(self, draft: RawRecord) -> Paper:
        """The finished record.

        Raises:
            InputError: when it is no paper: a bad id, no title, no abstract, a date that is none.
        """


def id_of_link(link: str) -> tuple[str, int | None]:
    """The id and version in a record's link.

    Raises:
        InputError: when it holds no arXiv id.
    """
    try:
        return split_id(link)
    except InputError:
        raise InputError(f"{shortened(link)} holds no arXiv id") from None


def require_text(title: str, abstract: str) -> None:
    """Refuse a record without a title or an abstract.

    Raises:
        InputError: when one is empty.
    """
    if not title:
        raise InputError("the record has no title")
    if not abstract:
        raise InputError("the record has no abstract")


def listing_category(heading: str) -> str | None:
    """The category in a listing's heading, or None.

    >>> listing_category("# Arxiv Papers in cs.CV on 2020-09-30"), listing_category("# ArXiv --Wed, 7 Oct 2020")
    ('cs.CV', None)
    """
    found = _CATEGORY.search(heading)
    return found[0] if found else None


def listing_date(heading: str) -> date | None:
    """The day in a listing's heading: "Thu, 21 Mar 2019" or "2019-03-21"; None where there is none.

    >>> listing_date("# ArXiv cs.CV --Wed, 7 Oct 2020")
    datetime.date(2020, 10, 7)
    """
    try:
        if found := _ISO_DATE.search(heading):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if (found := _WORD_DATE.search(heading)) and (month := MONTH_NUMBERS.get(found[2].lower())):
            return date(int(found[3]), month, int(found[1]))
    except ValueError:  # 31 February
        pass
    return None
