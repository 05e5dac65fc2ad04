"""A library out of the file of a backup, without embedding anything."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.embedding.chunking import Chunk
from vectorstore.engine.ingestion import Progress
from vectorstore.engine.opening import FULLTEXT, claim, open_record
from vectorstore.engine.swap import replace_record
from vectorstore.errors import LibraryError
from vectorstore.ingest.arxiv import subscriptions
from vectorstore.ingest.arxiv.subscriptions import Subscription, save_subscriptions, subscriptions_from_text
from vectorstore.maintenance.backup import Report
from vectorstore.maintenance.backup_format import PAPER, Contents, check, unreadable
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy, writer_lock
from vectorstore.storage.server_address import Server
from vectorstore.storage.state import State

# Chunks: of more the statement has too many variables for SQLite, and with fewer it commits more often.
_AT_ONCE = 5_000


def restore(
    file: Path,
    library: Path,
    *,
    force: bool = False,
    report: Report = lambda _, __: None,
    patience: WaitPolicy = AT_ONCE,
    server: Server | None = None,
) -> Contents:
    """Make a library of a backup, without embedding anything.

    The whole file is checked first. What is there stays in use until all of the backup is in, and is then replaced.

    Args:
        file: the backup.
        library: the folder of a library; made when missing.
        force: replace a library that has papers, or one whose record cannot be opened; that record is put aside.
        report: told how far it is.
        patience: how to wait where another process is writing.
        server: what is to keep the record; None for the folder.

    Raises:
        InputError: the file cannot be used.
        LibraryError: there are papers in the library already, or it cannot be written.
    """
    contents = check(file)
    made = State(contents.format, contents.model, contents.model_sha256)
    try:
        (library if server else library / "chroma").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"The library folder {library} cannot be used: {error.strerror or error}.") from error
    if server or (library / "chroma" / "chroma.sqlite3").is_file():
        with suppress(LibraryError):  # a damaged one
            open_record(library, None, server).close()  # which finishes a switch that was cut off
    destination = server or library / "chroma"
    with writer_lock(library, patience), closing(_destination(library, destination, made, force)) as old:
        claim(old, library, patience)
        known = _followed(file)

        def fill(new: PaperCollection) -> int:
            papers = _fill(new, file, contents, report)
            # Gone before other papers are in: cut off here, an update begins anew, and leaves none out.
            (library / subscriptions.NAME).unlink(missing_ok=True)
            return papers

        replace_record(library, old, made, fill)
        if known:
            save_subscriptions(library, known)
    return contents


def _destination(library: Path, home: Path | Server, made: State, force: bool) -> PaperCollection:
    """The record that is replaced: an empty one, or what may be lost. The caller holds the writer lock."""
    there = isinstance(home, Server) or (home / "chroma.sqlite3").is_file()
    try:
        record = PaperCollection(home, create=made)
    except LibraryError:
        if isinstance(home, Server) or not there or not force:
            raise
        # Nothing can be read of it; it is put aside, in case somebody knows how to.
        home.rename(library / f"chroma-damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        there = False
        record = PaperCollection(home, create=made)
    if not there:
        shutil.rmtree(library / FULLTEXT, ignore_errors=True)  # it would be another record's
    papers = record.state.papers
    if papers and not force:
        record.close()
        raise LibraryError(
            f"The library {home if isinstance(home, Server) else library} has {papers:,} papers already. Restore into "
            f"another {'database of the server' if isinstance(home, Server) else 'folder with --library'}, or replace "
            "them with --force."
        )
    return record


def _fill(new: PaperCollection, file: Path, contents: Contents, report: Report) -> int:
    generation = new.state.writing
    done = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for chunks, vectors in _together(_parts(archive)):
                counts = Counter(chunk.paper.arxiv_id for chunk in chunks)
                read = min(done + len(counts), contents.papers)
                report(Progress(read, done), contents.papers)
                new.put(chunks, vectors, counts, generation, together=_AT_ONCE)
                done = read
            report(Progress(done, done), contents.papers)
            new.delete([str(chunk) for chunk in json.loads(archive.read("library.json"))["superseded"]])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise unreadable(file, error) from error
    if new.chunks != contents.chunks:
        raise unreadable(file, ValueError(f"{new.chunks:,} chunks came out of it, not {contents.chunks:,}"))
    return contents.papers


def _followed(file: Path) -> tuple[Subscription, ...]:
    """What an update goes on from; nothing in a backup of a library that follows nothing, or of an older arxivqa."""
    try:
        with zipfile.ZipFile(file) as archive:
            there = subscriptions.NAME in archive.namelist()
            return subscriptions_from_text(archive.read(subscriptions.NAME).decode()) if there else ()
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise unreadable(file, error) from error


def _together(parts: Iterable[tuple[list[Chunk], Any]]) -> Iterator[tuple[list[Chunk], Any]]:
    """Parts put together as far as they go in at once; each chunk is in once."""
    chunks: list[Chunk] = []
    vectors: list[Any] = []
    ids: set[str] = set()
    for more, theirs in parts:
        fresh = {chunk.chunk_id for chunk in more}
        if chunks and (len(chunks) + len(more) > _AT_ONCE or not ids.isdisjoint(fresh)):
            yield chunks, np.concatenate(vectors)
            chunks, vectors, ids = [], [], set()
        chunks += more
        vectors.append(theirs)
        ids |= fresh
    if chunks:
        yield chunks, np.concatenate(vectors)


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[list[Chunk], Any]]:
    for name in sorted(name for name in archive.namelist() if name.startswith("papers/")):
        chunks: list[Chunk] = []
        for line in archive.read(name).splitlines():
            row = json.loads(line)
            paper = PAPER.validate_python(row["paper"])
            chunks += [Chunk(paper, index, start, end) for index, (start, end) in enumerate(row["chunks"])]
        array = archive.read(name.replace("papers/", "vectors/").replace(".jsonl", ".npy"))
        vectors = np.load(io.BytesIO(array), allow_pickle=False)
        if vectors.ndim != 2 or len(vectors) != len(chunks) or vectors.dtype != np.float32:
            raise ValueError(f"the vectors beside {name} are not those of its chunks")
        yield chunks, vectors
