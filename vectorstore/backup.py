"""A library in one file, and back: papers as JSON lines and vectors as arrays in a zip archive, with its checksum.

Any program that reads zip archives can read it. `papers/00000.jsonl` has one paper a line and where its chunks begin
and end, `vectors/00000.npy` their vectors in the same order, and `library.json`, written last, what made them. A paper
that was rewritten while the backup was made stands in two parts, and the later one counts. The archive's comment ends
with the SHA-256 of all bytes before it.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from chromadb.errors import ChromaError
from pydantic import TypeAdapter

from vectorstore.chunking import Chunk, chunk_id
from vectorstore.errors import InputError, LibraryError
from vectorstore.lock import AT_ONCE, Patience, hold
from vectorstore.opening import FULLTEXT, open_fulltext, open_record
from vectorstore.papers import Paper
from vectorstore.record import Record, State
from vectorstore.replacing import replace_record

LAYOUT = 1
_COMMENT = b"arxivqa backup, sha256 of all before: "
_DIGEST = 64  # hexadecimal digits at the end
_PART = 2_000  # papers
_PAUSE = 0.5  # seconds between two looks at what another process is writing
_PAPER = TypeAdapter(Paper)

Report = Callable[[int, int], None]  # papers done, papers in all


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    Attributes:
        papers, chunks: counts.
        model, model_sha256: what made the vectors.
        format: the layout of the library's records.
        made: when, in UTC.
    """

    papers: int
    chunks: int
    model: str
    model_sha256: str
    format: int
    made: datetime


