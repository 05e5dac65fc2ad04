"""Library: papers that can be searched. The Chroma record and the full-text index derived from it, kept in step."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from chromadb.errors import ChromaError

from vectorstore.embedding.embedder import Embedder
from vectorstore.engine import ingestion
from vectorstore.engine.ingestion import IngestSummary, Progress
from vectorstore.engine.opening import FORMAT, check, open_fulltext, open_record, opened_to_write
from vectorstore.engine.removal import Removal, RemovalSummary, carry_out, plan_removal
from vectorstore.engine.session import LibrarySession, unreadable
from vectorstore.engine.stats import Stats, measure_stats
from vectorstore.engine.swap import replace_record
from vectorstore.filters import Filters
from vectorstore.index.fulltext import FullText
from vectorstore.index.paging import Order
from vectorstore.paper import Paper
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy
from vectorstore.storage.server_address import Server
from vectorstore.storage.state import State

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Library", "Stats"]

_PAGE = 500


class Library:
    """Papers on disk, with search. Use `Library.open`, or `with Library.open(...) as library:`.

    Reading needs no lock, and sees each batch that another thread or process adds when it is committed; writing takes
    the library's one lock. All methods may be called from several threads.
    """

    def __init__(
        self,
        path: Path,
        record: PaperCollection,
        fulltext: FullText,
        embedder: Embedder,
        patience: WaitPolicy = AT_ONCE,
    ) -> None:
        self.path = path
        self.embedder = embedder
        self._parts = LibrarySession(path, record, fulltext, embedder, patience)

    @property
    def server(self) -> Server | None:
        """What keeps the record; None where it is in the library's folder."""
        return self._parts.server

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        embedder: Embedder | None = None,
        create: bool = False,
        patience: WaitPolicy = AT_ONCE,
        server: Server | None = None,
    ) -> Self:
        """Open a library.

        Args:
            path: its folder.
            embedder: the model that questions are embedded with; the default one when None.
            create: make an empty library when there is none.
            patience: what to do, before writing, where another process is writing, or on a server another machine.
            server: what keeps the record; None for the folder, which else has only what is derived from it.

        Raises:
            LibraryMismatchError: it was made by another model or format.
            LibraryError: there is none, or it cannot be read.
        """
        path, embedder = _home(path), embedder or Embedder()
        record = open_record(path, embedder if create else None, server)
        try:
            check(server or path, record.state, embedder)
            fulltext = open_fulltext(path, record)
            return cls(path, record, fulltext, embedder, patience)
        except BaseException as error:
            record.close()
            if isinstance(error, ChromaError):
                raise unreadable(server or path, error) from error
            raise

    @classmethod
    def rebuild(
        cls,
        path: Path | str,
        *,
        embedder: Embedder | None = None,
        progress: Callable[[Progress], None] | None = None,
        patience: WaitPolicy = AT_ONCE,
        server: Server | None = None,
    ) -> Self:
        """Make every vector and the full-text index again, from the papers in the record, and open the result.

        The old record is kept until the new one is whole, so a kill loses nothing.

        Args:
            path: the library's folder; it may have been made by another model.
            embedder: the model to make it with; the default one when None.
            progress: told how many papers are done.
            patience: as for `open`.
            server: as for `open`.
        """
        path, embedder = _home(path), embedder or Embedder()
        with opened_to_write(path, server, patience) as old:
            made = State(FORMAT, embedder.name, embedder.sha256)
            report = progress or (lambda _: None)
            replace_record(path, old, made, lambda new: ingestion.rebuild(old, new, embedder, report))
        return cls.open(path, embedder=embedder, server=server)

    def ingest(self, papers: Iterable[Paper], *, progress: Callable[[Progress], None] | None = None) -> IngestSummary:
        """Add papers, or merge them into what is known of them; what has not changed is not embedded again.

        Args:
            papers: read lazily, committed in batches.
            progress: told how far it is, several times a batch.

        Raises:
            LibraryBusyError: another process is writing, or on a server another machine is the one that does.
        """
        with self._parts.writing() as (record, fulltext):
            return ingestion.ingest(record, fulltext, self.embedder, papers, progress or (lambda _: None))

    def removal(self, filters: Filters = Filters(), listings: Sequence[str] = ()) -> Removal:
        """What `remove` would do, to look at before.

        Args:
            filters: which papers to remove.
            listings: only what stands in one of these, by the listing's file name. A paper that stands in another one
                too stays, without the listings named.

        Raises:
            InputError: nothing says which, or no paper was read from one of the listings.
        """
        with self._parts.reading():
            return plan_removal(self._parts.record, self._parts.fulltext, filters, listings)

    def remove(self, removed: Removal) -> RemovalSummary:
        """Take papers out, batch by batch; a kill in the middle leaves those out that were, and the others in.

        Args:
            removed: what `removal` has found.

        Raises:
            LibraryBusyError: another process is writing, or on a server another machine is the one that does.
        """
        with self._parts.writing() as (record, fulltext):
            return carry_out(record, fulltext, self.embedder, removed)

    def nearest(self, vector: NDArray[np.float32], filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The papers whose text is nearest to a vector: (id, cosine), nearest first.

        Args:
            vector: a unit vector, shape (dimension,).
            filters: which papers may be found.
            limit: how many papers.
        """
        with self._parts.reading():
            return self._parts.neighbours.nearest(vector, filters, limit)

    def matching(self, text: str, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The papers that share the text's words: (id, BM25 score), best first."""
        with self._parts.reading():
            return self._parts.fulltext.search(text, filters, limit)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The unit vector of each of these papers' first chunk, shape (dimension,)."""
        with self._parts.reading():
            return self._parts.record.vectors(ids)

    def cosines(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """The cosine of each of these papers' first chunk to a unit vector of shape (dimension,)."""
        return {paper: float(found @ vector) for paper, found in self.vectors(ids).items()}

    def matches(self, text: str, ids: Sequence[str]) -> dict[str, float]:
        """The BM25 score of each of these papers that shares a word with the text."""
        with self._parts.reading():
            return self._parts.fulltext.scores(text, ids)

    def get(self, ids: Sequence[str]) -> list[Paper]:
        """Papers by id, in the order asked; an id that is not in the library is left out."""
        with self._parts.reading():
            found = self._parts.record.get(list(dict.fromkeys(ids)))
        return [found[arxiv_id][0] for arxiv_id in ids if arxiv_id in found]

    def papers(self, filters: Filters = Filters(), limit: int | None = None) -> Iterator[Paper]:
        """Papers that pass, the newest listed first, read page by page."""
        with self._parts.reading():
            ids = self._parts.fulltext.newest(filters, limit)
        for start in range(0, len(ids), _PAGE):
            yield from self.get(ids[start : start + _PAGE])

    def page(
        self,
        text: str = "",
        filters: Filters = Filters(),
        order: Order = "listed",
        descending: bool = True,
        offset: int = 0,
        limit: int = 50,
    ) -> tuple[int, list[str]]:
        """One page of a table of papers, found and sorted in milliseconds however many there are.

        Args:
            text: what stands in a search box: every word must be in title, abstract or authors; the last may be a part.
            filters: which papers may stand in the table.
            order: "listed", "title", "authors" (the first one's family name) or "relevance".
            descending: the newest, or the last of the alphabet, first.
            offset: how many papers come before the page.
            limit: how many papers the page has.

        Returns:
            How many papers there are in all, and the ids of the page.

        Raises:
            InputError: the order is none of these, or a number is out of range.
        """
        with self._parts.reading():
            return self._parts.fulltext.page(text, filters, order, descending, offset, limit)

    def count(self, filters: Filters = Filters()) -> int:
        """How many papers pass."""
        with self._parts.reading():
            return self._parts.fulltext.count(filters)

    def months(self, filters: Filters = Filters()) -> dict[str, int]:
        """How many papers that pass were listed in each month, such as {"2020-10": 1234}, the oldest month first.

        Months in which none was listed are left out, and so are papers without a date.
        """
        with self._parts.reading():
            return self._parts.fulltext.months(filters)

    def categories(self) -> dict[str, int]:
        """Papers a category, counting cross-listings and the listings' own category, most first."""
        with self._parts.reading():
            return self._parts.fulltext.categories()

    def newest(self) -> date | None:
        """The newest listing day; None when no paper has one."""
        with self._parts.reading():
            return self._parts.fulltext.listed_range()[1]

    def stats(self) -> Stats:
        """What is in the library."""
        with self._parts.reading():
            return measure_stats(self.path, self._parts.record, self._parts.fulltext)

    def steady(self) -> AbstractContextManager[None]:
        """See in this block, and in this thread, what others had written when it began: one look instead of many.

        A look at a record on a server takes a way there and back, and a question would take ten.
        """
        return self._parts.steady()

    def close(self) -> None:
        """Let go of the files. The library cannot be used afterwards."""
        self._parts.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _home(path: Path | str) -> Path:
    return Path(os.path.expanduser(path))  # noqa: PTH111 (pathlib's raises on ~nobody)
