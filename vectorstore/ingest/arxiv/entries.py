"""One entry of arXiv's Atom feed as a paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vectorstore.errors import InputError
from vectorstore.ingest.listings.raw_record import id_of_link, require_text
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.paper import Paper, Source
from vectorstore.text.author_names import clean_authors
from vectorstore.text.cleaning import clean

if TYPE_CHECKING:
    import arxiv

FILE = "arXiv API"
"""What papers say they were read from."""


def paper_of_entry(entry: arxiv.Result) -> Paper | Reject:
    """The paper of an entry, or why it is none. Its day is the one on which its first version was sent in."""
    try:
        arxiv_id, version = id_of_link(entry.entry_id)
        title, abstract = clean(entry.title), clean(entry.summary)
        require_text(title, abstract)
    except InputError as error:
        return Reject(f"{FILE}, {clean(entry.entry_id)[:100]}", None, str(error), "record")
    primary = (entry.primary_category,) if entry.primary_category else ()
    listed = entry.published.date()
    return Paper(
        arxiv_id,
        title,
        abstract,
        version=version,
        listed=listed,
        authors=clean_authors(author.name for author in entry.authors),
        categories=tuple(dict.fromkeys(clean(code) for code in (*primary, *entry.categories))),
        published=entry.published,
        updated=entry.updated,
        doi=" ".join(dict.fromkeys(clean(entry.doi or "").split())) or None,
        journal=clean(entry.journal_ref or "") or None,
        comment=clean(entry.comment or "") or None,
        sources=(Source(FILE, 0, listed),),
    )
