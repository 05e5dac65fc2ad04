"""The record and the full text of an open library, as they are on disk now: to read from, and to write to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chromadb.errors import ChromaError

from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.opening import bring_level, check, level_fulltext, open_fulltext, opened_to_write
from vectorstore.errors import LibraryError
from vectorstore.index.fulltext import FullText
from vectorstore.index.nearest import VectorIndex
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import WaitPolicy
from vectorstore.storage.server_address import Server


class LibrarySession:
    """A library's record, full text and what is nearest in it. All methods may be called from several threads.

    Args:
        path: the library's folder.
        record, fulltext: opened, and in step with each other.
        embedder: whose model made the record.
        patience: how to wait, before writing, where another process is writing.

    Attributes:
        record, fulltext, neighbours: to be read in a block of `reading`.
    """

    def __init__(
        self, path: Path, record: PaperCollection, fulltext: FullText, embedder: Embedder, patience: WaitPolicy
    ) -> None:
        self.record = record
        self.fulltext = fulltext
        self.neighbours = VectorIndex(record, fulltext)
        self._path = path
        self._embedder = embedder
        self._patience = patience
        self._generation = record.state.generation
        self._touched: tuple[int, ...] | None = None  # the record's, when its state was last read
        self.fulltext.reload()  # after the line above: a write that ends in between is seen now or by the next refresh
        self._closed = False
        self._looked = threading.local()  # by a thread, in a block of `steady`
        self._behind = False  # whether the full text has still to catch up with a server's record
        self._lock = threading.RLock()  # a thread must not search while another one reopens
        self._writer = threading.RLock()  # threads that write wait for each other, as processes do

    @property
    def server(self) -> Server | None:
        """What keeps the record; None where it is in the library's folder."""
        return self.record.home if isinstance(self.record.home, Server) else None

    @contextmanager
    def steady(self) -> Iterator[None]:
        """See in this block, and in this thread, what others had written when it began."""
        with self._lock:
            self._refresh()
        before, self._looked.lately = getattr(self._looked, "lately", False), True
        try:
            yield
        finally:
            self._looked.lately = before

    def close(self) -> None:
        """Let go of the files, when a thread that writes has ended. The parts cannot be used afterwards."""
        with self._writer, self._lock:
            self._closed = True
            self.record.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold the lock to read under, after making sure that what is read is what is on disk."""
        with self._lock:
            try:
                if not getattr(self._looked, "lately", False):
                    self._refresh()
                yield
            except ChromaError as error:
                raise unreadable(self.server or self._path, error) from error

    @contextmanager
    def writing(self) -> Iterator[tuple[PaperCollection, FullText]]:
        """Hold the writer lock over a record and a full text to write to, after finishing what was cut off before.

        They are opened for this: what is read meanwhile is read from the others, up to the last whole write.
        """
        with self._writer:
            with self._lock:
                self._refresh()
            with opened_to_write(self._path, self.server, self._patience) as record:
                check(self.server or self._path, record.state, self._embedder)
                yield record, level_fulltext(self._path, record)

    def _refresh(self) -> None:
        # An open Chroma client never sees vectors that another process adds, so a new generation means a new client.
        if self._closed:
            raise LibraryError(f"The library {self._path} was closed. Open it again to use it.")
        touched = self.record.touched()
        if touched is not None and touched == self._touched:
            return
        self._touched = touched  # taken before the state is read: a write in between is seen by the next refresh
        state = self.record.state
        if state.generation != self._generation or self._behind or self.record.is_replaced:
            check(self.server or self._path, state, self._embedder)
            self.fulltext.reload()  # before the record: every chunk that it names must be in there
            fresh = PaperCollection(self.record.home)
            try:
                self._catch_up(fresh)
            except BaseException:
                fresh.close()
                raise
            self.record.close()
            self.record = fresh
            self.neighbours = VectorIndex(fresh, self.fulltext)
            self._generation = state.generation

    def _catch_up(self, fresh: PaperCollection) -> None:
        """Bring the full text level with what another machine has written to a server's record."""
        if self.server is None:
            return
        if fresh.identity == self.record.identity:
            self._behind = not bring_level(self._path, fresh, self.fulltext)
        else:
            self.fulltext, self._behind = open_fulltext(self._path, fresh), False


def unreadable(path: Path | Server, error: ChromaError) -> LibraryError:
    """The error of a library that Chroma cannot read."""
    # A rebuild by another process swaps the collection while this one reads; a write that was cut off is ended on disk
    # by whoever reads next; else files are damaged.
    return LibraryError(
        f"The library {path} cannot be read just now ({error}). If it is being rebuilt, wait until that is done and "
        "try again; if its disk is full, make room; else see what is wrong with it: arxivqa doctor"
    )
