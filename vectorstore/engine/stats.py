"""What is in a library, in numbers."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from vectorstore.index.fulltext import FullText
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.server_address import Server


@dataclass(frozen=True, slots=True)
class Stats:
    """What is in a library.

    Attributes:
        papers, chunks, listings: counts.
        oldest, newest: the first and last listing day; None when no paper has one.
        categories: papers an arXiv category, counting cross-listings and the listings' own category, most first.
        model, model_sha256: what made the vectors.
        format: the layout of the records.
        generation: grows with each write.
        bytes: size on disk.
        path: where it is.
        server: the address of what keeps its record; None for the folder. What the server takes up is not in `bytes`.
    """

    path: Path
    papers: int
    chunks: int
    listings: int
    oldest: date | None
    newest: date | None
    categories: dict[str, int]
    model: str
    model_sha256: str
    format: int
    generation: int
    bytes: int
    server: str | None = None


def measure_stats(path: Path, record: PaperCollection, fulltext: FullText) -> Stats:
    """The numbers of the library in a folder."""
    state = record.state
    oldest, newest = fulltext.listed_range()
    return Stats(
        path=path,
        papers=fulltext.papers,
        chunks=record.chunks,
        listings=fulltext.listings(),
        oldest=oldest,
        newest=newest,
        categories=fulltext.categories(),
        model=state.model,
        model_sha256=state.model_sha256,
        format=state.format,
        generation=state.generation,
        bytes=_size(path),
        server=str(record.home) if isinstance(record.home, Server) else None,
    )


def _size(folder: Path) -> int:
    """The bytes of all files below a folder; those that a writer takes away meanwhile count as nothing."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                size += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118 (as os.walk speaks)
    return size
