"""Opening a library's parts: checked, put back in step, and a cut-off rebuild finished."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from chromadb.errors import ChromaError

from vectorstore.embedding.embedder import Embedder
from vectorstore.engine import commit
from vectorstore.engine.index_sync import catch_up, is_level
from vectorstore.errors import LibraryBusyError, LibraryError, LibraryMismatchError, NoRecordError, ServerError
from vectorstore.index.fulltext import FullText
from vectorstore.storage.collection import COLLECTION, PaperCollection
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy, writer_lock
from vectorstore.storage.read_only import hindrance
from vectorstore.storage.server_address import Server
from vectorstore.storage.server_writer import is_written_here, this_writer
from vectorstore.storage.state import State

FORMAT = 1
REBUILDING = "papers-rebuilding"
FULLTEXT = "fulltext"
_MAKING = WaitPolicy(20.0)  # with another process that makes the library


def open_record(path: Path, creator: Embedder | None, server: Server | None = None) -> PaperCollection:
    """A library's record, made with the creator's model when there is none and one is given.

    Args:
        path: the library's folder.
        creator: whose model.
        server: what keeps the record; None for the folder.
    """
    if server is not None:
        return _open_on(server, path, creator)
    folder = path / "chroma"
    try:
        there = (folder / "chroma.sqlite3").is_file()
        if not there and creator is None:
            raise LibraryError(f"There is no library in {path}. Make one: arxivqa ingest PATH-OF-LISTINGS")
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The library folder {path} cannot be used: {error.strerror or error}. Choose another with --library."
        ) from error
    if there:
        try:
            return PaperCollection(folder)
        except LibraryError:
            if not os.access(path, os.W_OK):
                raise
            # It may be that another process is making it just now, or was killed while it made it again.
            with suppress(LibraryBusyError), writer_lock(path, _MAKING):
                if _finish_switch(folder) or creator is not None:
                    return PaperCollection(folder, create=_state(creator))
            return PaperCollection(folder)
    with (
        suppress(LibraryBusyError),
        writer_lock(path, _MAKING),
    ):  # Chroma does not bear being made by two processes at once
        return PaperCollection(folder, create=_state(creator))
    return PaperCollection(folder)  # somebody has made it, and is writing to it now


def _open_on(server: Server, path: Path, creator: Embedder | None) -> PaperCollection:
    """A record on a server, and the folder for what is derived from it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The library folder {path} cannot be used: {error.strerror or error}. Choose another with --library."
        ) from error
    try:
        return PaperCollection(server)
    except NoRecordError:
        with suppress(ChromaError):  # the one that made it again gave it its name just now
            if not _finish_switch(server) and creator is None:
                raise
    return PaperCollection(server, create=_state(creator))  # the server makes one, however many ask for it at once


@contextmanager
def opened_to_write(path: Path, server: Server | None, patience: WaitPolicy) -> Iterator[PaperCollection]:
    """Hold a library's writer lock over its record, and on a server be the one that writes to it.

    Raises:
        LibraryBusyError: another process is writing, or another machine is the one that writes.
        LibraryError: there is no record, or the folder cannot be written.
    """
    open_record(path, None, server).close()  # finishes a rebuild that was cut off, for which it takes the lock itself
    with writer_lock(path, patience), closing(open_record(path, None, server)) as record:
        claim(record, path, patience)
        yield record


def claim(record: PaperCollection, path: Path, patience: WaitPolicy) -> None:
    """Be the one that writes to a record on a server. The caller holds the writer lock.

    Raises:
        LibraryBusyError: another machine is.
    """
    if isinstance(record.home, Server):
        record.claim(this_writer(path), patience.take_over)


def _state(creator: Embedder | None) -> State | None:
    return State(FORMAT, creator.name, creator.sha256) if creator else None


def open_fulltext(path: Path, record: PaperCollection) -> FullText:
    """The full-text index, made again from the record where it is damaged, of another make, or behind."""
    folder = fulltext_folder(path, record)
    if isinstance(record.home, Server):
        return _open_beside(path, folder, record)
    if not _is_there(folder):  # made under the lock, so that no two processes make it at once
        try:
            with writer_lock(path, _MAKING):
                if not _is_there(folder):
                    return renew_fulltext(path, record)
        except LibraryBusyError:
            if not _is_there(folder):
                raise
    try:
        fulltext = FullText(folder)
    except LibraryError:
        with writer_lock(path, _MAKING):
            return renew_fulltext(path, record)
    if not commit.in_step(record, fulltext) and not hindrance(path):
        try:
            with writer_lock(path):
                commit.recover(record, fulltext)
        except LibraryBusyError:
            pass  # its writer is at work: what is committed can be searched, the rest is seen when it is done
    return fulltext


