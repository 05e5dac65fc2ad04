"""Paper, the one record everything else is made from, and what follows from an arXiv id."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from vectorstore.text.withdrawals import is_withdrawal, says_withdrawn


@dataclass(frozen=True, slots=True)
class Source:
    """One place a paper was read from.

    Attributes:
        file: the listing's file name, without folders, so that a moved listing stays the same source.
        line: the line its record starts on, from 1; 0 where it has none that stays the same, as in a snapshot of all of
            arXiv, or none at all.
        listed: the day of that listing, where it states one.
        category: the category that the listing is of; the paper is in it, but it need not be the paper's primary one.
    """

    file: str
    line: int
    listed: date | None = None
    category: str | None = None

    @property
    def place(self) -> str:
        """The file, and the line where there is one: "2020-10-07.txt:12"."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def to_json(self) -> dict[str, Any]:
        """The source as JSON-ready values."""
        return {
            "file": self.file,
            "line": self.line,
            "listed": self.listed.isoformat() if self.listed else None,
            "category": self.category,
        }


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as its listings state it. What no listing states is None or empty.

    Attributes:
        arxiv_id: the id without version.
        version: the version of the text, or None where the listing does not say.
        title, abstract: text with entities and mojibake repaired; LaTeX as written.
        listed: the day of the earliest listing the paper stands in.
        authors: in the order given.
        categories: arXiv category codes, primary first.
        published, updated: UTC times of the first version and of this one.
        doi, journal, comment: as stated.
        sources: every listing the paper stands in, sorted.
    """

    arxiv_id: str
    title: str
    abstract: str
    version: int | None = None
    listed: date | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    doi: str | None = None
    journal: str | None = None
    comment: str | None = None
    sources: tuple[Source, ...] = ()

    @property
    def versioned_id(self) -> str:
        """The id of this text: with its version where that is known."""
        return self.arxiv_id if self.version is None else f"{self.arxiv_id}v{self.version}"

    @property
    def url(self) -> str:
        """The abstract page."""
        return f"https://arxiv.org/abs/{self.versioned_id}"

    @property
    def pdf_url(self) -> str:
        """The PDF."""
        return f"https://arxiv.org/pdf/{self.versioned_id}"

    @property
    def withdrawn(self) -> bool:
        """Whether its comment or its abstract says that it was withdrawn, which arXiv states in no other way.

        >>> Paper("2009.14376", "T", "A", comment="This paper has been withdrawn by the author").withdrawn
        True
        """
        return says_withdrawn(self.comment) or is_withdrawal(self.abstract)

    @property
    def replaced(self) -> bool:
        """Whether this text took the place of an earlier version."""
        return self.version is not None and self.version > 1

    @property
    def standing(self) -> str:
        """What a reader should know before relying on it, in a word or two; empty for a first version that stands.

        >>> Paper("2009.14376", "T", "A", version=2, updated=datetime(2020, 10, 17)).standing
        'replaced 2020-10-17'
        """
        if self.withdrawn:
            return "withdrawn"
        if not self.replaced:
            return ""
        return f"replaced {self.updated:%Y-%m-%d}" if self.updated else "replaced"

    @property
    def bibtex_key(self) -> str:
        """A key of letters, digits and hyphens: first author's family name, year, id; unique to the paper.

        >>> Paper("cs/9810003", "T", "A", authors=("Ana Müller",)).bibtex_key
        'muller1998-cs-9810003'
        """
        family = self.authors[0].split()[-1] if self.authors and self.authors[0].split() else "arxiv"
        ascii_family = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
        name = re.sub(r"[^a-z]", "", ascii_family.lower()) or "arxiv"
        return f"{name}{self.year}-{re.sub(r'[^0-9A-Za-z]', '-', self.arxiv_id)}"

    @property
    def year(self) -> int:
        """The year the paper first appeared: stated, or read from the id (9108 is 1991, 0703 is 2007)."""
        if self.published is not None:
            return self.published.year
        digits = int(self.arxiv_id.rpartition("/")[2][:2])
        return 1900 + digits if digits >= 91 else 2000 + digits

    def to_json(self) -> dict[str, Any]:
        """The paper as JSON-ready values: dates as ISO 8601, tuples as lists, absent values as null."""
        return {
            "arxiv_id": self.arxiv_id,
            "version": self.version,
            "title": self.title,
            "abstract": self.abstract,
            "authors": list(self.authors),
            "categories": list(self.categories),
            "listed": self.listed.isoformat() if self.listed else None,
            "published": self.published.isoformat() if self.published else None,
            "updated": self.updated.isoformat() if self.updated else None,
            "doi": self.doi,
            "journal": self.journal,
            "comment": self.comment,
            "withdrawn": self.withdrawn,
            "replaced": self.replaced,
            "url": self.url,
            "pdf_url": self.pdf_url,
            "sources": [source.to_json() for source in self.sources],
        }
