"""A library into one file, as it is at one moment: others go on reading it, and who wants to write to it waits."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.errors import ChromaError

from vectorstore.embedding.chunking import Chunk
from vectorstore.engine.ingestion import Progress
from vectorstore.engine.opening import open_record
from vectorstore.errors import InputError, LibraryBusyError, LibraryError
from vectorstore.ingest.arxiv import subscriptions
from vectorstore.ingest.arxiv.subscriptions import load_subscriptions, subscriptions_to_text
from vectorstore.maintenance.backup_format import COMMENT, LAYOUT, PAPER, Contents, contents_of, looks_like_one, seal
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy, writer_lock
from vectorstore.storage.read_only import hindrance
from vectorstore.storage.server_address import Server
from vectorstore.storage.server_writer import writing_elsewhere

_PART = 2_000  # papers

Report = Callable[[Progress, int], None]  # how far it is, of how many papers in all


def write(
    library: Path,
    file: Path,
    report: Report = lambda _, __: None,
    *,
    patience: WaitPolicy = AT_ONCE,
    server: Server | None = None,
) -> Contents:
    """Write a library into one file. Nobody else writes to the library meanwhile.

    Args:
        library: its folder.
        file: where to; a backup that is there already is replaced when the new one is whole.
        report: told how far it is.
        patience: how to wait where another process is writing.
        server: what keeps its record; None for the folder.

    Raises:
        InputError: the file is there and is no backup, or cannot be written.
        LibraryBusyError: another process is writing.
        LibraryError: the library cannot be read.
    """
    if file.exists() and not looks_like_one(file):
        raise InputError(f"{file} is there already and is no backup. Choose another name, or delete it.")
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with _unchanged(library, patience, server) as record, zipfile.ZipFile(partial, "w") as archive:
            contents = _write(record, library, archive, report)
            archive.comment = COMMENT
        seal(partial)
        partial.replace(file)
    except OSError as error:
        raise InputError(
            f"The backup {file} cannot be written: {error.strerror or error}. Check the free space and the folder."
        ) from error
    except (ChromaError, KeyError) as error:  # the latter for a chunk that is missing
        raise LibraryError(
            f"The library {server or library} cannot be read ({error}). See what is wrong with it: arxivqa doctor"
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return contents


@contextmanager
def _unchanged(library: Path, patience: WaitPolicy, server: Server | None) -> Iterator[PaperCollection]:
    """Open a library's record to read it as a whole: nobody writes to it in this block.

    Raises:
        LibraryBusyError: another process is writing, or has written all the same.
    """
    open_record(library, None, server).close()  # there is one to hold the lock of
    elsewhere = LibraryBusyError(
        f"The library {server or library} is being written to from elsewhere. Copy it when that is done, or there."
    )
    # No lock reaches those who write from elsewhere: to a folder that cannot be written from here, or to a server.
    lock = nullcontext() if hindrance(library) else writer_lock(library, patience)
    with lock, closing(open_record(library, None, server)) as record:
        before = record.state
        if server and writing_elsewhere(before, library):
            raise elsewhere
        yield record
        if record.state != before:
            raise elsewhere


def _write(record: PaperCollection, library: Path, archive: zipfile.ZipFile, report: Report) -> Contents:
    """Write what is in a record, and what its library follows on arXiv."""
    state, known = record.state, load_subscriptions(library)
    ids = record.written(0)
    chunks = 0
    for number, start in enumerate(range(0, len(ids), _PART)):
        part = ids[start : start + _PART]
        report(Progress(start + len(part), start), len(ids))
        chunks += _put(archive, f"{number:05d}", record.stored(part))
    report(Progress(len(ids), len(ids)), len(ids))
    rows = {
        "layout": LAYOUT,
        "papers": len(ids),
        "chunks": chunks,
        "model": state.model,
        "model_sha256": state.model_sha256,
        "format": state.format,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "superseded": [],  # which an older arxivqa looks for
    }
    if known:
        archive.writestr(subscriptions.NAME, subscriptions_to_text(known))
    archive.writestr("library.json", json.dumps(rows, indent=2))
    return contents_of(rows, library)


def _put(archive: zipfile.ZipFile, name: str, papers: Sequence[tuple[Sequence[Chunk], Any]]) -> int:
    """Write one part of the papers, each with its chunks and their vectors; returns how many chunks."""
    if not papers:
        return 0
    lines, array = io.StringIO(), io.BytesIO()
    for chunks, _ in papers:
        row = {
            "paper": PAPER.dump_python(chunks[0].paper, mode="json"),
            "chunks": [[chunk.start, chunk.end] for chunk in chunks],
        }
        print(json.dumps(row), file=lines)
    np.save(array, np.concatenate([vectors for _, vectors in papers]), allow_pickle=False)
    archive.writestr(f"papers/{name}.jsonl", lines.getvalue(), zipfile.ZIP_DEFLATED)
    archive.writestr(f"vectors/{name}.npy", array.getvalue())  # which nothing makes smaller
    return sum(len(chunks) for chunks, _ in papers)
