"""Writers in processes of their own, to be killed; forked from one that has imported all, which takes seconds."""

from __future__ import annotations

import multiprocessing
import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from vectorstore import ArxivQAError, Filters, LibraryError, Paper, Source
from vectorstore.embedding.chunking import chunk_id
from vectorstore.embedding.embedder import Embedder
from vectorstore.engine.removal import Removal
from vectorstore.library import Library
from vectorstore.maintenance import doctor
from vectorstore.maintenance import restore as maintenance_restore
from vectorstore.storage.file_lock import WaitPolicy

SLICE = 8  # papers that are reported as in, or as gone, together
ALL = [
    Paper(
        f"2101.{n:05d}",
        f"Counting {n} sheep from the air",
        f"A net counts flocks of {n} sheep. It errs by {n % 7} of them."
        # Some have several chunks, which must not be left half written.
        + "".join(
            f" Sentence {k} tells of meadow {n}, of its fences and of the dogs." for k in range(60 * (n % 12 == 5))
        ),
        version=1,
        sources=(Source(f"listing-{n % 2}.txt", n),),
    )
    for n in range(6 * SLICE)
]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["vectorstore.library", "onnxruntime", "tokenizers", __name__])
_LONGEST = 0.5  # seconds between the last report that is waited for and the kill

Work = Callable[..., None]


def slices(papers: Sequence[Paper]) -> list[Sequence[Paper]]:
    return [papers[start : start + SLICE] for start in range(0, len(papers), SLICE)]


def ingest(path: Path, reports: Connection) -> None:
    """Put all papers in, and report each slice that is in."""
    with Library.open(path, create=True) as library:
        for part in slices(ALL):
            library.ingest(part)
            reports.send([paper.arxiv_id for paper in part])


def remove(path: Path, reports: Connection) -> None:
    """Take all papers of the first listing out, and report each slice that is gone."""
    with Library.open(path) as library:
        for part in slices(ALL[::2]):
            library.remove(Removal(tuple(paper.arxiv_id for paper in part)))
            reports.send([paper.arxiv_id for paper in part])


def rebuild(path: Path, reports: Connection, model: Path) -> None:
    """Make every vector again with another model, and report how far it is."""
    embedder = Embedder(str(model))
    reports.send(["begun"])
    Library.rebuild(path, embedder=embedder, progress=lambda progress: reports.send([progress.done])).close()
    reports.send(["done"])


def restore(path: Path, reports: Connection, file: Path) -> None:
    """Put a backup in the place of what is there, and report how far it is."""
    reports.send(["begun"])
    maintenance_restore.restore(file, path, force=True, report=lambda progress, _: reports.send([progress.done]))
    reports.send(["done"])


def repair(path: Path, reports: Connection) -> None:
    """Mend what the doctor finds, and report how far it is."""
    embedder = Embedder()
    findings = list(doctor.examine(path, embedder))
    reports.send(["begun"])
    doctor.repair(path, embedder, findings, progress=lambda progress: reports.send([progress.done]))
    reports.send(["done"])


def ingest_one_of_ten(path: Path, reports: Connection, number: int) -> None:
    """Put a tenth of the papers in, when it is this writer's turn."""
    told: list[str] = []
    with Library.open(path, create=True, patience=WaitPolicy(300, told.append)) as library:
        library.ingest(ALL[number::10])
    reports.send(told)


def ingest_without_room(path: Path, reports: Connection, room: int | None) -> None:
    """Put all papers in, and report the slices that are in and the error.

    With a number for room, no file may grow past so many bytes.
    """
    if room is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    try:
        ingest(path, reports)
    except ArxivQAError as error:
        reports.send(str(error))


@contextmanager
def started(work: Work, path: Path, *more: Any) -> Iterator[tuple[Any, Connection]]:
    """A process that does the work, and what it reports; it has ended when this ends."""
    here, there = _context.Pipe(duplex=False)
    process = _context.Process(target=work, args=(path, there, *more))
    process.start()
    there.close()  # so that the end of the process is the end of its reports
    try:
        yield process, here
    finally:
        process.join()


def reported(reports: Connection) -> Iterator[Any]:
    """All reports until the process ends."""
    while True:
        try:
            yield reports.recv()
        except EOFError:
            return


def killed(work: Work, path: Path, chance: random.Random, *more: Any) -> list[Any]:
    """Kill a process at a random moment of its work; returns what it reported until then."""
    said: list[Any] = []
    after, share = chance.randrange(len(slices(ALL[::2]))), chance.random()
    with started(work, path, *more) as (process, reports):
        before, pause = time.monotonic(), _LONGEST
        while len(said) < after:
            said.append(reports.recv())
            before, pause = time.monotonic(), time.monotonic() - before
        time.sleep(share * min(pause, _LONGEST))
        process.kill()
        said += reported(reports)
    return said


def assert_sound(path: Path, embedder: Embedder | None = None) -> dict[str, Paper]:
    """Open a library, and make sure that record, vectors and full text are whole and the same; returns its papers."""
    with Library.open(path, embedder=embedder) as library:
        record, fulltext = library._parts.record, library._parts.fulltext
        counts = record.chunk_counts()
        ids = record.ids()
        assert sorted(ids) == sorted(
            chunk_id(paper, index) for paper, count in counts.items() for index in range(count)
        )
        assert fulltext.chunk_counts(Filters()) == counts
        vectors = record.vectors(ids)
        assert sorted(vectors) == sorted(ids)
        assert np.allclose([np.linalg.norm(vector) for vector in vectors.values()], 1, atol=1e-3)
        papers = {paper.arxiv_id: paper for paper in library.papers()}
        assert len(papers) == library.stats().papers == len(counts)
        return papers


def found_or_told(path: Path) -> dict[str, Paper] | str:
    """The papers of a library, which is sound; or what is said where it cannot be opened."""
    try:
        return assert_sound(path)
    except LibraryError as error:
        return str(error)


def assert_tidy(path: Path) -> None:
    """Make sure that nothing is left in a library's folder of what was begun and cut off."""
    assert {place.name for place in path.iterdir()} == {"chroma", "fulltext", "writer.lock"}
    assert len([place for place in (path / "chroma").iterdir() if place.is_dir()]) == 1
    with closing(sqlite3.connect(path / "chroma" / "chroma.sqlite3")) as database:
        assert database.execute("SELECT name FROM collections").fetchall() == [("papers",)]
