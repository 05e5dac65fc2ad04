"""Opening a library's parts: checked, put back in step, and a cut-off rebuild finished."""

from __future__ import annotations

import os
import shutil
from contextlib import closing, suppress
from pathlib import Path

from vectorstore import ingestion
from vectorstore.embedding import Embedder
from vectorstore.errors import LibraryBusyError, LibraryError, LibraryMismatchError
from vectorstore.fulltext import FullText
from vectorstore.lock import Patience, hold
from vectorstore.record import COLLECTION, Record, State

FORMAT = 1
REBUILDING = "papers-rebuilding"
FULLTEXT = "fulltext"
_MAKING = Patience(20.0)  # with another process that makes the library


def open_record(path: Path, creator: Embedder | None) -> Record:
    """A library's record, made with the creator's model when there is none and one is given."""
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
            return Record(folder)
        except LibraryError:
            if not os.access(path, os.W_OK):
                raise
            # It may be that another process is making it just now, or was killed while it made it again.
            with suppress(LibraryBusyError), hold(path, _MAKING):
                if _finish_switch(path) or creator is not None:
                    return Record(folder, create=_state(creator))
            return Record(folder)
    with suppress(LibraryBusyError), hold(path, _MAKING):  # Chroma does not bear being made by two processes at once
        return Record(folder, create=_state(creator))
    return Record(folder)  # somebody has made it, and is writing to it now


def _state(creator: Embedder | None) -> State | None:
    return State(FORMAT, creator.name, creator.sha256) if creator else None


def open_fulltext(path: Path, record: Record) -> FullText:
    """The full-text index, made again from the record where it is damaged, of another make, or behind."""
    folder = path / FULLTEXT
    if not _is_there(folder):  # made under the lock, so that no two processes make it at once
        try:
            with hold(path, _MAKING):
                if not _is_there(folder):
                    return renew_fulltext(path, record)
        except LibraryBusyError:
            if not _is_there(folder):
                raise
    try:
        fulltext = FullText(folder)
    except LibraryError:
        with hold(path, _MAKING):
            return renew_fulltext(path, record)
    if not ingestion.in_step(record, fulltext):
        try:
            with hold(path):
                ingestion.recover(record, fulltext)
        except LibraryBusyError:
            pass  # its writer is at work: what is committed can be searched, the rest is seen when it is done
    return fulltext


def _is_there(fulltext: Path) -> bool:
    return (fulltext / "meta.json").is_file()


def renew_fulltext(path: Path, record: Record) -> FullText:
    """The full-text index, level with the record whatever state it was in. The caller holds the writer lock."""
    folder = path / FULLTEXT
    try:
        # Written over, not made afresh, where that works: whoever is searching goes on finding what was there.
        fulltext = FullText(folder)
        ingestion.recover(record, fulltext)
    except (LibraryError, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
        fulltext = FullText(folder)
        ingestion.recover(record, fulltext)
    return fulltext


def _finish_switch(path: Path) -> bool:
    """Give a rebuilt record its name, if the process that rebuilt it was killed between dropping the old and that.

    The caller holds the writer lock.
    """
    try:
        rebuilt = Record(path / "chroma", REBUILDING)
    except LibraryError:
        return False
    with closing(rebuilt):
        state = rebuilt.state
        whole = not rebuilt.has(COLLECTION) and state.writing == state.generation
        if whole:
            rebuilt.rename(COLLECTION)
        return whole


def check(path: Path, state: State, embedder: Embedder) -> None:
    """Refuse a library that another format or model made."""
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
