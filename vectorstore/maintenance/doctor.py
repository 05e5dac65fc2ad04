"""Whether a library is well: record, vectors, full text and model; and making again whatever can be derived."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from vectorstore.embedding.chunking import chunks
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine import commit, ingestion
from vectorstore.engine.ingestion import Progress
from vectorstore.engine.opening import FORMAT, REBUILDING, check, claim, fulltext_folder, open_record, renew_fulltext
from vectorstore.engine.swap import delete_unused, replace_record, vector_folders
from vectorstore.errors import LibraryError, LibraryMismatchError
from vectorstore.filters import Filters
from vectorstore.index.fulltext import FullText
from vectorstore.maintenance.vector_probe import Probe, Report, probe, probe_vectors
from vectorstore.storage.collection import PaperCollection
from vectorstore.storage.file_lock import AT_ONCE, WaitPolicy, named, writer_lock
from vectorstore.storage.server_address import Server
from vectorstore.storage.server_writer import refusal, writing_elsewhere
from vectorstore.storage.state import State

Mend = Literal["", "full text", "last write", "vectors", "vectors and their files"]

_RESTORE = (
    "Put a backup back (arxivqa restore FILE --force), or ingest the listings into another folder (--library PATH)."
)
_SAMPLE = 16  # texts embedded again
# The least cosine of a stored vector and a new one: one may be pruned and in 8 bits, the other of the whole model.
# Texts of different papers are farther from each other.
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked at.
        well: whether it is as it should be.
        said: what was found, and what to do where no repair helps.
        mend: what a repair makes again; empty where there is nothing to, or where none can help.
    """

    check: str
    well: bool
    said: str
    mend: Mend = ""


def examine(
    path: Path,
    embedder: Embedder,
    *,
    report: Report = lambda _, __: None,
    patience: WaitPolicy = AT_ONCE,
    server: Server | None = None,
) -> Iterator[Finding]:
    """Look at a library, and change nothing; each finding comes when it is made.

    Args:
        path: the library's folder.
        embedder: the model that it should be made with.
        report: told how many of the chunks' vectors were read, which takes longest, and how many there are.
        patience: how to wait where another process is writing.
        server: what keeps its record; None for the folder.

    Raises:
        LibraryBusyError: another process is writing, or on a server another machine, or was while it was cut off.
        LibraryError: there is no library, or its folder cannot be written.
    """
    if server is not None:
        with closing(open_record(path, None, server)) as record:  # there is one, and a folder for what is derived
            writer = writing_elsewhere(record.state, path)
        if writer is not None and not patience.take_over:
            raise refusal(server, writer)
    elif not (path / "chroma" / "chroma.sqlite3").is_file():
        raise LibraryError(f"There is no library in {path}. Make one: arxivqa ingest PATH-OF-LISTINGS")
    before = named(path)
    waited: list[str] = []

    def tell(holder: str) -> None:
        waited.append(holder)
        if patience.told is not None:
            patience.told(holder)

    with writer_lock(path, replace(patience, told=tell)):
        left = before if not waited else None
        said = f"free; {left} ended without giving it back, which hinders nobody" if left else "free"
        yield Finding("lock", True, said)
        yield from _examine(path, embedder, report, server)


def repair(
    path: Path,
    embedder: Embedder,
    findings: Sequence[Finding],
    *,
    progress: Callable[[Progress], None] | None = None,
    patience: WaitPolicy = AT_ONCE,
    server: Server | None = None,
) -> list[str]:
    """Make again what a record's texts can make again; returns what was done, in words.

    Args:
        path: the library's folder.
        embedder: the model that made it.
        findings: what `examine` found.
        progress: told how many papers are embedded.
        patience: how to wait where another process is writing.
        server: what keeps its record; None for the folder.

    Raises:
        LibraryError: it cannot be done; what is there stays as it is.
    """
    mends = {finding.mend for finding in findings if not finding.well}
    done: list[str] = []
    with writer_lock(path, patience):
        if mends & {"vectors", "vectors and their files"}:
            with closing(open_record(path, None, server)) as old:
                claim(old, path, patience)
                check(server or path, old.state, embedder)
                # With damaged files Chroma does not even give the texts. Those of a server are not ours to delete.
                if "vectors and their files" in mends and server is None:
                    for folder in vector_folders(path):
                        shutil.rmtree(folder)
            with closing(open_record(path, None, server)) as old:
                claim(old, path, AT_ONCE)
                made = State(FORMAT, embedder.name, embedder.sha256)
                report = progress or (lambda _: None)
                replace_record(path, old, made, lambda new: ingestion.rebuild(old, new, embedder, report))
            done.append("embedded all texts of the record again, and indexed them")
        elif mends & {"last write", "full text"}:
            with closing(open_record(path, None, server)) as record:
                claim(record, path, patience)
                if "full text" in mends:
                    shutil.rmtree(fulltext_folder(path, record), ignore_errors=True)
                record.drop(REBUILDING)
                if server is None:
                    delete_unused(path)
                fulltext = renew_fulltext(path, record)
                if server is not None:  # for whose record it only reads
                    commit.recover(record, fulltext)
            done.append("brought the full-text index level with the record")
    return done


