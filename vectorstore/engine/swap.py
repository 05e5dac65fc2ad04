"""A library's record made again beside the one in use, which it takes the place of at the end."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from chromadb.errors import ChromaError

from vectorstore.engine import commit
from vectorstore.engine.commit import assert_complete
from vectorstore.engine.opening import REBUILDING, claim, renew_fulltext
from vectorstore.errors import ServerError
from vectorstore.storage.collection import COLLECTION, PaperCollection
from vectorstore.storage.file_lock import AT_ONCE
from vectorstore.storage.server_address import Server
from vectorstore.storage.state import State


def replace_record(path: Path, old: PaperCollection, made: State, fill: Callable[[PaperCollection], int]) -> None:
    """Fill a new record and put it in the place of the old one. The caller holds the writer lock.

    The old record is read and searched until the new one is whole, so a kill loses nothing: what was made until then
    is dropped by the next that replaces the record, and a switch that has begun is finished by the next opening.

    Args:
        path: the library's folder.
        old: its record, which must not be used afterwards.
        made: format and model of what goes in.
        fill: puts papers into a record, under the generation that its state says is being written, and says how many.
    """
    old.drop(REBUILDING)
    generation = old.state.generation
    state = replace(made, generation=generation, writing=generation + 1, papers=0, indexed=0, writer=old.state.writer)
    with closing(PaperCollection(old.home, REBUILDING, create=state)) as new:
        try:
            claim(new, path, AT_ONCE)
            with commit.explained("what was there before is there still"):
                assert_complete(new, fill(new))
            old.check_writer()
        except BaseException:
            with suppress(ChromaError, ServerError):  # what went wrong may be the database
                old.drop(REBUILDING)
            raise
        new.drop(COLLECTION)
        new.rename(COLLECTION)
        renew_fulltext(path, new)
    if not isinstance(old.home, Server):  # which keeps its own folder clean
        delete_unused(path)


def vector_folders(path: Path) -> list[Path]:
    """The folders with the files of vectors: one for each collection that has ever been read or written."""
    return [place for place in (path / "chroma").iterdir() if place.is_dir()]


def delete_unused(path: Path) -> None:
    """Delete what is left of records that are gone: Chroma forgets a collection, but leaves its files."""
    file = path / "chroma" / "chroma.sqlite3"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
        used = {str(segment) for (segment,) in database.execute("SELECT id FROM segments")}
    for folder in vector_folders(path):
        if folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)
