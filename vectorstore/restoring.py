"""A library out of the file of a backup, without embedding anything."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore.backup import Report
from vectorstore.backup_file import PAPER, Contents, check, unreadable
from vectorstore.chunking import Chunk
from vectorstore.errors import LibraryError
from vectorstore.lock import AT_ONCE, Patience, hold
from vectorstore.opening import FULLTEXT, open_record
from vectorstore.record import Record, State
from vectorstore.replacing import replace_record


def restore(
    file: Path,
    library: Path,
    *,
    force: bool = False,
    report: Report = lambda _, __: None,
    patience: Patience = AT_ONCE,
) -> Contents:
    """Make a library of a backup, without embedding anything.

    The whole file is checked first. What is there stays in use until all of the backup is in, and is then replaced.

    Args:
        file: the backup.
        library: the folder of a library; made when missing.
        force: replace a library that has papers, or one whose record cannot be opened; that record is put aside.
        report: told how far it is.
        patience: how to wait where another process is writing.

    Raises:
        InputError: the file cannot be used.
        LibraryError: there are papers in the library already, or it cannot be written.
    """
    contents = check(file)
    made = State(contents.format, contents.model, contents.model_sha256)
    try:
        (library / "chroma").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"The library folder {library} cannot be used: {error.strerror or error}.") from error
    if (library / "chroma" / "chroma.sqlite3").is_file():
        with suppress(LibraryError):  # a damaged one
            open_record(library, None).close()  # which finishes a switch that was cut off
    with hold(library, patience), closing(_destination(library, made, force)) as old:
        replace_record(library, old, made, lambda new: _fill(new, file, contents, report))
    return contents


def _destination(library: Path, made: State, force: bool) -> Record:
    """The record that is replaced: an empty one, or what may be lost. The caller holds the writer lock."""
    folder = library / "chroma"
    there = (folder / "chroma.sqlite3").is_file()
    try:
        record = Record(folder, create=made)
    except LibraryError:
        if not there or not force:
            raise
        # Nothing can be read of it; it is put aside, in case somebody knows how to.
        folder.rename(library / f"chroma-damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        there = False
        record = Record(folder, create=made)
    if not there:
        shutil.rmtree(library / FULLTEXT, ignore_errors=True)  # it would be another record's
    papers = record.state.papers
    if papers and not force:
        record.close()
        raise LibraryError(
            f"The library {library} has {papers:,} papers already. Restore into another folder with --library, or "
            "replace them with --force."
        )
    return record


def _fill(new: Record, file: Path, contents: Contents, report: Report) -> int:
    generation = new.state.writing
    done = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for chunks, vectors in _parts(archive):
                counts = Counter(chunk.paper.arxiv_id for chunk in chunks)
                new.put(chunks, vectors, counts, generation)
                done += len(counts)
                report(min(done, contents.papers), contents.papers)
            new.delete([str(chunk) for chunk in json.loads(archive.read("library.json"))["superseded"]])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise unreadable(file, error) from error
    if new.chunks != contents.chunks:
        raise unreadable(file, ValueError(f"{new.chunks:,} chunks came out of it, not {contents.chunks:,}"))
    return contents.papers


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
