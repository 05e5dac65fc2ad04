"""A paper as the record has it: the metadata of a chunk, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from vectorstore.embedding.chunking import Chunk, full_text
from vectorstore.paper import Paper, Source


def metadata_of(chunk: Chunk, chunks: int, generation: int) -> dict[str, Any]:
    """A chunk's metadata: what a stock llama-index or Chroma user would cite, and what makes the paper whole again."""
    paper = chunk.paper
    stated = {
        "arxiv_id": paper.arxiv_id,
        "version": paper.version,
        "title": paper.title,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "listed": paper.listed and paper.listed.isoformat(),
        "published": paper.published and paper.published.isoformat(),
        "updated": paper.updated and paper.updated.isoformat(),
        "doi": paper.doi,
        "journal": paper.journal,
        "comment": paper.comment,
        "url": paper.url,
        "sources": json.dumps([source.to_json() for source in paper.sources]),
        "chunk": chunk.index,
        "chunks": chunks,
        "start": chunk.start,
        "end": chunk.end,
        "generation": generation,
    }
    # Chroma's update() merges metadata, so a value that is gone must be written as None to be forgotten.
    return {key: value if value not in ([], None) else None for key, value in stated.items()}


def paper_from(metadata: Mapping[str, Any], text: str) -> Paper:
    """The paper of its first chunk's metadata and its whole text."""
    title = str(metadata["title"])
    return Paper(
        arxiv_id=str(metadata["arxiv_id"]),
        version=metadata.get("version"),
        title=title,
        abstract=text[len(full_text(Paper("", title, ""))) :],
        listed=_day(metadata.get("listed")),
        authors=tuple(metadata.get("authors") or ()),
        categories=tuple(metadata.get("categories") or ()),
        published=_time(metadata.get("published")),
        updated=_time(metadata.get("updated")),
        doi=metadata.get("doi"),
        journal=metadata.get("journal"),
        comment=metadata.get("comment"),
        sources=tuple(Source(**(s | {"listed": _day(s["listed"])})) for s in json.loads(metadata["sources"])),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
