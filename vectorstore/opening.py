"""Opening a library's parts: checked, put back in step, and a cut-off rebuild finished."""

from __future__ import annotations

import shutil
from pathlib import Path

from vectorstore import ingestion
from vectorstore.embedding import Embedder
from vectorstore.errors import LibraryBusyError, LibraryError, LibraryMismatchError
from vectorstore.fulltext import FullText
from vectorstore.lock import hold
from vectorstore.record import COLLECTION, Record, State

FORMAT = 1
REBUILDING = "papers-rebuilding"
FULLTEXT = "fulltext"


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
            if _finish_switch(path):
                return Record(folder)
            if creator is None:
                raise
    return Record(folder, create=State(FORMAT, creator.name, creator.sha256) if creator else None)


def open_fulltext(path: Path, record: Record) -> FullText:
    """The full-text index, made again from the record where it is damaged, of another make, or behind."""
    try:
        fulltext = FullText(path / FULLTEXT)
    except LibraryError:
        with hold(path):
            return renew_fulltext(path, record)
    if not ingestion.in_step(record, fulltext):
        try:
            with hold(path):
                ingestion.recover(record, fulltext)
        except LibraryBusyError:
            pass  # its writer is at work: what is committed can be searched, the rest is seen when it is done
    return fulltext


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

    Raises:
        LibraryBusyError: when that process is still alive, and just about to.
    """
    with hold(path):
        try:
            rebuilt = Record(path / "chroma", REBUILDING)
        except LibraryError:
            return False
        try:
            state = rebuilt.state
            whole = not rebuilt.has(COLLECTION) and state.writing == state.generation
            if whole:
                rebuilt.rename(COLLECTION)
            return whole
        finally:
            rebuilt.close()


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
