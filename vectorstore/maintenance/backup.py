"""A library into one file, as it is at one moment, while others read it and write to it."""

from __future__ import annotations

import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.errors import ChromaError

from vectorstore.embedding.chunking import Chunk, chunk_id
from vectorstore.engine.ingestion import Progress
from vectorstore.engine.opening import open_fulltext, open_record
from vectorstore.errors import InputError, LibraryError
from vectorstore.ingest.arxiv import subscriptions
from vectorstore.ingest.arxiv.subscriptions import Subscription
from vectorstore.maintenance.backup_format import COMMENT, LAYOUT, PAPER, Contents, contents_of, looks_like_one, seal
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.server_address import Server
from vectorstore.storage.state import State

_PART = 2_000  # papers
_PAUSE = 0.5  # seconds between two looks at what another process is writing

Report = Callable[[Progress, int], None]  # how far it is, of how many papers in all


def write(library: Path, file: Path, report: Report = lambda _, __: None, *, server: Server | None = None) -> Contents:
    """Write a library into one file, as it is when this ends, also while it is read and written to.

    Args:
        library: its folder.
        file: where to; a backup that is there already is replaced when the new one is whole.
        report: told how far it is.
        server: what keeps its record; None for the folder.

    Raises:
        InputError: the file is there and is no backup, or cannot be written.
        LibraryError: the library cannot be read.
    """
    if file.exists() and not looks_like_one(file):
        raise InputError(f"{file} is there already and is no backup. Choose another name, or delete it.")
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with zipfile.ZipFile(partial, "w") as archive:
            contents = _Writer(library, archive, report, server).write()
            archive.comment = COMMENT
        seal(partial)
        partial.replace(file)
    except OSError as error:
        raise InputError(
            f"The backup {file} cannot be written: {error.strerror or error}. Check the free space and the folder."
        ) from error
    except ChromaError as error:
        raise LibraryError(
            f"The library {server or library} cannot be read ({error}). See what is wrong with it: arxivqa doctor"
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return contents


class _Writer:
    """Writes a library into an archive.

    Chroma's open clients do not see vectors that another process writes. So what was rewritten during one pass over the
    papers is taken in another one, until there is nothing left that is newer.
    """

    def __init__(self, library: Path, archive: zipfile.ZipFile, report: Report, server: Server | None) -> None:
        self._library = library
        self._archive = archive
        self._report = report
        self._server = server
        self._parts = 0
        self._taken: dict[str, int] = {}  # papers, each with its number of chunks
        self._chunks: set[str] = set()  # ids of all chunks that stand in a part

    def write(self) -> Contents:
        done = 0
        while True:
            # Read before the papers: what it says is in is in by then.
            known = subscriptions.load(self._library)
            with closing(open_record(self._library, None, self._server)) as record:
                open_fulltext(self._library, record)  # which finishes a write that was cut off
                state = record.state
                self._take(record, record.written(done + 1, state.generation), state.generation)
                ids = record.written(0, state.generation)
                if record.state.generation == state.generation and not record.written(state.generation + 1):
                    if unreadable := set(ids) - self._taken.keys():
                        raise LibraryError(
                            f"The vectors of {len(unreadable):,} papers cannot be read. Mend the library first: "
                            "arxivqa doctor --repair"
                        )
                    return self._finish(state, ids, known)
            done = state.generation
            time.sleep(_PAUSE)

    def _take(self, record: PaperCollection, ids: Sequence[str], generation: int) -> None:
        """Write these papers in parts, those left out that were rewritten meanwhile or cannot be read."""
        for start in range(0, len(ids), _PART):
            part = ids[start : start + _PART]
            self._report(Progress(start + len(part), start), len(ids))
            try:
                found = record.stored(part, generation)
            except (ChromaError, KeyError):  # which does not say of which
                found = []
                for arxiv_id in part:
                    try:
                        found += record.stored([arxiv_id], generation)
                    except (ChromaError, KeyError):
                        self._taken.pop(arxiv_id, None)  # what was taken of it before counts no more
            self._put(found)
        self._report(Progress(len(ids), len(ids)), len(ids))

    def _put(self, found: Sequence[tuple[Sequence[Chunk], Any]]) -> None:
        if not found:
            return
        lines = io.StringIO()
        for chunks, _ in found:
            row = {
                "paper": PAPER.dump_python(chunks[0].paper, mode="json"),
                "chunks": [[chunk.start, chunk.end] for chunk in chunks],
            }
            print(json.dumps(row), file=lines)
            self._taken[chunks[0].paper.arxiv_id] = len(chunks)
            self._chunks.update(chunk.chunk_id for chunk in chunks)
        array = io.BytesIO()
        np.save(array, np.concatenate([vectors for _, vectors in found]), allow_pickle=False)
        name = f"{self._parts:05d}"
        self._archive.writestr(f"papers/{name}.jsonl", lines.getvalue(), zipfile.ZIP_DEFLATED)
        self._archive.writestr(f"vectors/{name}.npy", array.getvalue())  # which nothing makes smaller
        self._parts += 1

    def _finish(self, state: State, ids: Sequence[str], known: Sequence[Subscription]) -> Contents:
        belong = {chunk_id(arxiv_id, index) for arxiv_id in ids for index in range(self._taken[arxiv_id])}
        rows = {
            "layout": LAYOUT,
            "papers": len(ids),
            "chunks": len(belong),
            "model": state.model,
            "model_sha256": state.model_sha256,
            "format": state.format,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "superseded": sorted(self._chunks - belong),
        }
        if known:
            self._archive.writestr(subscriptions.NAME, subscriptions.to_text(known))
        self._archive.writestr("library.json", json.dumps(rows, indent=2))
        return contents_of(rows, self._library)