def write(library: Path, file: Path, report: Report = lambda _, __: None) -> Contents:
    """Write a library into one file, as it is when this ends, also while it is read and written to.

    Args:
        library: its folder.
        file: where to; a backup that is there already is replaced when the new one is whole.
        report: told how far it is.

    Raises:
        InputError: the file is there and is no backup, or cannot be written.
        LibraryError: the library cannot be read.
    """
    if file.exists() and not _looks_like_one(file):
        raise InputError(f"{file} is there already and is no backup. Choose another name, or delete it.")
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with zipfile.ZipFile(partial, "w") as archive:
            contents = _Writer(library, archive, report).write()
            archive.comment = _COMMENT + b"0" * _DIGEST
        digest = _digest(partial)
        with partial.open("r+b") as opened:
            opened.seek(-_DIGEST, os.SEEK_END)
            opened.write(digest.encode("ascii"))
            opened.flush()
            os.fsync(opened.fileno())
        partial.replace(file)
    except OSError as error:
        raise InputError(
            f"The backup {file} cannot be written: {error.strerror or error}. Check the free space and the folder."
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink()
    return contents


def check(file: Path) -> Contents:
    """What a backup holds, after making sure that no byte of it has changed.

    Raises:
        InputError: the file cannot be read, is no backup, or has changed since it was written.
    """
    try:
        if not _looks_like_one(file):
            raise InputError(f"{file} is no whole backup of arxivqa: its end is missing, or it is another file.")
        with file.open("rb") as opened:
            opened.seek(-_DIGEST, os.SEEK_END)
            stated = opened.read().decode("ascii", "replace")
        if stated != _digest(file):
            raise InputError(
                f"{file} has changed since it was written: its checksum does not agree. Take another copy of it."
            )
        with zipfile.ZipFile(file) as archive:
            return _contents(json.loads(archive.read("library.json")), file)
    except OSError as error:
        raise InputError(f"The backup {file} cannot be read: {error.strerror or error}.") from error
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _unreadable(file, error) from error


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


class _Writer:
    """Writes a library into an archive.

    Chroma's open clients do not see vectors that another process writes. So what was rewritten during one pass over the
    papers is taken in another one, until there is nothing left that is newer.
    """

    def __init__(self, library: Path, archive: zipfile.ZipFile, report: Report) -> None:
        self._library = library
        self._archive = archive
        self._report = report
        self._parts = 0
        self._taken: dict[str, int] = {}  # papers, each with its number of chunks
        self._chunks: set[str] = set()  # ids of all chunks that stand in a part

    def write(self) -> Contents:
        done = 0
        while True:
            with closing(open_record(self._library, None)) as record:
                open_fulltext(self._library, record)  # which finishes a write that was cut off
                state = record.state
                unreadable = self._take(record, record.written(done + 1, state.generation), state.generation)
                ids = record.written(0, state.generation)
                if record.state.generation == state.generation and not record.written(state.generation + 1):
                    if unreadable or not self._taken.keys() >= set(ids):
                        raise LibraryError(
                            f"The vectors of {max(unreadable, 1):,} papers cannot be read. Mend the library first: "
                            "arxivqa doctor --repair"
                        )
                    return self._finish(state, ids)
            done = state.generation if not unreadable else done
            time.sleep(_PAUSE)

    def _take(self, record: Record, ids: Sequence[str], generation: int) -> int:
        """Write these papers in parts; returns how many could not be read."""
        unreadable = 0
        for start in range(0, len(ids), _PART):
            part = ids[start : start + _PART]
            try:
                found = record.stored(part, generation)
            except (ChromaError, KeyError):  # one of them was rewritten meanwhile
                found = []
                for arxiv_id in part:
                    try:
                        found += record.stored([arxiv_id], generation)
                    except (ChromaError, KeyError):
                        unreadable += 1
            self._put(found)
            self._report(min(start + _PART, len(ids)), len(ids))
        return unreadable

    def _put(self, found: Sequence[tuple[Sequence[Chunk], Any]]) -> None:
        if not found:
            return
        lines = io.StringIO()
        for chunks, _ in found:
            row = {
                "paper": _PAPER.dump_python(chunks[0].paper, mode="json"),
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

    def _finish(self, state: State, ids: Sequence[str]) -> Contents:
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
        self._archive.writestr("library.json", json.dumps(rows, indent=2))
        return _contents(rows, self._library)


def _fill(new: Record, file: Path, contents: Contents, report: Report) -> int:
    generation = new.state.writing
    done = 0
    try:
        with zipfile.ZipFile(file) as archive:
            for chunks, vectors in _parts(archive):
                counts = {chunk.paper.arxiv_id: 0 for chunk in chunks}
                for chunk in chunks:
                    counts[chunk.paper.arxiv_id] += 1
                new.put(chunks, vectors, counts, generation)
                done += len(counts)
                report(min(done, contents.papers), contents.papers)
            new.delete([str(chunk) for chunk in json.loads(archive.read("library.json"))["superseded"]])
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise _unreadable(file, error) from error
    if new.chunks != contents.chunks:
        raise _unreadable(file, ValueError(f"{new.chunks:,} chunks came out of it, not {contents.chunks:,}"))
    return contents.papers


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[list[Chunk], Any]]:
    for name in sorted(name for name in archive.namelist() if name.startswith("papers/")):
        chunks: list[Chunk] = []
        for line in archive.read(name).splitlines():
            row = json.loads(line)
            paper = _PAPER.validate_python(row["paper"])
            chunks += [Chunk(paper, index, start, end) for index, (start, end) in enumerate(row["chunks"])]
        array = archive.read(name.replace("papers/", "vectors/").replace(".jsonl", ".npy"))
        vectors = np.load(io.BytesIO(array), allow_pickle=False)
        if vectors.ndim != 2 or len(vectors) != len(chunks) or vectors.dtype != np.float32:
            raise ValueError(f"the vectors beside {name} are not those of its chunks")
        yield chunks, vectors


def _contents(rows: dict[str, Any], file: Path) -> Contents:
    if rows["layout"] != LAYOUT:
        raise InputError(f"{file} was written by a newer arxivqa, which this one cannot read. Install that one.")
    made = datetime.fromisoformat(rows["made"])
    return Contents(
        int(rows["papers"]),
        int(rows["chunks"]),
        str(rows["model"]),
        str(rows["model_sha256"]),
        int(rows["format"]),
        made,
    )


def _unreadable(file: Path, error: Exception) -> InputError:
    return InputError(f"{file} is no backup that this arxivqa can read: {' '.join(str(error).split())[:200]}.")


def _looks_like_one(file: Path) -> bool:
    size = len(_COMMENT) + _DIGEST
    if not file.is_file() or file.stat().st_size <= size:
        return False
    with file.open("rb") as opened:
        opened.seek(-size, os.SEEK_END)
        return opened.read(len(_COMMENT)) == _COMMENT


def _digest(file: Path) -> str:
    """The SHA-256 of all but the last bytes of a file, where it stands itself."""
    digest = hashlib.sha256()
    left = file.stat().st_size - _DIGEST
    with file.open("rb") as opened:
        while left > 0 and (block := opened.read(min(left, 1 << 20))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()