def fulltext_folder(path: Path, record: PaperCollection) -> Path:
    """Where the full-text index is; that of a server's record has a folder of its own, so that none is taken for it."""
    if isinstance(record.home, Server):
        return path / f"{FULLTEXT}-{record.home.key}" / record.identity
    return path / FULLTEXT


def _open_beside(path: Path, folder: Path, record: PaperCollection) -> FullText:
    """The full-text index of a record on a server, caught up with what other machines have written."""
    fulltext = None
    if _is_there(folder):
        with suppress(LibraryError):  # damaged, or of another make
            fulltext = FullText(folder)
    state = record.state
    try:
        if fulltext is None:
            with writer_lock(path, _MAKING):
                fulltext = renew_fulltext(path, record)
        if hindrance(path):
            return fulltext
        if state.writing != state.generation and is_written_here(state, path):  # cut off, or at work in this folder
            with writer_lock(path):
                claim(record, path, AT_ONCE)
                commit.recover(record, fulltext)
        elif not is_level(fulltext, state):
            with writer_lock(path):
                catch_up(record, fulltext)
    except LibraryBusyError:  # whoever writes in this folder brings it level
        fulltext = fulltext or FullText(folder)
        bring_level(path, record, fulltext)
    return fulltext


def bring_level(path: Path, record: PaperCollection, fulltext: FullText) -> bool:
    """Catch up with a record on a server; returns whether somebody else in this folder was not just at that."""
    fulltext.reload()
    if is_level(fulltext, record.state) or hindrance(path):
        return True
    try:
        with writer_lock(path):
            catch_up(record, fulltext)
    except LibraryBusyError:
        return False
    return True


def _is_there(fulltext: Path) -> bool:
    return (fulltext / "meta.json").is_file()


def renew_fulltext(path: Path, record: PaperCollection) -> FullText:
    """The full-text index, level with the record whatever state it was in.

    The caller holds the writer lock; for a record on a server that of the folder is enough.
    """
    folder = fulltext_folder(path, record)
    on_server = isinstance(record.home, Server)
    level = catch_up if on_server else commit.recover
    try:
        # Written over, not made afresh, where that works: whoever is searching goes on finding what was there.
        fulltext = FullText(folder)
        level(record, fulltext)
    except ServerError:
        raise
    except (LibraryError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
        fulltext = FullText(folder)
        level(record, fulltext)
    if on_server:  # that of a record that this one took the place of
        for other in folder.parent.iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return fulltext


def level_fulltext(path: Path, record: PaperCollection) -> FullText:
    """The full-text index in step with the record, after finishing a write that was cut off.

    The caller holds the writer lock.
    """
    with suppress(LibraryError):  # damaged, or of another make
        fulltext = FullText(fulltext_folder(path, record))
        if commit.in_step(record, fulltext):
            return fulltext
    fulltext = renew_fulltext(path, record)
    if not commit.in_step(record, fulltext):  # a server's record, to which others only catch up
        commit.recover(record, fulltext)
    return fulltext


def _finish_switch(home: Path | Server) -> bool:
    """Give a rebuilt record its name, if the process that rebuilt it was killed between dropping the old and that.

    In a folder the caller holds the writer lock. On a server anyone may do it: whoever comes second changes nothing.
    """
    try:
        rebuilt = PaperCollection(home, REBUILDING)
    except LibraryError:
        return False
    with closing(rebuilt):
        state = rebuilt.state
        whole = not rebuilt.has(COLLECTION) and state.writing == state.generation
        if whole:
            rebuilt.rename(COLLECTION)
        return whole


def check(path: Path | Server, state: State, embedder: Embedder) -> None:
    """Refuse a library, by its folder or its server, that another format or model made."""
    again = "Make its index again from the papers in it: arxivqa ingest --rebuild"
    if state.format != FORMAT:
        raise LibraryMismatchError(
            f"The library {path} has format {state.format}, and this program reads format {FORMAT}. {again}"
        )
    if state.model_sha256 != embedder.sha256:
        raise LibraryMismatchError(
            f"The library {path} was made with the model {state.model} ({state.model_sha256[:12]}), not with "
            f"{embedder.name} ({embedder.sha256[:12]}). Ask with --model {state.model}, or: {again}"
        )
