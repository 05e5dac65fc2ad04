"""Library: papers that can be searched. The Chroma record and the full-text index derived from it, kept in step."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from chromadb.errors import ChromaError

from vectorstore import ingestion, nearest
from vectorstore.embedding import Embedder
from vectorstore.errors import LibraryError
from vectorstore.filters import Filters
from vectorstore.fulltext import FullText
from vectorstore.ingestion import IngestSummary, Progress
from vectorstore.lock import hold
from vectorstore.opening import FORMAT, REBUILDING, check, open_fulltext, open_record, renew_fulltext
from vectorstore.papers import Paper
from vectorstore.record import COLLECTION, Record, State

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

_PAGE = 500


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


class Library:
    """Papers on disk, with search. Use `Library.open`, or `with Library.open(...) as library:`.

    Reading needs no lock and sees what another process adds; writing takes the library's one lock. All methods may be
    called from several threads.
    """

    def __init__(self, path: Path, record: Record, fulltext: FullText, embedder: Embedder) -> None:
        self.path = path
        self.embedder = embedder
        self._record = record
        self._fulltext = fulltext
        self._generation = record.state.generation
        self._touched: tuple[int, ...] | None = None  # the record's, when its state was last read
        self._fulltext.reload()  # after the line above: a write that ends in between is seen now or by the next refresh
        self._writing = self._closed = False
        self._lock = threading.RLock()  # a thread must not search while another one reopens

    @classmethod
    def open(cls, path: Path | str, *, embedder: Embedder | None = None, create: bool = False) -> Self:
        """Open a library.

        Args:
            path: its folder.
            embedder: the model that questions are embedded with; the default one when None.
            create: make an empty library when there is none.

        Raises:
            LibraryMismatchError: it was made by another model or format.
            LibraryError: there is none, or it cannot be read.
        """
        path, embedder = _home(path), embedder or Embedder()
        record = open_record(path, embedder if create else None)
        state = record.state
        try:
            check(path, state, embedder)
            fulltext = open_fulltext(path, record)
        except BaseException:
            record.close()
            raise
        return cls(path, record, fulltext, embedder)

    @classmethod
    def rebuild(
        cls,
        path: Path | str,
        *,
        embedder: Embedder | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Self:
        """Make every vector and the full-text index again, from the papers in the record, and open the result.

        The old record is kept until the new one is whole, so a kill loses nothing.

        Args:
            path: the library's folder; it may have been made by another model.
            embedder: the model to make it with; the default one when None.
            progress: told how many papers are done.
        """
        path, embedder = _home(path), embedder or Embedder()
        old = open_record(path, None)
        try:
            with hold(path):
                old.drop(REBUILDING)
                outdated = [place for place in (path / "chroma").iterdir() if place.is_dir()]
                state = old.state
                fresh = State(FORMAT, embedder.name, embedder.sha256, state.generation, state.generation + 1, 0)
                new = Record(path / "chroma", REBUILDING, create=fresh)
                try:
                    ingestion.rebuild(old, new, embedder, progress or (lambda _: None))
                    new.rename(COLLECTION)
                    renew_fulltext(path, new)
                    for place in outdated:  # Chroma forgets a collection, but leaves the files of its vectors
                        shutil.rmtree(place, ignore_errors=True)
                finally:
                    new.close()
        finally:
            old.close()
        return cls.open(path, embedder=embedder)

    def ingest(self, papers: Iterable[Paper], *, progress: Callable[[Progress], None] | None = None) -> IngestSummary:
        """Add papers, or merge them into what is known of them; what has not changed is not embedded again.

        Args:
            papers: read lazily, committed in batches.
            progress: told how far it is, several times a batch.

        Raises:
            LibraryBusyError: another process is writing.
        """
        with hold(self.path), self._lock:
            self._refresh()
            if not ingestion.in_step(self._record, self._fulltext):
                ingestion.recover(self._record, self._fulltext)
            self._writing = True
            try:
                summary = ingestion.ingest(
                    self._record, self._fulltext, self.embedder, papers, progress or (lambda _: None)
                )
                self._generation = self._record.state.generation
                return summary
            finally:
                self._writing = False

    def nearest(self, vector: NDArray[np.float32], filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The papers whose text is nearest to a vector: (id, cosine), nearest first.

        Args:
            vector: a unit vector, shape (dimension,).
            filters: which papers may be found.
            limit: how many papers.
        """
        with self._current():
            return nearest.nearest(self._record, self._fulltext, vector, filters, limit)

    def matching(self, text: str, filters: Filters, limit: int) -> list[tuple[str, float]]:
        """The papers that share the text's words: (id, BM25 score), best first."""
        with self._current():
            return self._fulltext.search(text, filters, limit)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The unit vector of each of these papers' first chunk, shape (dimension,)."""
        with self._current():
            return self._record.vectors(ids)

    def cosines(self, vector: NDArray[np.float32], ids: Sequence[str]) -> dict[str, float]:
        """The cosine of each of these papers' first chunk to a unit vector of shape (dimension,)."""
        return {paper: float(found @ vector) for paper, found in self.vectors(ids).items()}

    def matches(self, text: str, ids: Sequence[str]) -> dict[str, float]:
        """The BM25 score of each of these papers that shares a word with the text."""
        with self._current():
            return self._fulltext.scores(text, ids)

    def get(self, ids: Sequence[str]) -> list[Paper]:
        """Papers by id, in the order asked; an id that is not in the library is left out."""
        with self._current():
            found = self._record.get(list(dict.fromkeys(ids)))
        return [found[arxiv_id][0] for arxiv_id in ids if arxiv_id in found]

    def papers(self, filters: Filters = Filters(), limit: int | None = None) -> Iterator[Paper]:
        """Papers that pass, the newest listed first, read page by page."""
        with self._current():
            ids = self._fulltext.newest(filters, limit)
        for start in range(0, len(ids), _PAGE):
            yield from self.get(ids[start : start + _PAGE])

    def count(self, filters: Filters = Filters()) -> int:
        """How many papers pass."""
        with self._current():
            return self._fulltext.count(filters)

    def newest(self) -> date | None:
        """The newest listing day; None when no paper has one."""
        with self._current():
            return self._fulltext.listed_range()[1]

    def stats(self) -> Stats:
        """What is in the library."""
        with self._current():
            state = self._record.state
            oldest, newest = self._fulltext.listed_range()
            return Stats(
                path=self.path,
                papers=self._fulltext.papers,
                chunks=self._record.chunks,
                listings=self._fulltext.listings(),
                oldest=oldest,
                newest=newest,
                categories=self._fulltext.categories(),
                model=state.model,
                model_sha256=state.model_sha256,
                format=state.format,
                generation=state.generation,
                bytes=_size(self.path),
            )

    def close(self) -> None:
        """Let go of the files. The library cannot be used afterwards."""
        with self._lock:
            self._closed = True
            self._record.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _current(self) -> Iterator[None]:
        """Hold the lock to read under, after making sure that what is read is what is on disk."""
        with self._lock:
            try:
                self._refresh()
                yield
            except ChromaError as error:
                # A rebuild by another process swaps the collection while this one reads.
                raise LibraryError(
                    f"The library {self.path} cannot be read just now ({error}). If it is being rebuilt, wait until "
                    "that is done and try again."
                ) from error

    def _refresh(self) -> None:
        # An open Chroma client never sees vectors that another process adds, so a new generation means a new client.
        if self._closed:
            raise LibraryError(f"The library {self.path} was closed. Open it again to use it.")
        if self._writing:
            return  # asked by what is being ingested: the record in use must not be taken away
        touched = self._record.touched()
        if touched is not None and touched == self._touched:
            return
        self._touched = touched  # taken before the state is read: a write in between is seen by the next refresh
        state = self._record.state
        if state.generation != self._generation:
            check(self.path, state, self.embedder)
            self._fulltext.reload()  # before the record: every chunk that it names must be in there
            fresh = Record(self.path / "chroma")
            self._record.close()
            self._record = fresh
            self._generation = state.generation


def _home(path: Path | str) -> Path:
    return Path(os.path.expanduser(path))  # noqa: PTH111 (pathlib's raises on ~nobody)


def _size(folder: Path) -> int:
    """The bytes of all files below a folder; those that a writer takes away meanwhile count as nothing."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                size += os.stat(os.path.join(place, name)).st_size  # noqa: PTH116, PTH118 (as os.walk speaks)
    return size
