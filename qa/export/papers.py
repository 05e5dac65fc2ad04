"""Papers in other programs' formats: BibTeX, RIS, CSV, JSON and Markdown."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import rispy

from qa.evidence.aspects import Column
from qa.export.bibtex import bibtex
from qa.export.markdown import escape_markdown, one_line
from vectorstore import InputError, Paper
from vectorstore.text.latex import plain_text

Form = Literal["bibtex", "ris", "csv", "json", "markdown"]
FORMS: tuple[Form, ...] = get_args(Form)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be saved.

    Attributes:
        name: safe on every system: ASCII letters, digits, hyphens and one stop.
        media: its media type.
        text: what stands in it.
    """

    name: str
    media: str
    text: str


def export(papers: Sequence[Paper], form: str) -> File:
    """Write papers in a format.

    >>> export([Paper("2009.14376", "Deep", "A", authors=("Ana Lee",))], "bibtex").name
    'lee2020-2009-14376.bib'

    Args:
        papers: in the order in which they are to stand.
        form: one of `FORMS`.

    Raises:
        InputError: the format is none of these.
    """
    if form not in _FORMS:
        raise InputError(f"Papers cannot be written as {form!r}. Choose one of {', '.join(FORMS)}.")
    ending, media, written = _FORMS[form]
    name = papers[0].bibtex_key if len(papers) == 1 else f"arxivqa-{len(papers)}-papers"
    return File(f"{name}.{ending}", media, written(papers))


def _bibtex(papers: Sequence[Paper]) -> str:
    return "\n".join(bibtex(paper) for paper in papers)


class _Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
    """RIS as its specification has it: rispy numbers the references besides."""

    def set_header(self, count: int) -> str:  # noqa: ARG002 (rispy's own signature)
        return ""


def _ris(papers: Sequence[Paper]) -> str:
    written: str = rispy.dumps([_reference(paper) for paper in papers], implementation=_Writer)
    return written


def _reference(paper: Paper) -> dict[str, Any]:
    """A paper by rispy's names. Its readers know no LaTeX, so accents become letters and formulas words."""
    day = paper.published.date() if paper.published else None
    fields = {
        "type_of_reference": "UNPB",  # what Zotero and EndNote read as a preprint or an unpublished work
        "title": one_line(plain_text(paper.title)),
        "authors": [_family_first(one_line(plain_text(author))) for author in paper.authors],
        "year": str(paper.year),
        "date": f"{day:%Y/%m/%d}" if day else "",
        "abstract": one_line(plain_text(paper.abstract)),
        "publisher": "arXiv",
        "number": f"arXiv:{paper.arxiv_id}",
        "doi": one_line(paper.doi or ""),
        "urls": [paper.url],
        "keywords": [one_line(category) for category in paper.categories],
        "notes": [one_line(plain_text(said)) for said in (paper.journal, paper.comment) if said],
    }
    return {name: value for name, value in fields.items() if value}


_PARTICLES = frozenset("von van de der den del della di da dos du la le ten ter zu zur af al el bin ibn".split())


def _family_first(name: str) -> str:
    """A name as RIS wants it: "Maaten, Laurens van der" would be sorted wrongly, so particles stay with the family.

    >>> _family_first("Laurens van der Maaten"), _family_first("The ATLAS Collaboration")
    ('van der Maaten, Laurens', 'The ATLAS Collaboration')
    """
    words = name.split()
    if len(words) < 2 or "," in name or re.search(r"\b(?:collaboration|team|group|consortium|and)\b", name, re.I):
        return name
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return f"{' '.join(words[start:])}, {' '.join(words[:start])}"


_COLUMNS = (
    "arxiv_id", "version", "title", "authors", "categories", "listed", "published", "updated", "doi", "journal",
    "comment", "withdrawn", "replaced", "url", "pdf_url", "abstract",
)  # fmt: skip


def _csv(papers: Sequence[Paper]) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(_COLUMNS)
    for paper in papers:
        values = paper.to_json()
        writer.writerow([_cell(values[name]) for name in _COLUMNS])
    return sheet.getvalue()


def _cell(value: Any) -> str:
    """A value that no spreadsheet takes for a formula.

    >>> _cell("=HYPERLINK(1)"), _cell(["A", "B"]), _cell(None)
    ("'=HYPERLINK(1)", 'A; B', '')
    """
    text = "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    text = one_line(text)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _json(papers: Sequence[Paper]) -> str:
    return json.dumps([paper.to_json() for paper in papers], ensure_ascii=False, indent=2) + "\n"


def _markdown(papers: Sequence[Paper]) -> str:
    return "".join(f"{n}. {_entry(paper)}\n" for n, paper in enumerate(papers, start=1))


def _entry(paper: Paper) -> str:
    authors = ", ".join(paper.authors[:_MOST_AUTHORS])
    more = " et al." if len(paper.authors) > _MOST_AUTHORS else ""
    facts = ". ".join(filter(None, (escape_markdown(authors) + more, f"arXiv:{paper.versioned_id}, {paper.year}")))
    return f"[{escape_markdown(paper.title)}]({paper.url}). {facts}."


_MOST_AUTHORS = 6


def side_by_side_markdown(columns: Sequence[Column]) -> str:
    """A comparison as a Markdown table, a row a paper, with the references its marks lead to.

    >>> from qa.retrieval.browse import compare
    >>> papers = [Paper("2012.12535", "StainNet", "We propose StainNet."), Paper("2009.14376", "B", "")]
    >>> print(side_by_side_markdown(compare(papers)).splitlines()[2])
    | StainNet [1] |  | We propose StainNet. [1] |  |  |
    """
    head = ["Paper", "Listed", *(name for name, _ in columns[0].rows())]
    lines = [_row(head), _row(["---"] * len(head))]
    for column in columns:
        cells = [
            " ".join(f"{escape_markdown(sentence.text)} [{column.n}]" for sentence in said) for _, said in column.rows()
        ]
        listed = column.paper.listed.isoformat() if column.paper.listed else ""
        lines.append(_row([f"{escape_markdown(column.paper.title)} [{column.n}]", listed, *cells]))
    references = [f"\\[{column.n}\\] {_entry(column.paper)}" for column in columns]
    return "\n".join([*lines, "", "\n\n".join(references), ""])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


_FORMS: dict[str, tuple[str, str, Callable[[Sequence[Paper]], str]]] = {
    "bibtex": ("bib", "application/x-bibtex", _bibtex),
    "ris": ("ris", "application/x-research-info-systems", _ris),
    "csv": ("csv", "text/csv", _csv),
    "json": ("json", "application/json", _json),
    "markdown": ("md", "text/markdown", _markdown),
}