def _examine(path: Path, embedder: Embedder, report: Report, server: Server | None) -> Iterator[Finding]:
    fault = "" if server else _database_fault(path)
    if fault:
        yield Finding("record", False, f"its database is damaged: {fault}. {_RESTORE}")
        return
    with closing(open_record(path, None, server)) as record:
        state = record.state
        # Damaged files end whoever reads them; those of a server the server.
        found = probe_vectors(record, report) if server else probe(path / "chroma", report)
        yield _counts(state, found)
        yield _last_write(record, state)
        model = _model(server or path, state, embedder)
        yield model
        vectors = _vectors(found)
        if vectors.well and model.well:
            vectors = _embedded_again(record, embedder, vectors)
        yield vectors
        yield _fulltext(path, record, state, vectors)


def _database_fault(path: Path) -> str:
    """What SQLite finds wrong with the database; empty when nothing."""
    file = path / "chroma" / "chroma.sqlite3"
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (said,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if said == "ok" else " ".join(str(said).split())


def _counts(state: State, found: Probe) -> Finding:
    if found.problem:
        return Finding("record", True, f"{state.papers:,} papers; their chunks cannot be counted with these vectors")
    if found.incomplete:
        said = f"parts of papers are not there ({_some(found.incomplete)}). {_RESTORE}"
        return Finding("record", False, said)
    if found.orphans:
        return Finding("record", False, f"parts of papers that are gone ({_some(found.orphans)})", "last write")
    if found.papers != state.papers:
        said = f"{found.papers:,} papers, where {state.papers:,} were written"
        return Finding("record", False, said, "last write")
    return Finding("record", True, f"{found.papers:,} papers in {found.chunks:,} chunks")


def _last_write(record: PaperCollection, state: State) -> Finding:
    if state.writing != state.generation:
        return Finding("last write", False, "was cut off; the next to open the library finishes it", "last write")
    if record.has(REBUILDING):
        return Finding("last write", False, "a rebuild was cut off, and what it made takes up space", "last write")
    return Finding("last write", True, f"ended, as generation {state.generation}")


def _model(path: Path | Server, state: State, embedder: Embedder) -> Finding:
    try:
        check(path, state, embedder)
    except LibraryMismatchError as error:
        return Finding("model", False, str(error))
    return Finding("model", True, f"{state.model} ({state.model_sha256[:12]}), format {state.format}")


def _vectors(found: Probe) -> Finding:
    if found.problem:
        return Finding("vectors", False, f"cannot be read: {found.problem}", "vectors and their files")
    if found.missing:
        said = f"{len(found.missing)} or more chunks have none ({_some(found.missing)})"
        return Finding("vectors", False, said, "vectors and their files")
    if found.wrong:
        said = f"{len(found.wrong)} or more are not of length 1, or of another dimension ({_some(found.wrong)})"
        return Finding("vectors", False, said, "vectors and their files")
    if found.lost:
        said = f"{len(found.lost)} of {found.searched:,} that were searched for are not found ({_some(found.lost)})"
        return Finding("vectors", False, said, "vectors")
    return Finding("vectors", True, f"one for each chunk; {found.searched:,} of them were searched for and found")


def _embedded_again(record: PaperCollection, embedder: Embedder, vectors: Finding) -> Finding:
    """Whether some texts, embedded again, give the vectors that are stored."""
    ids = [found for found in record.ids() if "#" not in found]
    sample = ids[:: max(1, -(-len(ids) // _SAMPLE))]
    stored, papers = record.vectors(sample), record.get(sample)
    texts = [chunks(papers[arxiv_id][0], embedder.count_tokens)[0].embedded_text for arxiv_id in sample]
    fresh = embedder.embed(texts)
    for arxiv_id, vector in zip(sample, fresh, strict=True):
        if len(vector) != len(stored[arxiv_id]) or float(vector @ stored[arxiv_id]) < _ALIKE:
            said = f"the model makes another vector of {arxiv_id} than the one that is stored"
            return Finding("vectors", False, said, "vectors")
    return Finding("vectors", True, f"{vectors.said}; {len(sample)} texts embedded again agree")


def _fulltext(path: Path, record: PaperCollection, state: State, vectors: Finding) -> Finding:
    folder = fulltext_folder(path, record)
    if not (folder / "meta.json").is_file():
        return Finding("full text", False, "is not there", "full text")
    try:
        fulltext = FullText(folder)
        indexed = fulltext.chunk_counts(Filters())
    except (LibraryError, ValueError) as error:
        return Finding("full text", False, str(error), "full text")
    if not vectors.well:  # by files that are damaged the process may be ended
        return Finding("full text", True, f"{len(indexed):,} papers; to be compared when the vectors are repaired")
    if indexed != record.chunk_counts():
        said = f"has {len(indexed):,} papers, which are not those of the record"
        return Finding("full text", False, said, "full text")
    if not commit.in_step(record, fulltext):
        said = f"is of generation {fulltext.generation}, and the record of {state.indexed}"
        return Finding("full text", False, said, "last write")
    return Finding("full text", True, f"the same {len(indexed):,} papers")


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
